"""Classic BPF as seccomp runs it: instructions and labels in, the program's bytes out. Nothing is called."""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

LOAD: Final = 0x20
JUMP_EQUAL: Final = 0x15
JUMP_AT_LEAST: Final = 0x35
JUMP_ANY_BIT: Final = 0x45
AND: Final = 0x54
RETURN: Final = 0x06

NUMBER: Final = 0
MACHINE: Final = 4
"""Offsets in struct seccomp_data; the arguments' low halves follow from 16 on, 8 bytes each."""

ALLOW: Final = 0x7FFF0000
KILL_PROCESS: Final = 0x80000000
_ERRNO: Final = 0x00050000

_FURTHEST: Final = 255
_LONGEST: Final = 4096


class Step(NamedTuple):
    """One instruction; `yes` and `no` count the instructions to skip."""

    code: int
    value: int
    yes: int = 0
    no: int = 0


Program: TypeAlias = tuple[Step, ...]


def argument(index: int) -> int:
    """Return the offset of the low half of an argument, 0 to 5."""
    return 16 + 8 * index


def refuse(number: int) -> Program:
    """Return the end that answers with an errno."""
    return (Step(RETURN, _ERRNO | number),)


def finish(action: int) -> Program:
    """Return the end that allows or kills."""
    return (Step(RETURN, action),)


def when_equal(value: int, then: Sequence[Step]) -> Program:
    """Do `then` if the loaded word equals `value`; otherwise go on after it."""
    return (Step(JUMP_EQUAL, value, 0, len(then)), *then)


def when_at_least(value: int, then: Sequence[Step]) -> Program:
    """Do `then` if the loaded word is `value` or more; otherwise go on after it."""
    return (Step(JUMP_AT_LEAST, value, 0, len(then)), *then)


def when_any_bit(mask: int, then: Sequence[Step]) -> Program:
    """Do `then` if the loaded word has a bit of `mask`; otherwise go on after it."""
    return (Step(JUMP_ANY_BIT, mask, 0, len(then)), *then)


def unless_equal(value: int, then: Sequence[Step]) -> Program:
    """Do `then` unless the loaded word equals `value`."""
    return (Step(JUMP_EQUAL, value, len(then), 0), *then)


def unless_any_bit(mask: int, then: Sequence[Step]) -> Program:
    """Do `then` unless the loaded word has a bit of `mask`."""
    return (Step(JUMP_ANY_BIT, mask, len(then), 0), *then)


def assemble(program: Sequence[Step]) -> bytes:
    """Write a program as the kernel reads it.

    Raises:
        ValueError: it is too long, jumps too far, or does not end with a return.
    """
    if not program or len(program) > _LONGEST or program[-1].code != RETURN:
        raise ValueError("a filter has 1 to 4096 instructions and ends with a return")
    for at, step in enumerate(program):
        furthest = max(step.yes, step.no)
        if furthest > _FURTHEST or at + 1 + furthest >= len(program) + (step.code == RETURN):
            raise ValueError(f"instruction {at} jumps out of the filter")
    return b"".join(struct.pack("=HBBI", step.code, step.yes, step.no, step.value) for step in program)

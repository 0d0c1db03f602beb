"""What an attack of the tables is, and the words its hostile source may use."""

import platform
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from toolwright.sandbox.kernel.numbers import NUMBERS
from toolwright.types import CallResult, Limits, Policy

QUICK = Policy(limits=Limits(wall_s=0.7, cpu_s=2, memory_mb=256))
ROOMY = Policy(limits=Limits(wall_s=8.0))

WORDS = """
import ctypes, errno, os, sys, time

LIBC = ctypes.CDLL(None, use_errno=True)

def tried(attempt):
    try:
        got = attempt()
    except BaseException as error:
        return {"escaped": False, "detail": type(error).__name__ + ": " + str(error)[:160]}
    return {"escaped": bool(got), "detail": str(got)[:200]}

def each(*attempts):
    found = [tried(attempt) for attempt in attempts]
    return {"escaped": any(one["escaped"] for one in found), "detail": str([one["detail"] for one in found])}

def done(attempt):
    def do():
        attempt()
        return True
    return do

def kernel(name, *arguments):
    number = NUMBERS.get(name, name)
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    ctypes.set_errno(0)
    answer = LIBC.syscall(ctypes.c_long(number), *passed)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
"""


@dataclass(frozen=True, slots=True)
class Attack:
    """`body` defines `f`, which says whether it escaped. `holds` decides from the result alone.

    `control`: without any layer it does escape, which is tried; False where that would be dangerous or
    where the supervisor stops it at every level. `level`: "full" for what only namespaces can stop.
    `granted`: it may write in a folder WORK with guarded things in it, which with `library` is a library
    directory with approvals and packages.
    """

    group: str
    name: str
    body: str
    holds: Callable[[CallResult], bool]
    control: bool = False
    policy: Policy = ROOMY
    victim: bool = False
    twice: bool = False
    level: Literal["", "full"] = ""
    granted: bool = False
    library: bool = False

    def source(self, places: dict[str, object]) -> str:
        """Return the module: constants for the canaries' places, the words, the attack."""
        machine = 0 if platform.machine() == "x86_64" else 1
        numbers = {name: both[machine] for name, both in NUMBERS.items() if both[machine] is not None}
        constants = "".join(f"{name} = {value!r}\n" for name, value in places.items())
        return f"{constants}NUMBERS = {numbers!r}\n{WORDS}{textwrap.dedent(self.body)}"


def refused(result: CallResult) -> bool:
    """It ran to its end and says itself that it got nowhere."""
    return result.status == "returned" and isinstance(result.value, dict) and not result.value["escaped"]


def killed_by_filter(result: CallResult) -> bool:
    """The system call ended the process."""
    return result.status == "crashed" and "SIGSYS" in result.message


def stopped(result: CallResult) -> bool:
    """It ended with a named limit, an error or a crash, not with an answer."""
    return result.status in {"timeout", "limit", "raised", "crashed"} and bool(result.message)


def limited(result: CallResult) -> bool:
    """A limit ended it and is named."""
    return result.status in {"timeout", "limit"} and bool(result.message)


def no_answer(result: CallResult) -> bool:
    """Whatever it said was not taken for an answer."""
    return result.status != "returned"

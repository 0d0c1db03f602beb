"""One bounded child process: a request in, frames out to a callback, and an account of how it ended."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import dataclass, field
from toolwright.sandbox.talk import Stop, Talk
from toolwright.types import Exchange

if TYPE_CHECKING:  # loaded where a process is started, and the zygote's cells are not
    import subprocess

_START: Final = str(Path(__file__).parent / "cells" / "start.py")

OnFrame: TypeAlias = Callable[[bytes], bytes | None]
"""Gets each frame the cell sends; what it returns is sent back as a frame."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What to start and where: `folder` is its working directory, `scratch` its HOME and TMPDIR.

    `shared` are further folders that it writes to, `packages` one that it may import from. `wrapper` is a
    program with its options that confines the command after it, `program` the script that starts the cell,
    with the words `last` at its end. Where it is forked, `loads` is loaded before that. A `hash_seed` other
    than 0 is the one of its Python.
    """

    kind: Literal["tool_cell", "judge_cell", "warm_cell"]
    folder: str
    scratch: str
    environment: Mapping[str, str] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    packages: str = ""
    wrapper: tuple[str, ...] = ()
    program: str = _START
    last: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    hash_seed: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the parent enforces: seconds, bytes of stdout and stderr together, and bytes of one frame."""

    wall_s: float
    output_bytes: int
    frame_bytes: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a cell ended. `stop` names the bound that ended it; `status` is negative for a signal.

    `refused` says what it did that no tool may, though nothing stopped it; `lost` that it was ended from
    outside, together with all that could have told why. `exchanges` are what it asked its proxy for.
    """

    stop: Stop
    status: int
    stray_bytes: int
    stdout: str
    stderr: str
    seconds: float
    refused: str = ""
    exchanges: tuple[Exchange, ...] = ()
    lost: bool = False


def run_cell(cell: Cell, request: bytes, bounds: Bounds, on_frame: OnFrame) -> Ended:
    """Start a cell, talk with it within the bounds, and end it with everything it started.

    Raises:
        SandboxError: no process could be started.
    """
    from toolwright.sandbox.sweep import end_cell

    started = time.monotonic()
    mark = os.urandom(16).hex()
    process, conversation = _start(cell, bounds, mark)
    with conversation as talk:
        try:
            stop = talk.run(request, on_frame, started + bounds.wall_s)
        finally:  # also when Ctrl-C came
            end_cell(process, mark)
        stop = stop or talk.drain(on_frame)
        return Ended(
            stop=stop,
            status=process.returncode,
            stray_bytes=talk.stray_bytes,
            stdout=talk.stdout.decode("utf-8", "backslashreplace"),
            stderr=talk.stderr.decode("utf-8", "backslashreplace"),
            seconds=time.monotonic() - started,
        )


def _start(cell: Cell, bounds: Bounds, mark: str) -> "tuple[subprocess.Popen[bytes], Talk]":
    import subprocess

    from toolwright.sandbox.sweep import MARK, end_cell

    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": cell.scratch,
        "TMPDIR": cell.scratch,
        "LANG": "C.UTF-8",
        MARK: mark,
        **({"PYTHONHASHSEED": str(cell.hash_seed)} if cell.hash_seed else {}),
        **cell.environment,
    }
    pipes: list[int] = []
    process: subprocess.Popen[bytes] | None = None
    try:
        pipes += os.pipe()
        pipes += os.pipe()
        request_read, request_write, answer_read, answer_write = pipes
        process = subprocess.Popen(
            [*cell.wrapper, *_command(cell, request_read, answer_write)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=cell.folder,
            env=environment,
            pass_fds=(request_read, answer_write),
            start_new_session=True,
        )
        talk = Talk(process, request_write, answer_read, bounds.output_bytes, bounds.frame_bytes)
    except OSError as error:
        for descriptor in pipes:
            os.close(descriptor)
        if process is not None:
            end_cell(process, mark)
        raise _not_started(error, cell.folder) from error
    os.close(request_read)
    os.close(answer_write)
    return process, talk


def _command(cell: Cell, request: int, answer: int) -> tuple[str, ...]:
    # a seed is read from the environment, which is otherwise our own
    flags = ("-s", "-P") if cell.hash_seed else ("-I",)
    return (sys.executable, *flags, "-S", cell.program, cell.kind, str(request), str(answer), *cell.last)


def _not_started(error: OSError, folder: str) -> SandboxError:
    if not Path(folder).is_dir():
        return SandboxError(
            f"the tool's working folder {folder!r} is not a folder", hint="create it, or name another one"
        )
    return SandboxError(
        f"no process can be started for the tool: {error.strerror or error}",
        hint="close other programs, or raise the limits on processes and open files (`ulimit -a` shows them)",
    )

"""The standard streams, read and written so that a closed or full one is an error and not a crash."""

import os
import sys

from toolwright.errors import ToolwrightError, UsageError

TYPE_CHECKING = False  # `typing` is not loaded on the way to a single tool until its process starts

if TYPE_CHECKING:
    from typing import TextIO

_MOMENT_S = 0.2


class OutputError(ToolwrightError):
    """Stdout cannot be written: nobody gets the result."""

    kind = "output"


def open_missing() -> None:
    """Put something in the place of streams that the caller closed.

    Otherwise the next file that is opened would get their number, and what is printed would go into it.
    A stand-in for stdout cannot be written: a result that nobody can get is an error.
    """
    if sys.stdin is None:
        sys.stdin = _stand_in(0, "r")
    if sys.stdout is None:
        sys.stdout = _stand_in(1, "w", os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _stand_in(2, "w", os.O_WRONLY)


def at_terminal() -> bool:
    """Tell whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_in_place(question: str) -> str | None:
    """Put a question to the person at the terminal; None for no answer."""
    write_stderr(f"{question}\n")
    return (typed_line() or "").strip() or None


def typed_line(sign: str = "> ") -> str | None:
    """Return the line that is typed behind a sign, None for Ctrl-D and for what is no text.

    Raises:
        LaneStoppedError: who waits is not wanted any more: Ctrl-C was heard by another thread.
    """
    from toolwright.lanes import check_wanted

    write_stderr(sign)
    try:
        while not _is_typed():
            check_wanted()
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        return None
    except KeyboardInterrupt:
        write_stderr("\n")
        raise
    if not line.endswith("\n"):  # Ctrl-D: what is said next begins a line
        write_stderr("\n")
    return line or None


def _is_typed() -> bool:
    """Wait a moment for a line: a thread that reads cannot be told to stop, and would take the next keys."""
    from select import select

    return bool(select([sys.stdin], [], [], _MOMENT_S)[0])


def read_stdin() -> str:
    """Return all of stdin as text.

    Raises:
        UsageError: it cannot be read, or is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"what came from stdin is not UTF-8: byte {error.start + 1} cannot be read"
        ) from None
    except OSError as error:
        raise UsageError(f"stdin cannot be read: {error.strerror}") from None


def write_stdout(text: str) -> None:
    """Write text that stdout can carry to it now; a reader that went away is no error.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _drain(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise OutputError(
                f"the result could not be written to the standard output: {error.strerror}"
            ) from error


def write_stderr(text: str) -> None:
    """Write to stderr; when that does not work there is nobody to tell."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _drain(sys.stderr)


def flushed(code: int) -> int:
    """Write out what is still held back and return the exit code: `code`, or 1 when that fails."""
    write_stderr("")
    try:
        write_stdout("")
    except OutputError as error:
        write_stderr(f"error: {error}\n")
        return code or error.exit_code
    return code


def _stand_in(number: int, mode: str, flags: int = os.O_RDONLY) -> "TextIO":
    descriptor = os.open(os.devnull, flags)
    if descriptor != number:
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.set_inheritable(number, True)
    return os.fdopen(number, mode, encoding="utf-8", closefd=False)  # type: ignore[return-value]  # a text mode


def _drain(stream: "TextIO") -> None:
    """Let what is still held back go nowhere, so that the interpreter does not fail on it again."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, stream.fileno())
    os.close(devnull)

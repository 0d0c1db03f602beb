"""The defendant's process: one request (source, function, arguments) in, one frame with the answer out.

The answer is a JSON object with `status` and `value`, or `types`, `arguments`, `message` and `traceback`.
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, ModuleType, TracebackType

from toolwright.sandbox.cells.bounds import bound
from toolwright.sandbox.cells.calling_twice import LeftBehindError, call_twice, call_watched
from toolwright.sandbox.cells.clock import move_clock
from toolwright.sandbox.cells.declared import DeclaredPackages
from toolwright.sandbox.cells.listing import turn_listings
from toolwright.sandbox.cells.replay_cell import replay
from toolwright.sandbox.cells.wire import NotJsonError, encode, read_frame, send_frame

FILE = "tools.py"
_MESSAGE_CHARS = 4000
_FRAMES = 12
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


Answer = dict[str, object]
Limits = dict[str, float]
Call = Callable[[Callable[..., object], dict[str, object]], object]


class _NoFunctionError(Exception):
    """The source defines no such function."""


def main(request_fd: int, answer_fd: int) -> None:
    """Answer the one request and end the process; threads the tool left behind end with it."""
    request = json.loads(read_frame(request_fd))
    os.close(request_fd)
    os.set_inheritable(answer_fd, False)
    for stream in (sys.stdout, sys.stderr):
        # line by line, so that the output of a killed tool is still seen
        stream.reconfigure(errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]  # both are text files here
    streams = (sys.stdout, sys.stderr)
    bound(request["limits"])
    _offer(request["site"], request["packages"])
    if request.get("clock_s"):
        move_clock(request["clock_s"])
    if request.get("turned"):
        turn_listings()
    if "sources" in request:
        replay(request, answer_fd, partial(_answer_with, call=call_twice if request["twice"] else _call))
    call = {"twice": call_twice, "watched": call_watched}.get(request.get("way", ""), _call)
    answer = _answer(request["source"], request["function"], request["arguments"], request["limits"], call)
    for stream in streams:
        try:
            stream.flush()
        except (OSError, ValueError):  # the tool closed it
            continue
    send_frame(answer_fd, answer)
    os._exit(0)


def _offer(folders: list[str], packages: list[str]) -> None:
    """Let declared packages be imported. Those that compute in threads of their own get one each."""
    sys.meta_path.append(DeclaredPackages(folders, packages))
    if packages:
        os.environ.update(dict.fromkeys(_THREADS, "1"))


def _answer(source: str, function: str, arguments: dict[str, object], limits: Limits, call: Call) -> bytes:
    try:
        code = compile(source.removeprefix("\ufeff"), FILE, "exec", dont_inherit=True)
    except BaseException as error:  # noqa: BLE001 - as below
        return encode(_describe(error, source, limits))
    return _answer_with(code, function, arguments, source, limits, call)


def _call(called: Callable[..., object], arguments: dict[str, object]) -> object:
    return called(**arguments)


def _answer_with(
    code: CodeType,
    function: str,
    arguments: dict[str, object],
    source: str,
    limits: Limits,
    call: Call = _call,
) -> bytes:
    try:
        value = call(_load(code, function), arguments)
    except _NoFunctionError:
        return encode(_raised(["builtins:AttributeError"], f"{FILE} defines no function {function!r}"))
    except LeftBehindError as error:
        return encode(_bad("bad_result", str(error)))
    except BaseException as error:  # noqa: BLE001 - whatever foreign code raises is the answer
        return encode(_describe(error, source, limits))
    try:
        data = encode(value)
    except NotJsonError as error:
        where = f" at {error.where}" if error.where else ""
        return encode(_bad("bad_result", f"returned {error.what}{where}; tools return JSON values"))
    except MemoryError:
        return encode(_out_of_memory(limits))
    if len(data) > limits["result_kb"] * 1024:
        return encode(_bad("limit", f"returned more than {limits['result_kb']} KB"))
    return b'{"status":"returned","value":' + data + b"}"


def _load(code: CodeType, function: str) -> Callable[..., object]:
    module = ModuleType("tools")
    module.__file__ = FILE
    sys.modules["tools"] = module
    exec(code, module.__dict__)  # noqa: S102 - running it is the job
    called: object = getattr(module, function, None)
    if not callable(called):
        raise _NoFunctionError
    return called


def _describe(error: BaseException, source: str, limits: Limits) -> Answer:
    """Turn what was raised into an answer; every text that the tool controls is bounded."""
    if isinstance(error, MemoryError):
        error.__traceback__ = None  # lets go of everything the frames hold
        return _out_of_memory(limits)
    bound = _bound_that_was_hit(error, limits)
    if bound:
        return _bad("limit", bound)
    if not isinstance(error, Exception):
        return _bad("crashed", _ending(error))
    message = _text(error)
    if isinstance(error, SyntaxError) and error.filename == FILE:
        message = _clean(f"{FILE}, line {error.lineno}: {error.msg}")
    types = [_clean(f"{kind.__module__}:{kind.__qualname__}") for kind in type(error).__mro__[:12]]
    trace = _traceback(error, message, _lines(source))
    return _raised(types, message, trace, _arguments(error))


def _bound_that_was_hit(error: BaseException, limits: Limits) -> str:
    number = error.errno if isinstance(error, OSError) else 0
    if number == errno.EFBIG:
        return f"wrote a file larger than {limits['file_mb']} MB"
    if number == errno.EMFILE:
        return f"opened more than {limits['open_files']} files at once"
    if number == errno.ENOSPC and "scratch_mb" in limits:
        return f"found no space left to write to; its scratch folder holds {limits['scratch_mb']} MB"
    refused = number == errno.EAGAIN or (type(error) is RuntimeError and "start new thread" in str(error))
    if refused and "processes" in limits:
        return f"started more than {limits['processes']} threads and processes"
    return ""


def _raised(types: list[str], message: str, traceback: str = "", arguments: object = None) -> Answer:
    return {
        "status": "raised",
        "types": types,
        "arguments": arguments,
        "message": message,
        "traceback": traceback,
    }


def _bad(status: str, message: str) -> Answer:
    return {"status": status, "message": _clean(message)}


def _out_of_memory(limits: Limits) -> Answer:
    return _bad("limit", f"needed more than {limits['memory_mb']} MB of memory")


def _ending(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"the tool called sys.exit({error.code!r}); tools return a value or raise an exception"
    if isinstance(error, KeyboardInterrupt):
        return "the tool raised KeyboardInterrupt; tools return a value or raise an exception"
    return f"the tool raised {type(error).__name__}, which is not an ordinary exception"


def _text(error: BaseException) -> str:
    try:
        return _clean(str(error))
    except BaseException:  # noqa: BLE001 - __str__ is foreign code
        return "<the exception's text cannot be shown>"


def _arguments(error: Exception) -> object:
    """The exception's own arguments where they are JSON, so that the judge can build an equal one."""
    try:
        values = list(error.args)
        if isinstance(error, OSError) and error.filename is not None:
            values = [error.errno, error.strerror, error.filename]
        return values if len(encode(values)) <= _MESSAGE_CHARS else None
    except BaseException:  # noqa: BLE001 - the arguments are foreign objects
        return None


def _traceback(error: Exception, message: str, lines: list[str]) -> str:
    """The part of the traceback that lies in the tool's own source, as Python prints it."""
    steps = list(_steps(error.__traceback__, lines))
    if not steps:
        return ""
    if len(steps) > _FRAMES:
        left_out = f"  ... {len(steps) - _FRAMES} more calls ...\n"
        steps = [*steps[:3], left_out, *steps[3 - _FRAMES :]]
    name = type(error).__name__
    return _clean(
        "Traceback (most recent call last):\n" + "".join(steps) + (f"{name}: {message}" if message else name)
    )


def _lines(source: str) -> list[str]:
    """Split as Python counts lines: `splitlines` takes a form feed, too, for the end of one."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _steps(trace: TracebackType | None, lines: list[str]) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILE:
            text = lines[trace.tb_lineno - 1].strip() if trace.tb_lineno <= len(lines) else ""
            yield f'  File "{FILE}", line {trace.tb_lineno}, in {code.co_name}\n    {text}\n'
        trace = trace.tb_next


def _clean(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _MESSAGE_CHARS else text[: _MESSAGE_CHARS - 3] + "..."

"""Many calls of several versions of a function in one process: a request in, one frame a call out.

The first version is the true one: the slowest of its calls says how long a call of the others may take.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import CodeType, FrameType

from toolwright.sandbox.cells.wire import encode, send_frame

FILE = "tools.py"
_LEAST_S = 0.1
_TIMES = 5

Limits = dict[str, float]
Answering = Callable[[CodeType, str, dict[str, object], str, Limits], bytes]


class _TooLong(BaseException):
    """Raised inside a call that computes for longer than it may."""


def replay(request: dict[str, object], answer_fd: int, answer: Answering) -> None:
    """Send `{"answer": ...}` for each call of each source, in this order, then end the process."""
    sources: list[str] = request["sources"]  # type: ignore[assignment]  # as the parent writes it
    calls: list[str] = request["calls"]  # type: ignore[assignment]  # each one JSON text
    limits: Limits = request["limits"]  # type: ignore[assignment]  # as above
    # what they print is nobody's evidence and must not fill the pipe
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
    signal.signal(signal.SIGPROF, _stop)
    function = str(request["function"])
    longest, slowest = float(request["call_s"]), 0.0  # type: ignore[arg-type]  # a number
    for number, source in enumerate(sources):
        try:
            code = compile(source.removeprefix("\ufeff"), FILE, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):  # the parent has compiled it; should it differ here, it is no tool
            os._exit(1)
        for text in calls:
            started = time.process_time()
            data = _bounded(partial(answer, code, function, json.loads(text), source, limits), longest)
            if number == 0:
                slowest = max(slowest, time.process_time() - started)
            send_frame(answer_fd, b'{"answer":' + data + b"}")
        longest = max(_LEAST_S, _TIMES * slowest)
    os._exit(0)


def _bounded(call: Callable[[], bytes], longest: float) -> bytes:
    """Make one call. What Python cannot interrupt is ended together with the process."""
    try:
        signal.setitimer(signal.ITIMER_PROF, longest, _LEAST_S)
        signal.setitimer(signal.ITIMER_VIRTUAL, 3 * longest)  # its signal ends the process
        try:
            return call()
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooLong:
        return encode({"status": "limit", "message": "took too long"})


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong

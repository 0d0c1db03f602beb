"""A number of seconds in, Python's clock moved by them, in another time zone: for tools that do not look."""

import os
import time
from typing import Any, Final

_ZONE: Final = "ELSEWHERE-5:45"
"""East of Greenwich by what no neighbour of the usual zone is."""


def move_clock(seconds: float) -> None:
    """Let `time` and `datetime` tell another time and zone; `monotonic` and the like stay as they are."""
    os.environ.update(TZ=_ZONE)
    time.tzset()
    now, now_ns = time.time, time.time_ns
    changed: dict[str, Any] = {
        "time": lambda: now() + seconds,
        "time_ns": lambda: now_ns() + int(seconds * 1_000_000_000),
        "gmtime": _from_now(time.gmtime),
        "localtime": _from_now(time.localtime),
        "ctime": _from_now(time.ctime),
    }
    asctime, strftime = time.asctime, time.strftime
    changed["asctime"] = lambda *when: asctime(*(when or (time.localtime(),)))
    changed["strftime"] = lambda form, *when: strftime(form, *(when or (time.localtime(),)))
    for name, function in changed.items():
        setattr(time, name, function)
    _move_dates(seconds)


def _from_now(read: Any) -> Any:
    return lambda when=None: read(time.time() if when is None else when)


def _move_dates(seconds: float) -> None:
    """Put classes in the places of `datetime` and `date` that make true instances, by another clock."""
    import datetime as dt

    moment, day = dt.datetime, dt.date
    step = dt.timedelta(seconds=seconds)

    def now(_kind: Any, tz: Any = None) -> Any:
        return moment.now(tz) + step

    def utcnow(_kind: Any) -> Any:
        return moment.now(dt.UTC).replace(tzinfo=None) + step

    def today(_kind: Any) -> Any:
        return (moment.now() + step).date()

    moved = {"now": classmethod(now), "utcnow": classmethod(utcnow), "today": classmethod(now)}
    dt.datetime = _stand_in(moment, moved)  # type: ignore[misc]  # that is the purpose
    dt.date = _stand_in(day, {"today": classmethod(today)})  # type: ignore[misc]  # as above


def _stand_in(true: type, methods: dict[str, Any]) -> Any:
    """A class like `true` but for some methods; called, it makes instances of `true`."""

    class Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, true) if cls is made else super().__instancecheck__(value)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, true) if cls is made else super().__subclasscheck__(kind)

        def __call__(cls, *values: Any, **named: Any) -> Any:
            return true(*values, **named) if cls is made else super().__call__(*values, **named)

    made = Kind(true.__name__, (true,), {**methods, "__module__": "datetime", "__slots__": ()})
    return made

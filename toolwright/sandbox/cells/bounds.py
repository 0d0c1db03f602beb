"""Resource limits that a cell puts on itself before foreign code runs; later they can only be lowered."""

import resource
import signal
from collections.abc import Mapping

_MB = 1 << 20
_HEADROOM_MB = 512
"""Address space beyond data: code of libraries, thread stacks and the allocator's reserves count there."""


def bound(limits: Mapping[str, float]) -> None:
    """Set the limits `cpu_s`, `memory_mb`, `file_mb`, `open_files`, and an alarm after `wall_s` seconds.

    The parent holds the real clock; the alarm ends a cell whose parent was killed.
    """
    memory = int(limits["memory_mb"])
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, int(limits["cpu_s"]), spare=1)
    _lower(resource.RLIMIT_FSIZE, int(limits["file_mb"]) * _MB)
    _lower(resource.RLIMIT_NOFILE, int(limits["open_files"]))
    _lower(resource.RLIMIT_DATA, memory * _MB)
    _lower(resource.RLIMIT_AS, (memory + _HEADROOM_MB) * _MB)
    signal.alarm(int(limits["wall_s"]) + 5)


def _lower(which: int, value: int, spare: int = 0) -> None:
    """Set the soft limit to `value`, the hard one `spare` above, never above what the parent has."""
    ceiling = resource.getrlimit(which)[1]
    hard = value + spare
    if ceiling != resource.RLIM_INFINITY:
        hard = min(hard, ceiling)
    try:
        resource.setrlimit(which, (min(value, hard), hard))
    except (ValueError, OSError):
        # macOS knows RLIMIT_AS and RLIMIT_DATA but refuses to set them: then the clock is the bound
        return

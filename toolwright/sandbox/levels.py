"""Which level of confinement this machine really has: nothing is read off a version, everything is tried.

In: where to remember the answer. Out: the first level that works, and why those before it do not.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import dataclass, field
from toolwright.sandbox.zygote.order import Kind

Confining: TypeAlias = Literal["full", "landlock", "bwrap", "seatbelt"]

LEVELS: Final[tuple[Kind, ...]] = ("full", "landlock")
"""The levels of our own zygote, strongest first."""

TRIED: Final[tuple[Confining, ...]] = ("full", "landlock", "bwrap", "seatbelt")
"""The levels that confine, in the order they are tried: quick ones before slow ones."""

ENOUGH: Final[dict[str, frozenset[str]]] = {
    "full": frozenset({"full"}),
    "bwrap": frozenset({"full", "bwrap"}),
    "landlock": frozenset({"full", "bwrap", "landlock"}),
    "seatbelt": frozenset({"full", "bwrap", "landlock", "seatbelt"}),
}
"""Which levels a minimum accepts. What holds more is accepted too: bwrap hides files and processes better
than landlock, and is tried later only because each of its calls starts a new Python."""

NONE: Final = "none"
"""The level of `--unsafe`: nothing is confined, and nothing that was seen at it is evidence."""

WRAPPERS: Final = ("/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap", "/usr/bin/sandbox-exec")
"""Where the programs of the last two levels are looked for; PATH is the user's, these are the system's."""

_FORMAT: Final = 2
_ABOUT_US: Final = ("NoNewPrivs", "Seccomp", "Seccomp_filters", "CapEff", "Uid")
_SWITCHES: Final = (
    "/proc/sys/kernel/random/boot_id",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "/proc/sys/user/max_user_namespaces",
    "/proc/self/attr/current",
)


@dataclass(frozen=True, slots=True)
class Found:
    """The first level that works, "" for none; `missing` says of each before it why it does not.

    `changed`: it was tried just now, and the answer is another than the one that was remembered.
    """

    level: str
    missing: tuple[tuple[str, str], ...] = ()
    changed: bool = field(default=False, compare=False)


def find_level(cache: Path | None = None, *, anew: bool = False) -> Found:
    """Try the levels; an answer in the file `cache` is believed on this very system only.

    With `anew` it is not believed at all, but replaced.
    """
    key = _system()
    remembered = _recall(cache) if cache is not None else None
    if remembered is not None and remembered[0] == key and not anew:
        return remembered[1]
    missing: list[tuple[str, str]] = []
    level = ""
    for each in [level for level in TRIED if (level == "seatbelt") == (sys.platform == "darwin")]:
        fault = try_level(each)
        if not fault:
            level = each
            break
        missing.append((each, fault))
    found = Found(level, tuple(missing), changed=remembered is None or remembered[1].level != level)
    if cache is not None:
        _keep(cache, key, found)
    return found


def try_level(level: Confining, without: tuple[str, ...] = ()) -> str:
    """Return "" if a benign call works at this level and no canary is reached, otherwise what is wrong."""
    from toolwright.sandbox.canaries import try_calls

    if (sys.platform == "darwin") != (level == "seatbelt") or sys.platform not in {"linux", "darwin"}:
        return f"it needs {'macOS' if level == 'seatbelt' else 'Linux'}"
    try:
        if level == "bwrap" or level == "seatbelt":  # noqa: PLR1714 - the types want both
            from toolwright.sandbox.wrapped import WrappedSandbox

            return try_calls(WrappedSandbox(level).caller)
        from toolwright.sandbox.confined import ConfinedSandbox

        with ConfinedSandbox(level, without=without) as box:
            return try_calls(box.caller)
    except SandboxError as error:
        return str(error)


def _system() -> list[str]:
    """What the answer depends on: machine, kernel, this start of it, its switches, Python, user and jail."""
    info = os.uname()
    wrappers = [path for path in WRAPPERS if os.access(path, os.X_OK)]
    about = [line for line in _text("/proc/self/status").splitlines() if line.partition(":")[0] in _ABOUT_US]
    switches = [_text(path).strip("\n\0") for path in _SWITCHES]
    kernel = (info.machine, info.release, info.version)
    return [str(_FORMAT), *kernel, *switches, *about, sys.executable, sys.version, *wrappers]


def _text(path: str) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return Path(path).read_text(encoding="utf-8")
    return ""


def _recall(cache: Path) -> tuple[list[str], Found] | None:
    try:
        data = json.loads(cache.read_text(encoding="utf-8"))
        level, missing = data["level"], tuple((str(each), str(why)) for each, why in data["missing"])
        return (data["key"], Found(level, missing)) if level in TRIED else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(cache: Path, key: list[str], found: Found) -> None:
    """Write the answer down; where that fails, it is found again next time. No level is never kept."""
    if not found.level:
        return
    beside = cache.with_name(f"{cache.name}.{os.getpid()}")
    text = json.dumps({"key": key, "level": found.level, "missing": found.missing})
    with suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_text(text, encoding="utf-8")
        beside.replace(cache)

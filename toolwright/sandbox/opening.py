"""The way to a sandbox: what is asked for and what this machine has in, a sandbox or a refusal out.

The level is found by trying, remembered for this very system, and never below the minimum; the one
exception, a plain process labelled "none", must be asked for by name.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import replace
from toolwright.sandbox.levels import ENOUGH, LEVELS, NONE, Found, find_level
from toolwright.settings import Settings, level_cache

if TYPE_CHECKING:  # the protocols would bring every record along
    from toolwright.protocols import Sandbox
    from toolwright.sandbox.zygote.launch import Launched

Minimum: TypeAlias = Literal["full", "bwrap", "landlock", "seatbelt"]


def open_sandbox(
    minimum: Minimum = "landlock",
    *,
    unsafe: bool = False,
    protected: Sequence[str] = (),
    cache: Path | None = None,
    on_level: Callable[[Found], object] = str,
    on_notice: Callable[[str], object] = str,
    launched: "Launched | None" = None,
) -> "Sandbox":
    """Return a sandbox at the first level that works here; `close` it, or use it as a context manager.

    With a valid `cache` nothing is tried, and nothing is started before the first call. `protected` paths
    are hidden in every grant. `on_level` is told, once, what is used when that is less than full (level ""
    for nothing at all); `on_notice` whatever a call does otherwise than asked. `launched` is a process
    that is made the first zygote at once, where one is used.

    Raises:
        SandboxError: less than `minimum` works here, and `unsafe` was not asked for.
    """
    found = find_level(cache)
    if found.level in ENOUGH[minimum]:
        if found.level != "full":
            on_level(found)
        return _confined(found.level, protected, on_notice, launched)
    if unsafe:
        from toolwright.sandbox.process import ProcessSandbox

        on_level(replace(found, level=""))  # whatever there is, it is not used
        return ProcessSandbox(level=NONE)
    raise too_weak(found, minimum)


def open_configured(
    settings: Settings,
    tell: Callable[[str], object] = str,
    *,
    only_news: bool = False,
    launched: "Launched | None" = None,
) -> "Sandbox":
    """Return the sandbox that the settings ask for.

    `tell` gets a sentence for people when less than full works, with `only_news` only when it is another
    level than last time, and for whatever a call does otherwise than asked. `launched` as by `open_sandbox`.

    Raises:
        SandboxError: as by `open_sandbox`.
    """

    def tell_of(found: Found) -> None:
        from toolwright.sandbox.shortfall import describe_shortfall

        if found.changed or not only_news:
            tell(describe_shortfall(found))

    return open_sandbox(
        settings.sandbox_minimum,
        unsafe=settings.unsafe,
        protected=protected_paths(settings.library),
        cache=level_cache(),
        on_level=tell_of,
        on_notice=tell,
        launched=launched,
    )


def protected_paths(library: Path) -> tuple[str, ...]:
    """Return what no tool may see of a library directory, beyond the names that are hidden everywhere."""
    log = library / "agent.log"
    rotated = [log.with_name(f"{log.name}.{number}") for number in (1, 2, 3)]
    return tuple(
        str(path.absolute()) for path in (library / "tools.py", library / "tool_tests", log, *rotated)
    )


def too_weak(found: Found, minimum: str) -> SandboxError:
    """Return the refusal: what was asked for, what there is, why, and what helps."""
    there = f"level {found.level} works" if found.level else "no level works"
    reasons = "; ".join(f"{level}: {why}" for level, why in found.missing)
    return SandboxError(
        f"tools cannot be confined here as strongly as --sandbox-minimum {minimum} asks: {there} ({reasons})",
        hint="python agent.py doctor says what to mend; --unsafe runs tools unconfined, at your own risk",
    )


def _confined(
    level: str, protected: Sequence[str], on_notice: Callable[[str], object], launched: "Launched | None"
) -> "Sandbox":
    from toolwright.sandbox.confined import ConfinedSandbox

    for kind in LEVELS:
        if kind == level:
            box = ConfinedSandbox(
                kind, minimum=kind, protected=protected, on_notice=on_notice, launched=launched
            )
            if launched is not None:
                box.prepare()
            return box
    from toolwright.sandbox.wrapped import WrappedSandbox

    return WrappedSandbox("bwrap" if level == "bwrap" else "seatbelt", protected=protected)

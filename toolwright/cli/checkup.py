"""Settings -> all that `doctor` tells: the sandbox, versions, the model, the library, what to mend first."""

import platform
from collections.abc import Mapping
from typing import Final

from toolwright.errors import ModelError, ToolwrightError, UsageError
from toolwright.library.journal import Journal
from toolwright.library.network import caution
from toolwright.library.place import Place
from toolwright.library.store import Store
from toolwright.records import dataclass, field
from toolwright.settings import Settings, level_cache
from toolwright.settings.servers import SERVERS as SERVER_SETTINGS
from toolwright.settings.servers import address_of, key_of
from toolwright.settings.variables import BY_FIELD

PACKAGES: Final = (
    *("together", "httpx", "requests", "libcst", "pytest", "hypothesis", "pytest-httpserver"),
    *("filelock", "rich", "prompt_toolkit", "sqlalchemy", "alembic"),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong: whether goals can run all the same, what it is, and what helps."""

    fatal: bool
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found; the sections hold facts by name, in the order they are shown."""

    level: str
    minimum: str
    layers: tuple[tuple[str, str], ...]
    shortfall: str
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()

    @property
    def first(self) -> Trouble | None:
        """What keeps goals from running and must be mended first, None when they can run."""
        return next((trouble for trouble in self.troubles if trouble.fatal), None)


def check_up(settings: Settings) -> Checkup:
    """Look at everything once; the levels are tried anew and the answer is kept for other runs."""
    from toolwright.sandbox.layers import try_layers
    from toolwright.sandbox.levels import ENOUGH, find_level
    from toolwright.sandbox.opening import too_weak
    from toolwright.sandbox.shortfall import describe_shortfall, find_mend

    found = find_level(level_cache(), anew=True)
    troubles: list[Trouble] = []
    if found.level not in ENOUGH[settings.sandbox_minimum] and not settings.unsafe:
        troubles.append(Trouble(True, str(too_weak(found, settings.sandbox_minimum)), find_mend().command))
    sections = {
        "versions": _versions(troubles),
        "model": _model(settings, troubles),
        "library": _library(settings, troubles),
        "places": _places(settings),
    }
    return Checkup(
        level=found.level or "none",
        minimum=settings.sandbox_minimum,
        layers=try_layers(),
        shortfall=describe_shortfall(found),
        sections=sections,
        troubles=tuple(troubles),
    )


def _versions(troubles: list[Trouble]) -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    from toolwright import __version__

    said = {
        "Toolwright": __version__,
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    missing = []
    for name in PACKAGES:
        try:
            said[name] = version(name)
        except PackageNotFoundError:
            said[name] = "not installed"
            missing.append(name)
    if missing:
        what = f"packages are missing: {', '.join(missing)}"
        troubles.append(Trouble(True, what, f"python -m pip install {' '.join(missing)} (or: uv sync)"))
    return said


def _model(settings: Settings, troubles: list[Trouble]) -> dict[str, str]:
    """Say how the model is reached and whether there is a key; never the key."""
    from toolwright.models import SERVERS, parse_model

    said = {"name": settings.model, "replay": str(settings.replay or "")}
    try:
        server, _ = parse_model(settings.model)
    except (UsageError, ModelError) as error:
        troubles.append(Trouble(True, str(error), error.hint))
        return said
    variable = SERVERS[server].key_variable
    said |= {"server": server, "address": address_of(settings, server) or "the server's own"}
    if settings.replay:
        said["key"] = "not needed: a transcript answers"
    elif key_of(settings, server):
        known = SERVER_SETTINGS[server].key_field
        said["key"] = f"{BY_FIELD[known].name} is set ({settings.origins.get(known, '')})"
    elif not variable:
        said["key"] = "not needed"
    else:
        said["key"] = f"{variable} is not set"
        troubles.append(
            Trouble(True, f"{variable} is not set: no model can be asked", f"export {variable}=...")
        )
    return said


def _library(settings: Settings, troubles: list[Trouble]) -> dict[str, str]:
    store = Store(settings.library)
    said = {"folder": str(settings.library.absolute())}
    try:
        snapshot = store.read()
    except ToolwrightError as error:
        troubles.append(Trouble(True, str(error), error.hint))
        return said
    interrupted = not _is_clean(store.place)
    try:
        store.check_writable()
        said["writable"] = "yes"
    except ToolwrightError as error:
        said["writable"] = "no: kept tools can be used, new ones cannot be kept"
        troubles.append(Trouble(False, str(error), error.hint))
    network = caution(store.directory)
    if network:
        troubles.append(Trouble(False, network, "a local folder, shared through git, is safe in every case"))
    said["network"] = "yes" if network else "no"
    stale = [name for name in snapshot.tools if _is_stale(store, name, snapshot.tools[name].source)]
    unproven = [name for name in snapshot.tools if store.evidence_of(name) is None]
    said |= {
        "tools": str(len(snapshot.tools)),
        "not offered": str(len(snapshot.not_offered)),
        "quarantined": _names(list(snapshot.quarantined)),
        "without evidence": _names(unproven),
        "stale evidence": _names(stale),
        "interrupted change": "yes: the next run finishes it or takes it back" if interrupted else "no",
    }
    if stale:
        hint = f"python agent.py verify {' '.join(stale[:5])}"
        troubles.append(Trouble(False, f"changed since they were verified: {', '.join(stale)}", hint))
    if snapshot.quarantined:
        names = list(snapshot.quarantined)
        hint = f"python agent.py verify {' '.join(names[:5])}"
        troubles.append(Trouble(False, f"in quarantine, so not offered: {', '.join(names)}", hint))
    return said


def _is_clean(place: Place) -> bool:
    from toolwright.library.disk import Disk

    return Journal(place, Disk()).is_clean


def _is_stale(store: Store, name: str, source: str) -> bool:
    """Tell whether a tool's text is another one than that which was verified."""
    from toolwright.library.place import sha

    evidence = store.evidence_of(name)
    return evidence is not None and evidence.get("source_sha256") != sha(source.encode())


def _names(names: list[str]) -> str:
    return f"{len(names)}: {', '.join(names)}" if names else "0"


def _places(settings: Settings) -> dict[str, str]:
    from toolwright.memory.approvals import Approvals

    library = settings.library.absolute()
    said = {
        "transcripts": str(library / ".toolwright" / "transcripts"),
        "plans": str(library / ".toolwright" / "plans"),
        "log": str(library / "agent.log"),
        "level of the sandbox": str(level_cache() or "remembered nowhere: this user has no home"),
        "workspace": str(settings.workspace.absolute()),
    }
    try:
        said["approvals"] = str(len(Approvals(library).all()))
    except ToolwrightError as error:
        said["approvals"] = f"unknown: {error}"
    return said

"""A library, or a part of one that travels -> its tools with all they reach, their tests, evidence, versions.

What somebody else made is in it: nothing of it is run here, and nothing it says of itself is believed.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from toolwright.errors import LibraryError
from toolwright.library.catalogue import Catalogue, read_catalogue
from toolwright.library.evidence import kept_examples, score_in
from toolwright.library.excerpt import excerpt_of
from toolwright.library.place import decode
from toolwright.library.versions import Version
from toolwright.records import dataclass, field
from toolwright.syntax.reading import unix_lines
from toolwright.types import Example, Json, Tool

TOOLS: Final = "tools.py"
MEMBER: Final = re.compile(
    r"tools\.py|tool_tests/(?:test_(?P<test>\w+)\.py|evidence/(?P<evidence>\w+)\.json)"
    r"|\.toolwright/versions/(?P<version>\w+)/(?P<number>\d{4,6})\.json",
    re.ASCII,
)
"""What of a library travels, by its path in it; the rest is left alone."""
_HOW: Final = re.compile(r"[a-z ]{1,20}")
_LONGEST: Final = 2_000
_MOST_VERSIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One tool of a parcel: `source` is the function with its helpers, `tests` None when it has none.

    `calls` names the tools of the parcel that it reaches; `earlier` are its former versions, oldest first.
    """

    tool: Tool
    source: str
    tests: str | None
    calls: tuple[str, ...] = ()
    evidence: Mapping[str, Json] = field(default_factory=dict)
    earlier: tuple[Version, ...] = ()

    @property
    def examples(self) -> tuple[Example, ...]:
        """The calls with right answers that its former user gave."""
        return kept_examples(dict(self.evidence))

    @property
    def origin(self) -> tuple[str, str]:
        """The goal that it was made for and the model that wrote it, as it says itself."""
        said = self.evidence.get("origin")
        origin = said if isinstance(said, dict) else {}
        return _one_line(origin.get("goal")), _one_line(origin.get("model"))

    @property
    def verdict(self) -> str:
        """What its former library found, in a few words; "" when it does not say."""
        match self.evidence:
            case {"verdict": {"passed": True, "tests": [*tests]}}:
                score = score_in(self.evidence)
                faults = f", {score[0]} of {score[1]} faults noticed" if score else ""
                return f"{len(tests)} test{'' if len(tests) == 1 else 's'} passed{faults}"
        return ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A library that came from somewhere: `name` says where from, `files` are its texts by path in it."""

    name: str
    files: Mapping[str, bytes]
    catalogue: Catalogue

    def order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return tools and all tools that they reach, those that are called before those that call them."""
        ordered: dict[str, None] = {}
        waiting = [(name, False) for name in reversed(list(names))]
        entered: set[str] = set()
        while waiting:
            name, is_ready = waiting.pop()
            if is_ready:
                ordered[name] = None
            elif name not in entered:
                entered.add(name)
                waiting += [(name, True), *((one, False) for one in self.calls(name))]
        return tuple(ordered)

    def calls(self, name: str) -> tuple[str, ...]:
        """Return the other tools that a tool reaches."""
        reached = self.catalogue.bindings.reach([name])
        return tuple(sorted(one for one in reached if one != name and one in self.catalogue.offered))

    def enclosed(self, name: str) -> Enclosed:
        """Return one tool.

        Raises:
            LibraryError: its tests, evidence or versions cannot be read; says which.
        """
        tests = self.files.get(f"tool_tests/test_{name}.py")
        return Enclosed(
            self.catalogue.tool(name),
            "\n".join(unix_lines(excerpt_of(self.catalogue.bindings, name))),
            None if tests is None else decode(tests, self._path(f"tool_tests/test_{name}.py")),
            self.calls(name),
            self._json(f"tool_tests/evidence/{name}.json") or {},
            self._versions(name),
        )

    def _versions(self, name: str) -> tuple[Version, ...]:
        folder = f".toolwright/versions/{name}/"
        paths = sorted(path for path in self.files if path.startswith(folder))[-_MOST_VERSIONS:]
        found = [(path, self._json(path)) for path in paths]
        return tuple(_version(name, said, self._path(path)) for path, said in found if said is not None)

    def _json(self, path: str) -> dict[str, Json] | None:
        data = self.files.get(path)
        if data is None:
            return None
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise LibraryError(f"{self._path(path)} is no JSON object; nothing was installed")
        return said

    def _path(self, path: str) -> Path:
        return Path(self.name, path)


def read_parcel(name: str, files: Mapping[str, bytes]) -> Parcel:
    """Read what was found; `files` holds by path in the library what `MEMBER` matches.

    Raises:
        LibraryError: there is no tools.py in it, or it is not UTF-8.
        LibrarySyntaxError: tools.py is not Python; names file and line.
    """
    data = files.get(TOOLS)
    if data is None:
        raise LibraryError(
            f"{name} holds no tools.py, so there is nothing to install",
            hint="python agent.py tools pack -o FILE.zip writes what can be installed",
        )
    path = Path(name, TOOLS)
    return Parcel(name, files, read_catalogue(decode(data, path), str(path)))


def _version(name: str, said: Mapping[str, Json], path: Path) -> Version:
    """Read a former version without its evidence, which speaks of another place."""
    match said:
        case {"source": str(source), "tests": str() | None as tests, "how": str(how), "time": str(time)}:
            if _HOW.fullmatch(how) and _is_time(time):
                contract = said.get("contract")
                kept = contract if isinstance(contract, str) else ""
                goal, model = _one_line(said.get("goal")), _one_line(said.get("model"))
                return Version(0, name, how, time, source, tests, kept, goal, model)
    raise LibraryError(f"{path} is no version of a tool; nothing was installed")


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def _one_line(text: Json) -> str:
    """Return a foreign text without what could steer a terminal."""
    if not isinstance(text, str):
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST])


def in_order(paths: Iterable[str]) -> Sequence[str]:
    """Return the paths of what travels, sorted."""
    return sorted(path for path in paths if MEMBER.fullmatch(path))

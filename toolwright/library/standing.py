"""A kept tool as it is now and its evidence -> whether that evidence still speaks of this very text."""

import sys
from collections.abc import Callable, Collection, Mapping
from typing import Literal, TypeAlias

from toolwright.library.bindings import Bindings
from toolwright.library.fingerprint import hashed
from toolwright.library.place import sha
from toolwright.records import dataclass
from toolwright.types import Json, Tool

StandingKind: TypeAlias = Literal["verified", "edited", "outdated", "unproven"]

VersionOf: TypeAlias = Callable[[str], str]
"""Says which version of a package is installed, "" for none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tool's evidence is worth: `verified` speaks of it as it is; `why` says what the others lack.

    `changed` says of `outdated` evidence what became of what: "Python 3.11 became 3.12".
    """

    kind: StandingKind
    why: str = ""
    changed: str = ""

    @property
    def said(self) -> str:
        """Return it as a few words for a list, "" for a tool that is verified."""
        words = {
            "verified": "",
            "edited": "edited, not verified",
            "outdated": f"not verified since {self.changed}",
            "unproven": "written by hand, not verified",
        }
        return words[self.kind]


def standing(
    evidence: Mapping[str, Json] | None,
    tool: Tool,
    tests: str | None,
    reach: str,
    version_of: VersionOf | None = None,
) -> Standing:
    """Hold a tool against its evidence; `tests` is the hash of its tests, `reach` its `reach_hash`, now.

    Without `version_of` nothing is said of packages.
    """
    if evidence is None:
        return Standing("unproven", "it was written by hand, and no tests of it were run")
    edited = edit_since(evidence, tool.source, tests, reach)
    if edited:
        return Standing("edited", edited)
    verdict = evidence.get("verdict")
    packages = verdict.get("packages") if isinstance(verdict, dict) else None
    return _python(evidence) or of_packages(packages, version_of) or Standing("verified")


def edit_since(evidence: Mapping[str, Json], source: str, tests: str | None, reach: str) -> str:
    """Say what was edited since a tool was verified, "" for nothing; `tests` is the hash of its tests."""
    if evidence.get("source_sha256") != sha(source.encode()):
        return "its text was edited since it was verified"
    if evidence.get("reach_sha256", reach) != reach:
        return "a helper, constant or import that it uses was edited since it was verified"
    if tests is None:
        return "its tests were removed since it was verified"
    if evidence.get("tests_sha256") != tests:
        return "its tests were edited since it was verified"
    return ""


def speaks_of_tests(evidence: Mapping[str, Json], tests: str) -> bool:
    """Tell whether evidence is of these very tests."""
    return evidence.get("tests_sha256") == sha(tests.encode())


def reach_hash(library: Bindings, name: str, tools: Collection[str]) -> str:
    """Hash a function with its helpers, constants and imports; other tools have a standing of their own."""
    return hashed(library.reach([name], stop=tools))


def _python(evidence: Mapping[str, Json]) -> Standing | None:
    """Tell whether it was verified with another Python."""
    seen = evidence.get("verified") or evidence.get("origin")
    python = seen.get("python") if isinstance(seen, dict) else None
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if python is None or python == here:
        return None
    why = f"it was verified with Python {python}, and this is {here}"
    return Standing("outdated", why, f"Python {python} became {here}")


def of_packages(seen: Json, version_of: VersionOf | None) -> Standing | None:
    """Tell whether one of the packages that evidence was given with is another version now."""
    if version_of is None or not isinstance(seen, dict):
        return None
    for name, version in seen.items():
        here = version_of(name)
        if not here:
            why = f"it was verified with {name} {version}, which is not installed"
            return Standing("outdated", why, f"{name} {version} was removed")
        if here != version:
            why = f"it was verified with {name} {version}, and {here} is installed"
            return Standing("outdated", why, f"{name} {version} became {here}")
    return None

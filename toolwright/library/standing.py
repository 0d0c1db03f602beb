"""A kept tool as it is now and its evidence -> whether that evidence still speaks of this very text."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolwright.library.bindings import Bindings
from toolwright.library.fingerprint import hashed
from toolwright.library.place import sha
from toolwright.types import Json, Tool

StandingKind: TypeAlias = Literal["verified", "edited", "outdated", "unproven"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tool's evidence is worth: `verified` speaks of it as it is; `why` says what the others lack."""

    kind: StandingKind
    why: str = ""

    @property
    def said(self) -> str:
        """Return it as a word or two for a list, "" for a tool that is verified."""
        words = {
            "verified": "",
            "edited": "edited, not verified",
            "outdated": "not verified with this Python",
            "unproven": "written by hand, not verified",
        }
        return words[self.kind]


def standing(evidence: Mapping[str, Json] | None, tool: Tool, tests: str | None, reach: str) -> Standing:
    """Hold a tool against its evidence; `reach` is `reach_hash` of it as it is now."""
    if evidence is None:
        return Standing("unproven", "it was written by hand, and no tests of it were run")
    if evidence.get("source_sha256") != sha(tool.source.encode()):
        return Standing("edited", "its text was edited since it was verified")
    if evidence.get("reach_sha256", reach) != reach:
        return Standing(
            "edited", "a helper, constant or import that it uses was edited since it was verified"
        )
    if tests is None:
        return Standing("edited", "its tests were removed since it was verified")
    if evidence.get("tests_sha256") != sha(tests.encode()):
        return Standing("edited", "its tests were edited since it was verified")
    return _here(evidence)


def reach_hash(library: Bindings, name: str, tools: Collection[str]) -> str:
    """Hash a function with its helpers, constants and imports; other tools have a standing of their own."""
    return hashed(library.reach([name], stop={*tools} - {name}))


def _here(evidence: Mapping[str, Json]) -> Standing:
    """Tell whether it was verified with this Python."""
    seen = evidence.get("verified") or evidence.get("origin")
    python = seen.get("python") if isinstance(seen, dict) else None
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if python is not None and python != here:
        return Standing("outdated", f"it was verified with Python {python}, and this is {here}")
    return Standing("verified")

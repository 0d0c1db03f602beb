"""Records of one candidate's trial: what is tried, and how it went."""

import re
from collections.abc import Mapping
from typing import Final

from toolwright.library.catalogue import Catalogue
from toolwright.library.parting import run_with
from toolwright.making.drafting import Draft
from toolwright.making.held_out import Missed
from toolwright.making.wish import Wish
from toolwright.records import dataclass, field
from toolwright.types import Candidate, Commit, Policy, TestOutcome, Tool, Verdict

_ADDRESS: Final = re.compile(r"0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Case:
    """A reviewed candidate in the library that would be committed; `policy` is for its verification.

    `packages` are the versions of those that it may import.
    """

    wish: Wish
    draft: Draft
    candidate: Candidate
    library: Catalogue
    tool: Tool
    policy: Policy
    packages: Mapping[str, str] = field(default_factory=dict)

    def run_with(self, tests: str = "") -> str:
        """Return what is run of the library with the tool: what it, its doctests and `tests` need of it."""
        return run_with(self.library, self.tool.name, self.tool.source, tests)


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a candidate came: `refused_by` is the stage that refused it, "" as long as none has.

    `reasons` begins with one sentence and is written for the author of the next version; `told` is for the
    user where that may be told more. `missed` are the user's examples that do not hold, `twin` is the kept
    tool that does the very same.
    """

    candidate: Candidate
    refused_by: str = ""
    reasons: tuple[str, ...] = ()
    verdict: Verdict | None = None
    merged: str = ""
    commit: Commit | None = None
    told: tuple[str, ...] = ()
    missed: tuple[Missed, ...] = ()
    twin: str = ""

    @property
    def failing(self) -> tuple[TestOutcome, ...]:
        """The tests that refused it, the shortest account first."""
        tests = self.verdict.tests if self.verdict and self.refused_by == "verify" else ()
        return tuple(sorted((t for t in tests if t.outcome != "passed"), key=lambda test: len(test.message)))

    @property
    def failure(self) -> str:
        """What refused it, in a line: equal for equal failures."""
        return _ADDRESS.sub("0x", f"{self.refused_by}: {self.reasons[0]}") if self.reasons else ""

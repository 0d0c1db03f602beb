"""Records of one candidate's trial: what is tried, and how it went."""

from dataclasses import dataclass

from toolwright.making.drafting import Draft
from toolwright.making.wish import Wish
from toolwright.types import Candidate, Commit, Policy, Tool, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """A reviewed candidate in the library text that would be committed; `policy` is for its verification."""

    wish: Wish
    draft: Draft
    candidate: Candidate
    merged: str
    tool: Tool
    policy: Policy


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a candidate came: `refused_by` is the stage that refused it, "" as long as none has.

    `reasons` begins with one sentence and is written for the author of the next version.
    """

    candidate: Candidate
    refused_by: str = ""
    reasons: tuple[str, ...] = ()
    verdict: Verdict | None = None
    merged: str = ""
    commit: Commit | None = None

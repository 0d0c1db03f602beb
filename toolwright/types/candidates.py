"""Records of a tool that is not kept yet: promised, written, criticised, admitted."""

from collections.abc import Mapping

from toolwright.records import dataclass
from toolwright.types.json_values import Json
from toolwright.types.planning import Step
from toolwright.types.verdicts import Example, Verdict


@dataclass(frozen=True, slots=True)
class Contract:
    """What a tool promises before it is written: stub (signature and docstring) and its tests.

    `replaces` names the tool that this contract widens; then `tests` holds its old tests too.
    """

    name: str
    stub: str
    tests: str
    step: Step
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that somebody wrote for a contract, not yet admitted. `attempt` counts from 1."""

    name: str
    source: str
    tests: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Lesson:
    """A version of some tool that `stage` refused in an earlier run, and the one that was kept: its mend."""

    tool: str
    stage: str
    message: str
    source: str
    mend: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """A step of an earlier run, and the function that was made for it: its first version was kept."""

    step: str
    tool: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What review holds against a candidate; `line` counts from 1 inside the candidate's source."""

    rule: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Admission:
    """A proven candidate on its way into the library, with the evidence that travels with it.

    `how` says in a word how it came to be, where it is neither "added" nor "widened"; `contract` is the stub
    that was promised.

    `examples` are the user's own, held out from its authors. `earlier` are the versions that it had in
    another library, oldest first, as that kept them.
    """

    candidate: Candidate
    verdict: Verdict
    step: str
    goal: str
    model: str
    replaces: str = ""
    how: str = ""
    contract: str = ""
    examples: tuple[Example, ...] = ()
    earlier: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """What one admission changed: lines added to and removed from tools.py."""

    tool: str
    lines_added: int
    lines_removed: int
    replaced: bool = False

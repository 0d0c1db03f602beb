"""A kept tool whose tests passed -> the same verdict with what its tests make of deliberate faults."""

from toolwright.library.bindings import bindings
from toolwright.library.excerpt import excerpt_lines, excerpt_of
from toolwright.making.faults import challenge_plan, records_of
from toolwright.parts import Rigor
from toolwright.protocols import Sandbox
from toolwright.records import dataclass, replace
from toolwright.syntax.chunks import split
from toolwright.types import ChallengePlan, Policy, Tool, Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """A tool in the library `text`, with its tests; `policy` is for its verification."""

    text: str
    tool: Tool
    tests: str
    policy: Policy


def rechallenged(sandbox: Sandbox, kept: Kept, verdict: Verdict, rigor: Rigor) -> Verdict:
    """Challenge a tool that passed its tests with `verdict`.

    What flips fails; how many faults are noticed is only counted. Lines of faults are those of the library.

    Raises:
        SandboxError: the challenge could not be held.
    """
    plan = _plan(kept, verdict, rigor)
    told = sandbox.challenge(
        kept.text, kept.tests, kept.policy, function=kept.tool.name, verdict=verdict, plan=plan
    )
    if told.flips:
        return replace(verdict, passed=False, why=told.flips[0])
    calls = records_of(kept.tool, verdict.calls)
    return replace(
        verdict, calls=calls, mutants=told.score, replays=told.replays, unchallenged=told.unchallenged
    )


def _plan(kept: Kept, verdict: Verdict, rigor: Rigor) -> ChallengePlan:
    """Plan the challenge; lines are numbered as in the whole file, where a person looks for them."""
    known, name = bindings(split(kept.text)), kept.tool.name
    lines = excerpt_lines(known, name)
    plan = challenge_plan(kept.text, excerpt_of(known, name), kept.tool, verdict, rigor)
    return replace(plan, mutants=[replace(each, line=lines[each.line - 1]) for each in plan.mutants])

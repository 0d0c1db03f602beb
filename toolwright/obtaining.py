"""Agreed verdicts -> every step has its tool: the library's own, a wider or a new one; maybe side by side.

Tools are made at the same time for steps of which none uses what another one answers: only the signature of
a tool that is there already can help the author of the next. Each is made as by a program of its own, with
the library's lock between them.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

from toolwright.account import Account
from toolwright.errors import ToolwrightError
from toolwright.events import Notice, StepFailed
from toolwright.lanes import waves
from toolwright.making.beside import make_or_widen
from toolwright.making.heeding import Heeded, keep_examples, same_words
from toolwright.making.surroundings import surroundings
from toolwright.making.wish import Made, Wish
from toolwright.parts import Options, Parts
from toolwright.records import dataclass, replace
from toolwright.sandbox.levels import NONE
from toolwright.types import Failure, Match, Plan, Usage


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of the making of a tool, and what that cost."""

    wish: Wish
    made: Made | ToolwrightError
    usage: Usage
    seconds: float

    @property
    def why(self) -> str:
        """Why nothing was made, "" when something was."""
        if isinstance(self.made, ToolwrightError):
            return str(self.made)
        return self.made.failure.message if self.made.failure else ""

    @property
    def failed(self) -> bool:
        return bool(self.why)


def obtain_tools(
    plan: Plan, heeded: Heeded, parts: Parts, options: Options, account: Account
) -> Failure | None:
    """See to it that every step has its tool.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: a tool could not be tried to be made.
    """
    matches = heeded.matches
    refused = _refused(matches, parts, options)
    if refused:
        return refused
    for wave in waves(_needed(matches)):
        failure = _obtain(plan, heeded, [matches[number - 1] for number in wave], parts, options, account)
        if failure:
            return failure
    return None


def _refused(matches: Sequence[Match], parts: Parts, options: Options) -> Failure | None:
    """Say why nothing can be made here, before a model is asked."""
    missing = len({same_words(match.step) for match in matches if match.kind != "EXISTS_AND_GENERIC"})
    if options.name and missing != 1:
        return Failure(
            "contract",
            f"--name {options.name} fits a goal of one new function; this one needs {missing}",
            kind="usage",
            exit_code=2,
            hint="leave --name out, or say the goal so that one function does it",
        )
    if missing and parts.sandbox.level == NONE:
        return Failure(
            "contract",
            f"no tool does {missing} of the steps, and --unsafe makes none: what runs unconfined "
            "proves nothing, so it could not be kept",
            kind="sandbox",
            hint="python agent.py doctor says what keeps tools from being confined here",
        )
    if missing:
        parts.store.check_writable()
    return None


def _needed(matches: Sequence[Match]) -> dict[int, set[int]]:
    """Say by step which ones come before it: those it uses, all where nobody said, and its like."""
    needed: dict[int, set[int]] = {}
    for match in matches:
        step, widens = match.step, match.kind == "EXISTS_BUT_SPECIFIC"
        earlier = [other for other in matches if other.step.number < step.number]
        needed[step.number] = {
            other.step.number
            for other in earlier
            if step.uses is None
            or other.step.number in step.uses
            or same_words(other.step) == same_words(step)
            or (widens and other.tool == match.tool)
        }
    return needed


def _obtain(
    plan: Plan, heeded: Heeded, wave: Sequence[Match], parts: Parts, options: Options, account: Account
) -> Failure | None:
    """Obtain the tools of one wave; the account tells of them in the order of the steps."""
    works: list[Callable[[], _Tried]] = []
    for each in wave:
        match = _made_before(plan, each, account)
        examples, name = heeded.of(match.step), options.name or heeded.name_of(match.step)
        wish = Wish(plan.goal, match.step, match, (), name, examples, looked=match.chosen)
        if match.kind == "EXISTS_AND_GENERIC":
            _reuse(match, wish, parts, account)
            continue
        around = surroundings(plan, match.step.number, parts.store.read().tools, account.tool_of)
        works.append(partial(_try, replace(wish, surroundings=around), parts, options, alone=len(wave) == 1))
        account.entering("contract", match.step.number)
    if len(works) > 1 and parts.lanes.jobs > 1:
        parts.emit(Notice(f"{len(works)} tools are made side by side; each is told of in its turn"))
    results = parts.lanes.side_by_side(works, lambda tried: tried.failed) if works else []
    for tried in results:  # what was made is told of, whatever became of the others
        _settle(tried, parts, account)
    failed = next((tried for tried in results if tried.failed), None)
    if failed is None:
        return None
    if isinstance(failed.made, ToolwrightError):
        account.entering("contract", failed.wish.step.number)
        raise failed.made
    return failed.made.failure


def _try(wish: Wish, parts: Parts, options: Options, *, alone: bool) -> _Tried:
    """Make a tool; an error is a result, so that what others made is told of."""
    made: Made | ToolwrightError
    began = time.monotonic()
    with parts.model.counting() as spent:
        try:
            made = make_or_widen(parts if alone else parts.beside(), options, wish)
        except ToolwrightError as error:
            made = error
    tried = _Tried(wish, made, spent.usage, time.monotonic() - began)
    if tried.why and not alone:
        parts.emit(StepFailed(wish.step.number, tried.why))
    return tried


def _settle(tried: _Tried, parts: Parts, account: Account) -> None:
    """Take what came of the making of one tool into the account."""
    wish, made, number = tried.wish, tried.made, tried.wish.step.number
    account.spent(number, tried.usage, tried.seconds)
    if isinstance(made, ToolwrightError):
        return
    if made.match:
        _reuse(made.match, wish, parts, account, made.refusals)
        return
    widened = made.commit is not None and made.commit.replaced
    account.made(
        number,
        made.tool,
        verdict=made.verdict,
        action="none" if made.failure else "widened" if widened else "written",
        attempts=made.attempts,
        refusals=made.refusals,
        commit=made.commit,
        examples=made.examples,
    )


def _reuse(match: Match, wish: Wish, parts: Parts, account: Account, refusals: tuple[str, ...] = ()) -> None:
    """Let a kept tool do a step; the examples that it was found to meet stay with it."""
    _say_standing(match.tool, parts)
    keep_examples(parts, match.tool, wish.examples)
    account.reused(match, parts.store.tests_passed(match.tool), len(wish.examples), refusals)


def _say_standing(name: str, parts: Parts) -> None:
    """Say that a tool about to be used was edited, which is the user's right, and not verified since."""
    found = parts.store.standings([name])[name]
    if found.kind == "edited":
        parts.emit(Notice(f"`{name}` is {found.said}: {found.why}; python agent.py verify {name}"))


def _made_before(plan: Plan, match: Match, account: Account) -> Match:
    """Let a step that comes again be done by what was made for it the first time."""
    first = next(step for step in plan.steps if same_words(step) == same_words(match.step))
    if first == match.step or match.kind == "EXISTS_AND_GENERIC":
        return match
    return Match(
        match.step, "EXISTS_AND_GENERIC", account.tool_of(first.number), f"made for step {first.number}"
    )

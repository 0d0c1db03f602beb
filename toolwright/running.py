"""Bindings -> answers: steps run in turn or side by side, as permitted; one that fails is bound anew once."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from toolwright.account import Account
from toolwright.answering import answered
from toolwright.errors import BudgetError, ModelError, ReplyShapeError, ToolwrightError, TranscriptError
from toolwright.events import HostsAsked, Notice, PhaseStarted, StepFinished, StepStarted
from toolwright.library.needs import required_packages
from toolwright.library.reached import Part
from toolwright.ordering import run_waves
from toolwright.parts import Options, Parts
from toolwright.permissions.needs import needs
from toolwright.records import dataclass, replace
from toolwright.resuming import answered_before, may_repeat, not_repeated
from toolwright.stages.bind import rebind
from toolwright.stages.execute import StepCalls, StepRun, run_calls, step_calls
from toolwright.stages.failing import failed, not_permitted
from toolwright.stages.previews import announced, capped, preview
from toolwright.types import (
    Binding,
    CallResult,
    Failure,
    Given,
    Json,
    Limits,
    Policy,
    Refusal,
    SecretRef,
    Step,
    Tool,
    Unknown,
    Usage,
)

_REBINDABLE: Final = frozenset({"raised", "bad_result"})


def run_bindings(
    calls: Sequence[tuple[Step, Tool]],
    bindings: Sequence[Binding],
    scratch: str,
    parts: Parts,
    options: Options,
    account: Account,
) -> tuple[Binding, ...] | Failure:
    """Run all steps; return the bindings that worked, or why one step failed for good.

    `scratch` is the folder the steps share for temporary files.

    Raises:
        SandboxError, PackageError, SecretError: a step could not be tried at all.
    """
    limits = Limits(wall_s=options.step_timeout_s, cpu_s=max(1, round(options.step_timeout_s)))
    runner = _Runner(calls, Policy(str(options.workspace), scratch, limits=limits), parts, options, account)
    known = answered(bindings, calls, parts, options.values)
    if isinstance(known, Failure):
        return known
    for binding, (_, tool) in zip(known, calls, strict=True):
        refused = None if runner.was_answered(binding) else runner.refusal_before(binding, tool)
        if refused:
            return refused
    worked = list(known)
    for wave in runner.waves(worked):
        failure = runner.run(wave, worked)
        if failure:
            return failure
    return tuple(worked)


_BEGUN: Final = "it had begun when that run ended, and no answer was heard"


@dataclass(frozen=True, slots=True)
class _Ready:
    """Calls of a step that may be made as they are."""

    calls: StepCalls
    policy: Policy


class _Runner:
    """Runs the steps of one goal and keeps their answers."""

    def __init__(
        self,
        calls: Sequence[tuple[Step, Tool]],
        policy: Policy,
        parts: Parts,
        options: Options,
        account: Account,
    ) -> None:
        self._calls = calls
        self._policy = policy
        self._parts = parts
        self._options = options
        self._account = account
        self._library = parts.store.read()
        self._needed: dict[str, Part] = {}
        self._answers: dict[int, Json] = {}

    def waves(self, bindings: Sequence[Binding]) -> list[list[int]]:
        """Return positions of steps that may run at the same time, in the order in which they run."""
        if self._parts.lanes.jobs == 1:
            return [[at] for at in range(len(bindings))]
        return run_waves(bindings, self._calls, lambda tool: needs(self._part(tool).shown, tool))

    def run(self, wave: Sequence[int], bindings: list[Binding]) -> Failure | None:
        """Run the steps at these positions, each with at most one new binding, which replaces the old one."""
        places, ready = [], []
        for at in wave:
            if self.was_answered(bindings[at]):
                refused = self._taken_up(bindings[at], self._calls[at][1])
                if refused:
                    return refused
                if bindings[at].step in self._answers:
                    continue
            elif self._was_begun(bindings[at]):
                refused = self._once_more(bindings[at], self._calls[at][1], _BEGUN)
                if refused:
                    return refused
            prepared = self._prepared(bindings[at], self._calls[at][1])
            if isinstance(prepared, Failure):
                return prepared
            places.append(at)
            ready.append(partial(self._run, bindings[at], self._calls[at][1], prepared))
        ran = self._parts.lanes.side_by_side(ready) if ready else []
        failures = [self._settle(at, done, bindings) for at, done in zip(places, ran, strict=True)]
        return next((failure for failure in failures if failure), None)

    def _settle(self, at: int, done: StepRun | ToolwrightError, bindings: list[Binding]) -> Failure | None:
        """Take an answer, or have a step that failed bound anew and run once more."""
        binding, tool = bindings[at], self._calls[at][1]
        used, no_other = self._account.usage, ""
        if isinstance(done, StepRun) and done.result.status in _REBINDABLE:
            other = self._bound_anew(binding, tool, tuple(bindings[:at]), done.why)
            if isinstance(other, str):
                no_other = other
            elif other != binding:
                binding = bindings[at] = other
                prepared = self._prepared(binding, tool)
                if isinstance(prepared, Failure):
                    self._tell(binding, done, used)
                    return prepared
                done = self._run(binding, tool, prepared)
        if isinstance(done, ToolwrightError):
            self._account.entering("execute", binding.step)
            raise done
        self._tell(binding, done, used)
        if done.result.status != "returned":
            return replace(failed(binding, done, no_other), hint=self._hint(done))
        self._answers[binding.step] = done.result.value
        return None

    def _tell(self, binding: Binding, done: StepRun, used: Usage) -> None:
        report = self._account.ran(binding.step, done.arguments, done.result, self._account.usage - used)
        self._parts.emit(StepFinished(report))

    def was_answered(self, binding: Binding) -> bool:
        """Tell whether the run that is taken up has an answer of this step."""
        resumed = self._options.resumed
        return resumed is not None and binding.step in resumed.answers

    def _taken_up(self, binding: Binding, tool: Tool) -> Failure | None:
        """Take a step's answer from an earlier run; where that cannot be, see whether it may be run again."""
        resumed = self._options.resumed
        assert resumed is not None  # noqa: S101 - was_answered
        kept, where = resumed.answers[binding.step], f"step {binding.step}, {tool.name}"
        calls = step_calls(tool, binding, self._answers, self._policy.scratch)
        if isinstance(calls, StepRun):
            return None  # it fails, and is bound anew as ever
        stands, why = answered_before(kept, tool, calls.arguments, self._parts.store)
        if stands:
            self._parts.emit(Notice(f"{where}: its answer of run {resumed.run} is used again"))
            self._answers[binding.step] = kept.value
            self._account.ran(binding.step, calls.arguments, CallResult("returned", kept.value), Usage())
            return None
        return self._once_more(binding, tool, why)

    def _was_begun(self, binding: Binding) -> bool:
        """Tell whether the run that is taken up ended while this step ran."""
        resumed = self._options.resumed
        return resumed is not None and binding.step in resumed.begun

    def _once_more(self, binding: Binding, tool: Tool, why: str) -> Failure | None:
        """See whether a step that ran, or may have, may be run again."""
        where = f"step {binding.step}, {tool.name}"
        if may_repeat(tool, self._part(tool).shown) or self._agreed_to_repeat(f"{where}: {why}"):
            return None
        return not_repeated(binding, why)

    def _agreed_to_repeat(self, why: str) -> bool:
        said = self._parts.ask(f"{why}. It may have changed something when it ran; run it again? [y/N]")
        return said is not None and said.strip().lower() in {"y", "yes"}

    def refusal_before(self, binding: Binding, tool: Tool) -> Failure | None:
        """Ask for what a step needs, as far as it is known before the first step runs."""
        known = {name: a.value for name, a in binding.arguments.items() if isinstance(a, Given)}
        self._account.entering("permit", binding.step)
        complete = all(isinstance(a, Given | SecretRef) for a in binding.arguments.values())
        shown = self._part(tool).shown
        permitted = self._parts.permits.permit(shown, tool, [known], self._policy, complete=complete)
        if isinstance(permitted, Refusal):
            return not_permitted(binding, permitted, known)
        self._equipped(tool, permitted)
        if complete:  # else the hosts may not be known yet
            secrets = {
                n: {"secret": a.name} for n, a in binding.arguments.items() if isinstance(a, SecretRef)
            }
            self._parts.vault.fill(tool, secrets, permitted)
        return None

    def _equipped(self, tool: Tool, policy: Policy) -> Policy:
        """Return the policy with the packages of a tool."""
        entries = required_packages(self._part(tool).runs, self._library.tools, tool.name)
        return self._parts.packages.grant(policy, entries)

    def _part(self, tool: Tool) -> Part:
        """Return what calls of a tool need of the library."""
        if tool.name not in self._needed:
            self._needed[tool.name] = self._library.part(tool.name)
        return self._needed[tool.name]

    def _prepared(self, binding: Binding, tool: Tool) -> _Ready | StepRun | Failure:
        """See to what a step may touch, now that its arguments are known."""
        self._account.entering("execute", binding.step)
        calls = step_calls(tool, binding, self._answers, self._policy.scratch)
        if isinstance(calls, StepRun):
            return calls
        policy = self._parts.permits.permit(self._part(tool).shown, tool, calls.rounds, self._policy)
        if isinstance(policy, Refusal):
            return not_permitted(binding, policy, calls.arguments)
        return _Ready(calls, self._equipped(tool, policy))

    def _run(self, binding: Binding, tool: Tool, ready: _Ready | StepRun) -> StepRun | ToolwrightError:
        """Make the calls of a step, maybe beside others; an error is a result, so that theirs are heard."""
        self._parts.emit(StepStarted(binding.step, tool.name))
        if isinstance(ready, StepRun):
            return ready
        sandbox = self._parts.vault.around(self._parts.sandbox, tool)
        try:
            done = run_calls(
                sandbox,
                self._part(tool).runs,
                tool,
                ready.calls,
                ready.policy,
                lambda result: self._parts.store.note_execution(tool.name, result),
            )
        except ToolwrightError as error:
            return error
        if done.result.exchanges:
            self._parts.emit(HostsAsked(binding.step, tool.name, done.result.exchanges))
        return done

    def _hint(self, done: StepRun) -> str:
        longer = f"python agent.py --timeout {self._options.step_timeout_s * 4:g} ... gives a step more time"
        return longer if done.result.status == "timeout" else ""

    def _bound_anew(
        self, binding: Binding, tool: Tool, before: tuple[Binding, ...], problem: str
    ) -> Binding | str:
        """Ask for other arguments; return them, or why there are none: the step's own failure is the news."""
        self._parts.emit(Notice(f"step {binding.step}, {tool.name}: {problem}; asking for other arguments"))
        self._parts.emit(PhaseStarted("rebind", tool.name, binding.step))
        self._account.entering("rebind", binding.step)
        allowed, redact = self._options.preview, self._parts.redact
        previews = {
            number: preview(value, allowed=allowed, redact=redact) for number, value in self._answers.items()
        }
        if allowed:
            results = {f"the result of step {number}": value for number, value in self._answers.items()}
            shown = announced({**results, "the message": problem}, self._parts.model.name_for("rebind"))
            self._parts.emit(Notice(shown))
            problem = capped(redact(problem))
        else:  # messages, ours as well as the tool's, quote values
            problem = f"{problem.partition(':')[0]} (the message may quote values and is not shown)"
        try:
            other = rebind(self._parts.model, self._account.goal, self._calls, before, problem, previews)
        except (BudgetError, ModelError, ReplyShapeError, TranscriptError) as error:
            return str(error)
        open_ = [argument for argument in other.arguments.values() if isinstance(argument, Unknown)]
        return f"it cannot be known from the goal: {open_[0].question}" if open_ else other

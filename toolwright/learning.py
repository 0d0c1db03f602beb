"""A goal that was reached -> one function in the library that does all of it, through the same gate."""

from pathlib import Path

from toolwright.errors import NotLearnedError
from toolwright.events import PhaseStarted
from toolwright.library.fingerprint import fingerprints
from toolwright.library.store import Snapshot
from toolwright.making.committing import admit
from toolwright.making.wish import Made, Wish
from toolwright.parts import Options, Parts
from toolwright.permissions.needs import needs
from toolwright.records import replace
from toolwright.redaction import MASK
from toolwright.stages.compose import name_composed
from toolwright.stages.composition.parameters import Slot, slots
from toolwright.stages.composition.run import GoodRun, check_composable
from toolwright.stages.composition.source import Words, composed_source, composed_stub
from toolwright.stages.composition.witness import composed_test
from toolwright.stages.review import finding_text, review_source
from toolwright.types import Binding, Contract, Given, Match, Plan, RememberedRun, Report, Step, Usage


def learn(report: Report, parts: Parts, options: Options, name: str = "") -> Made:
    """Turn the plan of a goal that was reached into one tool, and remember the goal as one step.

    `name` is what the user wants the tool to be called. What the gate refuses is in the `failure` of what
    is returned.

    Raises:
        NotLearnedError: from this run no tool can be made.
        ModelError, ReplyShapeError, LibraryError, SandboxError: it could not be tried.
    """
    snapshot = parts.store.read()
    run = _good_run(report, snapshot, options.workspace)
    check_composable(run)
    parameters = slots(run)
    composed_test(run, parameters, _placeholder_words(parameters))  # before anybody is asked for words
    parts.store.check_writable()
    parts.emit(PhaseStarted("compose", report.goal))
    words = name_composed(
        parts.model,
        run,
        parameters,
        taken=snapshot.names,
        name=name,
        values=options.preview,
        redact=parts.redact,
        check=lambda words: _wrong(run, parameters, words, frozenset(snapshot.tools)),
    )
    cost = report.first if report.first.calls else report.usage
    return _admitted(run, parameters, words, parts, cost)


def _admitted(run: GoodRun, parameters: tuple[Slot, ...], words: Words, parts: Parts, cost: Usage) -> Made:
    step = Step(0, words.summary, words.keywords)
    stub = composed_stub(run, parameters, words) + "    ...\n"
    contract = Contract(words.name, stub, composed_test(run, parameters, words), step)
    wish = Wish(
        run.goal,
        step,
        Match(step, "NOT_EXISTS", reason="learned from a goal that was reached"),
        (),
        how="composed",
    )
    made = admit(parts, wish, contract, composed_source(run, parameters, words))
    if made.commit and MASK not in run.goal:
        kept = _as_one_step(run, parameters, words, parts.store.read())
        parts.memory.remember(replace(kept, cost=cost))
    return made


def _good_run(report: Report, snapshot: Snapshot, workspace: Path) -> GoodRun:
    if report.status != "done" or not report.bindings:
        raise NotLearnedError("the goal was not reached")
    if report.judgement and not report.judgement.answers:
        raise NotLearnedError(f"the result may not be what the goal asks for: {report.judgement.missing}")
    tools = snapshot.tools
    gone = [binding.tool for binding in report.bindings if binding.tool not in tools]
    if gone:
        raise NotLearnedError(f"`{gone[0]}` is not in the library any more")
    steps = {step.step.number: step for step in report.steps}
    ran = [(binding, steps[binding.step]) for binding in report.bindings]
    return GoodRun(
        report.goal,
        [(step.step, tools[binding.tool]) for binding, step in ran],
        report.bindings,
        {binding.step: step.result.value if step.result else None for binding, step in ran},
        workspace,
        report.began,
        {binding.tool: needs(snapshot.text, tools[binding.tool]) for binding, _ in ran},
    )


def _wrong(run: GoodRun, parameters: tuple[Slot, ...], words: Words, callable_tools: frozenset[str]) -> str:
    findings = review_source(
        words.name,
        composed_source(run, parameters, words),
        callable_tools=callable_tools,
        needs=run.needs,
    )
    return "; ".join(finding_text(finding) for finding in findings)


def _placeholder_words(parameters: tuple[Slot, ...]) -> Words:
    named = tuple((f"parameter_{number}", "") for number in range(len(parameters)))
    return Words("composed", "", named, "", ())


def _as_one_step(
    run: GoodRun, parameters: tuple[Slot, ...], words: Words, snapshot: Snapshot
) -> RememberedRun:
    step = Step(1, words.summary, words.keywords)
    values = zip(words.parameters, parameters, strict=True)
    binding = Binding(1, words.name, {name: Given(slot.value) for (name, _), slot in values})
    match = Match(step, "EXISTS_AND_GENERIC", words.name, "learned from this goal")
    return RememberedRun(
        Plan(run.goal, (step,)), (match,), (binding,), fingerprints(snapshot.text, [words.name])
    )

"""A kept tool + calls whose right answers the user knows -> the tool repaired, through the whole gate."""

from collections.abc import Sequence

from toolwright.errors import LibraryChangedError, ToolwrightError, UsageError
from toolwright.events import PhaseStarted
from toolwright.library.catalogue import read_catalogue
from toolwright.library.excerpt import excerpt
from toolwright.library.needs import required_packages
from toolwright.library.parting import run_with
from toolwright.making.drafting import Draft, basis_of
from toolwright.making.held_out import Missed, bound, missed
from toolwright.making.regression import Texts, broken_by, newly_failing, same_call
from toolwright.making.repair import make_tool
from toolwright.making.supposing import supposing
from toolwright.making.wish import FIXED, Made, Wish
from toolwright.parts import Options, Parts
from toolwright.permissions.verifying import verification_policy
from toolwright.records import dataclass, replace
from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.wording import short_text
from toolwright.stages.fix import fix_contract
from toolwright.types import Example, HeldOut, Match, Policy, Step, Tool


@dataclass(frozen=True, slots=True)
class Tried:
    """The user's examples of a kept tool: those that it answers wrongly, and those that hold already."""

    tool: Tool
    given: tuple[HeldOut, ...]
    wrong: tuple[Missed, ...]
    held: tuple[Example, ...]

    @property
    def cause(self) -> str:
        """What is to be repaired, in words; the right answers are not told."""
        said = "; ".join(each.for_author for each in self.wrong)
        return f"repair {self.tool.name}: {said}"


def examples_of(tool: Tool, given: Sequence[HeldOut]) -> tuple[Example, ...]:
    """Return examples with their arguments by name.

    Raises:
        UsageError: one is about another function, is no call of this one, or contradicts another one.
    """
    found: list[Example] = []
    tools = {tool.name: tool}
    for example in given:
        if example.function not in {"", tool.name}:
            raise UsageError(f"the example {example.call()} is not about {tool.name}")
        told = bound(example, tool)
        if isinstance(told, str):
            raise UsageError(
                f"the example {example.call(tool.name)} does not fit {tool.signature}: {told}",
                hint="a repair keeps name and signature; a goal may ask for another function",
            )
        for other in found:
            same = same_call(other, tool.name, told.arguments, tools)
            if same and not same_json(other.expected, told.expected):
                raise UsageError(
                    f"two examples give {example.call(tool.name)} different answers: "
                    f"{short_text(other.expected)} and {short_text(told.expected)}"
                )
        found.append(told)
    return tuple(found)


def try_examples(parts: Parts, name: str, given: Sequence[HeldOut]) -> Tried:
    """Call a kept tool as in the examples.

    Raises:
        UsageError: as for `examples_of`.
        LibraryError, PackageError, SandboxError: they could not be tried.
    """
    tool = _kept(parts, name)
    examples = examples_of(tool, given)
    parts.emit(PhaseStarted("examples", name))
    wrong = missed(parts.sandbox, parts.store.read().part(name).shown, examples, _policy(parts, tool))
    missing = [each.example for each in wrong]
    return Tried(tool, tuple(given), wrong, tuple(each for each in examples if each not in missing))


def fix_tool(parts: Parts, options: Options, tried: Tried) -> Made:
    """Have a tool repaired that answers examples wrongly; what refused it is in `failure`.

    Raises:
        ToolwrightError: a test, or a tool that calls it, contradicts an example.
        ModelError, ReplyShapeError, LibraryError, SandboxError: it could not be tried.
    """
    parts.store.check_writable()
    check_consistent(parts, tried)
    name, said = tried.tool.name, tried.tool.docstring
    step = Step(0, said.summary or name, said.keywords)
    match = Match(step, "EXISTS_BUT_SPECIFIC", name, "an example of the user says otherwise")
    wish = Wish(tried.cause, step, match, (), how=FIXED)

    def drafting(parts: Parts, wish: Wish, dispute: str) -> Draft:
        return _draft(parts, wish, tried, dispute)

    return make_tool(parts, options, wish, drafting)


def check_consistent(parts: Parts, tried: Tried) -> None:
    """See to it that nothing which is kept contradicts the examples: better now than after a paid answer.

    Raises:
        ToolwrightError: something does; names it.
        LibraryError, SandboxError: it could not be found out.
    """
    why = _contradiction(parts, tried) if tried.wrong else ""
    if why:
        raise ToolwrightError(
            f"{tried.tool.name} was not fixed, and nothing was changed: {why}",
            hint="correct the example; or, if it is right, correct what contradicts it, and try again",
        )


def _contradiction(parts: Parts, tried: Tried) -> str:
    """Say what does not hold any more once the examples do: a test of the tool, or one of its callers."""
    name, now = tried.tool.name, parts.store.read()
    wrong = [each.example for each in tried.wrong]
    supposed_text = supposing(now.text, name, wrong)
    texts = Texts(now.catalogue, read_catalogue(supposed_text, "tools.py", now.catalogue), wrong)
    tests = parts.store.tests_of(name) or ""
    parts.emit(PhaseStarted("regression", name))
    # what it does to files and servers is not in question here
    policy = replace(_policy(parts, tried.tool), effects=())
    supposed = parts.sandbox.verify(run_with(texts.new, name, tests), tests, policy, function=name)
    if not supposed.passed:
        before = parts.sandbox.verify(run_with(texts.old, name, tests), tests, policy, function=name)
        broken = newly_failing(supposed, before)
        if broken:
            named = " and ".join(f"`{test.name}`" for test in broken[:3])
            return f"{named} in tool_tests/test_{name}.py says otherwise than {_examples(tried)}"
    why = broken_by(parts, texts, name)
    return f"with {_examples(tried)} {why[0]}" if why else ""


def _examples(tried: Tried) -> str:
    calls = ", ".join(each.call for each in tried.wrong)
    return f"the example {calls}" if len(tried.wrong) == 1 else f"the examples {calls}"


def _draft(parts: Parts, wish: Wish, tried: Tried, dispute: str) -> Draft:
    snapshot, name = parts.store.read(), tried.tool.name
    tool, old_tests = snapshot.kept.get(name), parts.store.tests_of(name)
    if tool is None or tool.signature != tried.tool.signature or old_tests is None:
        raise LibraryChangedError(
            f"{name} or its tests were changed by somebody else meanwhile; nothing was fixed",
            hint="try again",
        )
    parts.emit(PhaseStarted("fix", name))
    whole = replace(tool, source=excerpt(snapshot.text, name))
    contract = fix_contract(
        parts.model,
        wish.step,
        whole,
        old_tests,
        [parts.redact(each.for_author) for each in tried.wrong],
        purpose=_purpose(parts, name),
        obtain=parts.packages.obtain,
        rules=parts.rules,
        dispute=dispute,
    )
    new = (*(each.example for each in tried.wrong), *tried.held)
    tools = {name: tool}
    older = [
        each
        for each in parts.store.examples_of(name)
        if not any(same_call(one, each.function, each.arguments, tools) for one in new)
    ]
    return Draft(contract, whole.source, old_tests, basis_of(parts.store, name), (*older, *new))


def _purpose(parts: Parts, name: str) -> str:
    """Return the step that a tool was made for, "" when that is not known."""
    origin = (parts.store.evidence_of(name) or {}).get("origin")
    step = origin.get("step") if isinstance(origin, dict) else None
    return step if isinstance(step, str) else ""


def _kept(parts: Parts, name: str) -> Tool:
    tool = parts.store.read().kept.get(name)
    if tool is None:
        raise LibraryChangedError(f"{name} was taken away by somebody else meanwhile", hint="try again")
    return tool


def _policy(parts: Parts, tool: Tool) -> Policy:
    snapshot = parts.store.read()
    part = snapshot.part(tool.name).shown
    packages = required_packages(part, snapshot.kept, tool.name)
    return parts.packages.grant(verification_policy(part, tool), packages)

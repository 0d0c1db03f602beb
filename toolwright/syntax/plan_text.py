"""A plan with its verdicts <-> a text that a person edits; what cannot be read is an error with its line."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Literal

from toolwright.errors import UsageError
from toolwright.records import dataclass, field, replace
from toolwright.syntax.held_out import read_example
from toolwright.syntax.nearest import nearest_names
from toolwright.types import HeldOut, Match, Plan, Step, WrittenPlan
from toolwright.types.planning import LONGEST_STEP, MOST_KEYWORDS, MOST_STEPS, MatchKind

VERBS: Final[Mapping[str, MatchKind]] = {
    "reuse": "EXISTS_AND_GENERIC",
    "widen": "EXISTS_BUT_SPECIFIC",
    "write": "NOT_EXISTS",
}
CHOSEN: Final = "you said so"
"""The reason of a verdict that the user gave."""
_OF_KIND: Final = {kind: verb for verb, kind in VERBS.items()}
_HELP: Final = """\
# A plan. Change, drop, add or reorder steps; what begins with # is left out.
# A verdict is `reuse NAME`, `widen NAME` or `write`. A step whose words you change is looked up in the
# library again, and so is a new one, unless you give it a verdict of your own.
"""
_STEP: Final = re.compile(r"(?:(\d{1,6})[.)]|[-*])\s+(.*)")
_FIELD: Final = re.compile(r"([a-z]+)[ \t]*:(.*)")
_TOP: Final = ("goal", "wants", "example")
_BELOW: Final = ("verdict", "keywords", "uses")
_VERDICT: Final = re.compile(r"(\w+)(?:\s+(?:(new)\b|([^\s:]+)))?\s*(?::(.*))?")


class PlanTextError(UsageError):
    """A plan that cannot be read; the message names the line."""

    kind = "plan"


@dataclass(slots=True)
class _Written:
    """A step while its lines are read."""

    number: int
    description: str
    line: int
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)


def plan_text(plan: Plan, matches: Sequence[Match], examples: Sequence[HeldOut] = ()) -> str:
    """Return the text of a plan and of the examples of its goal; verdicts that are not there are left out."""
    verdicts = {match.step.number: match for match in matches}
    lines = [f"goal: {_goal(plan.goal)}", f"wants: {plan.wants}"]
    lines += [f"example: {example.text()}" for example in examples]
    for step in plan.steps:
        lines += ["", f"{step.number}. {step.description}"]
        match = verdicts.get(step.number)
        if match:
            because = f": {' '.join(match.reason.split())}" if match.reason.strip() else ""
            lines.append(f"   verdict: {' '.join(filter(None, (_OF_KIND[match.kind], match.tool)))}{because}")
        if step.keywords:
            lines.append(f"   keywords: {_keywords(step.keywords)}")
        if step.uses is not None:
            lines.append(f"   uses: {', '.join(map(str, step.uses)) or 'nothing'}")
    return _HELP + "\n" + "\n".join(lines) + "\n"


def read_plan_text(text: str, tools: Collection[str]) -> WrittenPlan:
    """Read the text of a plan; its verdicts may name `tools` only. Steps are numbered in their order.

    Raises:
        PlanTextError: it is none; says what is wrong with which line.
    """
    top, written, examples = _parted(text)
    if "goal" not in top:
        raise PlanTextError(
            "the plan says no goal", hint="begin it with `goal: Count the words`, for example"
        )
    if not written:
        raise PlanTextError(
            "the plan has no step", hint="write a step as `1. Read a text file.`, for example"
        )
    if len(written) > MOST_STEPS:
        raise _wrong(written[MOST_STEPS].line, f"a plan has at most {MOST_STEPS} steps, not {len(written)}")
    positions: dict[int, int] = {}
    for position, one in enumerate(written, start=1):
        positions.setdefault(one.number, position)
    steps = tuple(_step(position, one, positions) for position, one in enumerate(written, start=1))
    verdicts = {
        step.number: replace(_verdict(*one.fields["verdict"], tools), step=step)
        for step, one in zip(steps, written, strict=True)
        if "verdict" in one.fields
    }
    plan = Plan(_read_goal(*top["goal"]), steps, _wants(top.get("wants")))
    return WrittenPlan(plan, verdicts, tuple(one.number for one in written), examples)


def _parted(text: str) -> tuple[dict[str, tuple[int, str]], list[_Written], tuple[HeldOut, ...]]:
    """Return the fields of the plan and its steps, each with the number of its line, and the examples."""
    top: dict[str, tuple[int, str]] = {}
    steps: list[_Written] = []
    examples: list[HeldOut] = []
    for number, line in _lines(text):
        step, named = _STEP.fullmatch(line), _FIELD.fullmatch(line)
        if step:
            description = " ".join(step[2].split())
            if not description:
                raise _wrong(number, "the step says nothing")
            if len(description) > LONGEST_STEP:
                raise _wrong(number, f"the step is longer than {LONGEST_STEP} characters")
            steps.append(_Written(int(step[1] or 0), description, number))
            continue
        known, fields = (_BELOW, steps[-1].fields) if steps else (_TOP, top)
        if not named or named[1] not in known:
            raise _wrong(number, _stray(line, named[1] if named else "", known))
        if named[1] == "example":
            examples.append(_example(number, named[2].strip()))
            continue
        if named[1] in fields:
            raise _wrong(number, f"`{named[1]}` stands there twice")
        fields[named[1]] = (number, named[2].strip())
    return top, steps, tuple(examples)


def _example(line: int, text: str) -> HeldOut:
    try:
        return read_example(text)
    except UsageError as error:
        raise _wrong(line, str(error)) from None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        shown = line.strip()
        if shown and not shown.startswith("#"):
            yield number, shown


def _stray(line: str, name: str, known: Sequence[str]) -> str:
    listed = ", ".join(f"`{one}:`" for one in known)
    if name in _TOP:
        return f"`{name}:` stands before the first step"
    if name in _BELOW:
        return f"`{name}:` stands below a step, and there is none yet"
    return f"{_short(line)!r} is neither a step, such as `1. Read a text file.`, nor one of {listed}"


def _step(position: int, one: _Written, positions: Mapping[int, int]) -> Step:
    words = _read_keywords(*one.fields["keywords"]) if "keywords" in one.fields else ()
    uses = _read_uses(position, *one.fields["uses"], positions) if "uses" in one.fields else None
    return Step(position, one.description, words, uses)


def _verdict(line: int, text: str, tools: Collection[str]) -> Match:
    found = _VERDICT.fullmatch(text)
    verb, new, tool, because = found.groups() if found else ("", "", "", "")
    if verb not in VERBS:
        raise _wrong(line, f"{_short(text)!r} is no verdict: write `reuse NAME`, `widen NAME` or `write`")
    if verb == "write" and tool:
        raise _wrong(line, f"`write` takes no name, not {tool!r}: the model gives a new tool its name")
    if verb != "write" and (new or not tool):
        raise _wrong(line, f"`{verb}` needs the name of a tool")
    if verb != "write" and tool not in tools:
        nearest = nearest_names(tool, tools, 1)
        offer = f"; did you mean {nearest[0]}?" if nearest else ""
        raise _wrong(line, f"there is no tool {tool!r} in the library{offer}")
    reason = " ".join((because or "").split())
    return Match(Step(0, ""), VERBS[verb], tool or "", reason, chosen=reason == CHOSEN)


def _keywords(words: Sequence[str]) -> str:
    plain = all("," not in word and word == " ".join(word.split()) and word for word in words)
    return ", ".join(words) if plain and not words[0].startswith("[") else json.dumps(list(words))


def _read_keywords(line: int, text: str) -> tuple[str, ...]:
    words: object = [word.strip() for word in text.split(",")]
    if text.startswith("["):
        try:
            words = json.loads(text)
        except (ValueError, RecursionError):
            raise _wrong(line, "the keywords begin with [ and are no JSON list") from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _wrong(line, "keywords are words with commas between them")
    kept = tuple(" ".join(word.split()) for word in words if word.strip())
    if len(kept) > MOST_KEYWORDS:
        raise _wrong(line, f"a step has at most {MOST_KEYWORDS} keywords, not {len(kept)}")
    return kept


def _read_uses(position: int, line: int, text: str, positions: Mapping[int, int]) -> tuple[int, ...]:
    """Return the steps that are used, by their place in the text; one that was dropped is used no more."""
    if text.lower() in {"nothing", ""}:
        return ()
    numbers = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,6}", number) for number in numbers):
        raise _wrong(line, f"{_short(text)!r} is not `nothing` and no numbers of steps with commas between")
    used = sorted({positions[int(number)] for number in numbers if int(number) in positions})
    for each in used:
        if each >= position:
            raise _wrong(line, f"step {position} cannot use step {each}, which does not come before it")
    return tuple(used)


def _goal(goal: str) -> str:
    plain = goal == " ".join(goal.split()) and not goal.startswith('"') and goal
    return goal if plain else json.dumps(goal)


def _read_goal(line: int, text: str) -> str:
    goal: object = text
    if text.startswith('"'):
        try:
            goal = json.loads(text)
        except ValueError:
            raise _wrong(line, "the goal begins with a quote and is no JSON text") from None
    if not isinstance(goal, str) or not goal.strip():
        raise _wrong(line, "the goal is empty")
    return goal


def _wants(given: tuple[int, str] | None) -> Literal["result", "tool"]:
    if given is None or given[1] == "result":
        return "result"
    if given[1] == "tool":
        return "tool"
    raise _wrong(given[0], f"`wants` is `result` or `tool`, not {_short(given[1])!r}")


def _wrong(line: int, what: str) -> PlanTextError:
    return PlanTextError(f"line {line} of the plan: {what}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - for one line of a message

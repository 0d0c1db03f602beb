"""Examples of the user and the steps of a plan -> which step each belongs to, or why that cannot be told."""

from collections.abc import Mapping, Sequence
from typing import Final

from toolwright.library.search import terms
from toolwright.making.held_out import bound
from toolwright.types import Failure, HeldOut, Match, Step, Tool

Assigned = Mapping[int, tuple[HeldOut, ...]]
"""Examples by the number of their step."""

_STEM: Final = 4


def assign(
    examples: Sequence[HeldOut], matches: Sequence[Match], tools: Mapping[str, Tool], name: str
) -> Assigned | Failure:
    """Give each example to the one step it is about: by name, else by its arguments.

    `matches` are the steps that differ, `tools` those of the library, `name` what the user calls the new one.
    """
    found: dict[int, tuple[HeldOut, ...]] = {}
    for example in examples:
        step = _step_of(example, matches, tools, name)
        if isinstance(step, str):
            return _unclear(example, step)
        found[step] = (*found.get(step, ()), example)
    for number, own in found.items():
        names = list(dict.fromkeys(example.function for example in own if example.function))
        if len(names) > 1:
            return _unclear(own[-1], f"other examples of step {number} call it {names[0]}")
    return found


def _step_of(example: HeldOut, matches: Sequence[Match], tools: Mapping[str, Tool], name: str) -> int | str:
    used = [match for match in matches if match.tool and match.tool == example.function]
    if used:
        return used[0].step.number
    wrong = _wrong_name(example.function, tools, name)
    if wrong:
        return wrong
    if len(matches) == 1:
        return matches[0].step.number
    candidates = [match.step for match in matches if _may_be(example, match, tools)]
    if example.function and len(candidates) > 1:
        candidates = [step for step in candidates if _sounds_like(example.function, step)] or candidates
    if not candidates:
        return "none of the steps takes such arguments"
    if len(candidates) > 1:
        numbers = " or ".join(str(step.number) for step in candidates)
        return f"it could belong to step {numbers}"
    return candidates[0].number


def _wrong_name(function: str, tools: Mapping[str, Tool], name: str) -> str:
    if function and function in tools:
        return f"the library has `{function}`, and this plan does not use it"
    return f"--name says {name}" if function and name and function != name else ""


def _may_be(example: HeldOut, match: Match, tools: Mapping[str, Tool]) -> bool:
    tool = tools.get(match.tool)
    if match.kind != "EXISTS_AND_GENERIC" or tool is None:
        return True  # its parameters are not known yet
    return not example.function and not isinstance(bound(example, tool), str)


def _sounds_like(function: str, step: Step) -> bool:
    words = set(terms(" ".join([step.description, *step.keywords])))
    return any(
        word[:_STEM] == part[:_STEM] for part in terms(function) for word in words if len(word) >= _STEM
    )


def _unclear(example: HeldOut, why: str) -> Failure:
    named = (
        "name its function in words of the step"
        if example.function
        else "write it with the name of its function"
    )
    return Failure(
        "contract",
        f"it cannot be told which step the example {example.call()} is about: {why}",
        kind="usage",
        exit_code=2,
        hint=f"{named}, or ask for one function at a time with --make",
    )

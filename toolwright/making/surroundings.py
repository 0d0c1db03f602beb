"""A plan -> lines that show it to the author of one step's contract, with the signatures known so far."""

from collections.abc import Callable, Mapping

from toolwright.types import Plan, Tool


def surroundings(
    plan: Plan, number: int, tools: Mapping[str, Tool], tool_of: Callable[[int], str]
) -> tuple[str, ...]:
    """Return a line for each step; `tool_of` says which tool does a step, "" when none does yet."""
    lines = []
    for step in plan.steps:
        tool = tools.get(tool_of(step.number))
        done_by = f" (done by {tool.signature})" if tool else ""
        this = "  <- this step" if step.number == number else ""
        lines.append(f"{step.number}. {step.description}{done_by}{this}")
    return tuple(lines)

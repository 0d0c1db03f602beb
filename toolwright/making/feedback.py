"""A refusal -> what the author of the next version is told: the smallest failure that helps, in few lines."""

import difflib
import re
from collections.abc import Sequence
from typing import Final

from toolwright.making.held_out import Missed
from toolwright.types import Lesson, Precedent, TestOutcome

_LONGEST: Final = 1500
_LONGEST_LINE: Final = 200
_LONGEST_MESSAGE: Final = 400


def why_failed(why: str, failing: Sequence[TestOutcome]) -> tuple[str, ...]:
    """Return the sentence of a verdict and, in full, the one failing test that is told in fewest words."""
    if not failing:
        return (why,)
    test, more = failing[0], len(failing) - 1
    text = f"{test.name} {test.outcome}:\n{_short(test.message)}".rstrip(":\n")
    others = "1 other test" if more == 1 else f"{more} other tests"
    return (why, text, *([f"{others} did not pass either"] if more else []))


def why_missed(wrong: Sequence[Missed], of: int) -> tuple[str, ...]:
    """Say that held-out examples do not hold, without the calls and without any answer."""
    ended = sorted({_ending(each) for each in wrong})
    return (
        f"all tests pass, but {len(wrong)} of {of} examples that the user gave and nobody is shown fail: "
        + " and ".join(ended),
        "what is not tested follows from the docstring: read it again",
    )


def in_short(refused_by: str, reason: str) -> str:
    """Return a line for a refusal of some time ago."""
    line = " ".join(f"{refused_by}: {reason}".split())
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


def told_lessons(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Return what mended similar failures, each as what was said of it and the lines that were changed."""
    return tuple(map(_lesson, lessons))


def told_precedents(precedents: Sequence[Precedent]) -> tuple[str, ...]:
    """Return functions of similar steps, each below its step; long ones are left out."""
    fitting = (each for each in precedents if len(each.source) <= _LONGEST)
    return tuple(f"{each.step}\n{_fenced('python', each.source.rstrip())}" for each in fitting)


def _lesson(lesson: Lesson) -> str:
    old, new = lesson.source.splitlines(), lesson.mend.splitlines()
    changed = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    lines = "\n".join(line for line in changed if not line.startswith("@@"))
    said = _cut(lesson.message, _LONGEST_MESSAGE)
    return f"- {lesson.stage} refused `{lesson.tool}`: {said}\n{_fenced('diff', _cut(lines, _LONGEST))}"


def _fenced(language: str, text: str) -> str:
    """Return a block that ends where its text does, whatever fences the text holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _ending(wrong: Missed) -> str:
    result = wrong.result
    if result.status == "returned":
        return "another answer is expected"
    return f"the function raised {result.error_type}" if result.status == "raised" else "the call did not end"


def _short(message: str) -> str:
    """Keep the beginning, where the assertion is, and the end, where the tool's own traceback ends."""
    if len(message) <= _LONGEST:
        return message
    half = _LONGEST // 2
    return f"{message[:half]}\n[...]\n{message[-half:]}"

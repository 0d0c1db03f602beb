"""What a whole admission costs without the model: review, verify, controls, stability, mutants, by share."""

import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from timing import command, timed

from toolwright.permissions.verifying import verification_policy
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.controls import Controls
from toolwright.stages.review import review_source
from toolwright.syntax.mutation.mutants import mutants
from toolwright.syntax.probes import literals_of, probes
from toolwright.syntax.reading import read_library
from toolwright.types import Challenge, ChallengePlan, Verdict

METHOD = (
    "one pure tool with five tests, level full, zygotes running, median of 9 in turn; beside it "
    "`python -m pytest -q` on the same file, with the plugins of this environment; the model's time is left "
    "out; controls are timed inside the verification, mutants are what a challenge costs beyond one with none"
)

SOURCE = '''\
def shorten_words(text: str, limit: int = 8, mark: str = "~") -> list[str]:
    """Cut the words of a text to a length.

    Args:
        text: Any text.
        limit: The most letters of a word, 1 or more.
        mark: What stands at the end of a word that was cut.

    Returns:
        The words in their order, in lower case.

    Raises:
        ValueError: The limit is below 1.

    Example:
        >>> shorten_words("A longish one", 4)
        ['a', 'long~', 'one']

    Keywords: cut, truncate, abbreviate
    """
    if limit < 1:
        raise ValueError("the limit must be at least 1")
    kept = []
    for word in text.lower().split():
        if len(word) > limit:
            kept.append(word[:limit] + mark)
        else:
            kept.append(word)
    return kept
'''

TESTS = """\
import pytest
from tools import shorten_words


def test_words():
    assert shorten_words("One two") == ["one", "two"]


def test_cut():
    assert shorten_words("abcd abc", 3) == ["abc~", "abc"]


def test_mark():
    assert shorten_words("abcdefghi", mark="") == ["abcdefgh"]


def test_empty():
    assert shorten_words("") == []


def test_limit():
    with pytest.raises(ValueError):
        shorten_words("a", 0)
    assert shorten_words("ab", 1) == ["a~"]
"""
_NAME = "shorten_words"
_ROUNDS = 9


class _Admission:
    """The parts of an admission of one tool, each callable by itself; `spent` adds up seconds by part."""

    def __init__(self, box: ConfinedSandbox) -> None:
        self.box = box
        (self.tool,) = read_library(SOURCE).tools
        self.policy = verification_policy(SOURCE, self.tool)
        self.broken = mutants(SOURCE, _NAME, 60)
        self.spent: Counter[str] = Counter()
        self.tried = 0

    def review(self) -> None:
        began = time.perf_counter()
        if review_source(_NAME, SOURCE):
            raise SystemExit("the review found something, so the figures mean nothing")
        self.spent["review"] += time.perf_counter() - began

    def whole(self) -> None:
        """Admit it, with all parts."""
        self.review()
        before, began = self.spent["controls"], time.perf_counter()
        verdict = self.box.verify(SOURCE, TESTS, self.policy, function=_NAME)
        self.spent["verify"] += time.perf_counter() - began - (self.spent["controls"] - before)
        recorded = [call.arguments for call in verdict.calls]
        further = probes(self.tool.parameters, recorded, literals_of(SOURCE), 80)
        began = time.perf_counter()
        plan = ChallengePlan(SOURCE, self.broken, further, 20.0, recorded)
        told = self._challenge(verdict, plan)
        both = time.perf_counter() - began
        if not verdict.passed or told.flips or told.score.untried:
            raise SystemExit(f"the admission failed, so its time means nothing: {verdict.why} {told.flips}")
        self.tried = len(told.outcomes)
        self.spent["challenge"] += both
        self.verdict, self.recorded = verdict, recorded

    def stability(self) -> None:
        """Challenge it without mutants."""
        began = time.perf_counter()
        self._challenge(self.verdict, ChallengePlan(SOURCE, (), (), 20.0, self.recorded))
        self.spent["stability"] += time.perf_counter() - began

    def _challenge(self, verdict: Verdict, plan: ChallengePlan) -> Challenge:
        return self.box.challenge(SOURCE, TESTS, self.policy, function=_NAME, verdict=verdict, plan=plan)


def measure() -> list[tuple[str, str]]:
    """Return the whole beside pytest, then each part's share of it, then mutants per second."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "tools.py").write_text(SOURCE, encoding="utf-8")
        (folder / "test_tools.py").write_text(TESTS, encoding="utf-8")
        box = stack.enter_context(ConfinedSandbox("full"))
        pytest = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), str(folder)]
        admission = _Admission(box)
        complain = Controls.complain

        def timed_complain(self: Controls) -> str:
            began = time.perf_counter()
            try:
                return complain(self)
            finally:
                admission.spent["controls"] += time.perf_counter() - began

        Controls.complain = timed_complain
        stack.callback(setattr, Controls, "complain", complain)
        admission.whole()  # starts the zygotes
        admission.spent.clear()
        functions = {"pytest": command(pytest), "whole": admission.whole, "stability": admission.stability}
        times = timed(functions, _ROUNDS)
    spent = admission.spent
    mutation = max(0.0, spent["challenge"] - spent["stability"])
    shares = {name: spent[name] for name in ("review", "verify", "controls", "stability")}
    shares["mutants"] = mutation
    total = sum(shares.values())
    whole = f"{times['whole']:.0f} ms, {times['whole'] / times['pytest']:.2f} of pytest"
    rate = _ROUNDS * admission.tried / mutation if mutation else 0
    return [
        ("python -m pytest", f"{times['pytest']:.0f} ms"),
        ("a whole admission", whole),
        *((f"of it: {name}", f"{seconds / total:.0%}") for name, seconds in shares.items()),
        ("mutants", f"{admission.tried} in each admission, {rate:.0f} a second"),
    ]


if __name__ == "__main__":
    for what, figure in measure():
        print(f"{what}: {figure}")

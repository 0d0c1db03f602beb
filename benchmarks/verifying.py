"""What the confined verification of a file of five tests costs, beside plain pytest on the same file."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from timing import command, timed

from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.types import Limits, Policy

METHOD = (
    "five tests of one function, each calling it once: `ConfinedSandbox.verify`, zygotes running, tests and "
    "tool in cells of their own, with all that a verification does; beside it `python -m pytest -q` on the "
    "same file, with the plugins of this environment and without any; in turn, median of 15"
)

SOURCE = """\
def word_counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
"""

TESTS = """\
import pytest
from tools import word_counts


def test_counts():
    assert word_counts("a b a") == {"a": 2, "b": 1}


def test_case():
    assert word_counts("A a") == {"a": 2}


def test_empty():
    assert word_counts("") == {}


def test_spaces():
    assert word_counts("  x   y  ") == {"x": 1, "y": 1}


def test_text_only():
    with pytest.raises(AttributeError):
        word_counts(3)
"""
_ROUNDS = 15


def measure() -> list[tuple[str, str]]:
    """Return what was measured and its figure, pytest first."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "tools.py").write_text(SOURCE, encoding="utf-8")
        (folder / "test_tools.py").write_text(TESTS, encoding="utf-8")
        boxes = {level: stack.enter_context(ConfinedSandbox(level)) for level in ("full", "landlock")}
        pytest = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), str(folder)]
        lean = ["env", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", *pytest, "-p", "no:cacheprovider"]
        functions = {"python -m pytest": command(pytest), "the same without plugins": command(lean)}
        for level, box in boxes.items():
            functions[f"verify, level {level}"] = lambda box=box: _verify(box)
            _verify(box)  # starts the zygotes
        times = timed(functions, _ROUNDS)
    plain, bare = times["python -m pytest"], times["the same without plugins"]
    return [
        (name, f"{ms:.0f} ms ({ms / plain:.2f} of pytest, {ms / bare:.2f} of it without plugins)")
        for name, ms in times.items()
    ]


def _verify(box: ConfinedSandbox) -> None:
    verdict = box.verify(SOURCE, TESTS, Policy(limits=Limits(wall_s=10)), function="word_counts")
    if not verdict.passed:
        raise SystemExit(f"the verification failed, so its time means nothing: {verdict.why}")


if __name__ == "__main__":
    for what, figure in measure():
        print(f"{what}: {figure}")

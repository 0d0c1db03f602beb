"""A goal of several steps becomes one tool: composed from the plan, proven by the run, used the next time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel
from toolwright.types import Prompt, Report

LIBRARY = '''"""Tools for tests."""

from pathlib import Path


def read_numbers(path: str) -> list[int]:
    """Read whole numbers from a file.

    Args:
        path: The file, one number a line.

    Returns:
        The numbers.

    Raises:
        Where a line is no number, a ValueError.

    Example:
        >>> read_numbers("a.txt")  # doctest: +SKIP
        [1]

    Keywords: load

    Permissions: read
    """
    return [int(line) for line in Path(path).read_text().splitlines()]


def scale(number: int, factor: int = 2) -> int:
    """Multiply a number.

    Args:
        number: Any number.
        factor: By what.

    Returns:
        The product.

    Raises: nothing

    Example:
        >>> scale(2)
        4

    Keywords: multiply
    """
    return number * factor


def save_lines(path: str, lines: list[int]) -> int:
    """Write numbers to a file.

    Args:
        path: The file.
        lines: The numbers.

    Returns:
        How many lines were written.

    Raises: nothing

    Example:
        >>> save_lines("a.txt", [1])  # doctest: +SKIP
        1

    Keywords: store

    Permissions: write
    """
    Path(path).write_text("".join(f"{line}\\n" for line in lines))
    return len(lines)


def look_up(host: str) -> str:
    """Ask a host.

    Permissions: network
    """
    return host
'''
GOAL = "Multiply the numbers in numbers.txt by 3 and save them to scaled.txt"
STEPS = (
    ("Read numbers.", "read_numbers", {"path": {"literal": "numbers.txt"}}),
    ("Multiply numbers.", "scale", {"number": {"step": 1, "path": "[*]"}, "factor": {"literal": 3}}),
    ("Save numbers.", "save_lines", {"path": {"literal": "scaled.txt"}, "lines": {"step": 2, "path": ""}}),
)
WORDS = {
    "name": "scale_numbers_file",
    "summary": "Multiply the numbers of a file and save them.",
    "parameters": [
        {"name": "source", "meaning": "the file to read"},
        {"name": "factor", "meaning": "by what the numbers are multiplied"},
        {"name": "target", "meaning": "the file to write"},
    ],
    "returns": "how many numbers there were",
    "keywords": ["multiply file", "scale file"],
}


def scripted(**replies: object) -> ScriptedModel:
    """A model that plans the three steps with what is there; `replies` replace its answers by stage."""

    def answer(prompt: Prompt) -> str:
        usual = {
            "decompose": {"wants": "result", "steps": [{"step": s, "keywords": []} for s, _, _ in STEPS]},
            "classify": {
                "matches": [
                    {"step": n, "verdict": "EXISTS_AND_GENERIC", "tool": tool, "reason": "does it"}
                    for n, (_, tool, _) in enumerate(STEPS, 1)
                ]
            },
            "bind": {"calls": [{"step": n, "arguments": a} for n, (_, _, a) in enumerate(STEPS, 1)]},
            "compose": WORDS,
        }
        return json.dumps((usual | replies)[prompt.stage])

    return ScriptedModel(answer)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with the tools and, as workspace, a folder with numbers."""
    (tmp_path / "tools.py").write_text(LIBRARY)
    workspace = tmp_path / "work"
    workspace.mkdir()
    (workspace / "numbers.txt").write_text("1\n20\n")
    monkeypatch.chdir(workspace)
    return tmp_path


def run(library: Path, model: ScriptedModel, goal: str = GOAL, **how: bool) -> Report:
    """Run the goal in the workspace."""
    agent = Agent(library, model, workspace=str(library / "work"), listeners=[print])
    return agent.run(goal, **how)


def test_a_goal_becomes_one_tool(library: Path) -> None:
    """The tool is in tools.py with a test of the run; the goal, also with other values, is one step then."""
    report = run(library, scripted(), learn=True)
    assert (report.learned, report.output) == ("scale_numbers_file", 2)
    text = (library / "tools.py").read_text()
    assert "def scale_numbers_file(source: str, factor: int, target: str) -> int:" in text
    assert "Permissions: read write" in text
    proof = (library / "tool_tests" / "test_scale_numbers_file.py").read_text()
    assert "3\\n" in proof
    assert "60\\n" in proof

    (library / "work" / "other.txt").write_text("5\n")
    other = GOAL.replace("numbers.txt", "other.txt").replace("3", "7")
    again = run(library, ScriptedModel([]), other)
    assert [step.tool for step in again.steps] == ["scale_numbers_file"]
    assert again.usage.calls == 0
    assert (library / "work" / "scaled.txt").read_text() == "35\n"


def test_a_goal_in_other_words_is_offered_what_was_learned(library: Path) -> None:
    """The planner is shown a tool that does several steps at once when it may do the goal, and no other."""
    run(library, scripted(), learn=True)
    model = scripted()
    run(library, model, "Scale a file of numbers: numbers.txt by 3, into scaled.txt")
    asked = model.prompts[0]
    assert asked.stage == "decompose"
    assert "scale_numbers_file(source: str, factor: int, target: str) -> int" in asked.text
    assert "read_numbers(" not in asked.text


@pytest.mark.slow
def test_what_was_learned_works_without_us(library: Path) -> None:
    """The composed function is called from a plain script, and its test runs under plain pytest."""
    run(library, scripted(), learn=True)
    code = "from tools import scale_numbers_file as f; print(f('work/numbers.txt', 2, 'work/out.txt'))"
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=library, capture_output=True, text=True, check=False
    )
    assert printed.stdout == "2\n", printed.stderr
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tool_tests"],
        cwd=library,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in tested.stdout


def test_a_name_that_is_taken_is_sent_back(library: Path) -> None:
    """The model is told, and the name it gives then is used."""
    names, usual = iter(["scale", "scale_all"]), scripted()

    def answer(prompt: Prompt) -> str:
        if prompt.stage != "compose":
            return usual.complete(prompt).text
        return json.dumps(WORDS | {"name": next(names)})

    report = run(library, ScriptedModel(answer), learn=True)
    assert report.learned == "scale_all"


ONE_STEP = {
    "decompose": {"wants": "result", "steps": [{"step": "Read numbers.", "keywords": []}]},
    "classify": {
        "matches": [{"step": 1, "verdict": "EXISTS_AND_GENERIC", "tool": "read_numbers", "reason": "reads"}]
    },
    "bind": {"calls": [{"step": 1, "arguments": STEPS[0][2]}]},
}


@pytest.mark.parametrize(
    ("numbers", "replies", "why"),
    [
        ("1\n2\n", ONE_STEP, "in one step, which is a function already"),
        (f"{' ' * 30_000}1\n", {}, "numbers.txt has 30002 characters; a test holds at most"),
        ("1\n2\n", {"compose": WORDS | {"parameters": []}}, '"parameters" must be a list of 3'),
    ],
)
def test_what_cannot_be_learned_leaves_the_result(
    library: Path, numbers: str, replies: dict[str, object], why: str
) -> None:
    """The reason is said, the result stands, and the library is as it was."""
    (library / "work" / "numbers.txt").write_text(numbers)
    notices: list[str] = []
    agent = Agent(
        library,
        scripted(**replies),
        workspace=str(library / "work"),
        listeners=[lambda event: notices.append(getattr(event, "message", ""))],
    )
    report = agent.run(GOAL, learn=True)
    assert (report.status, report.learned) == ("done", "")
    assert any(why in notice for notice in notices)
    assert (library / "tools.py").read_text() == LIBRARY

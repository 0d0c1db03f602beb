"""A library whose tools need permissions, and goals that are remembered: they run without any model."""

from pathlib import Path

from toolwright.library.fingerprint import fingerprints
from toolwright.memory.plans import PlanMemory
from toolwright.types import Binding, Given, Json, Match, Plan, RememberedRun, Step

SOURCE = '''"""Tools for tests."""

from pathlib import Path


def fetch(path: str, base_url: str = "https://api.example.org") -> str:
    """Say what would be fetched.

    Permissions: network
    """
    return base_url + path


def launch(command: str) -> str:
    """Say what would be started.

    Permissions: execute
    """
    return command


def read_text(path: str) -> str:
    """Read a file.

    Permissions: read
    """
    return Path(path).read_text()


def write_text(path: str, text: str) -> int:
    """Write a file.

    Permissions: write
    """
    return Path(path).write_text(text)
'''


def library(folder: Path, source: str = SOURCE) -> Path:
    """Make a library of the tools, or change one."""
    folder.mkdir(exist_ok=True)
    (folder / "tools.py").write_text(source)
    return folder


def remember(folder: Path, goal: str, *calls: tuple[str, dict[str, Json]]) -> None:
    """Have a goal remembered as calls of tools, one a step."""
    text = (folder / "tools.py").read_text()
    steps = tuple(Step(number, f"call {tool}") for number, (tool, _) in enumerate(calls, 1))
    matches = tuple(
        Match(step, "EXISTS_AND_GENERIC", tool, "fits") for step, (tool, _) in zip(steps, calls, strict=True)
    )
    bindings = tuple(
        Binding(step.number, tool, {name: Given(value) for name, value in arguments.items()})
        for step, (tool, arguments) in zip(steps, calls, strict=True)
    )
    used = fingerprints(text, {tool for tool, _ in calls})
    run = RememberedRun(Plan(goal, steps), matches, bindings, used)
    PlanMemory(folder / ".toolwright" / "plans").remember(run)

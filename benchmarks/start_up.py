"""How long a shell waits for one tool, and for the help, against a Python that does nothing."""

import sys
from pathlib import Path

from timing import command, timed

ROOT = Path(__file__).resolve().parent.parent
METHOD = "whole processes, in turn, median of 40; byte code cached; the library that ships (3 tools)"


def measure() -> list[tuple[str, str]]:
    """Return rows of (what, figure)."""
    agent = str(ROOT / "agent.py")
    directory = str(ROOT)
    python = sys.executable
    call = [python, agent, "--execute-tool", "list_dir", '{"path": "."}', "--library", directory]
    times = timed(
        {
            "bare": command([python, "-c", "pass"]),
            "tool": command(call),
            "help": command([python, agent, "--help"]),
        },
        rounds=40,
    )
    bare = times["bare"]
    return [
        ("`python -c pass`", f"{bare:.1f} ms"),
        ("`agent.py --execute-tool list_dir`", f"{times['tool']:.1f} ms, {times['tool'] / bare:.1f}x"),
        ("`agent.py --help`", f"{times['help']:.1f} ms, {times['help'] / bare:.1f}x"),
    ]

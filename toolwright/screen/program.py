"""How this program was started -> how to write the next command, so that it can be copied as it stands."""

import shlex
import sys
from pathlib import PurePath
from typing import Final

WRITTEN: Final = "python agent.py"
"""How hints name the program in the source; on the screen it is named as the user started it."""


def program(started_as: str | None = None) -> str:
    """Return `toolwright`, `python -m toolwright` or `python PATH/agent.py`; `started_as` is argv[0]."""
    started = sys.argv[0] if started_as is None else started_as
    path = PurePath(started)
    name = path.name
    if name == "__main__.py" and path.parent.name == "toolwright":
        return "python -m toolwright"
    if name in {"toolwright", "toolwright.exe"}:
        return "toolwright"
    if name == "agent.py":
        return f"python {shlex.quote(started)}"
    return WRITTEN


def as_started(text: str) -> str:
    """Return a hint with the program named as the user started it."""
    return text.replace(WRITTEN, program())

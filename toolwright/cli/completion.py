"""`completion bash|zsh|fish`: the script that lets a shell complete commands, flags, tools and parameters."""

import difflib
from pathlib import Path
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.errors import UsageError
from toolwright.screen.result import write_line

SHELLS: Final = ("bash", "zsh", "fish")
_FOLDER: Final = Path(__file__).parent / "shells"


def run(arguments: Arguments) -> int:
    """Print the script for a shell."""
    match arguments.words[1:]:
        case (shell,) if shell in SHELLS:
            write_line((_FOLDER / f"completion.{shell}").read_text(encoding="utf-8"))
            return 0
        case words:
            meant = difflib.get_close_matches(" ".join(words), SHELLS, n=1, cutoff=0.3) or SHELLS
            given = f"not {' '.join(words)!r}" if words else "which is missing"
            raise UsageError(
                f"completion takes a shell, {' or '.join(SHELLS)}, {given}",
                hint=line_for(meant[0]),
            )


def line_for(shell: str) -> str:
    """Return what to put into the startup file of a shell."""
    script = f"python agent.py completion {shell}"
    return f"{script} | source" if shell == "fish" else f'eval "$({script})"'

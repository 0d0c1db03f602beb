"""`undo`: the last admission to the library taken back, and what that was."""

from toolwright.cli.arguments import Arguments
from toolwright.errors import UsageError
from toolwright.library.store import Store
from toolwright.screen.display import Display
from toolwright.settings import load, terminal


def run(arguments: Arguments) -> int:
    """Take the last admission back."""
    if arguments.words[1:]:
        raise UsageError("undo takes nothing: it takes back the last admission", hint="python agent.py undo")
    settings = load(arguments.overrides)
    Display(terminal=terminal()).print(Store(settings.library).undo())
    return 0

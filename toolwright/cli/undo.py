"""`undo`: the last admission to the library taken back, and what that was."""

from toolwright.cli.arguments import Arguments
from toolwright.cli.commands import takes_nothing
from toolwright.library.store import Store
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load


def run(arguments: Arguments) -> int:
    """Take the last admission back."""
    takes_nothing(arguments)
    settings = load(arguments.overrides)
    said = Store(settings.library).undo()
    write_line(json_text({"undone": said}) if arguments.json else said)
    return 0

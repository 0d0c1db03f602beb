"""`doctor`: whether goals can run here, how tools are confined, and what to mend first, on one page."""

import sys

from toolwright.cli.arguments import Arguments
from toolwright.cli.checkup import Checkup, check_up
from toolwright.cli.commands import takes_nothing
from toolwright.errors import ToolwrightError
from toolwright.records import asdict
from toolwright.redaction import Redactor
from toolwright.screen.display import Display
from toolwright.screen.health import Page, show_page
from toolwright.screen.problem import show_problem
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load, secrets, terminal


def run(arguments: Arguments) -> int:
    """Print the page; 0 when goals can run, otherwise 1 with the first thing to mend."""
    takes_nothing(arguments)
    settings = load(arguments.overrides)
    checkup = check_up(settings)
    if arguments.json:
        write_line(Redactor(secrets(settings)).redact(json_text(_as_json(checkup))))
    else:
        show_page(_page(checkup), Display(sys.stdout, terminal()))
    if checkup.first is None:
        return 0
    error = ToolwrightError(checkup.first.message, hint=checkup.first.hint)
    show_problem(error)
    return error.exit_code


def _page(checkup: Checkup) -> Page:
    level = f"{checkup.level} (the minimum is {checkup.minimum})"
    return Page(
        healthy=checkup.first is None,
        level=level,
        layers=checkup.layers,
        shortfall=checkup.shortfall,
        sections=checkup.sections,
        troubles=tuple((trouble.message, trouble.hint) for trouble in checkup.troubles if not trouble.fatal),
    )


def _as_json(checkup: Checkup) -> dict[str, object]:
    first = checkup.first
    return {
        "status": "failed" if first else "done",
        "level": checkup.level,
        "minimum": checkup.minimum,
        "shortfall": checkup.shortfall,
        "layers": {name: {"works": not fault, "why": fault} for name, fault in checkup.layers},
        **{name: dict(section) for name, section in checkup.sections.items()},
        "troubles": [asdict(trouble) for trouble in checkup.troubles],
    }

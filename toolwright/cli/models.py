"""`models`: what the configured server offers to this key, one name a line."""

from toolwright.cli.arguments import Arguments
from toolwright.cli.commands import takes_nothing
from toolwright.cli.key import needs_key, with_key
from toolwright.cli.packages import OF_A_MODEL, check_packages
from toolwright.models import list_models, parse_model
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load
from toolwright.wiring import connections


def run(arguments: Arguments) -> int:
    """List the models of the server that `--model` names."""
    takes_nothing(arguments)
    settings = load({**arguments.overrides, "replay": None})
    check_packages(OF_A_MODEL)
    variable = needs_key(settings)
    if variable:
        settings = with_key(settings, variable)
    server, _ = parse_model(settings.model)
    names = [f"{server}:{name}" for name in list_models(server, connections(settings)[server])]
    write_line(json_text({"models": names}) if arguments.json else "\n".join(names))
    return 0

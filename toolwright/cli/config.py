"""`config`: every setting with its value and where that came from; secrets are never shown."""

from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.commands import takes_nothing
from toolwright.cli.streams import write_stderr
from toolwright.redaction import Secret
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import one_line
from toolwright.settings import VARIABLES, Settings, load, shown_address
from toolwright.settings.memory_address import shown_server
from toolwright.types import Json

_HIDDEN = "(set, not shown)"
_DEFAULT = "default"


def run(arguments: Arguments) -> int:
    """Print the settings of a run with these flags."""
    takes_nothing(arguments)
    settings = load(arguments.overrides)
    rows = [
        (each.field, _value(settings, each.field), settings.origins.get(each.field, _DEFAULT), each.name)
        for each in VARIABLES
    ]
    if arguments.json:
        write_line(
            json_text(
                {
                    field: {"value": value, "origin": origin, "variable": name}
                    for field, value, origin, name in rows
                }
            )
        )
    else:
        width = max(len(field) for field, *_ in rows)
        texts = [(field, _text(value), origin) for field, value, origin, _ in rows]
        shown = min(48, max(len(text) for _, text, _ in texts))
        write_line("\n".join(f"{field:<{width}}  {text:<{shown}}  {origin}" for field, text, origin in texts))
    for notice in settings.notices:
        write_stderr(f"note: {notice}\n")
    return 0


def _value(settings: Settings, field: str) -> Json:
    value = getattr(settings, field)
    match value:
        case Secret() if field == "memory":
            return shown_server(value)
        case Secret():
            return _HIDDEN if value else None
        case Path():
            return str(value)
        case tuple():
            return [shown_address(str(each)) for each in value]
        case str():
            return shown_address(value)
    return value  # numbers, switches and None are left


def _text(value: Json) -> str:
    match value:
        case None | "":
            return "-"
        case bool():
            return "on" if value else "off"
        case list():
            return ",".join(map(str, value)) or "none"
    return one_line(str(value))

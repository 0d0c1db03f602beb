"""What a call names: a tool's name and JSON as typed in, the tool and arguments that fit it out."""

import json
from pathlib import Path
from typing import Any, Final

from toolwright.cli.streams import read_stdin, write_stderr
from toolwright.errors import LibraryError, ToolwrightError, UsageError
from toolwright.library.index.calling import part_for_call
from toolwright.library.place import Place, decode, read_bytes
from toolwright.library.reached import Part
from toolwright.records import dataclass
from toolwright.sandbox.cells.wire import NotJsonError, encode
from toolwright.syntax.checking import described, mismatch
from toolwright.syntax.reading import read_library
from toolwright.types import NotOffered, Tool

_LONGEST_SHOWN: Final = 60


class CallError(ToolwrightError):
    """The call cannot be made, or came to nothing; `kind` says how."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class FoundTool:
    """A tool with the text that is run for a call of it, the text it is judged by, and the tools in that."""

    tool: Tool
    runs: str
    shown: str
    tools: tuple[Tool, ...]


def find_tool(name: str, library: Path) -> FoundTool:
    """Return a tool with the part of its library that it needs, or all of it where part will not do.

    Raises:
        LibraryError: there is no such tool, or no library that can be read.
        CallError: it cannot be called.
    """
    place = Place(library)
    if place.journal.is_dir():
        _recover(place)
    place.check()
    data = read_bytes(place.tools)
    if data is None:
        raise LibraryError(f"there is no library here: {place.tools} does not exist")
    source = decode(data, place.tools)
    part = part_for_call(place, source, data, name)
    if isinstance(part, NotOffered):
        raise CallError("not_offered", f"{name} cannot be called as a tool: {part.reason}")
    part = part or Part(source, source)
    tools = read_library(part.shown, str(place.tools)).tools
    _check_quarantine(place, part.shown, name)
    return FoundTool(next(tool for tool in tools if tool.name == name), part.runs, part.shown, tools)


def _check_quarantine(place: Place, source: str, name: str) -> None:
    if place.quarantine_of(name).exists():
        from toolwright.library.quarantine import why_quarantined
        from toolwright.screen.commands import command

        why = why_quarantined(place, source, name)
        if why:
            release = command("verify", name, library=place.directory)
            raise CallError(
                "quarantined", f"{name} is in quarantine ({why}); {release} lets it out if it passes"
            )


def _recover(place: Place) -> None:
    """Finish or take back what a crash interrupted, and say so."""
    from toolwright.library.store import Store

    said = Store(place.directory).recover()
    write_stderr(f"{said}\n" if said else "")


def read_arguments(text: str, tool: Tool) -> dict[str, Any]:
    """Read the arguments of a call, from stdin for "-".

    Raises:
        CallError: they are not one JSON object, or do not fit the tool.
    """
    arguments = _json_object(text)
    _check(tool, arguments)
    return arguments


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = strict_json(read_stdin() if text == "-" else text)
    except (ValueError, UsageError) as error:
        raise CallError("bad_json", f"the arguments are not JSON: {error}") from None
    if not isinstance(value, dict):
        raise CallError("not_an_object", f"the arguments must be one JSON object, not {_shown(value)}")
    try:
        encode(value)
    except NotJsonError as error:
        raise CallError(
            "bad_json", f"the argument {error.where} is {error.what}, which is not JSON"
        ) from None
    return value


def strict_json(text: str) -> Any:
    """Read JSON that says one thing only.

    Raises:
        ValueError: it is none, names a key twice, or is nested too deeply; says what and where.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("they are nested too deeply") from None


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=True)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; which of two values was meant, only their author knows."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in made if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands there twice")
    return made


def _check(tool: Tool, arguments: dict[str, Any]) -> None:
    """Name the first argument that does not fit, and how it should be."""
    properties = tool.parameters["properties"]
    for name in arguments:
        if name not in properties:
            raise CallError("unknown_argument", f"there is no argument {name!r}: {tool.signature}")
    for name in tool.parameters["required"]:
        if name not in arguments:
            wanted = described(properties[name])
            raise CallError(
                "missing_argument", f"the argument {name!r} is missing ({wanted}): {tool.signature}"
            )
    secrets = [name for name in tool.docstring.secrets if isinstance(arguments.get(name), dict)]
    for name in secrets:
        if not isinstance(arguments[name].get("secret"), str) or len(arguments[name]) > 1:
            raise CallError("mistyped_argument", f'argument {name}: a secret is {{"secret": "NAME"}}')
    for name, value in arguments.items():
        wrong = "" if name in secrets else mismatch(value, properties[name], name)
        if wrong:
            raise CallError("mistyped_argument", f"argument {wrong}")

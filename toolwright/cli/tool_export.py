"""`tools export`: the schemas of tools, in the format of those who are to call them."""

from collections.abc import Iterable
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.show_tools import no_such_tool
from toolwright.cli.streams import write_stderr
from toolwright.errors import ToolwrightError, UsageError
from toolwright.formats import mcp, openai, schemas
from toolwright.library.store import Snapshot, Store
from toolwright.permissions.needs import needs_in
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings
from toolwright.types import Json, Tool


def export(arguments: Arguments, settings: Settings, names: list[str]) -> int:
    """Write the schemas of the tools named, or of all that are on offer.

    Raises:
        UsageError: no format was named.
        ToolNotFoundError, ToolwrightError: there is no such tool on offer, or FILE cannot be written.
    """
    flags = arguments.flags
    if not flags.format:
        raise UsageError(
            "tools export lacks the format",
            hint="python agent.py tools export --openai, --mcp or --json-schema",
        )
    store = Store(settings.library)
    snapshot = store.read()
    for name in names:
        if name not in snapshot.tools:
            raise no_such_tool(name, snapshot, store)
    tools = [snapshot.tools[name] for name in dict.fromkeys(names or snapshot.tools)]
    text = json_text(_exported(flags.format, tools, snapshot), indent=2)
    if not flags.output:
        write_line(text)
        return 0
    _write(Path(flags.output), text)
    if settings.verbosity >= 0:
        write_stderr(f"{count(len(tools), 'tool')} written to {flags.output}\n")
    return 0


def _exported(form: str, tools: Iterable[Tool], snapshot: Snapshot) -> Json:
    match form:
        case "openai":
            return openai.function_tools(tools)
        case "mcp":
            return mcp.listed_tools(tools, {tool.name: needs_in(snapshot.known, tool) for tool in tools})
    return schemas.document(tools)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ToolwrightError(f"{path} cannot be written: {error.strerror}") from None

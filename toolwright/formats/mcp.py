"""Tools -> the tools that a server of the Model Context Protocol lists (revision 2025-11-25)."""

from collections.abc import Iterable, Mapping

from toolwright.formats.described import description, parameters
from toolwright.types import Json, Permission, Schema, Tool


def listed_tools(tools: Iterable[Tool], needs: Mapping[str, frozenset[Permission]]) -> Json:
    """Return what answers `tools/list`; `needs` holds by name what each tool may touch, callees included."""
    return {"tools": [_tool(tool, needs[tool.name]) for tool in tools]}


def is_wrapped(returns: Schema) -> bool:
    """Tell whether answers of this schema travel as `{"result": ...}`: structured content is an object."""
    return returns.get("type") != "object"


def _tool(tool: Tool, needs: frozenset[Permission]) -> Json:
    return {
        "name": tool.name,
        "description": description(tool),
        "inputSchema": parameters(tool),
        "outputSchema": _output(tool.returns),
        "annotations": _annotations(needs),
    }


def _output(returns: Schema) -> Schema:
    if not is_wrapped(returns):
        return returns
    properties = {"result": returns}
    return {
        "type": "object",
        "properties": properties,
        "required": ["result"],
        "additionalProperties": False,
    }


def _annotations(needs: frozenset[Permission]) -> dict[str, bool]:
    """Say what clients may rely on when they ask their user: the worst that the permissions allow.

    A request over the network may change something there.
    """
    reads_only = needs <= {"read"}
    hints = {"readOnlyHint": reads_only, "openWorldHint": bool(needs & {"network", "execute"})}
    return hints if reads_only else hints | {"destructiveHint": True}

"""Tools -> one document of JSON Schema (draft 2020-12) with the arguments and the answer of each."""

from collections.abc import Iterable
from typing import Final

from toolwright.formats.described import description, parameters
from toolwright.types import Json, Tool

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def document(tools: Iterable[Tool]) -> Json:
    """Return a document whose `$defs` hold by name the schema of a call: its arguments and its result."""
    return {"$schema": DIALECT, "$defs": {tool.name: _call(tool) for tool in tools}}


def _call(tool: Tool) -> Json:
    return {
        "title": tool.name,
        "description": description(tool),
        "type": "object",
        "properties": {"arguments": parameters(tool), "result": tool.returns},
        "required": ["arguments", "result"],
        "additionalProperties": False,
    }

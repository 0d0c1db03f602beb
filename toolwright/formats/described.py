"""A tool -> the words by which a model chooses it, and its parameters with what is to be known of them."""

import json
from typing import Final

from toolwright.types import Schema, Tool

_HIDDEN: Final = "A secret: give it from where it is kept, never from a conversation."


def description(tool: Tool) -> str:
    """Return what a tool does, returns and raises, a paragraph each."""
    said = tool.docstring
    parts = [said.summary]
    parts += [f"Returns: {said.returns}"] if said.returns else []
    parts += [f"Raises: {said.raises}"] if said.raises and said.raises.lower() != "nothing" else []
    return "\n\n".join(part for part in parts if part)


def parameters(tool: Tool) -> Schema:
    """Return the JSON Schema of the arguments as one object; a parameter that holds a secret is marked."""
    marked = {
        name: schema | {"description": _joined(schema.get("description", ""), _HIDDEN), "writeOnly": True}
        if name in tool.docstring.secrets
        else schema
        for name, schema in tool.parameters["properties"].items()
    }
    return tool.parameters | {"properties": marked}


def with_default(schema: Schema) -> Schema:
    """Return the schema of a parameter with its default in the description instead."""
    rest = {key: value for key, value in schema.items() if key != "default"}
    said = f"Default: {json.dumps(schema['default'], ensure_ascii=False)}."
    return rest | {"description": _joined(schema.get("description", ""), said)}


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)

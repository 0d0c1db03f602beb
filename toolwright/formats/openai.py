"""Tools -> the `tools` of a request to OpenAI's chat completions, or a server like it."""

import re
from collections.abc import Iterable
from typing import Final

from toolwright.errors import ToolwrightError
from toolwright.formats.described import description, parameters
from toolwright.formats.strict import strict
from toolwright.types import Json, Schema, Tool

LONGEST_NAME: Final = 64
LONGEST_DESCRIPTION: Final = 1_024
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


def function_tools(tools: Iterable[Tool]) -> list[Json]:
    """Return tools as function tools; `strict` is true where strict mode can say all of the parameters.

    Raises:
        ToolwrightError: a name is longer than the format allows, or has other letters.
    """
    return [_function_tool(tool) for tool in tools]


def _function_tool(tool: Tool) -> Json:
    if len(tool.name) > LONGEST_NAME:
        raise ToolwrightError(
            f"{tool.name} has {len(tool.name)} characters; function tools have at most {LONGEST_NAME}",
            hint="name the other tools, or give it a shorter name in tools.py",
        )
    if not _NAME.fullmatch(tool.name):
        raise ToolwrightError(
            f"{tool.name} has other letters than a to z, which function tools have not",
            hint="name the other tools, or give it a name of plain letters in tools.py",
        )
    made = strict(parameters(tool))
    function = {
        "name": tool.name,
        "description": _cut(description(tool)),
        "parameters": _without_marks(parameters(tool)) if made is None else made,
        "strict": made is not None,
    }
    return {"type": "function", "function": function}


def _without_marks(schema: Schema) -> Schema:
    properties = {
        name: {key: value for key, value in each.items() if key != "writeOnly"}
        for name, each in schema["properties"].items()
    }
    return schema | {"properties": properties}


def _cut(text: str) -> str:
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 2].rsplit(maxsplit=1)[0] + " …"

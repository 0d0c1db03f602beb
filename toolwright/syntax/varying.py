"""A tool and the arguments of a call in, whether anything that it declares to vary is left open out."""

from collections.abc import Mapping
from typing import Final

from toolwright.types import Json, Tool

_FIXED_BY: Final[Mapping[str, frozenset[str]]] = {
    "clock": frozenset({"now", "today", "at", "time", "date", "day", "moment", "timestamp", "clock", "when"}),
    "random": frozenset({"seed", "random_seed", "rng", "random_state"}),
    "machine": frozenset(),
}
"""Names of parameters by which what varies enters; files and servers of a test are the test's own."""


def is_fixed(tool: Tool, arguments: Mapping[str, Json]) -> bool:
    """Tell whether a call must answer the same whenever it is made."""
    return all(_is_given(tool, arguments, names) for names in _open_names(tool))


def tells_time(tool: Tool) -> bool:
    """Tell whether a tool declares that its answers depend on the clock."""
    return "clock" in tool.docstring.varies


def _open_names(tool: Tool) -> list[frozenset[str]]:
    return [_FIXED_BY[kind] for kind in tool.docstring.varies if kind in _FIXED_BY]


def _is_given(tool: Tool, arguments: Mapping[str, Json], names: frozenset[str]) -> bool:
    """Whether a parameter of that purpose has a value: from the call, or one of its own."""
    for name, schema in tool.parameters.get("properties", {}).items():
        if name in names or any(name.endswith(f"_{each}") for each in names):
            value = arguments.get(name, schema.get("default"))
            if value is not None:
                return True
    return False

"""A library's text and a tool's name -> the `Requires:` entries of everything that a call of it imports."""

import re
from collections.abc import Mapping
from typing import Final

from toolwright.syntax.names import is_standard_module
from toolwright.types import Tool

_IMPORT: Final = re.compile(r"^(?:import|from)[ \t]+(\w+)", re.MULTILINE)


def required_packages(text: str, tools: Mapping[str, Tool], name: str) -> tuple[str, ...]:
    """Return what a tool declares, and the tools it calls, and what a person imports at the top of the file.

    Raises:
        SyntaxError: the text is not Python.
    """
    entries = _imported_at_top(text)
    if "requires" in text.lower():
        from toolwright.library.bindings import bindings
        from toolwright.syntax.chunks import split

        for reached in bindings(split(text)).reach([name]):
            entries += tools[reached].docstring.requires if reached in tools else ()
    return tuple(dict.fromkeys(entries))


def _imported_at_top(text: str) -> list[str]:
    if all(is_standard_module(module) for module in _IMPORT.findall(text)):
        return []  # nearly always; what stands inside a text may look like an import
    import ast

    from toolwright.library.bindings import imports_of

    found = (item.module for node in ast.parse(text.removeprefix("\ufeff")).body for item in imports_of(node))
    modules = {module.partition(".")[0] for module in found}
    return sorted(module for module in modules if module and not is_standard_module(module))

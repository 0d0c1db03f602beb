"""Flags that only commands on the library take: how they are read, and which command takes which."""

import argparse
from typing import Final

from toolwright.errors import UsageError
from toolwright.records import dataclass

FORMATS: Final = ("openai", "mcp", "json-schema")


@dataclass(frozen=True, slots=True)
class ToolFlags:
    """What was said by flags; "" stands for a flag that was not given."""

    format: str = ""
    output: str = ""
    new_name: str = ""
    retire: str = ""


_TAKEN_BY: Final = {
    "format": ("--openai, --mcp and --json-schema go", ("export",)),
    "output": ("-o goes", ("export", "pack")),
    "new_name": ("--as goes", ("install",)),
    "retire": ("--retire goes", ("gc",)),
}

_WRITTEN: Final = {"gc": "gc"}
"""Commands of their own; all others follow `tools`."""


def add_tool_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags to the parser of the program."""
    forms = parser.add_mutually_exclusive_group()
    for form, about in (
        ("openai", "function tools as OpenAI's servers, and those like them, take them"),
        ("mcp", "tools as a server of the Model Context Protocol lists them"),
        ("json-schema", "one document of JSON Schema"),
    ):
        said = f"with tools export: {about}"
        forms.add_argument(f"--{form}", action="store_const", const=form, dest="format", help=said)
    parser.add_argument("-o", "--output", metavar="FILE", help="with tools export and tools pack: write FILE")
    parser.add_argument(
        "--as", dest="new_name", metavar="NEW", help="with tools install NAME: another name for it"
    )
    parser.add_argument(
        "--retire", metavar="LIST", help="with gc: which of the tools that it shows are to go"
    )


def read_tool_flags(known: argparse.Namespace) -> ToolFlags:
    """Return what was said.

    Raises:
        UsageError: a flag that needs a value was given an empty one.
    """
    if known.output == "":
        raise UsageError("-o takes the name of a file, not ''")
    return ToolFlags(
        known.format or "",
        known.output or "",
        known.new_name or "",
        known.retire or "",
    )


def check_tool_flags(flags: ToolFlags, subcommand: str) -> None:
    """Refuse flags that a subcommand of `tools` does not take.

    Raises:
        UsageError: names those that take it.
    """
    for field, (said, names) in _TAKEN_BY.items():
        if getattr(flags, field) and subcommand not in names:
            raise UsageError(
                f"{said} with: {' and '.join(_WRITTEN.get(name, f'tools {name}') for name in names)}"
            )

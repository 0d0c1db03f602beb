"""What `tools` can be told: the subcommands with their usage, as help, docs and hints show them."""

from typing import Final

SUBCOMMANDS: Final = {
    "list": (
        "tools [list] [FILTERS] [--sort ORDER] [--page N]",
        "list the library, or some of it: --permission, --unused-for, --edited, --quarantined",
    ),
    "search": ("tools search TEXT [-k N]", "show what the search finds for a step, and why"),
    "show": ("tools show NAME", "show one tool, its evidence and its uses"),
    "log": ("tools log NAME", "list the versions of a tool"),
    "diff": ("tools diff NAME V1 V2", "show what changed between two versions"),
    "rollback": ("tools rollback NAME V", "bring version V back, through the gate again"),
    "fix": (
        "tools fix NAME --example TEXT ...",
        "repair a tool that answers a call wrongly, through the gate",
    ),
    "adopt": ("tools adopt NAME", "write contract and tests for a function you wrote in tools.py"),
    "remove": (
        "tools remove NAME [--cascade] [--yes]",
        "remove a tool, its tests and what only it used; with --cascade also the tools that call it",
    ),
    "export": (
        "tools export --openai|--mcp|--json-schema [NAME ...] [-o FILE]",
        "write the schemas of tools for those who are to call them",
    ),
    "pack": (
        "tools pack [NAME ...] -o FILE.zip",
        "write tools into one file, with what they reach, their tests, versions and evidence",
    ),
    "install": (
        "tools install FILE_OR_DIR [NAME ...] [--as NEW] [--yes]",
        "add tools of a packed file or of another library, through the gate",
    ),
}
OPERANDS: Final = {
    "list": 0,
    "search": 1,
    "show": 1,
    "log": 1,
    "diff": 3,
    "rollback": 2,
    "fix": 1,
    "adopt": 1,
    "remove": 1,
}
"""How many words follow a subcommand; after the others any number."""


def takes(subcommand: str, operands: int) -> bool:
    """Tell whether a subcommand takes so many operands."""
    return subcommand in SUBCOMMANDS and OPERANDS.get(subcommand, operands) == operands

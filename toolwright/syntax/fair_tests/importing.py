"""Names that tests take from tools -> findings: private ones, and those that are not there."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_ALWAYS: Final = "ToolCrashed"
"""The exception of a tool whose process died, which tools offers to every test."""


def _takes(file: TestFile) -> Iterator[Finding]:
    for node in ast.walk(file.tree):
        match node:
            case ast.ImportFrom(module="tools", names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(name), level=0) if name.startswith("tools."):
                names = [name]
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases if alias.name.startswith("tools.")]
            case ast.Attribute(attr=name, ctx=ast.Load()) if file.dotted(node.value) == "tools":
                names = [] if name.startswith("__") else [name]
            case _:
                continue
        for name in names:
            why = _why_not(file, name)
            if why:
                yield Finding("importing", node.lineno, why)


def _why_not(file: TestFile, name: str) -> str:
    if name == "*":
        return f"`from tools import *` does not say what is tested; write `from tools import {file.function}`"
    if "." in name:
        return f"there is no module `{name}`; write `from tools import {file.function}`"
    if name.startswith("_"):
        return f"`{name}` is private to tools; test {file.function} by its arguments and answers alone"
    if file.offered is None or name in {file.function, _ALWAYS} or name in file.offered:
        return ""
    return (
        f"tools holds no `{name}`; tests may import {file.function} and what the contract defines beside it"
    )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
IMPORTING: Final = Rule(
    "importing",
    _takes,
    good=(
        _USE.replace("import tool", "import tool, other, RateError, ToolCrashed"),
        f"import tools\n{_USE}    assert tools.other(2) == 3\n",
    ),
    bad=(
        _USE.replace("import tool", "import tool, _helper"),
        _USE.replace("import tool", "import tool, absent"),
        f"from tools import *\n{_USE}",
        f"import tools\n{_USE}    assert tools._LIMIT == 3\n",
        f"import tools\n{_USE}    assert tools.absent(1) == 3\n",
        f"import tools.tool\n{_USE}",
        f"from tools.tool import absent\n{_USE}",
    ),
)

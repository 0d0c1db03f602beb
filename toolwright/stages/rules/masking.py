"""The rule that a builtin keeps its name: `list = []` makes every later `list(...)` something else."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.names import BUILTIN_NAMES
from toolwright.syntax.permissions.rows import words
from toolwright.syntax.uses import Uses
from toolwright.types import Finding

_EVERYDAY: Final = words(
    "id type format input hash dir vars help license copyright credits exit quit bin oct hex ord chr pow "
    "slice property object compile eval exec filter iter next range round all any min max sum len"
)
"""Builtins that are also ordinary words for a value: masked only where the text still calls them."""


def _masked(subject: Subject) -> Iterator[Finding]:
    called = {
        node.func.id
        for node, _ in subject.uses.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    for node, scope in subject.uses.nodes:
        name, line = _bound(node, subject.uses)
        in_class = isinstance(subject.uses.parents.get(subject.uses.parents.get(node, node)), ast.ClassDef)
        if name not in BUILTIN_NAMES or name == subject.name or in_class:
            continue
        everyday = name in _EVERYDAY and scope is not subject.uses.module
        if name in called or not (everyday or isinstance(node, ast.arg)):
            message = f"`{name}` is a builtin, which this hides; choose another name"
            yield Finding("masked", line, message)


def _bound(node: ast.AST, uses: Uses) -> tuple[str, int]:
    """Return the name that a node itself binds, and its line."""
    match node:  # a name imported inside a function is meant, such as `ConnectionError` of a package
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return name, node.lineno
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
            return name, node.lineno
        case ast.alias(name=name, asname=given):
            origin = uses.parents.get(node)
            own = isinstance(origin, ast.ImportFrom) and not given and uses.function_of(node) is not None
            same = isinstance(origin, ast.ImportFrom) and origin.module == "builtins"
            return "" if own or same else given or name.partition(".")[0], node.lineno
    return "", 1


MASKED: Final = Rule(
    "masked",
    _masked,
    about="no builtin is hidden behind a variable, a helper or an import of its name; a parameter may be "
    "`max` where `max(...)` is not called",
    good=(
        (
            'def tool(url: str) -> str:\n    """Fetch.\n\n    Requires: requests\n    """\n'
            "    from requests.exceptions import ConnectionError\n\n    return str(ConnectionError)\n"
        ),
        (
            "from typing import TypedDict\n\n\nclass _Size(TypedDict):\n    bytes: int\n\n\n"
            "def tool(n: int) -> _Size:\n    return {'bytes': n}\n"
        ),
        "def tool(max: int, format: str, id: str) -> str:\n    return f'{max}{format}{id}'\n",
        (
            "def tool(rows: list[dict[str, str]]) -> str:\n    license = rows[0]['license']\n"
            "    return license\n"
        ),
        "def tool(text: str) -> list[str]:\n    words = list(text)\n    return words\n",
    ),
    bad=(
        "def tool(text: str) -> int:\n    list = text.split()\n    return len(list)\n",
        "def tool(words: list[str]) -> int:\n    for str in words:\n        return len(str)\n    return 0\n",
        "def tool(max: int, numbers: list[int]) -> int:\n    return min(max, max(numbers))\n",
        "from math import floor as round\n\n\ndef tool(n: float) -> int:\n    return round(n)\n",
        (
            "def tool(numbers: list[int]) -> int:\n    sum = 0\n    for n in numbers:\n"
            "        sum += n\n    return sum + abs(sum(numbers))\n"
        ),
        "from os import open\n\n\ndef tool(n: int) -> int:\n    return n\n",
        "def tool(n: int) -> list[int]:\n    return [print for print in range(n)]\n",
    ),
)

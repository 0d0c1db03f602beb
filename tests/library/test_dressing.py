"""Types and docstring are put on a function; its code stays byte for byte."""

import ast
import importlib
import io
import tokenize
from pathlib import Path

import pytest

from toolwright.library.dressing import RETURNS, dressed

MODULES = ("colorsys", "textwrap", "statistics", "difflib", "shlex", "calendar", "ipaddress", "heapq")
DOC = '"""Do é.\n\n    Args:\n        all: What it takes.\n    """'


def _stub(node: ast.FunctionDef) -> str:
    """Give a function other types, and a docstring."""
    typed = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(typed, ast.FunctionDef)
    for argument in (*typed.args.args, *typed.args.kwonlyargs):
        argument.annotation = ast.Name("int")
    typed.returns, typed.decorator_list, typed.body = ast.Name("str"), [], [ast.Pass()]
    return ast.unparse(typed).replace("    pass", f"    {DOC}\n    ...")


def _code(source: str, node: ast.FunctionDef) -> str:
    """Return all that stands below the docstring."""
    lines = source.split("\n")
    first = node.body[0].end_lineno if ast.get_docstring(node) is not None else None
    start = first if first is not None else node.body[0].lineno - 1
    return "\n".join(lines[start : node.end_lineno])


def _comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("module", MODULES)
def test_the_code_of_functions_by_many_hands_stays(module: str) -> None:
    """Of every function of a module: same code below another docstring, same parameters and defaults."""
    text = Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8")
    functions = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
        and len(node.body) > 1
        and not node.args.vararg
        and not node.args.kwarg
    ]
    assert functions
    for node in functions[:12]:
        source = ast.get_source_segment(text, node) or ""
        own = ast.parse(source).body[0]
        assert isinstance(own, ast.FunctionDef)
        untyped = {one.arg for one in (*own.args.args, *own.args.kwonlyargs)} | {RETURNS}
        out = dressed(f"{source}\n", node.name, _stub(own), untyped=untyped, undocumented=True)
        new = ast.parse(out).body[0]
        assert isinstance(new, ast.FunctionDef)
        assert _code(out, new).endswith(_code(source, own)), node.name
        assert _comments(out) == _comments(source), node.name
        assert ast.get_docstring(new) == "Do é.\n\nArgs:\n    all: What it takes."
        assert [ast.unparse(one) for one in new.args.defaults] == [
            ast.unparse(one) for one in own.args.defaults
        ]
        assert ast.unparse(new.returns or ast.Pass()) == "str"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (
            "def f(a, b=1): return a  # one\n",
            "def f(a: int, b: int = 1) -> str:\n    {doc}\n    return a  # one\n",
        ),
        (
            "# mine\ndef f(a,  # a\n      b = 1):\n\treturn a\n",
            "# mine\ndef f(a: int,  # a\n      b: int = 1) -> str:\n\t{doc}\n\treturn a\n",
        ),
        (
            "def f(a, b=1):\n  'old'  # said\n  return a\n",
            "def f(a: int, b: int = 1) -> str:\n  {doc}  # said\n  return a\n",
        ),
        (
            "def f(a: float, b: str=1):\n    return a\n",
            "def f(a: float, b: str=1) -> str:\n    {doc}\n    return a\n",
        ),
    ],
)
def test_every_layout_takes_types_and_docstring(source: str, wanted: str) -> None:
    """On one line, with comments between parameters, tabs, an old docstring, types that are there."""
    stub = f"def f(a: int, b: int = 1) -> str:\n    {DOC}\n    ...\n"
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    untyped = {one.arg for one in function.args.args if one.annotation is None} | {RETURNS}
    indent = {"\t": "\t", " ": "  "}.get(source.partition(":\n")[2][:1], "    ")
    indent = "    " if "float" in source else indent
    out = dressed(source, "f", stub, untyped=untyped, undocumented=True)
    assert out == wanted.format(doc=DOC.replace("\n    ", f"\n{indent}"))


def test_types_beside_the_stub_come_along_once() -> None:
    """Imports and TypedDict classes that the types need stand above; what is there does not come again."""
    source = "from typing import TypedDict\n\n\ndef f(a):\n    return {'n': a}\n"
    beside = "from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    n: int\n\n\n"
    out = dressed(
        source, "f", f"{beside}def f(a: int) -> _Row:\n    ...\n", untyped={"a", RETURNS}, undocumented=False
    )
    assert out == f"{beside.partition(chr(10) * 3)[2]}{source.replace('f(a)', 'f(a: int) -> _Row')}"

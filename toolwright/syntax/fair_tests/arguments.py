"""Values in the calls of a tool that are not JSON, as far as the text shows it -> findings."""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_PATH: Final = "a path object (write `str(...)` around it)"
_SHAPES: Final[Mapping[type[ast.expr], str]] = {
    ast.Tuple: "a tuple (write a list)",
    ast.Set: "a set (write a list)",
    ast.SetComp: "a set (write a list)",
    ast.GeneratorExp: "a generator (write a list)",
    ast.Lambda: "a function",
}
_MADE_BY: Final[Mapping[str, str]] = {
    **dict.fromkeys(("set", "frozenset"), "a set (write a list)"),
    **dict.fromkeys(("bytes", "bytearray", "memoryview"), "bytes (pass a text, or the path of a file)"),
    **dict.fromkeys(("range", "iter", "map", "filter", "zip", "reversed", "enumerate"), "no list"),
    **dict.fromkeys(("pathlib.Path", "pathlib.PurePath"), _PATH),
    **dict.fromkeys(
        ("datetime.datetime", "datetime.date", "datetime.timedelta"), "a date object (write a text)"
    ),
    **dict.fromkeys(("datetime.datetime.now", "datetime.date.today"), "a date object (write a text)"),
    **dict.fromkeys(("io.StringIO", "io.BytesIO", "open"), "an open file (pass its path)"),
    "tuple": "a tuple (write a list)",
    "decimal.Decimal": "a Decimal",
    "fractions.Fraction": "a Fraction",
    "object": "an object",
    "complex": "a complex number",
}
_NOT_FINITE: Final = frozenset({"math.inf", "math.nan"})


def _arguments(file: TestFile) -> Iterator[Finding]:
    for scope in ast.walk(file.tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            known = _variables(file, scope)
            for name, call in file.calls():
                if name.count(".") == 1 and name.startswith("tools.") and _is_in(call, scope):
                    yield from _of_call(file, name.removeprefix("tools."), call, known)


def _is_in(call: ast.Call, scope: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return scope.lineno <= call.lineno <= (scope.end_lineno or scope.lineno)


def _of_call(file: TestFile, name: str, call: ast.Call, known: Mapping[str, str]) -> Iterator[Finding]:
    places = [(f"argument {number}", value) for number, value in enumerate(call.args, 1)]
    places += [(f"argument `{one.arg}`", one.value) for one in call.keywords if one.arg]
    for place, value in places:
        what = _foreign(file, value, known)
        if what:
            yield Finding(
                "arguments", value.lineno, f"{place} of {name} is or holds {what}, which is not JSON"
            )


def _variables(file: TestFile, scope: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, str]:
    """Names that hold something foreign for sure: they are bound once, and to that."""
    known = {argument.arg: _PATH for argument in scope.args.args if argument.arg == "tmp_path"}
    stores = [n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if stores.count(name) == 1:
                what = _foreign(file, value, known)
                if what:
                    known[name] = what
    return known


def _foreign(file: TestFile, node: ast.expr, known: Mapping[str, str]) -> str:
    """Say what an expression is, or holds, that JSON has no form for; "" when nothing shows it."""
    match node:
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Name() | ast.Attribute():
            return "a number that is not finite" if file.dotted(node) in _NOT_FINITE else ""
        case ast.BinOp(left=left, op=ast.Div()):
            return _PATH if _foreign(file, left, known) == _PATH else ""
        case ast.List(elts=items):
            return next(filter(None, (_foreign(file, item, known) for item in items)), "")
        case ast.Dict():
            return _foreign_in_dict(file, node, known)
        case ast.Constant(value=bytes() | complex() as value):
            return _MADE_BY[type(value).__name__]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="encode")):
            return _MADE_BY["bytes"]
        case ast.Call(func=function):
            return _MADE_BY.get(file.dotted(function), "")
    return _SHAPES.get(type(node), "")


def _foreign_in_dict(file: TestFile, node: ast.Dict, known: Mapping[str, str]) -> str:
    for key in node.keys:
        if isinstance(key, ast.Constant) and not isinstance(key.value, str):
            return f"a dict with the key {key.value!r} (keys are texts)"
    return next(filter(None, (_foreign(file, value, known) for value in node.values)), "")


_HEAD: Final = (
    "from pathlib import Path\nfrom tools import tool\n\n\ndef test_a(tmp_path):\n    path = tmp_path / 'a'\n"
)
_BAD: Final = (
    "(1, 2)",
    "{1, 2}",
    "[1, (2, 3)]",
    "rows={'a': {1}}",
    "{1: 'a'}",
    "b'ab'",
    "'ab'.encode()",
    "set([1])",
    "range(3)",
    "(n for n in [1])",
    "lambda: 1",
    "path",
    "tmp_path",
    "tmp_path / 'x' / 'y'",
    "Path('a')",
    "1j",
    "text=open('a')",
)
_GOOD: Final = (
    "[1, 2]",
    "str(path)",
    "{'a': [None, 1.5, True]}",
    "text='(1, 2)'",
    "(1)",
    "4 / 2",
    "list(range(3))",
)
ARGUMENTS: Final = Rule(
    "arguments",
    _arguments,
    good=(
        *(f"{_HEAD}    assert tool({value}) == 1\n" for value in _GOOD),
        f"{_HEAD}    path = str(path)\n    assert tool(path) in (1, 2)\n",
    ),
    bad=tuple(f"{_HEAD}    assert tool({value}) == 1\n" for value in _BAD),
)

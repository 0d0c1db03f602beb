"""The rules about arguments: no default is shared between calls, and nothing that was given is changed."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.changing import changed_in_place, root_name
from toolwright.syntax.permissions.rows import words
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.types import Finding

_MADE_ANEW: Final = words(
    "list dict set bytearray collections.defaultdict collections.deque collections.Counter "
    "collections.OrderedDict"
)
_SAME_ITEMS: Final = words("enumerate reversed sorted iter zip filter list tuple")
_VIEWS: Final = {"values", "items"}


def _defaults(subject: Subject) -> Iterator[Finding]:
    for node, scope in subject.uses.nodes:
        if isinstance(node, ast.arguments):
            for default in (*node.defaults, *filter(None, node.kw_defaults)):
                if _is_mutable(default, scope):
                    text = ast.unparse(default)
                    message = f"the default `{text}` is one object for all calls; use None and make it inside"
                    yield Finding("mutable-default", default.lineno, message)


def _is_mutable(node: ast.expr, scope: Scope) -> bool:
    match node:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=func):
            return dotted(func, scope) in _MADE_ANEW
    return False


def _mutated(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if function is None:
        return
    owned = _Owned(function, subject)
    for node, scope in subject.uses.nodes:
        called = (dotted(node.func, scope) or "") if isinstance(node, ast.Call) else ""
        for value in [*changed_in_place(node, called), *_added_to(node, function)]:
            name = root_name(value)
            line = getattr(node, "lineno", 0)
            parameter = owned.parameter_of(name, line) if scope.home(name) is owned.scope else ""
            if parameter:
                message = (
                    f"`{ast.unparse(value)}` is changed, and so is the argument `{parameter}`; work on a copy"
                )
                yield Finding("mutated-argument", line, message)


def _added_to(node: ast.AST, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield `rows` of `rows += more` where it is a parameter that holds a list or a dict."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        for argument in [*function.args.args, *function.args.kwonlyargs]:
            text = ast.unparse(argument.annotation) if argument.annotation else ""
            if argument.arg == node.target.id and text.startswith(("list", "dict", "List", "Dict")):
                yield node.target


class _Owned:
    """Which names of a function stand for its arguments, or for parts of them, and from which line not."""

    def __init__(self, function: ast.FunctionDef, subject: Subject) -> None:
        self.scope = subject.uses.nodes[0][1]
        self._from: dict[str, str] = {a.arg: a.arg for a in (*function.args.args, *function.args.kwonlyargs)}
        self._until: dict[str, int] = {}
        self._bound: dict[str, int] = {}
        self._sources: dict[str, set[str]] = {}
        inside = [(n, s) for n, s in subject.uses.nodes if subject.uses.function_of(n) is function]
        for node, scope in inside:
            if isinstance(node, ast.stmt):
                self.scope = scope
                break
        for node, scope in inside:
            for target, value in _given(node):
                self._note(target, value, scope, subject)
        for name, count in self._bound.items():
            if count > 1 and len(self._sources.get(name, ())) != 1:
                self._from.pop(name, None)

    def parameter_of(self, name: str, line: int) -> str:
        """Return the parameter that a name stands for on a line, "" for none."""
        return "" if line > self._until.get(name, line) else self._from.get(name, "")

    def _note(self, target: ast.expr, value: ast.expr, scope: Scope, subject: Subject) -> None:
        names = [name for name in ast.walk(target) if isinstance(name, ast.Name)]
        source = self._part_of(value, scope)
        for name in names:
            if name.id in self._from and self._from[name.id] == name.id and not self._bound.get(name.id):
                if source != name.id and not _is_fallback(name, subject):
                    self._until.setdefault(name.id, name.lineno)
                continue
            self._bound[name.id] = self._bound.get(name.id, 0) + 1
            self._sources.setdefault(name.id, set()).add(source)
            if source and isinstance(name.ctx, ast.Store):
                self._from[name.id] = source

    def _part_of(self, value: ast.expr, scope: Scope) -> str:
        """Return the parameter that a value is, or is an item of."""
        match value:
            case ast.Name() | ast.Subscript() if not _is_slice(value):
                name = root_name(value)
                return self.parameter_of(name, value.lineno)
            case ast.BoolOp(op=ast.Or(), values=[first, *_]):
                return self._part_of(first, scope)
        return ""


def _given(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the targets of a node with what they are given, or with the items of what."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target, value
                elif isinstance(target, ast.Tuple | ast.List):
                    yield target, ast.Constant(None)
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
            yield target, value
        case ast.For(target=target, iter=items):
            yield target, _items_of(items)
        case ast.NamedExpr(target=target, value=value):
            yield target, value


def _items_of(items: ast.expr) -> ast.expr:
    """Return what the items that a loop goes over are of: of `rows` in `enumerate(rows)`, for one."""
    match items:
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _SAME_ITEMS:
            return _items_of(first)
        case ast.Call(func=ast.Attribute(value=value, attr=view), args=[]) if view in _VIEWS:
            return value
    return items


def _is_slice(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def _is_fallback(name: ast.Name, subject: Subject) -> bool:
    """Tell whether a parameter is given a value only when it has none: `if rows is None: rows = []`."""
    around: list[ast.AST] = [node for node in subject.uses.around(name) if isinstance(node, ast.If)]
    for node in around[:1]:
        match node:
            case (
                ast.If(test=ast.Compare(left=ast.Name(id=tested), ops=[ast.Is()]))
                | ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=tested)))
            ):
                return tested == name.id
    return False


def _rows(body: str) -> str:
    head = "def tool(rows: list[dict[str, int]], n: int = 1) -> list[dict[str, int]]:"
    return f"{head}\n    {body}\n    return rows\n"


MUTABLE_DEFAULT: Final = Rule(
    "mutable-default",
    _defaults,
    about="no default is a list, a dict or a set: it would be shared by all calls",
    good=(
        "def tool(words: list[str] | None = None) -> int:\n    return len(words or [])\n",
        (
            "def _sum(words: tuple[str, ...] = ()) -> int:\n    return len(words)\n\n\n"
            "def tool() -> int:\n    return _sum()\n"
        ),
    ),
    bad=(
        "def tool(words: list[str] = []) -> int:\n    return len(words)\n",
        "def tool(*, words: dict[str, int] = {}) -> int:\n    return len(words)\n",
        "def tool(words: list[str] = list()) -> int:\n    return len(words)\n",
        (
            "def _add(n, seen=[]):\n    return [*seen, n]\n\n\ndef tool(n: int) -> list[int]:\n"
            "    return _add(n)\n"
        ),
    ),
)

MUTATED_ARGUMENT: Final = Rule(
    "mutated-argument",
    _mutated,
    about="what is given is not changed in place, nor any part of it",
    good=(
        _rows("rows = list(rows)\n    rows.append({})"),
        _rows("rows = [dict(row) for row in rows]\n    for row in rows:\n        row['n'] = n"),
        _rows("for row in rows:\n        row = dict(row)\n        row['n'] = n"),
        _rows("seen = {}\n    for row in rows:\n        seen[row['a']] = row"),
        _rows("copy = rows[:]\n    copy.sort(key=len)"),
        _rows("n += 1"),
        "def tool(text: str) -> str:\n    text += '!'\n    return text\n",
        (
            "def tool(tree: dict[str, str]) -> list[str]:\n    found: list[str] = []\n"
            "    _walk(tree, found)\n"
            "    return found\n\n\ndef _walk(tree, found):\n    found.extend(tree)\n"
        ),
    ),
    bad=(
        _rows("rows.append({})"),
        _rows("rows.sort(key=len)"),
        _rows("rows[0] = {}"),
        _rows("rows[0]['n'] = n"),
        _rows("del rows[0]"),
        _rows("rows += [{}]"),
        _rows("for row in rows:\n        row['n'] = n"),
        _rows("for i, row in enumerate(rows):\n        row['n'] = i"),
        _rows("for row in rows:\n        row.pop('n', None)"),
        _rows("for row in rows:\n        row['n'] = n\n    for row in rows:\n        n += 1"),
        _rows("first = rows[0]\n    first.update(n=n)"),
        _rows("alias = rows\n    alias.reverse()"),
        _rows("if rows is None:\n        rows = []\n    rows.append({})"),
        _rows("rows = rows or []\n    rows.append({})"),
        _rows("import heapq\n\n    heapq.heapify(rows)"),
    ),
)

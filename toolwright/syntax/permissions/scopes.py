"""A scope of a module text -> what its names stand for: modules and their parts, by dotted name."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from toolwright.records import dataclass, field
from toolwright.syntax.names import BUILTIN_NAMES

_DEEPEST: Final = 8
_SAME: Final = {"posixpath": "os.path", "ntpath": "os.path", "posix": "os", "_io": "io", "builtins": ""}


@dataclass(slots=True)
class Scope:
    """The names of one function, or of a module when `parent` is None.

    `origins` holds what imports bind; `bound` every other name; `values` what each name is given, `kinds`
    what that is known to be.
    """

    parent: "Scope | None"
    origins: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    values: list[tuple[ast.expr, ast.expr | str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    def home(self, name: str) -> "Scope | None":
        """Return the scope that binds a name, None when none does."""
        scope: Scope | None = self
        while scope is not None and name not in scope.origins and name not in scope.bound:
            scope = scope.parent
        return scope

    def origin(self, name: str) -> str | None:
        """Return the dotted name that a name stands for; None for what the text itself defines."""
        home = self.home(name)
        if home is None:
            return name if name in BUILTIN_NAMES else None
        return home.origins.get(name)

    def is_module(self, name: str) -> bool:
        """Tell whether a name stands for a whole module."""
        home = self.home(name)
        return home is not None and name in home.modules


def make_scope(
    parent: Scope | None, body: Iterable[ast.AST], arguments: ast.arguments | None = None
) -> Scope:
    """Collect what a function, or a module, binds itself."""
    scope = Scope(parent)
    for node in _own_nodes(body):
        _note(node, scope)
    for argument in _all_arguments(arguments) if arguments else ():
        scope.bound.add(argument.arg)
        if argument.annotation is not None:
            scope.values.append((ast.Name(argument.arg, ast.Store()), _annotated(argument.annotation)))
    return scope


def dotted(node: ast.expr, scope: Scope) -> str | None:
    """Return the dotted name that an expression such as `os.path.join` stands for, if it stands for one."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < _DEEPEST:
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    origin = scope.origin(node.id)
    return None if origin is None else normal(".".join([origin, *reversed(parts)]))


def normal(name: str) -> str:
    """Return the usual one of several names for the same."""
    first, dot, rest = name.partition(".")
    if first not in _SAME or not dot:
        return _SAME.get(first, name) or name
    return f"{_SAME[first]}.{rest}".removeprefix(".")


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk without entering other functions and classes; comprehensions and lambdas count as inside."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _note(node: ast.AST, scope: Scope) -> None:
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                bound = alias.asname or alias.name.partition(".")[0]
                scope.origins[bound] = alias.name if alias.asname else bound
                scope.modules.add(bound)
        case ast.ImportFrom(module=str(module), names=aliases):
            for alias in aliases:
                scope.origins[alias.asname or alias.name] = normal(f"{module}.{alias.name}")
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            scope.bound.add(name)
        case ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)) | ast.arg(arg=name):
            scope.bound.add(name)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            scope.bound.add(name)
        case _:
            scope.values += _given(node)


def _given(node: ast.AST) -> Sequence[tuple[ast.expr, ast.expr | str]]:
    """List the targets of a node with what they are given; `for` targets get `("each of", value)`."""
    match node:
        case ast.Assign(targets=targets, value=value):
            return [(target, value) for target in targets]
        case ast.NamedExpr(target=target, value=value):
            return [(target, value)]
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            said = _annotated(annotation)
            return [(target, value if value is not None and not said else said)]
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            return [(target, value)]
        case (
            ast.For(target=target, iter=value)
            | ast.AsyncFor(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            return [(target, ast.Subscript(value, ast.Constant(0), ast.Load()))]
    return []


def _annotated(annotation: ast.expr) -> str:
    """Return the name of an annotated type, without what stands around it: `Path | None` is a `Path`."""
    for node in ast.walk(annotation):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in {"Path", "PosixPath", "StringIO", "BytesIO"}:
            return name
    return ""


def _all_arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from filter(None, (arguments.vararg, arguments.kwarg))

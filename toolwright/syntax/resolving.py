"""A syntax tree -> every place where a name stands, with the scope that binds it."""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from toolwright.records import dataclass, field

_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True, eq=False)
class Scope:
    """A module (no parent), a function, a comprehension or a class, with the names bound in it."""

    node: ast.AST
    parent: "Scope | None" = None
    bound: set[str] = field(default_factory=set)
    declared: dict[str, str] = field(default_factory=dict)
    """Names of `global` and `nonlocal` statements."""

    @property
    def is_class(self) -> bool:
        """Whether its names are invisible to the functions inside."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def module(self) -> "Scope":
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def home(self, name: str) -> "Scope":
        """Return the scope whose name this is, the module for what nothing binds."""
        scope, kind = self, self.declared.get(name)
        if kind == "global":
            return self.module
        if kind == "nonlocal" and self.parent is not None:
            scope = self.parent
        while scope.parent is not None:
            seen = scope is self or not scope.is_class
            if seen and name in scope.bound and name not in scope.declared:
                return scope
            if seen and scope.declared.get(name) == "global":
                return scope.module
            scope = scope.parent
        return scope


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in the attribute `field` of a node; `index` counts in a `global` or `nonlocal` statement."""

    node: ast.AST
    field: str
    name: str
    scope: Scope
    index: int = 0

    @property
    def home(self) -> Scope:
        """The scope whose name it is."""
        return self.scope.home(self.name)


def occurrences(tree: ast.Module) -> list[Occurrence]:
    """List all occurrences of names, in an order that depends on the shape of the tree alone.

    Attributes, names of keyword arguments and strings are none. Names that a class would mangle are given
    as they are mangled.
    """
    found: list[Occurrence] = []
    _Walk(Scope(tree), found).visit_all(tree.body)
    return found


class _Walk:
    """Walks one scope, and from it those inside."""

    def __init__(self, scope: Scope, found: list[Occurrence]) -> None:
        self.scope, self._found = scope, found

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Walk nodes of this scope."""
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _visit(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                kind = "global" if isinstance(node, ast.Global) else "nonlocal"
                for index, name in enumerate(names):
                    self.scope.declared[self._mangled(name)] = kind
                    self.note(node, "names", name, index)
            case ast.NamedExpr(target=target, value=value):
                self._assigned(target)
                self._visit(value)
            case _:
                self._names_of(node)
                self.visit_all(ast.iter_child_nodes(node))

    def _names_of(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ctx):
                self.note(node, "id", name, binds=not isinstance(ctx, ast.Load))
            case ast.alias(name=name, asname=alias):
                bound = alias or name.partition(".")[0]
                self.note(node, "asname" if alias else "name", bound, binds=bound != "*")
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                self.note(node, "name", name, binds=True)
            case ast.MatchMapping(rest=str(name)):
                self.note(node, "rest", name, binds=True)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        parameters = list(_parameters(arguments))
        around = self
        if not isinstance(node, ast.Lambda):
            self.note(node, "name", node.name, binds=True)
            self.visit_all(node.decorator_list)
            around = self._with_type_parameters(node)
        self.visit_all([*arguments.defaults, *arguments.kw_defaults])
        around.visit_all(parameter.annotation for parameter in parameters)
        inner = _Walk(Scope(node, around.scope), self._found)
        for parameter in parameters:
            inner.note(parameter, "arg", parameter.arg, binds=True)
        if isinstance(node, ast.Lambda):
            inner._visit(node.body)
        else:
            around.visit_all([node.returns])
            inner.visit_all(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        self.note(node, "name", node.name, binds=True)
        self.visit_all(node.decorator_list)
        around = self._with_type_parameters(node)
        around.visit_all([*node.bases, *node.keywords])
        _Walk(Scope(node, around.scope), self._found).visit_all(node.body)

    def _with_type_parameters(self, node: ast.AST) -> "_Walk":
        parameters: list[ast.AST] = getattr(node, "type_params", [])  # from Python 3.12 on
        if not parameters:
            return self
        walk = _Walk(Scope(ast.Pass(), self.scope), self._found)
        for parameter in parameters:
            walk.note(parameter, "name", str(getattr(parameter, "name", "")), binds=True)
        walk.visit_all(getattr(parameter, "bound", None) for parameter in parameters)
        return walk

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        first, *others = node.generators
        self._visit(first.iter)
        inner = _Walk(Scope(node, self.scope), self._found)
        inner.visit_all([first.target, *first.ifs])
        for other in others:
            inner.visit_all([other.target, other.iter, *other.ifs])
        inner.visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])

    def _assigned(self, target: ast.Name) -> None:
        """Note a name before `:=`, which a comprehension binds in the scope around it."""
        scope = self.scope
        while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
            scope = scope.parent
        _Walk(scope, self._found).note(target, "id", target.id, binds=True)

    def note(self, node: ast.AST, field: str, name: str, index: int = 0, *, binds: bool = False) -> None:
        """Take a name in."""
        name = self._mangled(name)
        if binds:
            self.scope.bound.add(name)
        self._found.append(Occurrence(node, field, name, self.scope, index))

    def _mangled(self, name: str) -> str:
        if not name.startswith("__") or name.endswith("__"):
            return name
        scope: Scope | None = self.scope
        while scope is not None and not isinstance(scope.node, ast.ClassDef):
            scope = scope.parent
        around = scope.node.name.lstrip("_") if scope and isinstance(scope.node, ast.ClassDef) else ""
        return f"_{around}{name}" if around else name


def _parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args)
    yield from filter(None, [arguments.vararg])
    yield from arguments.kwonlyargs
    yield from filter(None, [arguments.kwarg])

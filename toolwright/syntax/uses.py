"""A module's tree -> every node with its scope and parent, and what it mentions of modules and builtins."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from toolwright.records import dataclass
from toolwright.syntax.permissions.scopes import Scope, dotted, make_scope, normal

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_Place: TypeAlias = tuple[ast.AST, Scope, ast.AST | None]
_NAMED_BY_TEXT: Final = 2


@dataclass(frozen=True, slots=True)
class Use:
    """One mention of something imported or built in, by its dotted name; `call` when it is called there."""

    name: str
    node: ast.expr
    call: ast.Call | None = None

    @property
    def line(self) -> int:
        """The line of the mention, counted from 1."""
        return self.node.lineno

    def is_of(self, names: Iterable[str]) -> bool:
        """Tell whether it is one of the names, or a part of one (`os.path.join` is of `os`)."""
        return any(self.name == name or self.name.startswith(f"{name}.") for name in names)


@dataclass(frozen=True, slots=True)
class Uses:
    """A tree that was gone through once: nodes in the order of the text, what they mention and stand in."""

    nodes: tuple[tuple[ast.AST, Scope], ...]
    mentions: tuple[Use, ...]
    parents: Mapping[ast.AST, ast.AST]
    module: Scope

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """List what a node stands in, from the inside out."""
        outer = self.parents.get(node)
        while outer is not None:
            yield outer
            outer = self.parents.get(outer)

    def function_of(self, node: ast.AST) -> Function | None:
        """Return the innermost function that a node stands in, None at the top level."""
        return next((outer for outer in self.around(node) if isinstance(outer, Function)), None)


def find_uses(tree: ast.Module) -> Uses:
    """Go through a tree once."""
    module = make_scope(None, tree.body)
    nodes: list[tuple[ast.AST, Scope]] = []
    parents: dict[ast.AST, ast.AST] = {}
    mentions: list[Use] = []
    waiting: list[_Place] = [(node, module, None) for node in reversed(tree.body)]
    while waiting:
        node, scope, parent = waiting.pop()
        nodes.append((node, scope))
        if parent is not None:
            parents[node] = parent
        mentions += _mentions(node, scope, parent)
        waiting += [(inner, where, node) for inner, where in reversed([*_inside(node, scope)])]
    return Uses(tuple(nodes), tuple(mentions), parents, module)


def _mentions(node: ast.AST, scope: Scope, parent: ast.AST | None) -> Iterator[Use]:
    """Yield what a node names as a whole; of `os.path.join` nothing is said about `os.path`."""
    if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
        if isinstance(parent, ast.Attribute) and dotted(parent, scope) is not None:
            return
        name = dotted(node, scope)
        if name:
            called = parent if isinstance(parent, ast.Call) and parent.func is node else None
            yield Use(name, node, called)
    elif isinstance(node, ast.Call) and len(node.args) >= _NAMED_BY_TEXT:
        yield from _by_text(node, scope, parent)


def _by_text(call: ast.Call, scope: Scope, parent: ast.AST | None) -> Iterator[Use]:
    """Read `getattr(os, "system")` as what it is."""
    match call.args[1]:
        case ast.Constant(value=str(attribute)) if dotted(call.func, scope) == "getattr":
            owner = "" if _is_builtins(call.args[0], scope) else dotted(call.args[0], scope)
            if owner is not None:
                called = parent if isinstance(parent, ast.Call) and parent.func is call else None
                yield Use(normal(f"{owner}.{attribute}".lstrip(".")), call, called)


def _is_builtins(node: ast.expr, scope: Scope) -> bool:
    return isinstance(node, ast.Name) and (
        node.id == "__builtins__" or (scope.is_module(node.id) and dotted(node, scope) == "builtins")
    )


def _inside(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Yield what stands directly in a node, each with the scope that it is read in."""
    if isinstance(node, Function):
        inner = make_scope(scope, node.body, node.args)
        yield from ((outside, scope) for outside in (*node.decorator_list, node.args))
        if node.returns is not None:
            yield node.returns, scope
        for statement in node.body:
            yield statement, inner
    elif isinstance(node, ast.ClassDef):
        inner = make_scope(scope, node.body)
        yield from ((outside, scope) for outside in (*node.decorator_list, *node.bases, *node.keywords))
        for statement in node.body:
            yield statement, inner
    else:
        for child in ast.iter_child_nodes(node):
            yield child, scope

"""A module text and the name of a function in it -> what it needs, through its helpers and other tools."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from toolwright.records import dataclass, field
from toolwright.syntax.names import bindings
from toolwright.syntax.permissions.calls import Found, of_call, of_reference
from toolwright.syntax.permissions.rows import Kind
from toolwright.syntax.permissions.scopes import Scope, dotted, make_scope
from toolwright.syntax.permissions.values import learn

_LONGEST: Final = 60
_Place: TypeAlias = tuple[ast.AST, Scope]


@dataclass(frozen=True, slots=True)
class Need:
    """One permission, and the line that asks for it: `why` reads like "open(path, 'w') writes a file"."""

    permission: Kind
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a function needs for certain, by line, and what it might need besides."""

    certain: tuple[Need, ...] = ()
    perhaps: frozenset[str] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """The permissions that are certainly needed."""
        return frozenset(need.permission for need in self.certain)


def infer_needs(tree: ast.Module, function: str, tools: Mapping[str, Collection[str]] | None = None) -> Needs:
    """Go through a function and all of the text that it reaches.

    `tools` are other tools it may call, with the permissions that those need.
    """
    search = _Search(tree, tools or {})
    search.reach(function)
    search.run()
    certain = sorted(search.found.values(), key=lambda need: (need.line, need.permission))
    return Needs(tuple(certain), frozenset(search.perhaps))


@dataclass(slots=True)
class _Search:
    """A walk over everything that one function reaches."""

    tree: ast.Module
    tools: Mapping[str, Collection[str]]
    found: dict[tuple[int, str], Need] = field(default_factory=dict)
    perhaps: set[str] = field(default_factory=set)
    module: Scope = field(init=False)
    _defined: dict[str, list[ast.stmt]] = field(default_factory=dict)
    _waiting: list[_Place] = field(default_factory=list)
    _reached: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.module = make_scope(None, self.tree.body)
        learn(self.module)
        for statement in self.tree.body:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                for name in bindings(statement):
                    self._defined.setdefault(name, []).append(statement)

    def reach(self, name: str) -> None:
        """Add what the top level binds to a name."""
        if name not in self._reached:
            self._reached.add(name)
            self._waiting += [(statement, self.module) for statement in self._defined.get(name, ())]

    def run(self) -> None:
        """Go through all that waits, and what turns up meanwhile."""
        while self._waiting:
            node, scope = self._waiting.pop()
            self._waiting += self._look(node, scope)

    def _look(self, node: ast.AST, scope: Scope) -> Iterator[_Place]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._enter(node, scope)
            case ast.AnnAssign(target=target, value=value):
                yield from _places([target, *([value] if value else [])], scope)
            case ast.Call(func=func, args=arguments, keywords=keywords):
                self._note(of_call(node, scope), node)
                yield from _places([*arguments, *keywords], scope)
                if isinstance(func, ast.Name) or dotted(func, scope) is not None:
                    self._mention(func, scope)
                else:
                    yield func.value if isinstance(func, ast.Attribute) else func, scope
            case ast.Attribute() | ast.Name(ctx=ast.Load()):
                self._mention(node, scope)
                self._note(of_reference(node, scope), node)
                if isinstance(node, ast.Attribute) and dotted(node, scope) is None:
                    yield node.value, scope
            case ast.ExceptHandler(type=caught, body=body):
                del caught  # the name of an exception does nothing
                yield from _places(body, scope)
            case _:
                yield from _places(ast.iter_child_nodes(node), scope)

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Iterator[_Place]:
        """Go into a function; annotations are not run."""
        inner = make_scope(scope, node.body, node.args)
        learn(inner)
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        yield from _places([*node.decorator_list, *defaults], scope)
        yield from _places(node.body, inner)

    def _mention(self, node: ast.expr, scope: Scope) -> None:
        """Follow a name to what the top level, or the library, has under it."""
        while isinstance(node, ast.Attribute):
            node = node.value
        if not isinstance(node, ast.Name):
            return
        home = scope.home(node.id)
        if home is self.module:
            self.reach(node.id)
        elif home is None and node.id in self.tools:
            for permission in self.tools[node.id]:
                why = f"{node.id}, a tool of the library that is called, needs {permission}"
                self._add(_kind(permission), node.lineno, why)

    def _note(self, found: Found, node: ast.expr) -> None:
        self.perhaps.update(found.perhaps)
        for kind in found.needs:
            self._add(kind, node.lineno, f"{_shown(node)} {found.does}")

    def _add(self, kind: Kind | None, line: int, why: str) -> None:
        if kind is not None:
            self.found.setdefault((line, kind), Need(kind, line, why))


def _places(nodes: Iterable[ast.AST], scope: Scope) -> Iterator[_Place]:
    for node in nodes:
        yield node, scope


def _kind(word: str) -> Kind | None:
    match word:
        case "read" | "write" | "network" | "execute":
            return word
    return None


def _shown(node: ast.expr) -> str:
    """Write an expression in at most one line."""
    try:
        text = " ".join(ast.unparse(node).split())
    except RecursionError:
        return "this"
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}...`"

"""A syntax node -> what it changes in place: by a method, an item, an attribute, or by handing it on."""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from toolwright.syntax.permissions.rows import words

CHANGING_METHODS: Final = words(
    "append extend insert remove pop clear sort reverse update setdefault popitem add discard appendleft "
    "extendleft popleft rotate difference_update intersection_update symmetric_difference_update subtract "
    "move_to_end"
)
_CHANGING_CALLS: Final = {
    "heapq.heappush": 0,
    "heapq.heappop": 0,
    "heapq.heapify": 0,
    "heapq.heapreplace": 0,
    "bisect.insort": 0,
    "bisect.insort_left": 0,
    "bisect.insort_right": 0,
    "random.shuffle": 0,
}
"""Functions that change an argument, and which one."""


def changed_in_place(node: ast.AST, called: str = "") -> Iterator[ast.expr]:
    """Yield the expressions whose value a node changes in place; `called` is the dotted name it calls.

    `x += y` is not among them: whether it changes a value or binds a name depends on what `x` is.
    """
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in CHANGING_METHODS:
            yield value
        case ast.Call(func=ast.Attribute(attr="shuffle"), args=[value]):
            yield value
        case ast.Call(args=arguments) if called in _CHANGING_CALLS and arguments:
            yield arguments[_CHANGING_CALLS[called]]
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            for target in targets:
                yield from _owners(target)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield from _owners(target)
        case ast.For(target=target) | ast.withitem(optional_vars=ast.expr() as target):
            yield from _owners(target)


def is_changed(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Tell whether a value is changed where it stands: an item is set, a method such as `pop` is called."""
    parent = parents.get(node)
    match parent:
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            return value is node
        case ast.Attribute(attr=method):
            return method in CHANGING_METHODS
    return False


def root_name(node: ast.expr) -> str:
    """Return the name at the beginning of `name.part[0].other`, "" when there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _owners(target: ast.expr) -> Iterator[ast.expr]:
    match target:
        case ast.Subscript(value=value) | ast.Attribute(value=value):
            yield value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _owners(part)
        case ast.Starred(value=value):
            yield from _owners(value)

"""A top-level statement -> whether leaving it out changes nothing but what it binds.

Imports, functions, classes and constants are; what registers, changes or computes something on import is not.
"""

import ast
from collections.abc import Iterable
from typing import Final

from toolwright.syntax.parsing import parse_text, walk_expression

HARMLESS: Final = frozenset(
    {
        *("frozenset", "set", "dict", "list", "tuple", "str", "int", "float", "range", "TypeVar", "NewType"),
        *("TypedDict", "namedtuple", "NamedTuple", "Decimal", "Fraction", "re.compile", "typing.TypeVar"),
        *("collections.namedtuple", "decimal.Decimal", "fractions.Fraction", "datetime.timedelta"),
        *("timedelta", "cache", "lru_cache", "wraps", "functools.cache", "functools.lru_cache"),
        *("functools.wraps", "dataclass", "dataclasses.dataclass", "contextmanager", "total_ordering"),
        *("contextlib.contextmanager", "functools.total_ordering", "staticmethod", "classmethod", "property"),
        *("typing.NamedTuple", "typing.TypedDict", "field", "dataclasses.field"),
    }
)
"""What may be called on import, or decorate, without changing anything."""


def is_inert(text: str) -> bool:
    """Tell whether every statement of a text is inert.

    Raises:
        SyntaxError: the text is not Python.
    """
    return is_inert_tree(parse_text(text))


def is_inert_tree(tree: ast.Module) -> bool:
    """Tell whether every statement of a tree is inert."""
    return all(map(_inert, tree.body))


def _inert(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.ImportFrom():
            return all(alias.name != "*" for alias in node.names)
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += filter(None, [arguments.vararg, arguments.kwarg])
            annotations = [argument.annotation for argument in every]
            return _harmless(node.decorator_list) and _all_quiet([*defaults, *annotations, node.returns])
        case ast.ClassDef():
            above = [*node.bases, *(keyword.value for keyword in node.keywords)]
            return _harmless(node.decorator_list) and _all_quiet(above) and all(map(_inert, node.body))
        case ast.Assign(targets=targets, value=value):
            return all(map(_is_name, targets)) and _all_quiet([value])
        case ast.AnnAssign(target=ast.Name()):
            return _all_quiet([node.annotation, node.value])
    return _is_for_types(node)


def _is_name(target: ast.expr) -> bool:
    """Tell whether to assign to it binds names and changes nothing."""
    return isinstance(target, ast.Name) or (isinstance(target, ast.Tuple) and all(map(_is_name, target.elts)))


def _is_for_types(node: ast.stmt) -> bool:
    """Tell whether it is `if TYPE_CHECKING:` around imports, which never run."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), orelse=[]):
            return all(isinstance(inner, ast.Import | ast.ImportFrom | ast.Pass) for inner in node.body)
    return False


def _harmless(decorators: Iterable[ast.expr]) -> bool:
    calls = [node.func if isinstance(node, ast.Call) else node for node in decorators]
    return all(_dotted(node) in HARMLESS for node in calls)


def _all_quiet(nodes: Iterable[ast.expr | None]) -> bool:
    """Tell whether evaluating expressions does nothing but give values."""
    for inner in (inner for node in nodes if node is not None for inner in walk_expression(node)):
        if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(inner, ast.Call) and _dotted(inner.func) not in HARMLESS:
            return False
    return True


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module}.{name}"
    return ""

"""Source of a function with its helpers -> a form that is equal for functions that differ in names only."""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from toolwright.syntax.parsing import parse_text
from toolwright.syntax.resolving import Occurrence, Scope, occurrences

_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def alpha_form(source: str, name: str) -> str:
    """Return what the function `name` does, whatever the names of its parameters, variables and helpers.

    Docstrings, annotations, comments and layout do not count either, nor whether a module is imported at
    the top or inside, as a whole or by its parts. Defaults, strings, attributes and all else do.

    Raises:
        KeyError: the text does not define such a function.
        SyntaxError: the text is not Python.
    """
    tree = parse_text(source)
    for node in ast.walk(tree):
        strip(node)
    definitions = _definitions(tree)
    if not isinstance(definitions[name], ast.FunctionDef | ast.AsyncFunctionDef):
        raise KeyError(name)
    found = occurrences(tree)
    origins = _origins(tree, found)
    by_definition = _by_definition(definitions, found)
    order = _reached(name, by_definition, definitions)
    _rename(order, by_definition, origins, definitions)
    return "\n".join(ast.dump(_Dotted().visit(definitions[one])) for one in order)


def strip(node: ast.AST) -> None:
    """Take docstrings and annotations out of a node; those of a class may be its fields, and stay."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node.returns = None
        node.type_comment = None
        node.body = [_plain(one) for one in node.body if not _is_text(one)] or [ast.Pass()]
    elif isinstance(node, ast.ClassDef):
        node.body = [one for one in node.body if not _is_text(one)] or [ast.Pass()]
    elif isinstance(node, ast.Module):
        node.body = [_plain(one) for one in node.body if not _is_text(one)]
    elif isinstance(node, ast.arg):
        node.annotation = None
    else:
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                setattr(node, field, [_plain(one) for one in body])


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _plain(node: ast.stmt) -> ast.stmt:
    if not isinstance(node, ast.AnnAssign):
        return node
    return ast.Pass() if node.value is None else ast.Assign([node.target], node.value, lineno=node.lineno)


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            targets = (inner for target in node.targets for inner in ast.walk(target))
            found |= {one.id: node for one in targets if isinstance(one, ast.Name)}
    return found


def _origins(tree: ast.Module, found: Iterable[Occurrence]) -> dict[tuple[int, str], str]:
    """Map (scope, name) to what an import binds there, and take those imports out of functions."""
    stored = Counter((id(one.home), one.name) for one in found if not _is_read(one))
    scopes = {id(one.scope.node): one.scope for one in found}
    origins: dict[tuple[int, str], str] = {}
    functions = (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
    around: list[ast.Module | ast.FunctionDef] = [tree, *functions]
    for node in around:
        scope = scopes.get(id(node))
        if scope is None:
            continue
        for statement in list(node.body):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                _take_out(node, statement, scope, stored, origins)
    return origins


def _take_out(
    around: ast.Module | ast.FunctionDef,
    statement: ast.Import | ast.ImportFrom,
    scope: Scope,
    stored: Mapping[tuple[int, str], int],
    origins: dict[tuple[int, str], str],
) -> None:
    kept = []
    for alias in statement.names:
        bound = alias.asname or alias.name.partition(".")[0]
        key = id(scope), bound
        if stored[key] != 1 and scope.parent is not None:
            kept.append(alias)
        elif isinstance(statement, ast.ImportFrom):
            origins[key] = f"{'.' * statement.level}{statement.module or ''}.{alias.name}"
        else:
            origins[key] = alias.name if alias.asname else bound
    statement.names = kept
    if not kept:
        around.body.remove(statement)
        around.body = around.body or [ast.Pass()]


def _is_read(one: Occurrence) -> bool:
    return isinstance(one.node, ast.Name) and isinstance(one.node.ctx, ast.Load)


def _by_definition(
    definitions: Mapping[str, ast.stmt], found: Iterable[Occurrence]
) -> dict[str, list[Occurrence]]:
    """Sort occurrences by the definition in whose text they stand."""
    inside = {
        id(inner): number
        for number, node in enumerate(definitions.values())
        for inner in ast.walk(node)
        if not isinstance(inner, ast.expr_context)
    }
    sorted_: dict[int, list[Occurrence]] = {}
    for one in found:
        if id(one.node) in inside:
            sorted_.setdefault(inside[id(one.node)], []).append(one)
    places: dict[int, int] = {}
    for number, node in enumerate(definitions.values()):
        places[id(node)] = number  # a statement that binds several names counts by its last
    return {name: sorted_.get(places[id(node)], []) for name, node in definitions.items()}


def _reached(
    name: str, by_definition: Mapping[str, list[Occurrence]], definitions: Mapping[str, ast.stmt]
) -> list[str]:
    """List the definitions in the order in which they are first met from `name` on, each node once."""
    order, seen = [name], {id(definitions[name])}
    for reached in order:
        for one in by_definition[reached]:
            node = definitions.get(one.name) if one.home.parent is None else None
            if node is not None and id(node) not in seen:
                seen.add(id(node))
                order.append(one.name)
    return order


def _rename(
    order: list[str],
    by_definition: Mapping[str, list[Occurrence]],
    origins: Mapping[tuple[int, str], str],
    definitions: Mapping[str, ast.stmt],
) -> None:
    scopes: dict[int, int] = {}
    numbers: dict[tuple[int, str], str] = {}
    parameters: dict[tuple[int, str], str] = {}
    named: dict[str, ast.stmt] = {}
    for one in [one for name in order for one in by_definition[name]]:
        home = one.home
        key = id(home), one.name
        if key in origins:
            _put(one, f"@{origins[key]}")
        elif home.parent is None and one.name in definitions:
            new = numbers.setdefault(key, f"global {len(numbers)}")
            named[new] = definitions[one.name]
            _put(one, new)
        elif home.parent is not None and not home.is_class:
            scope = scopes.setdefault(id(home), len(scopes))
            new = numbers.setdefault(key, f"local {scope}.{len(numbers)}")
            if one.field == "arg":
                parameters[id(home.node), one.name] = new
            _put(one, new)
    for name in order:
        _rename_keywords(definitions[name], named, parameters)


def _rename_keywords(
    node: ast.stmt, named: Mapping[str, ast.stmt], parameters: Mapping[tuple[int, str], str]
) -> None:
    """Rename `parameter=` where a function of the text itself is called."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in named:
            for keyword in call.keywords:
                key = id(named[call.func.id]), keyword.arg or ""
                keyword.arg = parameters.get(key, keyword.arg)


def _put(one: Occurrence, name: str) -> None:
    if isinstance(one.node, ast.Global | ast.Nonlocal):
        one.node.names[one.index] = name
    else:
        setattr(one.node, one.field, name)


class _Dotted(ast.NodeTransformer):
    """Writes `module.name` as one name, as if it were imported from the module."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id.startswith("@"):
            return ast.Name(f"{node.value.id}.{node.attr}", node.ctx)
        return node

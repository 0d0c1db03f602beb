"""One node of a syntax tree in, the texts that may stand in its place out: each one small fault."""

import ast
import copy
from collections.abc import Iterator

from toolwright.records import dataclass
from toolwright.syntax.mutation.tables import CALLS, COMPARISONS, LEAVES_OUT, NEUTRAL, OPERATORS, SIGNS

_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Change:
    """`text` takes the place of `node`; `what` says it in words."""

    node: ast.expr | ast.stmt
    text: str
    what: str


def changes_of(node: ast.AST, returns: str) -> Iterator[Change]:
    """List the faults that can be made at a node itself; `returns` is the function's type, as written."""
    match node:
        case ast.Compare() | ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            yield from _operators(node)
        case ast.UnaryOp(op=ast.Not()):
            yield Change(node, f"({ast.unparse(node.operand)})", f"`{_short(node)}` lost its `not`")
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.comprehension(ifs=[test]):
            yield _negated(test)
        case ast.Constant():
            yield from _constant(node)
        case ast.Call():
            yield from _call(node)
        case ast.Return():
            yield from _return(node, returns)
        case ast.stmt() if _may_go(node):
            yield Change(node, "pass", f"`{_short(node)}` was left out")


def _operators(node: ast.Compare | ast.BinOp | ast.AugAssign | ast.BoolOp) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BoolOp):
        yield from _connective(node)
    else:
        yield from _operator(node)


def _comparisons(node: ast.Compare) -> Iterator[Change]:
    for place, operator in enumerate(node.ops):
        other = COMPARISONS[type(operator)]
        changed = copy.deepcopy(node)
        changed.ops[place] = other()
        yield Change(node, f"({ast.unparse(changed)})", _became(SIGNS[type(operator)], SIGNS[other]))


def _operator(node: ast.BinOp | ast.AugAssign) -> Iterator[Change]:
    other = OPERATORS.get(type(node.op))
    if other is None:
        return
    changed = copy.deepcopy(node)
    changed.op = other()
    text = ast.unparse(changed)
    equals = "=" if isinstance(node, ast.AugAssign) else ""
    what = _became(SIGNS[type(node.op)] + equals, SIGNS[other] + equals)
    yield Change(node, text if equals else f"({text})", what)
    if isinstance(node, ast.AugAssign):
        yield Change(node, "pass", f"`{_short(node)}` was left out")


def _connective(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    changed = copy.deepcopy(node)
    changed.op = other()
    yield Change(node, f"({ast.unparse(changed)})", _became(SIGNS[type(node.op)], SIGNS[other]))


def _negated(test: ast.expr) -> Change:
    return Change(test, f"(not ({ast.unparse(test)}))", f"the condition `{_short(test)}` was turned round")


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    other: object
    match value:
        case bool():
            other = not value
        case int() | float():
            other = value + 1
        case str() | bytes():
            other = type(value)() if value else "x" if isinstance(value, str) else b"x"
        case _:
            return
    if ast.unparse(ast.Constant(other)) != ast.unparse(node):  # 1e300 + 1
        yield Change(node, f"({other!r})", _became(_short(node), repr(other)))


def _call(node: ast.Call) -> Iterator[Change]:
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    other = CALLS.get(name)
    if isinstance(function, ast.Name) and name in LEAVES_OUT and node.args:
        yield Change(node, f"({ast.unparse(node.args[0])})", f"`{name}` was left out")
    if other is None:
        return
    changed = copy.deepcopy(node)
    if isinstance(changed.func, ast.Attribute):
        changed.func.attr = other
    else:
        changed.func = ast.Name(other)
    if other == "list":
        changed.keywords = []
    yield Change(node, ast.unparse(changed), _became(name, other))


def _return(node: ast.Return, returns: str) -> Iterator[Change]:
    if node.value is None:
        return
    kinds = [
        kind.partition("[")[0].strip() for kind in returns.split("|")
    ]  # `int | None` returns nothing or 0
    texts = [NEUTRAL[kind] for kind in kinds if kind in NEUTRAL]
    if "None" in kinds or not texts:
        texts.append("None")
    said = ast.unparse(node.value)
    others = [text for text in texts if said != ast.unparse(ast.parse(text))]
    if not others and said != "None":
        others = ["None"]
    for text in others:
        yield Change(node, f"return {text}", _became(_short(node), f"return {text}"))


def _may_go(node: ast.stmt) -> bool:
    """Whether a function without this statement still means something."""
    match node:
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Break() | ast.Continue() | ast.Delete():
            return True
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):  # `text = text.strip()`; others would only be missing
            return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node.value))
    return False


def _became(old: str, new: str) -> str:
    return f"`{_cut(old)}` became `{_cut(new)}`"


def _short(node: ast.AST) -> str:
    return _cut(" ".join(ast.unparse(node).split()))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."

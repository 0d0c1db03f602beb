"""An expression in its scope -> what it is: a path, a temporary file, a buffer, or "" (unknown)."""

import ast
from typing import Final

from toolwright.syntax.permissions.rows import words
from toolwright.syntax.permissions.scopes import Scope, dotted

PATH: Final = "path"
SCRATCH: Final = "scratch"
BUFFER: Final = "buffer"
CONFIG: Final = "config"
TREE: Final = "tree"

_DEEPEST: Final = 20
_ROUNDS: Final = 4
_MADE_BY: Final = {
    "pathlib.Path": PATH,
    "pathlib.PosixPath": PATH,
    "pathlib.Path.cwd": PATH,
    "pathlib.Path.home": PATH,
    "io.StringIO": BUFFER,
    "io.BytesIO": BUFFER,
    "configparser.ConfigParser": CONFIG,
    "configparser.RawConfigParser": CONFIG,
    "configparser.SafeConfigParser": CONFIG,
    "xml.etree.ElementTree.ElementTree": TREE,
    "xml.etree.ElementTree.parse": TREE,
    "tempfile.TemporaryDirectory": SCRATCH,
    "tempfile.NamedTemporaryFile": SCRATCH,
    "tempfile.TemporaryFile": SCRATCH,
    "tempfile.SpooledTemporaryFile": SCRATCH,
    "tempfile.mkdtemp": SCRATCH,
    "tempfile.mkstemp": SCRATCH,
    "tempfile.mktemp": SCRATCH,
    "tempfile.gettempdir": SCRATCH,
}
_ANNOTATED: Final = {"Path": PATH, "PosixPath": PATH, "StringIO": BUFFER, "BytesIO": BUFFER}
_HANDS_ON: Final = words(
    "pathlib.Path pathlib.PurePath pathlib.PurePosixPath pathlib.PosixPath str sorted list reversed "
    "tuple iter set next max min os.fspath os.fsdecode os.path.join os.path.abspath os.path.normpath "
    "os.path.realpath os.path.dirname os.path.splitext os.path.expanduser os.path.split"
)
"""Functions that make of a temporary file's name another one."""
_KEEPS_PATHS: Final = words("sorted list reversed tuple iter set next max min")
_SAME_METHODS: Final = words(
    "joinpath resolve absolute expanduser with_name with_suffix with_stem relative_to iterdir glob "
    "rglob readlink rename replace walk __enter__"
)
_SAME_PARTS: Final = frozenset(("parent", "parents"))


def learn(scope: Scope) -> None:
    """Find out, as far as can be seen, what the names of a scope are.

    A name is a path when anything makes it one, but a temporary file or a buffer only when nothing makes it
    anything else.
    """
    for _ in range(_ROUNDS):
        before = dict(scope.kinds)
        found: dict[str, set[str]] = {}
        for target, value in scope.values:
            kind = _ANNOTATED.get(value, "") if isinstance(value, str) else kind_of(value, scope)
            for name in _names(target):
                found.setdefault(name, set()).add(kind)
        scope.kinds = {name: _joined(kinds) for name, kinds in found.items()}
        if scope.kinds == before:
            return


def kind_of(node: ast.expr, scope: Scope, depth: int = 0) -> str:
    """Return what an expression is known to be, "" when nothing is known."""
    if depth > _DEEPEST:
        return ""
    depth += 1
    match node:
        case ast.Name(id=name):
            home = scope.home(name)
            return home.kinds.get(name, "") if home else ""
        case ast.Call():
            return _answer(node, scope, depth)
        case ast.Attribute(value=value, attr=attr):
            kind = kind_of(value, scope, depth)
            return kind if kind == SCRATCH or (kind == PATH and attr in _SAME_PARTS) else ""
        case ast.BinOp(left=left, right=right, op=ast.Div() | ast.Add()):
            kinds = kind_of(left, scope, depth), kind_of(right, scope, depth)
            return SCRATCH if kinds[0] == SCRATCH else PATH if PATH in kinds else ""
        case ast.JoinedStr(values=[ast.FormattedValue(value=first), *_]):
            return SCRATCH if kind_of(first, scope, depth) == SCRATCH else ""
    return _joined({kind_of(part, scope, depth) for part in _either(node)})


def _either(node: ast.expr) -> list[ast.expr]:
    """Return the parts of an expression of which one is, or stands for, the whole."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=values):
            return values
        case ast.Subscript(value=value) | ast.Starred(value=value) | ast.Await(value=value):
            return [value]
        case ast.NamedExpr(value=value):
            return [value]
        case ast.List(elts=[value, *_]) | ast.Tuple(elts=[value, *_]):
            return [value]
        case ast.ListComp(elt=value) | ast.GeneratorExp(elt=value) | ast.SetComp(elt=value):
            return [value]
    return []


def _answer(call: ast.Call, scope: Scope, depth: int) -> str:
    name = dotted(call.func, scope)
    first = call.args[0] if call.args else None
    if name in _HANDS_ON and first is not None:
        kind = kind_of(first, scope, depth)
        if kind == SCRATCH or (kind == PATH and name in _KEEPS_PATHS):
            return kind
    if name is not None:
        return _MADE_BY.get(name, "")
    if isinstance(call.func, ast.Attribute) and call.func.attr in _SAME_METHODS:
        kind = kind_of(call.func.value, scope, depth)
        return kind if kind in {PATH, SCRATCH} else ""
    return ""


def _joined(kinds: set[str]) -> str:
    if PATH in kinds:
        return PATH
    return next(iter(kinds)) if len(kinds) == 1 else ""


def _names(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [name for part in parts for name in _names(part)]
        case ast.Starred(value=value):
            return _names(value)
    return []

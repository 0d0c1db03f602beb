"""A call, or a function that is handed on, in its scope -> what it needs and what it might need."""

import ast
from collections.abc import Sequence
from typing import Final

from toolwright.records import dataclass
from toolwright.syntax.names import is_standard_module
from toolwright.syntax.permissions import files, outside, quiet
from toolwright.syntax.permissions.modes import flags_of, mode_of
from toolwright.syntax.permissions.rows import Kind, Row
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.syntax.permissions.values import BUFFER, CONFIG, PATH, SCRATCH, TREE, kind_of

_ALL: Final[tuple[Kind, ...]] = ("read", "write", "network", "execute")
_FUNCTIONS: Final = {**files.FUNCTIONS, **outside.FUNCTIONS}
_METHODS: Final = {**files.DISTINCTIVE, **outside.METHODS}
_PATH: Final = "pathlib.Path."
_ERRORS: Final = ("Error", "Exception", "Timeout", "Warning")
_BROWSED: Final = frozenset(("__globals__", "__subclasses__", "__builtins__", "__dict__", "__code__"))


@dataclass(frozen=True, slots=True)
class Found:
    """`needs` is certain, `perhaps` is not; `does` says of the first what is done."""

    needs: tuple[Kind, ...] = ()
    perhaps: tuple[Kind, ...] = ()
    does: str = ""


NOTHING: Final = Found()
ANYTHING: Final = Found(perhaps=_ALL)


def of_call(call: ast.Call, scope: Scope) -> Found:
    """Judge a call by what is called and with which arguments."""
    name = dotted(call.func, scope)
    if name is not None:
        special = _special(name, call)
        if special is not None:
            return special
        row = _row(name)
        return _by_row(row, call, scope) if row else _unlisted(name)
    return _method(call.func, call, scope) if isinstance(call.func, ast.Attribute) else NOTHING


def of_reference(node: ast.expr, scope: Scope) -> Found:
    """Judge a function that is named without being called: whoever gets it will call it."""
    name = dotted(node, scope)
    if name is None:
        browses = isinstance(node, ast.Attribute) and node.attr in _BROWSED
        return ANYTHING if browses else NOTHING
    if (isinstance(node, ast.Name) and scope.is_module(node.id)) or name in quiet.MODULES:
        return ANYTHING
    if name == "os.open":
        return Found(perhaps=("read", "write"))
    row = _row(name)
    if row is None:
        return _unlisted(name)
    if row.modal >= 0:
        return Found(("read",), ("write",), "opens files")
    return Found(row.kinds, does=row.does)


def _row(name: str) -> Row | None:
    if name.startswith(_PATH) and name not in _FUNCTIONS:
        return files.PATH_METHODS.get(name.removeprefix(_PATH))
    return _FUNCTIONS.get(name)


def _unlisted(name: str) -> Found:
    """Judge what no table lists by the module it is from."""
    root = name.partition(".")[0]
    if name in quiet.OPAQUE:
        return ANYTHING
    if name == root:  # a builtin
        return NOTHING
    prefixes = {name[:end] for end in range(len(name) + 1) if end == len(name) or name[end] == "."}
    if root in outside.NETWORK_PACKAGES:
        silent = prefixes & outside.QUIET or name.endswith(_ERRORS)
        return NOTHING if silent else Found(("network",), does="uses the network")
    known = prefixes & quiet.MODULES and not prefixes & quiet.UNKNOWN_PARTS
    known = known and (root in {"numpy", "pandas"} or is_standard_module(root))
    return NOTHING if known else ANYTHING


def _method(func: ast.Attribute, call: ast.Call, scope: Scope) -> Found:
    name, kind = func.attr, kind_of(func.value, scope)
    row = files.PATH_METHODS.get(name)
    if name in _BROWSED:
        return ANYTHING
    if kind == PATH:
        return _by_row(row, call, scope, own=True) if row else NOTHING
    if kind == SCRATCH:
        return Found(perhaps=("read", "write")) if row else NOTHING
    if kind == BUFFER:
        return NOTHING
    if kind == CONFIG and name == "read":
        return Found(("read",), does="reads a file")
    if kind == TREE and name in {"write", "parse"}:
        return _by_row(files.TREE_METHODS[name], call, scope)
    if name in files.WITH_A_TARGET:
        return _with_a_target(call, scope)
    listed = _METHODS.get(name)
    if listed:
        return _by_row(listed, call, scope, own=row is not None)
    row = files.AMBIGUOUS.get(name)
    return Found(perhaps=row.kinds) if row else NOTHING


def _with_a_target(call: ast.Call, scope: Scope) -> Found:
    targets = [*call.args[:1], *(word.value for word in call.keywords if word.arg in files.TARGETS)]
    if not targets or _holds_no_file(targets[0], scope):
        return Found(perhaps=("write",))
    is_file = isinstance(targets[0], ast.Constant) and targets[0].value is None
    return NOTHING if is_file else Found(("write",), does="writes a file")


def _by_row(row: Row, call: ast.Call, scope: Scope, *, own: bool = False) -> Found:
    """Take a row at its word, but for arguments that are buffers or temporary files.

    With `own`, what is read or written stands before the dot, not among the arguments.
    """
    needs, does = row.kinds, row.does
    more: tuple[Kind, ...] = ()
    if row.modal >= 0:
        mode = mode_of(call, row)
        needs, more, does = mode.needs, mode.perhaps, row.does.replace("opens", mode.does)
    places = {"read": row.read_at, "write": row.write_at}
    spared = [k for k in needs if not own and k in places and _all_spared(places[k], call, scope)]
    certain = tuple(kind for kind in needs if kind not in spared)
    return Found(certain, (*more, *spared), does)


def _all_spared(places: Sequence[int], call: ast.Call, scope: Scope) -> bool:
    """Tell whether every argument at these places is no file that the user has."""
    named = [word.value for word in call.keywords if word.arg in files.PATH_KEYWORDS]
    given = [call.args[place] for place in places if place < len(call.args)] or named
    return bool(given) and all(_holds_no_file(argument, scope) for argument in given)


def _holds_no_file(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return True  # the descriptor of something that is open
    return kind_of(node, scope) in {SCRATCH, BUFFER}


def _special(name: str, call: ast.Call) -> Found | None:
    """Judge the few functions whose arguments say what they do; None for all others."""
    first = _written_out(call.args[0]) if call.args else ""
    if name == "os.open":
        mode = flags_of(call)
        return Found(mode.needs, does=f"{mode.does} a file")
    if name in {"sqlite3.connect", "sqlite3.dbapi2.connect"}:
        if first == ":memory:":
            return NOTHING
        return Found(("read",), ("write",), "reads a database") if "mode=ro" in first else None
    if name == "urllib.request.urlretrieve":
        return Found(("network", "write"), does="fetches a file")
    if name == "logging.basicConfig":
        to_file = any(word.arg == "filename" for word in call.keywords)
        return Found(("write",), does="writes a log file") if to_file else NOTHING
    if name.startswith("fileinput.") and any(word.arg == "inplace" for word in call.keywords):
        return Found(("read", "write"), does="rewrites files")
    if name.startswith("pandas.read_") and first.startswith(("http://", "https://")):
        return Found(("network",), ("read",), "uses the network")
    if name.startswith("pandas.read_sql"):
        return Found(perhaps=_ALL)
    return None


def _written_out(node: ast.expr) -> str:
    """Return the parts of a text that are literal."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(_written_out, values))
        case ast.BinOp(left=left, right=ast.Constant(value=str(text))):
            return (
                left.value if isinstance(left, ast.Constant) and isinstance(left.value, str) else ""
            ) + text
    return ""

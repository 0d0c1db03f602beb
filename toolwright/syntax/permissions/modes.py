"""A call that opens something -> whether it reads, writes or both, by its mode."""

import ast
from typing import Final

from toolwright.records import dataclass
from toolwright.syntax.permissions.files import MODE_KEYWORDS
from toolwright.syntax.permissions.rows import Kind, Row

_DATABASE: Final = "opens a database"
_UPDATE: Final = frozenset(("O_RDWR",))
_CHANGE: Final = frozenset(("O_WRONLY", "O_CREAT", "O_APPEND", "O_TRUNC", "O_EXCL"))


@dataclass(frozen=True, slots=True)
class Mode:
    """What a call certainly does, what it might do besides, and how to say it."""

    needs: tuple[Kind, ...]
    perhaps: tuple[Kind, ...] = ()
    does: str = ""


_READS: Final = Mode(("read",), does="reads")
_WRITES: Final = Mode(("write",), does="writes")
_ALL: Final = Mode(("read", "write"), does="reads and writes")


def mode_of(call: ast.Call, row: Row) -> Mode:
    """Read the mode of a call of an opening function; one that is not written out may be any."""
    found = next((word.value for word in call.keywords if word.arg in MODE_KEYWORDS), None)
    if found is None and len(call.args) > row.modal:
        found = call.args[row.modal]
    if any(isinstance(argument, ast.Starred) for argument in call.args[: row.modal + 1]):
        return _ALL
    text = row.default_mode if found is None else _text(found)
    return _ALL if text is None else _mode(text, row)


def flags_of(call: ast.Call) -> Mode:
    """Read the flags of a call of `os.open`."""
    flags = {n.attr for node in call.args[1:2] for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    flags |= {n.id for node in call.args[1:2] for n in ast.walk(node) if isinstance(n, ast.Name)}
    if flags & _UPDATE:
        return _ALL
    if flags & _CHANGE:
        return _WRITES
    return _READS if "O_RDONLY" in flags else _ALL


def _mode(text: str, row: Row) -> Mode:
    if row.does == _DATABASE:
        return _READS if text.startswith("r") else _ALL
    if "+" in text and text.startswith("r"):
        return _ALL
    if text[:1] in {"w", "a", "x"}:
        return Mode(("write",), ("read",) if "+" in text else (), "writes")
    if text[:1] in {"r", "b", "t", "c", ""}:
        return _READS
    return _ALL


def _text(node: ast.expr) -> str | None:
    """Return a mode that is written out; of `"w" if new else "a"` either one, as both do the same."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=None):
            return "r"
        case ast.IfExp(body=one, orelse=other):
            first, second = _text(one), _text(other)
            alike = first is not None and second is not None and _does(first) == _does(second)
            return first if alike else None
    return None


def _does(mode: str) -> tuple[bool, bool]:
    return mode[:1] in {"w", "a", "x"}, "+" in mode

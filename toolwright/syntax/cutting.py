"""Module text -> a header and a chunk for every further top-level statement; joined they are the text again.

Pieces are cut before each `def`, `class` and `@` in column 0. A piece that is plainly whole (see `_plain`) is
never parsed; any other must parse alone, which proves the cuts around it right: the tokenizer reads from left
to right, so what is complete at a cut did not reach over it. If one does not, the whole text is parsed.
"""

import ast
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass
from toolwright.syntax.parsing import BOM, parse

Kind: TypeAlias = Literal["function", "class", "other"]

# A line that begins in column 0 and is neither blank, nor a comment, nor the end of a bracket. A form feed
# sets the column back to 0.
_COLUMN_0: Final = re.compile(r"^(?:[^\s#)\]}]|[ \t]*\f)", re.MULTILINE)
_CUT: Final = re.compile(r"(?:async[ \t]+)?(def|class)\b(?:[ \t]+(\w+))?|@")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PREFIXES: Final = frozenset({"", "r", "R", "u", "U"})
_FIRST_LINES: Final = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")
_BLANK: Final = " \t\f\r\n"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One top-level statement with the blank lines and the comment block directly above it.

    `name` is what a `def`, a `class` or an assignment to one name binds, else "". `line` is the line of its
    `def`, `class` or first word in the text, from 1. Comments and blank lines that belong to no statement are
    chunks of kind `other` too, without a name. Statements that share a line share a chunk.
    """

    name: str
    kind: Kind
    text: str
    line: int


class Sections:
    """A module text taken apart: `header` reaches to the last import above the first `def` or `class`.

    Two are the same only if they are one object: they are compared often, and are large.
    """

    __slots__ = ("chunks", "header")

    def __init__(self, header: str, chunks: tuple[Chunk, ...]) -> None:
        """Keep the parts."""
        self.header = header
        self.chunks = chunks

    @property
    def text(self) -> str:
        """The whole again."""
        return self.header + "".join(chunk.text for chunk in self.chunks)


@dataclass(slots=True)
class _Statement:
    """Offsets of a statement: first line with decorators, line of its keyword, end of its last line."""

    begin: int
    keyword: int
    end: int
    name: str
    kind: Kind
    in_header: bool = False


def cut(text: str, *, trusting: bool = True) -> Sections:
    """Take a module text apart; `cut(text).text == text`, byte for byte.

    Unless `trusting`, the parser says where each statement ends.

    Raises:
        SyntaxError: the text is not Python (not every text that is not Python is noticed).
    """
    bom = BOM if text.startswith(BOM) else ""
    body = text[len(bom) :]
    statements = _statements(body) if trusting else _parsed(body, 0)
    header_end = 0
    for statement in statements:
        if statement.kind != "other":
            break
        if statement.in_header:
            header_end = statement.end
    rest = [statement for statement in statements if statement.begin >= header_end]
    header_end = _loose_end(body, header_end, rest[0].begin if rest else len(body))
    return Sections(bom + body[:header_end], tuple(_chunks(body, header_end, rest)))


def cut_below(text: str) -> tuple[Chunk, ...]:
    """Take apart what stands below the header of a module; lines are counted from 1 at its beginning.

    Raises:
        SyntaxError: as for `cut`.
    """
    body = "\n" + text  # what may stand on the first lines of a file only is nothing special here
    chunks = _chunks(body, 1, _statements(body))
    return tuple(Chunk(chunk.name, chunk.kind, chunk.text, chunk.line - 1) for chunk in chunks)


def _chunks(body: str, start: int, statements: list[_Statement]) -> Iterator[Chunk]:
    line = 1 + newlines(body, 0, start)
    at = start
    for statement in statements:
        loose = _loose_end(body, at, statement.begin)
        if loose > at:
            yield Chunk("", "other", body[at:loose], line)
        line += newlines(body, at, statement.keyword)
        yield Chunk(statement.name, statement.kind, body[loose : statement.end], line)
        line += newlines(body, statement.keyword, statement.end)
        at = statement.end
    loose = _loose_end(body, at, len(body))
    for piece in (body[at:loose], body[loose:]):
        if piece:
            yield Chunk("", "other", piece, line)
            line += newlines(piece, 0, len(piece))


def newlines(text: str, start: int, end: int) -> int:
    """Count the ends of lines, of whatever style, in a part of a text."""
    lone = text.count("\r", start, end) - text.count("\r\n", start, end)
    return text.count("\n", start, end) + lone


def _loose_end(body: str, start: int, end: int) -> int:
    """Return where, in a gap before a statement, that statement's own blank lines and comments begin.

    What stands before belongs to nobody: comments with a blank line below them, comments at the end of the
    file, and on the first two lines `#!` and the coding.
    """
    if not body[start:end].strip(_BLANK):
        return start
    lines = [match.group() for match in _LINE.finditer(body, start, end)]
    kept = len(lines)
    if end < len(body):
        floor = sum(1 for line in lines[:2] if _FIRST_LINES.match(line)) if start == 0 else 0
        while kept > floor and lines[kept - 1].strip(_BLANK):
            kept -= 1
    while kept and not lines[kept - 1].strip(_BLANK):
        kept -= 1
    return start + sum(map(len, lines[:kept]))


def _statements(body: str) -> list[_Statement]:
    if body.count("\r") != body.count("\r\n"):
        return _parsed(body, 0)  # the patterns know no lone carriage return
    found: list[_Statement] = []
    quotes = _Places(body, '"""')
    hazards = [_Places(body, mark) for mark in ("'''", "\\\n", "\\\r") if mark in body]
    try:
        for start, end, cut in _pieces(body):
            pair = quotes.until(end)
            continued = [place for places in hazards for place in places.until(end)]
            known = _plain(body, end, cut, pair) if cut and not continued else None
            if known:
                found.append(known)
            else:
                found += _parsed(body[start:end], start)
    except SyntaxError:
        return _parsed(body, 0)  # a string that looks like code, or a file that is not Python
    return found


def _pieces(body: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Yield start and end of each piece, and its first line if it may be one undecorated definition only."""
    start, plain, decorated = 0, None, False
    for match in _COLUMN_0.finditer(body):
        at = match.start()
        cut = _CUT.match(body, at)
        if cut is None:
            plain = None
        elif decorated:
            decorated = cut.group(1) is None
        else:
            if at > start:
                yield start, at, plain
            decorated = cut.group(1) is None
            start, plain = at, cut if cut.group(2) else None
    if len(body) > start:
        yield start, len(body), plain


class _Places:
    """Where a mark stands in a text, asked for from left to right."""

    def __init__(self, body: str, mark: str) -> None:
        self._body, self._mark = body, mark
        self._next = body.find(mark)

    def until(self, end: int) -> list[int]:
        """Return the places before `end` that were not returned yet."""
        found = []
        while -1 < self._next < end:
            found.append(self._next)
            self._next = self._body.find(self._mark, self._next + len(self._mark))
        return found


def _plain(body: str, end: int, cut: re.Match[str], pair: list[int]) -> _Statement | None:
    """Describe a piece that certainly is one definition and the gap after it; None when it needs a parser.

    It has no continued lines and no triple quotes but the `pair` of one docstring, opened where a line
    begins. So every other string ends on its own line, and nothing reaches over the end of the piece.
    """
    start = cut.start()
    if pair:
        opening = body[body.rfind("\n", start, pair[0]) + 1 : pair[0]]
        if len(pair) != 2 or opening.strip(" \t") not in _PREFIXES or body[pair[1] - 1] == "\\":  # noqa: PLR2004 - open, close
            return None
    stop = end
    while stop > start:
        line = body.rfind("\n", start, stop - 1) + 1 or start
        if body[line] != "#" and not body[line:stop].isspace():
            break
        stop = line
    if pair and stop < pair[1]:
        return None
    name = cut.group(2)
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return _Statement(start, start, stop, name, "class" if cut.group(1) == "class" else "function")


def _parsed(piece: str, offset: int) -> list[_Statement]:
    """Describe every statement of a piece that parses alone."""
    tree = parse(piece)
    starts, at = [], offset
    for match in _LINE.finditer(piece):
        starts.append(at)
        at += len(match.group())
    starts.append(at)
    found: list[_Statement] = []
    last_line = 0
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        end_line = node.end_lineno or node.lineno
        if found and first <= last_line:  # `a = 1; b = 2`
            found[-1].name = ""
            found[-1].in_header |= _is_header(node)
        else:
            name, kind = _named(node)
            begin = starts[first - 1]
            found.append(_Statement(begin, starts[node.lineno - 1], begin, name, kind, _is_header(node)))
        last_line = _with_comments_inside(piece, offset, starts, end_line)
        found[-1].end = starts[last_line]
    if found and offset == 0 and _is_docstring(tree):
        found[0].in_header = True
    return found


def _with_comments_inside(piece: str, offset: int, starts: list[int], line: int) -> int:
    """Return the last line of a statement with the indented comments that follow it."""
    last = line
    for number in range(line, len(starts) - 1):
        text = piece[starts[number] - offset : starts[number + 1] - offset]
        if text.strip(_BLANK):
            if not (text[0] in " \t" and text.lstrip(" \t").startswith("#")):
                break
            last = number + 1
    return last


def _named(node: ast.stmt) -> tuple[str, Kind]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name, "function"
        case ast.ClassDef(name=name):
            return name, "class"
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name, "other"
    return "", "other"


def _is_header(node: ast.stmt) -> bool:
    """Tell whether a statement is an import, or an `if` or `try` around imports."""
    if isinstance(node, ast.If | ast.Try):
        return any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_docstring(tree: ast.Module) -> bool:
    first = tree.body[0]
    return isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str)

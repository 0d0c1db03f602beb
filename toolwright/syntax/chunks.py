"""Module text -> a header and one chunk for every further top-level statement; joined they are the text again.

Pieces are cut before each `def`, `class` and `@` in column 0. A piece that is plainly whole (see `_end_of_plain`)
is never parsed; any other must parse alone, which proves the cuts around it right: the tokenizer reads from left
to right, so what is complete at a cut did not reach over it. If one does not parse, the whole text is parsed.
"""

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["function", "class", "other"]

BOM: Final = "\ufeff"
# A line that begins in column 0 and is neither blank, nor a comment, nor the end of a bracket. A form feed
# sets the column back to 0.
_COLUMN_0: Final = re.compile(r"^(?:[^\s#)\]}]|[ \t]*\f)", re.MULTILINE)
_CUT: Final = re.compile(r"(?:async[ \t]+)?(def|class)\b(?:[ \t]+(\w+))?|@")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_QUOTE_LINE: Final = re.compile(r'^[ \t]*[rRuU]?"""', re.MULTILINE)
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


@dataclass(frozen=True, slots=True)
class Sections:
    """A module text taken apart: `header` reaches to the last import above the first `def` or `class`."""

    header: str
    chunks: tuple[Chunk, ...]

    @property
    def text(self) -> str:
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


def split(text: str) -> Sections:
    """Take a module text apart; `split(text).text == text`, byte for byte.

    Raises:
        SyntaxError: the text is not Python (not every text that is not Python is noticed).
    """
    bom = BOM if text.startswith(BOM) else ""
    body = text[len(bom) :]
    statements = _statements(body)
    header_end = 0
    for statement in statements:
        if statement.kind != "other":
            break
        if statement.in_header:
            header_end = statement.end
    rest = [statement for statement in statements if statement.begin >= header_end]
    header_end = _loose_end(body, header_end, rest[0].begin if rest else len(body))
    return Sections(bom + body[:header_end], tuple(_chunks(body, header_end, rest)))


def parse(text: str) -> ast.Module:
    """Parse a text without the warnings that belong to whoever runs it.

    Raises:
        SyntaxError: the text is not Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix(BOM))
        except (ValueError, RecursionError) as error:  # null bytes, lone surrogates, absurd nesting
            raise SyntaxError(str(error)) from None


def _chunks(body: str, start: int, statements: list[_Statement]) -> Iterator[Chunk]:
    line = 1 + _newlines(body, 0, start)
    at = start
    for statement in statements:
        loose = _loose_end(body, at, statement.begin)
        if loose > at:
            yield Chunk("", "other", body[at:loose], line)
            line += _newlines(body, at, loose)
        above = _newlines(body, loose, statement.keyword)
        yield Chunk(statement.name, statement.kind, body[loose : statement.end], line + above)
        line += above + _newlines(body, statement.keyword, statement.end)
        at = statement.end
    loose = _loose_end(body, at, len(body))
    for piece in (body[at:loose], body[loose:]):
        if piece:
            yield Chunk("", "other", piece, line)
            line += _newlines(piece, 0, len(piece))


def _newlines(text: str, start: int, end: int) -> int:
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
    try:
        for start, end, plain in _pieces(body):
            known = _plain(body, start, end) if plain else None
            found += [known] if known else _parsed(body[start:end], start)
    except SyntaxError:
        return _parsed(body, 0)  # a string that looks like code, or a file that is not Python
    return found


def _pieces(body: str) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each piece, and whether it may hold a single undecorated definition only."""
    start, plain, decorated = 0, False, False
    for match in _COLUMN_0.finditer(body):
        at = match.start()
        cut = _CUT.match(body, at)
        if cut is None:
            plain = False
        elif decorated:
            decorated = cut.group(1) is None
        else:
            if at > start:
                yield start, at, plain
            decorated = cut.group(1) is None
            start, plain = at, cut.group(2) is not None
    if len(body) > start:
        yield start, len(body), plain


def _plain(body: str, start: int, end: int) -> _Statement | None:
    """Describe a piece that is certainly one definition and the gap after it; None when it needs a parser."""
    piece = body[start:end]
    stop = _end_of_plain(piece)
    cut = _CUT.match(piece)
    if stop is None or cut is None:
        return None
    name = unicodedata.normalize("NFKC", cut.group(2))
    return _Statement(start, start, start + stop, name, "class" if cut.group(1) == "class" else "function")


def _end_of_plain(piece: str) -> int | None:
    """Return where the definition ends, None unless no string or bracket can reach over that point.

    Such a piece has no continued lines and no triple quotes but those of one docstring, opened where a line
    begins; so every other string ends on its own line.
    """
    if "'''" in piece or "\\\n" in piece or "\\\r" in piece:
        return None
    quotes = piece.count('"""')
    closing = 0
    if quotes:
        opening = _QUOTE_LINE.search(piece)
        closing = piece.rfind('"""')
        if quotes != 2 or opening is None or piece.find('"""') != opening.end() - 3:  # noqa: PLR2004 - a pair
            return None
        if piece[closing - 1] == "\\":
            return None
    stop = len(piece)
    while stop:
        begin = piece.rfind("\n", 0, stop - 1) + 1
        if piece[begin:stop].strip(_BLANK) and piece[begin] != "#":
            break
        stop = begin
    return stop if stop > closing else None


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
    match tree.body[0]:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False

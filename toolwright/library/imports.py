"""Header text + imports it lacks -> header text with them; every other byte of it stays.

LibCST reads the header alone, which is small. (Its AddImportsVisitor recurses once a statement and gives up
on a module of a thousand functions; it is not used.)
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from toolwright.errors import LibraryError
from toolwright.library.bindings import Import
from toolwright.syntax.chunks import BOM

if TYPE_CHECKING:
    import libcst

_FUTURE = (-1, "__future__")


def add_imports(header: str, items: Sequence[Import], newline: str) -> str:
    """Add imports to a header: into a `from` import that is there already, else on a line of their own.

    Raises:
        LibraryError: LibCST cannot read the header.
    """
    if not items:
        return header
    import libcst as cst

    bom = BOM if header.startswith(BOM) else ""
    try:
        module = cst.parse_module(header.removeprefix(BOM))
    except cst.ParserSyntaxError as error:
        raise LibraryError(f"the imports at the top of tools.py cannot be read: {error.message}") from None
    if "\n" not in header and "\r" not in header:
        module = module.with_changes(default_newline=newline)
    body = list(module.body)
    for item in items:
        if not (item.name and _extend(body, item)):
            _insert(body, item, module)
    return bom + module.with_changes(body=body).code


def _extend(body: "list[libcst.SimpleStatementLine | libcst.BaseCompoundStatement]", item: Import) -> bool:
    """Add `item` to the first `from` import of its module at the top level; False when there is none."""
    import libcst as cst

    for index, statement in enumerate(body):
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for place, small in enumerate(statement.body):
            if isinstance(small, cst.ImportFrom) and _module_of(small) == item.module:
                names = small.names
                if isinstance(names, cst.ImportStar):
                    continue
                parts = list(statement.body)
                parts[place] = _with_name(small, names, item)
                body[index] = statement.with_changes(body=parts)
                return True
    return False


def _with_name(
    node: "libcst.ImportFrom", names: "Sequence[libcst.ImportAlias]", item: Import
) -> "libcst.ImportFrom":
    """Append a name; in brackets over several lines it gets its own line and comments stay where they are."""
    import libcst as cst

    new = _alias(item)
    last, rpar = names[-1], node.rpar
    if rpar is None:
        last = last.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        return node.with_changes(names=[*names[:-1], last, new])
    trailing = last.comma if isinstance(last.comma, cst.Comma) else None
    closing = trailing.whitespace_after if trailing else rpar.whitespace_before
    between: cst.BaseParenthesizableWhitespace
    after: cst.BaseParenthesizableWhitespace
    if isinstance(closing, cst.ParenthesizedWhitespace):
        between = _line_break_like(closing, node)
        after = closing.with_changes(
            first_line=closing.first_line.with_changes(whitespace=cst.SimpleWhitespace(""), comment=None),
            empty_lines=[],
        )
    else:
        between, after = cst.SimpleWhitespace(" "), closing
    last = last.with_changes(comma=cst.Comma(whitespace_after=between))
    if trailing:
        new = new.with_changes(comma=cst.Comma(whitespace_after=after))
    else:
        rpar = rpar.with_changes(whitespace_before=after)
    return node.with_changes(names=[*names[:-1], last, new], rpar=rpar)


def _line_break_like(
    closing: "libcst.ParenthesizedWhitespace", node: "libcst.ImportFrom"
) -> "libcst.ParenthesizedWhitespace":
    """Break the line as the list does before its first name, keeping the comment of its last one."""
    import libcst as cst

    before = node.lpar.whitespace_after if node.lpar else None
    if isinstance(before, cst.ParenthesizedWhitespace):
        return closing.with_changes(indent=before.indent, last_line=before.last_line)
    return closing.with_changes(last_line=cst.SimpleWhitespace("    "))


def _insert(
    body: "list[libcst.SimpleStatementLine | libcst.BaseCompoundStatement]",
    item: Import,
    module: "libcst.Module",
) -> None:
    """Put a new import line where it sorts among the imports, else under the last one or the docstring."""
    import libcst as cst

    line = cst.parse_statement(f"{item}\n", config=module.config_for_parsing)
    keyed = [(index, key) for index, one in enumerate(body) if (key := _sort_key(one)) is not None]
    plain = [(index, key) for index, key in keyed if key != _FUTURE]
    if not plain:
        index = keyed[-1][0] + 1 if keyed else _docstring_lines(body)
        if index or module.header:
            line = line.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        body.insert(index, line)
        return
    index = _sorted_place(plain, (1 if item.name else 0, item.module))
    if index == plain[0][0]:
        first = body[index]
        if any(empty.comment for empty in first.leading_lines):
            index += 1  # a comment above the first import stays above it
        else:
            line = line.with_changes(leading_lines=first.leading_lines)
            body[index] = first.with_changes(leading_lines=[])
    body.insert(index, line)


def _sorted_place(imports: list[tuple[int, tuple[int, str]]], mine: tuple[int, str]) -> int:
    """Return where a line with the key `mine` goes, given index and key of the import lines."""
    after = imports[-1][0] + 1
    keys = [key for _, key in imports]
    if keys != sorted(keys) or after - imports[0][0] != len(imports):
        return after
    return next((index for index, key in imports if key > mine), after)


def _docstring_lines(body: "Sequence[libcst.SimpleStatementLine | libcst.BaseCompoundStatement]") -> int:
    import libcst as cst

    match body:
        case [cst.SimpleStatementLine(body=[cst.Expr(value=value), *_]), *_] if isinstance(
            value, cst.SimpleString | cst.ConcatenatedString
        ):
            return 1
    return 0


def _sort_key(statement: "libcst.BaseStatement") -> tuple[int, str] | None:
    """Order `import` lines before `from` lines, each by module; None for what is not an import line."""
    import libcst as cst

    if not isinstance(statement, cst.SimpleStatementLine):
        return None
    for small in statement.body:
        if isinstance(small, cst.ImportFrom):
            module = _module_of(small)
            return _FUTURE if module == _FUTURE[1] else (1, module)
        if isinstance(small, cst.Import):
            return 0, _dotted(small.names[0].name)
    return None


def _module_of(node: "libcst.ImportFrom") -> str:
    return "." * len(node.relative) + (_dotted(node.module) if node.module else "")


def _dotted(node: "libcst.BaseExpression") -> str:
    import libcst as cst

    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _alias(item: Import) -> "libcst.ImportAlias":
    import libcst as cst

    asname = (
        cst.AsName(name=cst.Name(item.alias), whitespace_before_as=cst.SimpleWhitespace(" "))
        if item.alias
        else None
    )
    return cst.ImportAlias(name=cst.Name(item.name), asname=asname)


def remove_imports(header: str, items: Sequence[Import]) -> str:
    """Take imports out of a header; comments above their lines stay, `from __future__` lines too.

    Raises:
        LibraryError: LibCST cannot read the header.
    """
    if not items:
        return header
    import libcst as cst

    bom = BOM if header.startswith(BOM) else ""
    module = _header_module(header.removeprefix(BOM))
    unwanted = set(items)
    body: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = []
    above: list[cst.EmptyLine] = []
    for statement in module.body:
        left = _without(statement, unwanted)
        if left is None:
            lines = statement.leading_lines if isinstance(statement, cst.SimpleStatementLine) else ()
            above += lines if any(line.comment for line in lines) or not above else ()
            continue
        own = list(left.leading_lines)
        keeps = any(line.comment for line in above) or not own
        body.append(left.with_changes(leading_lines=[*above, *own]) if keeps else left)
        above = []
    footer = [*above, *module.footer] if any(line.comment for line in above) else module.footer
    module = module.with_changes(body=body, footer=footer)
    return bom + ("" if not (body or footer or module.header) else module.code)


def _header_module(text: str) -> "libcst.Module":
    import libcst as cst

    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise LibraryError(f"the imports at the top of tools.py cannot be read: {error.message}") from None


def _without(
    statement: "libcst.SimpleStatementLine | libcst.BaseCompoundStatement", unwanted: set[Import]
) -> "libcst.SimpleStatementLine | libcst.BaseCompoundStatement | None":
    """Return a statement without some imports, None when nothing is left of it."""
    import libcst as cst

    if not isinstance(statement, cst.SimpleStatementLine):
        return statement
    left: list[cst.BaseSmallStatement] = []
    for small in statement.body:
        if not isinstance(small, cst.Import | cst.ImportFrom) or isinstance(small.names, cst.ImportStar):
            left.append(small)
            continue
        module = _module_of(small) if isinstance(small, cst.ImportFrom) else ""
        names = [alias for alias in small.names if _imported(module, alias) not in unwanted]
        if len(names) == len(small.names) or module == _FUTURE[1]:
            left.append(small)
        elif names:
            last = names[-1].with_changes(comma=_last_comma(names[-1], small.names[-1]))
            left.append(small.with_changes(names=[*names[:-1], last]))
    if not left:
        return None
    if len(left) == len(statement.body):
        return statement.with_changes(body=left)
    left[-1] = left[-1].with_changes(semicolon=statement.body[-1].semicolon)
    return statement.with_changes(body=left)


def _imported(module: str, alias: "libcst.ImportAlias") -> Import:
    name, as_ = _dotted(alias.name), alias.evaluated_alias or ""
    as_ = "" if as_ == name else as_
    return Import(module, name, as_) if module else Import(name, alias=as_)


def _last_comma(
    now_last: "libcst.ImportAlias", was_last: "libcst.ImportAlias"
) -> "libcst.Comma | libcst.MaybeSentinel":
    """End a list as it ended before; a comment behind the name that is the last now stays."""
    import libcst as cst

    if now_last is was_last or not isinstance(was_last.comma, cst.Comma):
        return was_last.comma
    end = was_last.comma.whitespace_after
    own = now_last.comma.whitespace_after if isinstance(now_last.comma, cst.Comma) else end
    if isinstance(end, cst.ParenthesizedWhitespace) and isinstance(own, cst.ParenthesizedWhitespace):
        end = own.with_changes(indent=end.indent, last_line=end.last_line)
    return was_last.comma.with_changes(whitespace_after=end)

"""Source of a candidate -> its imports, its helpers and its one function, as text with Unix newlines."""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolwright.errors import MergeClashError
from toolwright.library.bindings import Import, bound_by, imports_of, words
from toolwright.records import dataclass
from toolwright.syntax.chunks import BOM, parse
from toolwright.syntax.names import is_exception_class

if TYPE_CHECKING:
    import libcst

_NEWLINE = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Part:
    """One helper or the function: the names it binds, its text with the comments directly above."""

    names: tuple[str, ...]
    text: str
    is_constant: bool = False
    has_comment: bool = False

    @property
    def meaning(self) -> str:
        """What it says, whatever its layout and comments."""
        return meaning(self.text)


@dataclass(frozen=True, slots=True)
class Parts:
    """A candidate taken apart; `helpers` in their own order."""

    name: str
    imports: tuple[Import, ...]
    helpers: tuple[Part, ...]
    function: Part


def meaning(text: str) -> str:
    """Return a form of a text that is equal for equal code, whatever the layout and comments."""
    return "\n".join(map(ast.dump, parse(text).body))


def take_apart(source: str) -> Parts:
    """Take a candidate apart with LibCST, comments included.

    A module docstring, `from __future__` lines and helpers that nothing mentions are left out.

    Raises:
        MergeClashError: it is not valid Python, or holds something that cannot be merged.
    """
    import libcst as cst

    text = _NEWLINE.sub("\n", source.removeprefix(BOM)).rstrip() + "\n"
    _check(text)
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise MergeClashError(f"line {error.raw_line}: {error.message}") from None
    imports: list[Import] = []
    parts: list[Part] = []
    body = list(module.body)
    if body:  # LibCST takes the comments at the top of a file for the module's own
        lines = [line for line in module.header if not (line.comment and line.comment.value.startswith("#!"))]
        body[0] = body[0].with_changes(leading_lines=[*lines, *body[0].leading_lines])
    for statement in body:
        imports += _imports(module, statement)
        rest = _without_imports(statement)
        if rest is not None:
            parts += _part(module, rest)
    public = [part for part in parts if not part.is_constant and _is_public_function(part)]
    if len(public) != 1:
        found = ", ".join(f"`{part.names[0]}`" for part in public) or "none"
        raise MergeClashError(
            f"expected exactly one public function, found {found}; name helpers `_like_this`"
        )
    function = public[0]
    helpers = [part for part in parts if part is not function]
    quiet = [part for part in helpers if not _is_exception(part)]  # callers catch it by its public name
    loud = next((name for part in quiet for name in part.names if not name.startswith("_")), "")
    if loud:
        raise MergeClashError(f"`{loud}` is not the function itself; call it `_{loud.lstrip('_')}`")
    return Parts(function.names[0], tuple(dict.fromkeys(imports)), _needed(helpers, function), function)


def _needed(helpers: list[Part], function: Part) -> tuple[Part, ...]:
    """Leave out helpers that nothing mentions."""
    mentioned, waiting = words(function.text), helpers
    while True:
        found = [part for part in waiting if mentioned.intersection(part.names)]
        if not found:
            return tuple(part for part in helpers if part not in waiting)
        mentioned = mentioned.union(*(words(part.text) for part in found))
        waiting = [part for part in waiting if part not in found]


def _check(text: str) -> None:
    """Compile, which notices more than parsing: `return` outside a function, an argument given twice."""
    try:
        compile(parse(text), "candidate", "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise MergeClashError(f"{where}{error.msg}") from None


def _imports(
    module: "libcst.Module", statement: "libcst.SimpleStatementLine | libcst.BaseCompoundStatement"
) -> Iterator[Import]:
    import libcst as cst

    if not isinstance(statement, cst.SimpleStatementLine):
        return
    for small in statement.body:
        if isinstance(small, cst.Import | cst.ImportFrom):
            code = module.code_for_node(small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT))
            for item in imports_of(parse(code).body[0]):
                if item.name == "*" or item.module.startswith("."):
                    raise MergeClashError(
                        f"`{code.strip()}` cannot be merged; import each name from its module"
                    )
                if item.module != "__future__" or not item.name:  # `import __future__` binds a module
                    yield item


def _without_imports(
    statement: "libcst.SimpleStatementLine | libcst.BaseCompoundStatement",
) -> "libcst.SimpleStatementLine | libcst.BaseCompoundStatement | None":
    """Return what is left of a statement, None for imports, docstrings and loose `...` or `pass`."""
    import libcst as cst

    if not isinstance(statement, cst.SimpleStatementLine):
        return statement
    kept = [
        small
        for small in statement.body
        if not isinstance(small, cst.Import | cst.ImportFrom | cst.Pass)
        and not (
            isinstance(small, cst.Expr)
            and isinstance(small.value, cst.SimpleString | cst.ConcatenatedString | cst.Ellipsis)
        )
    ]
    if len(kept) == len(statement.body):
        return statement
    return statement.with_changes(body=kept) if kept else None


def _part(
    module: "libcst.Module", statement: "libcst.SimpleStatementLine | libcst.BaseCompoundStatement"
) -> Iterator[Part]:
    import libcst as cst

    above = _comments_above(statement)
    code = module.code_for_node(statement.with_changes(leading_lines=above)).rstrip(" \t\f\n") + "\n"
    nodes = parse(code).body
    names = tuple(bound_by(nodes))
    is_definition = isinstance(statement, cst.FunctionDef | cst.ClassDef)
    is_constant = all(isinstance(node, ast.Assign | ast.AnnAssign) for node in nodes)
    if not names or not (is_definition or is_constant):
        first = ast.unparse(nodes[0]).split("\n")[0]
        raise MergeClashError(
            f"`{first}` at the top level cannot be merged; the library takes imports, functions, classes and "
            f"constants only, so move it into the function"
        )
    yield Part(names, code, is_constant, bool(above))


def _comments_above(
    statement: "libcst.SimpleStatementLine | libcst.BaseCompoundStatement",
) -> "list[libcst.EmptyLine]":
    kept: list[libcst.EmptyLine] = []
    for line in reversed(statement.leading_lines):
        if line.comment is None:
            break
        kept.insert(0, line)
    return kept


def _is_public_function(part: Part) -> bool:
    first = parse(part.text).body[0]
    is_function = isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef)
    return is_function and not part.names[0].startswith("_")


def _is_exception(part: Part) -> bool:
    return is_exception_class(parse(part.text).body[0])

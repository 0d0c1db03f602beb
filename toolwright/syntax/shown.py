"""A docstring's doctests that are more than one plain call in, functions that run each of them out.

`docstring_examples` has the plain calls; these are the others: expressions, steps before, exceptions.
"""

import ast
import textwrap
from typing import TYPE_CHECKING, Final

from toolwright.records import dataclass
from toolwright.syntax.examples import doctests, is_plain
from toolwright.syntax.parsing import parse_text
from toolwright.types import Tool

if TYPE_CHECKING:
    import doctest

NAME: Final = "_shown_by_the_docstring"


@dataclass(frozen=True, slots=True)
class Shown:
    """One doctest: `source` defines `NAME`, which returns what Python would show of it, "" for nothing.

    `want` is what the docstring shows, `error` the class of the exception that it shows instead.
    """

    text: str
    source: str
    want: str
    error: str
    flags: int

    def agrees(self, got: str) -> bool:
        """Tell whether that is what the docstring shows: as doctest compares, or an equal literal."""
        import doctest

        if doctest.OutputChecker().check_output(self.want, got, self.flags):
            return True
        try:
            return bool(ast.literal_eval(self.want.strip()) == ast.literal_eval(got.strip()))
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return False


def other_doctests(tool: Tool) -> tuple[Shown, ...]:
    """Return the doctests of a pure tool that are no plain calls; of other tools they only illustrate."""
    if tool.docstring.permissions or tool.docstring.varies:
        return ()
    before: list[ast.stmt] = []
    found = []
    for each in doctests(tool.docstring.example, patterns=True):
        if is_plain(each, tool):
            continue
        body = _parsed(each)
        if body is None:
            continue
        last = body[-1]
        error = (each.exc_msg or "").partition(":")[0].strip().rpartition(".")[2]
        if error or isinstance(last, ast.Expr):
            found.append(_shown(each, [*before, *body], error))
        if not error:
            before += body
    return tuple(found)


def has_checkable(tool: Tool) -> bool:
    """Tell whether anything that a pure tool's docstring shows of it can be held against it."""
    if tool.docstring.permissions or tool.docstring.varies:
        return True
    return any(tool.name in each.source for each in doctests(tool.docstring.example, patterns=True))


def _parsed(example: "doctest.Example") -> list[ast.stmt] | None:
    try:
        return parse_text(example.source).body or None
    except SyntaxError:
        return None


def _shown(example: "doctest.Example", body: list[ast.stmt], error: str) -> Shown:
    *steps, last = body
    lines = [*map(ast.unparse, steps)]
    if isinstance(last, ast.Expr):
        lines += [f"_shown = {ast.unparse(last.value)}", "return '' if _shown is None else repr(_shown)"]
    else:
        lines.append(ast.unparse(last))
    flags = sum(flag for flag, on in example.options.items() if on)
    text = f"def {NAME}():\n" + textwrap.indent("\n".join(lines), "    ")
    return Shown(example.source.strip(), text, example.want, error, flags)

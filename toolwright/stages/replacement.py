"""A reply with a stub and further tests -> the contract of what is to replace a kept tool.

Its tests are the old ones, whose text stays as it is, and the new ones below them.
"""

import ast
from collections.abc import Callable, Sequence

from toolwright.errors import LibraryError, ReplyShapeError
from toolwright.stages.contract import check_stub, check_tests, parsed, requires, two_blocks
from toolwright.stages.rules import Rule
from toolwright.syntax.names import bindings
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import unix_lines
from toolwright.types import Contract, Step, Tool


def read_replacement(
    text: str, step: Step, tool: Tool, old_tests: str, rules: Sequence[Rule], broken: Callable[[str], str]
) -> Contract:
    """Read stub and additional tests; `broken` says what of the tool a stub would break, "" for nothing.

    Raises:
        ReplyShapeError: the stub breaks something, or the tests do not stand beside the old ones.
        LibraryError: the old tests are not Python.
    """
    stub, new_tests = two_blocks(text)
    check_stub(tool.name, stub, rules)
    why = broken(stub)
    if why:
        raise ReplyShapeError(why)
    check_tests(tool.name, new_tests, requires(stub, tool.name))
    check_beside(tool.name, old_tree(tool, old_tests), parsed("the tests are", new_tests))
    joined = join_tests(old_tests, new_tests)
    parsed("old and additional tests in one file are", joined)
    return Contract(tool.name, stub, joined, step, replaces=tool.name)


def join_tests(old: str, new: str) -> str:
    """Put new tests under old ones, whose text stays as it is; what stands there already is dropped.

    Raises:
        SyntaxError: one of the two is not Python.
    """
    known = {ast.dump(node) for node in parse_text(old).body}
    lines = unix_lines(new)
    repeated, kept = set[int](), set[int]()
    for node in parse_text(new).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        span = range(first - 1, node.end_lineno or first)
        (repeated if ast.dump(node) in known else kept).update(span)
    lines = [line for number, line in enumerate(lines) if number in kept or number not in repeated]
    ended = old if old.endswith(("\n", "\r")) or not old else old + "\n"
    return f"{ended}\n\n" + "\n".join(lines).strip("\n") + "\n"


def old_tree(tool: Tool, old_tests: str) -> ast.Module:
    """Parse the tests that a tool has.

    Raises:
        LibraryError: they are not Python; names the line.
    """
    try:
        return parse_text(old_tests)
    except SyntaxError as error:
        where = f"tool_tests/test_{tool.name}.py, line {error.lineno or 1}"
        raise LibraryError(f"{where}: {error.msg}", hint=f"mend {where} in an editor") from None


def check_beside(name: str, old: ast.Module, new: ast.Module) -> None:
    """Let new tests neither replace nor change anything that the old ones use.

    Raises:
        ReplyShapeError: they do, or hold no test that is new.
    """
    known = {ast.dump(node) for node in old.body}
    added = [node for node in new.body if ast.dump(node) not in known]
    if not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in added):
        raise ReplyShapeError("the second block holds no test that the old file does not have already")
    before, after = _meanings(old.body), _meanings(added)
    for bound in sorted(before.keys() & after.keys()):
        if before[bound] != after[bound] or not isinstance(before[bound], str):
            raise ReplyShapeError(f"the old tests of {name} already have `{bound}`; choose another name")


def _meanings(body: Sequence[ast.stmt]) -> dict[str, str | None]:
    """Say for every name that statements bind what it is imported from, None for all but imports."""
    found: dict[str, str | None] = {}
    for node in body:
        if isinstance(node, ast.Import):
            found |= {a.asname or a.name.partition(".")[0]: a.name if a.asname else "" for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {a.asname or a.name: f"{node.module}:{a.name}" for a in node.names}
        else:
            found |= dict.fromkeys(bindings(node))
    return found

"""A version of a tool that was kept -> the same in the library again, through the same gate."""

import ast

from toolwright.library.bindings import bindings
from toolwright.library.versions import Version
from toolwright.making.committing import admit
from toolwright.making.wish import Made, Wish
from toolwright.parts import Parts
from toolwright.syntax.chunks import split
from toolwright.syntax.docstring import parse_docstring
from toolwright.types import Contract, Match, Step


def roll_back(parts: Parts, version: Version, tests: str) -> Made:
    """Review and verify a version with its own `tests`, and put it in the place of the one that is there now.

    Where the tool was removed, it is added. The refusal is in `failure`; then nothing was changed.

    Raises:
        LibraryError, SandboxError: it could not be tried.
    """
    parts.store.check_writable()
    name = version.name
    stub, docstring = stub_of(version.source, version.name)
    said = parse_docstring(docstring)
    step = Step(0, said.summary or name, said.keywords)
    there = bindings(split(parts.store.read().text)).definition(name)
    replaces = name if there is not None and there.kind == "function" else ""  # be it no tool any more
    contract = Contract(name, stub or version.contract, tests, step, replaces)
    match = Match(step, "NOT_EXISTS", reason=f"version {version.number} was asked for")
    wish = Wish(version.goal, step, match, (), how="rolled back")
    return admit(parts, wish, contract, version.source)


def stub_of(source: str, name: str) -> tuple[str, str]:
    """Return signature and docstring of a function as a stub, and the docstring alone; "" for none.

    Raises:
        SyntaxError: the text is not Python.
    """
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            docstring = ast.get_docstring(node) or ""
            node.body = [*(node.body[:1] if docstring else ()), ast.Expr(ast.Constant(...))]
            return ast.unparse(ast.fix_missing_locations(node)) + "\n", docstring
    return "", ""

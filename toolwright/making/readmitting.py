"""A version of a tool that was kept -> the same in the library again, through the same gate."""

import ast

from toolwright.library.bindings import bindings
from toolwright.library.versions import Version
from toolwright.making.committing import admit
from toolwright.making.wish import Made, Wish
from toolwright.parts import Parts
from toolwright.syntax.chunks import split
from toolwright.syntax.docstring import parse_docstring
from toolwright.syntax.stubs import function_in, stub_of
from toolwright.types import Contract, Match, Step


def roll_back(parts: Parts, version: Version, tests: str) -> Made:
    """Review and verify a version with its own `tests`, and put it in the place of the one that is there now.

    Where the tool was removed, it is added. The refusal is in `failure`; then nothing was changed.

    Raises:
        LibraryError, SandboxError: it could not be tried.
    """
    parts.store.check_writable()
    name = version.name
    function = function_in(version.source, name)
    said = parse_docstring(ast.get_docstring(function) or "" if function else "")
    step = Step(0, said.summary or name, said.keywords)
    there = bindings(split(parts.store.read().text)).definition(name)
    replaces = name if there is not None and there.kind == "function" else ""  # be it no tool any more
    contract = Contract(name, stub_of(version.source, name) or version.contract, tests, step, replaces)
    match = Match(step, "NOT_EXISTS", reason=f"version {version.number} was asked for")
    wish = Wish(version.goal, step, match, (), how="rolled back")
    return admit(parts, wish, contract, version.source)

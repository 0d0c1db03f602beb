"""A drafted contract -> kept tools that pass its tests, and whether one of them does the step after all.

What runs here are tools of the library, each with no right but those it declares, of which the contract must
declare every one. It is a look at what there is: nothing is kept or refused on what it finds.
"""

import ast
import time
from collections.abc import Iterator, Sequence
from typing import Final

from toolwright.errors import ModelError, PackageError, ReplyShapeError
from toolwright.events import Notice, PhaseStarted
from toolwright.library.bindings import Bindings, bindings
from toolwright.library.excerpt import nothing_but
from toolwright.library.needs import required_packages
from toolwright.library.store import Snapshot
from toolwright.making.challenging import USELESS
from toolwright.making.drafting import Draft
from toolwright.making.held_out import missed
from toolwright.making.wish import Wish
from toolwright.parts import Parts
from toolwright.permissions.needs import needs
from toolwright.permissions.verifying import verification_policy
from toolwright.records import dataclass
from toolwright.stages.reclassify import reclassify
from toolwright.syntax.chunks import split
from toolwright.syntax.examples import docstring_examples
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import read_library
from toolwright.syntax.standing_in import stand_in
from toolwright.types import Match, Tool

_TRIED: Final = 8
_LOOKED_AT: Final = 200
"""How many of what the index finds are asked for their signature."""
_EACH_S: Final = 5.0
_ALL_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Standing:
    """A kept tool, and the function of the wanted name that passes its calls on to it."""

    tool: Tool
    passed_on: str


def reconsider(parts: Parts, wish: Wish, drawn: Draft) -> Match | None:
    """Try kept tools on the tests of a new contract; when some pass, have the step classified again.

    None when the function is to be written: nothing passes, the model says so, or it is wanted whatever else
    there is. Where nothing passes no model is asked.

    Raises:
        ModelError: a tool passes, and no model can be asked at all.
        LibraryError, SandboxError: it could not be found out.
    """
    if wish.looked or wish.name or wish.how or drawn.contract.replaces:
        return None
    snapshot = parts.store.read()
    found = _candidates(parts, wish, drawn, snapshot) if snapshot.tools else []
    if not found:
        return None
    name, number = drawn.contract.name, wish.step.number
    parts.emit(PhaseStarted("lookalikes", name, number))
    known, until = bindings(split(snapshot.text)), time.monotonic() + _ALL_S
    passing = [
        each.tool
        for each in found
        if time.monotonic() < until and _passes(parts, drawn, snapshot, known, each)
    ]
    if not passing:
        return None
    parts.emit(PhaseStarted("reclassify", name, number))
    match = _decided(parts, wish, drawn, passing)
    if match.kind == "NOT_EXISTS":
        listed = ", ".join(f"`{tool.name}`" for tool in passing)
        said = f"`{name}` is written although its tests do not tell it from {listed}"
        parts.emit(Notice(f"step {number}: {said}: {match.reason}"))
        return None
    said = "is to be widened" if match.kind == "EXISTS_BUT_SPECIFIC" else "is used"
    parts.emit(Notice(f"step {number}: `{match.tool}` {said}: it {match.reason}"))
    return match


def _decided(parts: Parts, wish: Wish, drawn: Draft, passing: Sequence[Tool]) -> Match:
    """Ask the model; a useless answer costs nothing but the chance to reuse."""
    try:
        return reclassify(
            parts.model, wish.goal, drawn.contract, passing, lambda text: parts.emit(Notice(text))
        )
    except (ReplyShapeError, ModelError) as error:
        if isinstance(error, ModelError) and error.kind not in USELESS:
            raise
        return Match(wish.step, "NOT_EXISTS", "", f"no verdict could be had: {error}")


def twin_serves(parts: Parts, wish: Wish, drawn: Draft, twin: str) -> Match | None:
    """Tell whether the kept tool that an author wrote once more, word for word, does the step.

    No model is asked: whatever was meant, this is the code that was written for it, and what a test or an
    example can say against that code has been heard.

    Raises:
        LibraryError, SandboxError: it could not be found out.
    """
    snapshot = parts.store.read()
    tool, wanted = snapshot.tools.get(twin), _wanted(drawn)
    passed_on = stand_in(wanted, tool) if tool else ""
    if not tool or not passed_on:
        return None
    parts.emit(PhaseStarted("lookalikes", drawn.contract.name, wish.step.number))
    if not _passes(parts, drawn, snapshot, bindings(split(snapshot.text)), _Standing(tool, passed_on)):
        return None
    why = "what was written for this step is this very function, and it passes the tests for it"
    parts.emit(Notice(f"step {wish.step.number}: `{twin}` is used: {why}"))
    return Match(wish.step, "EXISTS_AND_GENERIC", twin, why)


def _candidates(parts: Parts, wish: Wish, drawn: Draft, snapshot: Snapshot) -> list[_Standing]:
    """Return the best tools by the index that can be called like the wanted function, and need no more."""
    wanted, found = _wanted(drawn), []
    allowed = needs(drawn.contract.stub, wanted)
    for tool in _similar(parts, wish, wanted):
        passed_on = stand_in(wanted, tool)
        if passed_on and needs(snapshot.text, tool) <= allowed:
            found.append(_Standing(tool, passed_on))
            if len(found) == _TRIED:
                break
    return found


def _imported(tests: str) -> frozenset[str]:
    """Return what a test file imports of the library, the function under test among it."""
    taken = [node for node in ast.walk(parse_text(tests)) if isinstance(node, ast.ImportFrom)]
    return frozenset(alias.name for node in taken if node.module == "tools" for alias in node.names)


def _similar(parts: Parts, wish: Wish, wanted: Tool) -> Iterator[Tool]:
    said = wanted.docstring
    text = f"{wish.step.description} {wanted.name} {said.summary} {said.returns}"
    for hit in parts.index.search(text, (*wish.step.keywords, *said.keywords), _LOOKED_AT):
        yield hit.tool


def _wanted(drawn: Draft) -> Tool:
    tools = read_library(drawn.contract.stub, "the stub").tools
    return next(tool for tool in tools if tool.name == drawn.contract.name)


def _passes(parts: Parts, drawn: Draft, snapshot: Snapshot, known: Bindings, each: _Standing) -> bool:
    """Tell whether a tool passes the tests as they are written, and the examples: docstring's and user's."""
    tests = drawn.contract.tests
    text = f"{nothing_but(known, {each.tool.name, *_imported(tests)})}\n\n{each.passed_on}"
    try:
        packages = required_packages(text, snapshot.kept, each.tool.name)
        policy = parts.packages.grant(verification_policy(text, each.tool), packages)
    except PackageError:
        return False
    # a call takes a tenth of the time of the tests, and most tools fail the first
    for example in (*docstring_examples(_wanted(drawn)), *drawn.examples):
        if missed(parts.sandbox, text, [example], policy):
            return False
    verdict = parts.sandbox.verify(text, tests, policy, function=drawn.contract.name, brief_s=_EACH_S)
    return verdict.passed

"""A wish -> the contract of a new tool or of a wider one, and whether the library still is as it was then."""

from collections.abc import Callable
from typing import TypeAlias

from toolwright.errors import MergeClashError
from toolwright.events import Notice, PhaseStarted
from toolwright.library.excerpt import excerpt
from toolwright.library.fingerprint import fingerprints
from toolwright.library.store import Snapshot, Store
from toolwright.library.versions import Version
from toolwright.making.feedback import told_precedents
from toolwright.making.held_out import impossible, possible
from toolwright.making.wish import Wish
from toolwright.parts import Parts
from toolwright.records import dataclass, replace
from toolwright.stages.contract import draft_contract
from toolwright.stages.widen import widen_contract
from toolwright.types import Candidate, Contract, Example, Tool


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract; of a tool that it widens also the text, and a print of all that it was drawn from.

    `examples` are those of the user, old ones of a widened tool among them; no author sees their answers.
    `earlier` are versions of the tool from another library.
    """

    contract: Contract
    old_source: str = ""
    old_tests: str = ""
    basis: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    earlier: tuple[Version, ...] = ()

    def is_stale(self, store: Store) -> bool:
        """Tell whether somebody took its name, or edited what it widens, since."""
        snapshot, contract = store.read(), self.contract
        if not contract.replaces:
            return contract.name in snapshot.names
        return self.basis != _basis(snapshot, contract.replaces, store.tests_of(contract.replaces))


Drafter: TypeAlias = Callable[[Parts, Wish, str], Draft]
"""Has a contract written for a wish; the text says what was wrong with an earlier one, "" for the first."""


def draft(parts: Parts, wish: Wish, dispute: str = "") -> Draft:
    """Have the contract written: of a wider tool where that is wanted and can be guarded, else of a new one.

    `dispute` says what was wrong with an earlier one.

    Raises:
        ModelError, ReplyShapeError, LibraryError: no usable contract could be had.
    """
    snapshot = parts.store.read()
    tool = snapshot.tools.get(wish.match.tool)
    if wish.match.kind == "EXISTS_BUT_SPECIFIC" and tool and wish.name in {"", tool.name}:
        old_tests = parts.store.tests_of(tool.name)
        if old_tests is not None:
            return _wider(parts, wish, snapshot, tool, old_tests, dispute)
        parts.emit(Notice(f"`{tool.name}` has no tests that could guard a change; a new tool is written"))
    return _new(parts, wish, snapshot, dispute)


def _wider(parts: Parts, wish: Wish, snapshot: Snapshot, tool: Tool, old_tests: str, dispute: str) -> Draft:
    parts.emit(PhaseStarted("widen", tool.name, wish.step.number))
    whole = replace(tool, source=excerpt(snapshot.text, tool.name))
    contract = widen_contract(
        parts.model,
        wish.step,
        whole,
        old_tests,
        wish.surroundings,
        parts.packages.obtain,
        rules=parts.rules,
        clash=lambda name, stub: impossible(stub, name, wish.examples),
        calls=_calls(wish),
        dispute=dispute,
    )
    held = possible(contract.stub, contract.name, wish.examples)
    examples = (*parts.store.examples_of(tool.name), *held)
    return Draft(contract, whole.source, old_tests, _basis(snapshot, tool.name, old_tests), examples)


def _new(parts: Parts, wish: Wish, snapshot: Snapshot, dispute: str) -> Draft:
    def clash(name: str, stub: str) -> str:
        merging = _clash(parts.store, Candidate(name, stub, ""))
        return merging or impossible(stub, name, wish.examples)

    parts.emit(PhaseStarted("contract", wish.step.description, wish.step.number))
    contract = draft_contract(
        parts.model,
        wish.step,
        wish.surroundings,
        taken=snapshot.names,
        name=wish.name,
        clash=clash,
        obtain=parts.packages.obtain,
        rules=parts.rules,
        calls=_calls(wish),
        dispute=dispute,
        precedents=told_precedents(parts.precedents(wish.step.description)),
    )
    return Draft(contract, examples=possible(contract.stub, contract.name, wish.examples))


def _clash(store: Store, stub: Candidate) -> str:
    """Say what of a stub could never be merged: its function is still unwritten, its helpers are there."""
    try:
        store.merged(stub)
    except MergeClashError as clash:
        return str(clash)
    return ""


def _calls(wish: Wish) -> tuple[str, ...]:
    return tuple(example.call("NAME") for example in wish.examples)


def basis_of(store: Store, name: str) -> tuple[str, ...]:
    """Return a print of a tool and its tests as they are now.

    Raises:
        LibraryError: they cannot be read.
    """
    return _basis(store.read(), name, store.tests_of(name))


def _basis(snapshot: Snapshot, name: str, tests: str | None) -> tuple[str, ...]:
    return fingerprints(snapshot.text, [name])[name], tests or ""

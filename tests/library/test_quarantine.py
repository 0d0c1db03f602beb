"""Quarantine: a note beside the evidence keeps a tool from being offered until what it reaches changes."""

from pathlib import Path

import pytest

from toolwright.library.index import Index
from toolwright.library.store import Store

TEXT = '''def double(n: int) -> int:
    """Double a number."""
    return _times(n, 2)


def _times(n: int, factor: int) -> int:
    return n * factor


def halve(n: int) -> float:
    """Halve a number."""
    return n / 2
'''


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A library of two tools."""
    (tmp_path / "tools.py").write_text(TEXT)
    return Store(tmp_path)


def test_a_tool_in_quarantine_is_kept_but_not_offered(store: Store):
    """It is in the text, named among those not offered with the reason, and no search finds it."""
    store.quarantine("double", "test_double failed:\n  1 is not 2", TEXT)

    snapshot = store.read()
    assert (set(snapshot.tools), set(snapshot.quarantined)) == ({"halve"}, {"double"})
    assert list(snapshot.kept) == ["double", "halve"]
    assert snapshot.not_offered[0].reason == "is in quarantine: test_double failed: 1 is not 2"
    assert "double" in snapshot.names
    assert [hit.tool.name for hit in Index(store).search("double or halve a number")] == ["halve"]


def test_another_program_is_noticed(store: Store):
    """A note that somebody else writes or removes counts at the next reading."""
    assert set(store.read().tools) == {"double", "halve"}
    Store(store.directory).quarantine("double", "failed", TEXT)
    assert set(store.read().tools) == {"halve"}
    assert Store(store.directory).release("double")
    assert set(store.read().tools) == {"double", "halve"}
    assert store.read().not_offered == ()
    assert not store.release("double")


@pytest.mark.parametrize("edit", [("_times(n, 2)", "_times(n, 3)"), ("n * factor", "factor * n")])
def test_an_edited_tool_is_out(store: Store, edit: tuple[str, str]):
    """A changed tool, or a changed helper of it, is another tool: it was not judged yet."""
    store.quarantine("double", "failed", TEXT)
    store.place.tools.write_text(TEXT.replace(*edit))

    assert set(store.read().tools) == {"double", "halve"}


def test_an_edit_elsewhere_lets_nothing_out(store: Store):
    """What the tool does not reach is none of its business."""
    store.quarantine("double", "failed", TEXT)
    store.place.tools.write_text(TEXT.replace("n / 2", "n * 0.5"))

    assert set(store.read().tools) == {"halve"}


@pytest.mark.parametrize(
    "note", ["", "{", "[]", '{"why": 1}', '{"why": "x", "fingerprint": "y"}', "[" * 100_000]
)
def test_a_note_that_says_nothing_holds_nobody(store: Store, note: str):
    """A damaged note does not take a tool away."""
    store.place.evidence.mkdir(parents=True)
    store.place.quarantine_of("double").write_text(note)
    store.place.quarantine_of("gone").write_text("{}")

    assert set(store.read().tools) == {"double", "halve"}

"""toolwright.library.trust: the index says of every tool what a look at all its files says."""

import json
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_histories import histories

from toolwright.library.disk import Disk
from toolwright.library.papers import judge
from toolwright.library.place import Place, sha
from toolwright.library.quarantine import put_in
from toolwright.library.snapshot import Reader
from toolwright.library.standing import reach_hash
from toolwright.library.trust import Ledger

TEXT = "LEAST = 1\n\n\ndef _helper(a: int) -> int:\n    return a + LEAST\n" + "".join(
    f'\n\ndef tool_{n}(a: int) -> int:\n    """Do {n}."""\n    return {"_helper(a)" if n % 2 else "a"}\n'
    for n in range(6)
)


def papers(place, name, serial, killed=3):
    """Write evidence and tests for a tool as it is now; no two writings have the same size."""
    snapshot = Reader(place).read()
    tests = f"from tools import {name}\n{'#' * serial}\n"
    place.evidence.mkdir(parents=True, exist_ok=True)
    place.test_of(name).write_text(tests)
    said = {
        "source_sha256": sha(snapshot.kept[name].source.encode()),
        "reach_sha256": reach_hash(snapshot.known, name, snapshot.kept),
        "tests_sha256": sha(tests.encode()),
        "verdict": {
            "tests": [{"name": "test", "outcome": "passed"}] * serial,
            "mutants": {"killed": killed, "of": 4},
            "replays": 2,
            "level": "full",
            "packages": {"milk": "1.0"} if serial % 2 else {},
        },
        "origin": {"time": "2026-01-02T03:04:05+00:00", "python": "3.1" if serial % 5 == 0 else None},
    }
    place.evidence_of(name).write_text(json.dumps(said))


def truth(place, snapshot):
    """What each tool's files say, all of them read."""
    return {name: judge(place, snapshot.known, snapshot.kept, name) for name in snapshot.kept}


def ledger(place):
    """A ledger that uses the index for any library, whatever was written just now."""
    return Ledger(place, many=0, worth=0, settled_ns=-(10**10))


@settings(max_examples=40, deadline=None)
@given(histories(), st.data())
def test_edit_by_edit_it_is_what_all_files_say(states, data):
    """Whatever becomes of the text and of the files, no verdict is older than they are."""
    with tempfile.TemporaryDirectory() as folder:
        place, serial = Place(Path(folder)), 0
        for text in [one for one in states for _ in range(2)]:
            place.tools.write_bytes(text.encode())
            snapshot = Reader(place).read()
            for name in data.draw(st.lists(st.sampled_from(sorted(snapshot.kept) or [""]), unique=True)):
                what = data.draw(st.sampled_from(["papers", "no evidence", "no tests"]))
                serial += 1
                if name and what == "papers":
                    papers(place, name, serial)
                elif name:
                    gone = place.evidence_of(name) if what == "no evidence" else place.test_of(name)
                    gone.unlink(missing_ok=True)
            for _ in range(2):
                assert ledger(place).of(snapshot, tuple(snapshot.kept)) == truth(place, snapshot)


@pytest.fixture
def library(tmp_path):
    """A library whose tools all have papers."""
    place = Place(tmp_path)
    place.tools.write_text(TEXT)
    for n in range(6):
        papers(place, f"tool_{n}", 2 * n + 2)
    return place


def said(place):
    """What the index says of the standing of each tool; what is in it is what all files say."""
    snapshot = Reader(place).read()
    found = ledger(place).of(snapshot, tuple(snapshot.kept))
    assert found == truth(place, snapshot)
    return {name: one.standing.kind for name, one in found.items()}


def test_only_what_an_edit_reaches_is_in_doubt(library):
    """A constant beneath a helper is edited: the tools that reach it are `edited`, the others as before."""
    assert set(said(library).values()) == {"verified", "outdated"}
    library.tools.write_text(TEXT.replace("LEAST = 1", "LEAST = 2"))
    assert [name for name, kind in said(library).items() if kind == "edited"] == [
        "tool_1",
        "tool_3",
        "tool_5",
    ]
    library.tools.write_text(TEXT)
    assert set(said(library).values()) == {"verified", "outdated"}


@pytest.mark.parametrize(
    "damage",
    ["DROP TABLE trust", "DELETE FROM trust", "UPDATE meta SET value = '2 old' WHERE key = 'format'", ""],
)
def test_an_index_that_is_damaged_or_of_another_format_is_made_anew(library, damage):
    """Nothing is said of it, and nothing else is said of the tools."""
    before = said(library)
    if damage:
        with sqlite3.connect(library.index) as db:
            db.execute(damage)
        db.close()
    else:
        library.index.write_bytes(library.index.read_bytes()[:5000])
    assert said(library) == before


def test_where_nothing_can_be_written_it_is_kept_in_memory(library):
    """A file in the place of the private folder: the same is said, and the file stays."""
    (library.private).write_text("")
    kept = ledger(library)
    snapshot = Reader(library).read()
    for _ in range(2):
        assert kept.of(snapshot, tuple(snapshot.kept)) == truth(library, snapshot)
    assert library.private.is_file()


def test_packages_and_quarantine(library):
    """Upgraded packages outdate what is verified; the index knows why a tool is in quarantine."""
    papers(library, "tool_1", 21)
    put_in(library, Disk(), TEXT, "tool_2", "its tests failed")
    snapshot = Reader(library).read()
    found = ledger(library).of(snapshot, tuple(snapshot.kept), lambda _name: "2.0")
    assert found["tool_1"].standing.changed == "milk 1.0 became 2.0"
    assert found["tool_1"].quality.said == "21 tests passed, 3 of 4 broken copies noticed, 2 replays the same"
    with sqlite3.connect(library.index) as db:
        held = dict(db.execute("SELECT name, quarantine FROM trust WHERE quarantine != ''"))
    db.close()
    assert held == {"tool_2": "is in quarantine: its tests failed"}

"""toolwright.library.index: what the index says is what a fresh parse says, whatever became of the file."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from library_histories import histories

from toolwright.library.catalogue import Tools, read_catalogue
from toolwright.library.index.freshness import refresh
from toolwright.library.index.rows import load
from toolwright.library.place import Place, sha
from toolwright.library.snapshot import Reader
from toolwright.syntax.reading import read_library

TEXT = '"""A library."""\n\nimport json\n' + "".join(
    f'\n\ndef tool_{n}(a: int) -> Row:\n    """Do {n}."""\n    return {{"a": helper(a)}}\n' for n in range(60)
)
TEXT += "\n\nclass Row(TypedDict):\n    a: int\n"


def database():
    """An empty index."""
    return sqlite3.connect(":memory:", isolation_level=None)


def rows(db):
    """Everything an index holds but the numbers of its rows."""
    columns = [row[1] for row in db.execute("PRAGMA table_info(piece)")][1:]
    pieces = db.execute(f"SELECT {', '.join(columns)} FROM piece ORDER BY start").fetchall()
    tools = db.execute(
        "SELECT tool.name, piece.start, words.* FROM tool JOIN piece USING (id) "
        "JOIN words ON words.rowid = tool.id ORDER BY 1"
    ).fetchall()
    counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("tool", "words")]
    return pieces, tools, counts, sorted(db.execute("SELECT * FROM meta"))


def same(catalogue, text):
    """Assert that a catalogue says what a parse of the whole text says."""
    whole = read_library(text)
    assert tuple(Tools(catalogue, catalogue.offered).values()) == whole.tools
    assert sorted(catalogue.not_offered, key=str) == sorted(whole.not_offered, key=str)
    fresh = read_catalogue(text, "tools.py")
    assert (catalogue.sections.header, catalogue.sections.chunks) == (
        fresh.sections.header,
        fresh.sections.chunks,
    )
    uses = [catalogue.bindings.uses(index) for index in range(len(fresh.sections.chunks))]
    assert uses == [fresh.bindings.uses(index) for index in range(len(fresh.sections.chunks))]


@settings(max_examples=100, deadline=None)
@given(histories())
def test_edit_by_edit_the_index_is_what_a_new_one_would_be(states):
    """After every edit it holds the rows of an index made anew, and gives back what a fresh parse says."""
    db = database()
    for text in states:
        kept = load(db, text, sha(text.encode()))
        if kept is not None:
            assert not kept[1] or text in states
        catalogue = read_catalogue(text, "tools.py", kept[0] if kept else None, wholly=True)
        refresh(db, catalogue, sha(text.encode()))
        new = database()
        refresh(new, read_catalogue(text, "tools.py"), sha(text.encode()))
        assert rows(db) == rows(new)
        loaded, whole = load(db, text, sha(text.encode()))
        assert whole
        same(loaded, text)


def write(folder, text):
    """Write a library."""
    (folder / "tools.py").write_text(text)


def check(folder):
    """Read a library through its index and compare with a parse."""
    text = (folder / "tools.py").read_text()
    snapshot = Reader(Place(folder), worth=0).read()
    assert (snapshot.text, tuple(snapshot.tools.values())) == (text, read_library(text).tools)


def test_another_process_edits(tmp_path):
    """A later reader, which finds the index of an older state, sees every edit of the text, and of types."""
    for text in (
        TEXT,
        TEXT.replace("Do 7.", "Do 7, well."),
        "import os\n" + TEXT,
        TEXT.replace("a: int\n", "a: str\n"),
    ):
        write(tmp_path, text)
        check(tmp_path)
        check(tmp_path)
    (tmp_path / "tools.py").unlink()
    assert not Reader(Place(tmp_path), worth=0).read().tools


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE piece SET size = size - 1 WHERE name = 'tool_3'",
        "UPDATE piece SET start = start + 2 WHERE name = 'tool_30'",
        "UPDATE meta SET value = '7' WHERE key = 'header_size'",
        "UPDATE meta SET value = 'x' WHERE key = 'header_lines'",
        "DELETE FROM piece WHERE name = 'tool_59'",
        "DELETE FROM piece",
        "UPDATE piece SET binds = '{' WHERE name = 'Row'",
        "DROP TABLE piece",
        "DROP TABLE meta",
        "UPDATE meta SET value = 'other' WHERE key = 'format'",
    ],
)
def test_spans_that_do_not_fit_are_not_believed(tmp_path, damage):
    """An index whose rows do not fit the text, or that lacks some, changes nothing of what is read."""
    write(tmp_path, TEXT)
    check(tmp_path)
    with sqlite3.connect(tmp_path / ".toolwright/index.db") as db:
        db.execute(damage)
    db.close()
    check(tmp_path)


@pytest.mark.parametrize("file", ["folder", "text", "torn", "none"])
def test_no_index_to_speak_of(tmp_path, file):
    """A folder, a text or half a file in its place: the library is read all the same."""
    write(tmp_path, TEXT)
    check(tmp_path)
    path = tmp_path / ".toolwright/index.db"
    data = path.read_bytes()
    path.unlink()
    if file == "folder":
        path.mkdir()
    elif file == "text":
        path.write_text("nothing of the kind " * 300)
    elif file == "torn":
        path.write_bytes(data[: len(data) // 2])
    check(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path):
    """A file in the place of the private folder: nothing is kept, everything is read."""
    write(tmp_path, TEXT)
    (tmp_path / ".toolwright").write_text("")
    check(tmp_path)
    assert (tmp_path / ".toolwright").is_file()


def test_two_at_once(tmp_path):
    """Several readers that find no index build it at the same time, and all are right."""
    write(tmp_path, TEXT)
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(check, tmp_path) for _ in range(12)]:
            done.result()

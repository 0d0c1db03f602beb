"""Whatever is found where the memory should be: it is migrated, filled, set aside or left alone.

`revisions/NNNN.sql` is what a program of that revision had written. They stay as they are; a new one comes
with each new migration.
"""

import sqlite3
from pathlib import Path

import pytest
from memory_rows import RUN, kept_rows

from toolwright.errors import MemoryFileError
from toolwright.library.spool import note_change
from toolwright.memory.file_database import FileDatabase
from toolwright.memory.past import Past
from toolwright.memory.place import FILE, REVISION
from toolwright.memory.schema import METADATA

REVISIONS = sorted((Path(__file__).parent / "revisions").glob("*.sql"))


def test_there_is_a_fixture_of_every_revision():
    """A migration without one would not be tested."""
    from toolwright.memory.revisions import MIGRATIONS

    known = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert [path.stem for path in REVISIONS] == known
    assert known[-1] == REVISION


@pytest.mark.parametrize("revision", [path.stem for path in REVISIONS])
def test_every_revision_is_migrated(tmp_path, revision):
    """With its rows; afterwards the tables are those that the program uses."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    path = tmp_path / FILE
    with sqlite3.connect(path) as old:
        old.executescript((Path(__file__).parent / "revisions" / f"{revision}.sql").read_text())
    old.close()
    with FileDatabase(path, print).reading() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, METADATA) == []
        assert kept_rows(connection) == RUN[revision]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        guards = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        assert guards.scalar_one() == 27


def _foreign(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE runs (id INTEGER)")
        other.execute("INSERT INTO runs VALUES (7)")
    other.close()


FOUND = {
    "nothing": lambda _path: None,
    "an empty file": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("remember the milk\n" * 50),
    "another program's database": _foreign,
}


@pytest.mark.parametrize("found", FOUND)
def test_what_is_found_is_used_or_set_aside(tmp_path, found):
    """What is none of ours keeps its bytes under another name, which is said; the memory works."""
    note_change(tmp_path / ".toolwright", "something")
    path = tmp_path / ".toolwright" / FILE
    FOUND[found](path)
    before = path.read_bytes() if path.exists() else b""
    said = []
    past = Past(tmp_path, said.append, wait_s=1)
    assert past.ask(lambda c: c.exec_driver_sql("SELECT what FROM changes").scalars().all()) == ["something"]
    aside = list(path.parent.glob(f"{FILE}.damaged-*"))
    assert [each.read_bytes() for each in aside] == ([before] if before else [])
    assert ["set aside as" in each for each in said] == [True] * len(aside)


def test_a_newer_schema_is_left_alone_and_all_goes_on(tmp_path):
    """One sentence; nothing is changed, what is to be kept waits."""
    note_change(tmp_path / ".toolwright", "one")
    Past(tmp_path, print).take_in()
    path = tmp_path / ".toolwright" / FILE
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    before = path.read_bytes()
    note_change(tmp_path / ".toolwright", "two")
    said = []
    past = Past(tmp_path, said.append)
    past.take_in()
    past.take_in()
    with pytest.raises(MemoryFileError, match="was made by a newer Toolwright"):
        past.runs(1)
    assert len(said) == 1
    assert "newer Toolwright" in said[0]
    assert path.read_bytes() == before

"""Approvals: kept, found, listed, revoked; and what happens to them when their file is in trouble."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from toolwright.errors import MemoryFileError
from toolwright.memory.approvals import Approvals
from toolwright.memory.file_database import FileDatabase
from toolwright.memory.place import FILE, REVISION
from toolwright.memory.schema import METADATA

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A file of today's form with nothing in it, made once."""
    folder = tmp_path_factory.mktemp("migrated")
    approvals = Approvals(folder)
    approvals.add("t", "f", "execute", "")
    approvals.revoke([1])
    return folder / ".toolwright" / FILE


@pytest.fixture
def library(tmp_path, migrated):
    """A library folder with an empty file of approvals."""
    (tmp_path / ".toolwright").mkdir()
    shutil.copy(migrated, file_of(tmp_path))
    return tmp_path


def file_of(library):
    """Where the approvals of a library stand."""
    return library / ".toolwright" / FILE


def rows(library):
    """What is kept, without ids and times."""
    return [(a.tool, a.fingerprint, a.permission, a.detail) for a in Approvals(library).all()]


def test_looking_makes_no_file_and_loads_no_database(tmp_path):
    """Where nothing was ever approved, finding that out costs nothing; what is there is read just so."""
    code = (
        "import sys; from pathlib import Path; from toolwright.memory.approvals import Approvals\n"
        "print(Approvals(Path(sys.argv[1])).find('t', 'f'))\n"
        "print(sorted({'sqlalchemy', 'alembic', 'sqlite3'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n[]\n"
    assert list(tmp_path.iterdir()) == []
    Approvals(tmp_path).add("t", "f", "read", "/data")
    done = subprocess.run([*done.args], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[('read', '/data')]\n['sqlite3']\n"


def test_an_approval_is_for_one_version_of_one_tool(tmp_path):
    """It is found by tool and fingerprint, and another version has none."""
    approvals = Approvals(tmp_path)
    approvals.add("fetch", "v1", "network", "api.example.org")
    approvals.add("fetch", "v1", "network", "api.example.org")
    approvals.add("fetch", "v1", "read", "/data/x")
    assert approvals.find("fetch", "v1") == [("network", "api.example.org"), ("read", "/data/x")]
    assert approvals.find("fetch", "v2") == []
    assert approvals.find("fetch2", "v1") == []


class Contract(RuleBasedStateMachine):
    """Whatever is added and revoked in whatever order, what is listed is what a plain list would hold."""

    template: Path
    folders: Path

    def __init__(self):
        super().__init__()
        library = self.folders / f"run-{len(list(self.folders.iterdir()))}"
        (library / ".toolwright").mkdir(parents=True)
        shutil.copy(self.template, file_of(library))
        self.approvals = Approvals(library)
        self.model = []

    @rule(
        tool=st.sampled_from(["a", "b"]),
        version=st.sampled_from(["1", "2"]),
        permission=st.sampled_from(["read", "network"]),
        detail=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    )
    def add(self, tool, version, permission, detail):
        """Add one; a second time it stays where it is."""
        row = (tool, version, permission, detail)
        self.approvals.add(*row)
        if row not in self.model:
            self.model.append(row)

    @rule(data=st.data())
    def revoke(self, data):
        """Take some back, others than these stay."""
        kept = self.approvals.all()
        chosen = data.draw(st.lists(st.sampled_from(kept), unique=True)) if kept else []
        self.approvals.revoke([each.id for each in chosen] + [10_000])
        gone = {(each.tool, each.fingerprint, each.permission, each.detail) for each in chosen}
        self.model = [row for row in self.model if row not in gone]

    @invariant()
    def listed(self):
        """All are listed in the order they came, and found by tool and version."""
        kept = self.approvals.all()
        assert [(a.tool, a.fingerprint, a.permission, a.detail) for a in kept] == self.model
        assert [a.id for a in kept] == sorted({a.id for a in kept})
        assert self.approvals.find("a", "1") == [row[2:] for row in self.model if row[:2] == ("a", "1")]


def test_approvals_keep_their_contract(tmp_path, migrated):
    """Adding and revoking in any order."""
    Contract.template, Contract.folders = migrated, tmp_path
    machine = Contract.TestCase
    machine.settings = settings(max_examples=8, stateful_step_count=8, deadline=None)
    machine("runTest").runTest()


def test_the_migrations_make_the_tables_that_the_program_uses(migrated):
    """Migrations and schema say the same, and the newest revision is the one the program knows."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with FileDatabase(migrated, print).reading() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, METADATA) == []


def test_approvals_of_another_folder_do_not_count(library, tmp_path_factory):
    """A library that came from somebody else brings no permission with it, nor does one that was moved."""
    Approvals(library).add("fetch", "v1", "network", "*")
    elsewhere = tmp_path_factory.mktemp("other") / "library"
    shutil.copytree(library, elsewhere)
    assert Approvals(elsewhere).find("fetch", "v1") == []
    assert rows(elsewhere) == []
    assert rows(library) == [("fetch", "v1", "network", "*")]


def test_a_damaged_file_is_set_aside_with_a_notice(library):
    """Nothing is lost: the file is kept under another name, and approvals begin anew."""
    file_of(library).write_bytes(b"this is no database, " * 300)
    said = []
    approvals = Approvals(library, said.append)
    assert approvals.all() == ()
    approvals.add("t", "f", "execute", "")
    assert rows(library) == [("t", "f", "execute", "")]
    (aside,) = (library / ".toolwright").glob("memory.db.damaged-*")
    assert aside.read_bytes().startswith(b"this is no database")
    assert len(said) == 1
    assert aside.name in said[0]


def test_what_another_program_mended_is_not_set_aside(library, migrated):
    """Two find the same damage; the second one waits for the first, looks again, and finds a sound file."""
    file_of(library).write_bytes(b"no database " * 100)
    said, found = [], []
    folder = os.open(library / ".toolwright", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = threading.Thread(target=lambda: found.append(Approvals(library, said.append).all()))
    second.start()
    second.join(1.0)
    waiting = second.is_alive()
    shutil.copy(migrated, file_of(library))
    os.close(folder)
    second.join(20.0)
    assert waiting
    assert (found, said) == ([()], [])
    assert list((library / ".toolwright").iterdir()) == [file_of(library)]


def test_a_page_that_is_damaged_is_noticed(library):
    """Also where the head of the file is sound."""
    approvals = Approvals(library)
    approvals.add("t", "f", "read", "x" * 20_000)
    data = bytearray(file_of(library).read_bytes())
    start = data.index(b"x" * 4000) // 4096 * 4096
    data[start : start + 4096] = bytes(4096)
    file_of(library).write_bytes(data)
    said = []
    assert Approvals(library, said.append).all() == ()
    assert len(said) == 1


def test_a_database_of_another_program_is_set_aside(library):
    """Tables that are not ours are not touched."""
    file_of(library).unlink()
    with sqlite3.connect(file_of(library)) as foreign:
        foreign.execute("CREATE TABLE approvals (id INTEGER)")
    foreign.close()
    said = []
    Approvals(library, said.append).add("t", "f", "execute", "")
    assert rows(library) == [("t", "f", "execute", "")]
    assert len(said) == 1


def test_a_file_of_a_newer_program_is_left_alone(library):
    """What is not understood is neither read nor changed."""
    with sqlite3.connect(file_of(library)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    before = file_of(library).read_bytes()
    approvals = Approvals(library)
    for attempt in (approvals.all, lambda: approvals.add("t", "f", "execute", "")):
        with pytest.raises(MemoryFileError, match="made by a newer Toolwright"):
            attempt()
    assert file_of(library).read_bytes() == before


def test_an_empty_file_is_filled(library):
    """What a crash left before the first write is no damage."""
    file_of(library).write_bytes(b"")
    said = []
    assert Approvals(library, said.append).all() == ()
    Approvals(library, said.append).add("t", "f", "execute", "")
    assert rows(library) == [("t", "f", "execute", "")]
    assert said == []


def test_a_file_in_use_is_waited_for_and_then_said(library):
    """Another program that writes is waited for; one that never ends is named as the cause."""
    holder = sqlite3.connect(file_of(library), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    quick = FileDatabase(file_of(library), print, wait_s=0.1)
    with pytest.raises(MemoryFileError, match="in use by another program"), quick.writing():
        pass
    with quick.reading() as connection:  # who only looks need not wait
        assert connection is not None
    holder.execute("ROLLBACK")
    holder.close()
    with quick.writing():
        pass


def test_a_block_that_fails_leaves_nothing(library):
    """All or nothing."""
    from toolwright.memory.schema import APPROVALS

    row = {"place": "p", "tool": "t", "fingerprint": "f", "permission": "read", "detail": "", "given": ""}
    database = FileDatabase(file_of(library), print)

    def fail():
        with database.writing() as connection:
            connection.execute(APPROVALS.insert().values(row))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as connection:
        assert connection.execute(APPROVALS.select()).all() == []


_MANY = """
import sys
from pathlib import Path
from toolwright.memory.approvals import Approvals
Approvals(Path(sys.argv[1]), print).add("t", sys.argv[2], "execute", "")
"""


@pytest.mark.parametrize("begin", ["no file", "damaged"])
def test_programs_that_begin_at_once_share_the_file(tmp_path, begin):
    """Several make, or set aside, and migrate the same file together: every approval is there."""
    (tmp_path / ".toolwright").mkdir()
    if begin == "damaged":
        file_of(tmp_path).write_bytes(b"no database at all " * 100)
    command = [sys.executable, "-c", _MANY, str(tmp_path)]
    many = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for number in range(4)
    ]
    ends = [(process.communicate(timeout=60), process.returncode) for process in many]
    assert [code for _, code in ends] == [0] * 4, ends
    assert sorted(row[1] for row in rows(tmp_path)) == ["0", "1", "2", "3"]
    aside = list((tmp_path / ".toolwright").glob("*.damaged-*"))
    assert len(aside) == (begin == "damaged")


def test_threads_can_approve_at_once(library):
    """Approvals are safe to use from several threads."""
    approvals = Approvals(library)
    threads = [
        threading.Thread(target=approvals.add, args=("t", str(number), "execute", "")) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row[1] for row in rows(library)) == [str(number) for number in range(8)]


@pytest.fixture
def read_only(library, frozen):
    """The library with an approval in it, in a folder in which nothing can be written."""
    Approvals(library).add("t", "f", "execute", "")
    with frozen(library):
        yield library


def test_where_nothing_can_be_written_approvals_are_read(read_only):
    """A read-only folder is no damage: reading works, keeping is refused with the reason."""
    said = []
    approvals = Approvals(read_only, said.append)
    assert approvals.find("t", "f") == [("execute", "")]
    with pytest.raises(MemoryFileError, match="cannot be used: attempt to write a readonly database"):
        approvals.add("t", "g", "execute", "")
    assert said == []
    assert approvals.find("t", "f") == [("execute", "")]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    """Such as one under a name that is a file's."""
    (tmp_path / ".toolwright").write_text("a file")
    with pytest.raises(MemoryFileError, match="cannot be made"):
        Approvals(tmp_path).add("t", "g", "execute", "")

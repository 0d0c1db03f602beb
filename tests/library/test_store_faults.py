"""A commit that is killed, or whose disk fails, at any single step: the library is old or new afterwards."""

import contextlib
import errno
import os
import signal
import subprocess
import sys

import pytest
from interrupted_changes import CHANGES, check_whole, expected, prepared, state
from library_admissions import add, admission, candidate, files

from toolwright.errors import LibraryChangedError, LibraryError, LibraryWriteError
from toolwright.library.disk import Disk
from toolwright.library.store import Store

SOME = [pytest.param(what, marks=[pytest.mark.slow] * (what != "widen")) for what in CHANGES]
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}


def killed(change):
    """Run a change in a child that may kill itself; tell whether it did."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            change()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def trouble(change):
    """What a change that could not be written said, "" when it could."""
    try:
        change()
    except LibraryWriteError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("what", SOME)
def test_killed_before_every_file_operation(tmp_path, what):
    """Killed before the n-th operation on a file, for every n: all of the change is there or none."""
    new = expected(tmp_path, what)
    outcomes = set()
    for n in range(200):
        directory, change = prepared(tmp_path, what, n)
        old = state(directory)

        def dying(change=change, n=n, folder=str(directory)):
            left = n

            def hook(event, arguments):
                nonlocal left
                if event in EVENTS and (event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                    if event == "open" and folder not in str(arguments[0]):
                        return
                    left -= 1
                    if left < 0:
                        os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(hook)
            change()

        was_killed = killed(dying)
        said = Store(directory).recover()
        outcomes.add("finished" if said and "finished" in said else "taken back" if said else "nothing to do")
        check_whole(directory, old, new)
        if not was_killed:
            break
    assert n > 12
    assert outcomes == {"finished", "taken back", "nothing to do"}


class Failing(Disk):
    """A disk whose n-th operation fails, kills the process half way, or after which every one fails."""

    def __init__(self, n, how):
        self.left, self.how = n, how

    def _count(self):
        self.left -= 1
        if self.how == "dead" and self.left < 0:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), "the disk")
        if self.how == "once" and self.left == -1:
            raise OSError(errno.EIO, os.strerror(errno.EIO), "the disk")

    def write(self, path, data, *, like=None):
        """Write, or fail, or die half way."""
        self._count()
        if self.how == "torn" and self.left < 0:
            path.write_bytes(data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(path, data, like=like)

    def rename(self, source, target):
        """Rename, or fail."""
        self._count()
        super().rename(source, target)

    def swap(self, one, other):
        """Exchange, or fail."""
        self._count()
        return super().swap(one, other)

    def remove(self, path):
        """Remove, or fail."""
        if self.how != "torn":
            self._count()
        super().remove(path)

    def settle(self, folder):
        """Settle, or fail."""
        if self.how != "torn":
            self._count()
        super().settle(folder)


@pytest.mark.parametrize("what", SOME)
def test_killed_in_the_middle_of_a_write(tmp_path, what):
    """A file that was half written when the process died is no part of any state."""
    for n in range(20):
        directory, change = prepared(tmp_path, what, n)
        old = state(directory)
        was_killed = killed(lambda change=change, n=n: change(Failing(n, "torn")))
        Store(directory).recover()
        new = old if was_killed else state(directory)
        if was_killed:
            assert state(directory) == old
        check_whole(directory, old, new)
        if not was_killed:
            break
    assert n >= 2


@pytest.mark.parametrize("what", SOME)
def test_one_operation_fails(tmp_path, what):
    """EIO at the n-th operation: an error that names it and a library as before, or the change is done."""
    for n in range(100):
        directory, change = prepared(tmp_path, what, n)
        old = state(directory)
        disk = Failing(n, "once")
        said = trouble(lambda change=change, disk=disk: change(disk))
        if said:
            assert "Input/output error" in said
            assert "everything is as it was" in said
            assert state(directory) == old
            assert Store(directory).recover() is None
            check_whole(directory, old, old)
        else:
            assert state(directory) != old
            Store(directory).recover()
        if disk.left >= 0:
            break
    assert n > 12


@pytest.mark.parametrize("what", SOME)
def test_the_disk_goes_away(tmp_path, what):
    """When nothing can be written any more, not even to take it back, the next start brings it in order."""
    new = expected(tmp_path, what)
    for n in range(40):
        directory, change = prepared(tmp_path, what, n)
        old = state(directory)
        with contextlib.suppress(LibraryWriteError):
            change(Failing(n, "dead"))
        Store(directory).recover()
        check_whole(directory, old, new)


def test_an_edit_between_crash_and_recovery_survives(tmp_path):
    """Whoever saves tools.py before the next start keeps that; tests never stand without their tool."""
    for n in range(20):
        directory, change = prepared(tmp_path, "add", n)

        def dying(change=change, n=n):
            class Deadly(Disk):
                left = n

                def die_in_time(self):
                    self.left -= 1
                    if self.left < 0:
                        os.kill(os.getpid(), signal.SIGKILL)

                def rename(self, source, target):
                    self.die_in_time()
                    super().rename(source, target)

                def swap(self, one, other):
                    swapped = super().swap(one, other)
                    self.die_in_time()
                    return swapped

            change(Deadly())

        was_killed = killed(dying)
        path = directory / "tools.py"
        path.write_text(path.read_text() + "\n\nEDITED = True\n")
        Store(directory).recover()
        assert path.read_text().endswith("EDITED = True\n")
        has_tool = "count_rows" in path.read_text()
        assert has_tool == (directory / "tool_tests/test_count_rows.py").exists()
        assert has_tool == (directory / "tool_tests/evidence/count_rows.json").exists()
        if not was_killed:
            break
    assert n > 4


def editing(path, when, texts):
    """Return a disk during whose operation `when` somebody saves the next of `texts` as `path`."""
    left = iter(texts)

    def save():
        for text in left:
            path.write_text(text)
            return

    class Editing(Disk):
        def rename(self, source, target):
            """Rename; meanwhile, an editor saves."""
            super().rename(source, target)
            if when == "before" and target.name == "test_count_rows.py":
                save()

        def swap(self, one, other):
            """Exchange; just before, an editor saves."""
            if when == "at the last moment" and other.read_text() == "X = 1\n":
                save()
            return super().swap(one, other)

    return Editing()


@pytest.mark.parametrize("when", ["before", "at the last moment"])
def test_an_edit_at_the_very_moment(tmp_path, when):
    """Somebody saves while the files are being written: the tool is merged with what was saved, not over."""
    path = tmp_path / "tools.py"
    path.write_text("X = 1\n")
    add(Store(tmp_path, disk=editing(path, when, ["X = 2\n", "X = 3\n"])))
    assert path.read_text().startswith("X = 3\n" if when == "before" else "X = 2\n")
    assert set(Store(tmp_path).read().tools) == {"count_rows"}
    assert not list(tmp_path.rglob("*toolwright-new*"))


def test_an_editor_that_never_rests(tmp_path):
    """Somebody saves each time that the change is tried: it gives way, and takes its tests along."""
    path = tmp_path / "tools.py"
    path.write_text("X = 1\n")
    with pytest.raises(LibraryChangedError):
        add(Store(tmp_path, disk=editing(path, "before", (f"X = {n}\n" for n in range(2, 99)))))
    [(name, text)] = files(tmp_path).items()
    assert (name, text) == ("tools.py", path.read_bytes())
    add(Store(tmp_path))


def test_killed_just_as_somebody_saved(tmp_path):
    """Killed between an edit of that very moment and its return: the next start brings the edit back."""
    path = tmp_path / "tools.py"
    path.write_text("X = 1\n")

    class Dying(Disk):
        def swap(self, one, other):
            """Exchange what somebody has just saved, and die."""
            path.write_text("X = 2\n")
            super().swap(one, other)
            os.kill(os.getpid(), signal.SIGKILL)

    assert killed(lambda: add(Store(tmp_path, disk=Dying())))
    assert "taken back" in Store(tmp_path).recover()
    assert files(tmp_path).get("tools.py") == b"X = 2\n"
    assert not list(tmp_path.rglob("*toolwright-new*"))
    add(Store(tmp_path))


def test_a_damaged_journal_is_put_aside(tmp_path):
    """A journal that nobody can read does not stop the next start for ever."""
    add(Store(tmp_path))
    before = files(tmp_path)
    (tmp_path / ".toolwright/journal").mkdir()
    (tmp_path / ".toolwright/journal/decided.json").write_text('{"format": 1')
    assert "put aside" in Store(tmp_path).recover()
    assert Store(tmp_path).recover() is None
    assert files(tmp_path) == before


def mounted(directory, *options):
    """Mount a small file system in memory, or skip where that is not permitted."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", directory], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"mounting a tmpfs is not permitted here: {done.stderr.decode().strip()}")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 128 kB."""
    directory = tmp_path / "disk"
    directory.mkdir()
    mounted(directory, "-o", "size=128k")
    yield directory
    subprocess.run(["umount", "-l", directory], check=True)


def test_a_really_full_disk(small_disk):
    """However many bytes are left, a commit succeeds or says that there is no room and changes nothing."""
    (small_disk / "tools.py").write_text("def mine(x: int) -> int:\n    return x\n\n\n" + "# note\n" * 2000)
    failed = done = 0
    for kilobytes in range(100, -1, -4):
        filler = small_disk / "filler"
        filler.write_bytes(b"")
        old = state(small_disk)
        with contextlib.suppress(OSError):
            filler.write_bytes(b"x" * kilobytes * 1024)
        old["filler"] = filler.read_bytes()
        said = trouble(lambda n=kilobytes: add(Store(small_disk), name=f"tool_{n}"))
        if said:
            assert "No space left on device" in said
            assert state(small_disk) == old
        failed += bool(said)
        done += not said
        assert Store(small_disk).recover() is None
    assert failed > 3
    assert done > 0
    assert not [name for name in files(small_disk, private=True) if "toolwright-new" in name]


def test_a_read_only_disk(small_disk):
    """A library on a read-only file system can be read and searched; writing says so and why."""
    from toolwright.library.index import Index

    add(Store(small_disk))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    store = Store(small_disk)
    before = files(small_disk, private=True)
    assert store.recover() is None
    assert [hit.tool.name for hit in Index(store).search("count rows")] == ["count_rows"]
    for operation in (store.undo, lambda: add(store, name="another")):
        with pytest.raises(LibraryWriteError, match="Read-only file system"):
            operation()
    assert files(small_disk, private=True) == before


def test_a_fresh_read_only_directory(small_disk):
    """A directory that was never written to and cannot be is an error with the path, not a traceback."""
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(LibraryWriteError, match=str(small_disk)):
        Store(small_disk).commit(admission(candidate()), Store(small_disk).merged(candidate()))
    with pytest.raises(LibraryError):
        Store(small_disk).undo()

"""The power fails during a change, and any part of what was not waited for is lost: it is old or new."""

import contextlib
import errno
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from interrupted_changes import expected, prepared, state
from library_admissions import files
from power_losses import power_cuts, traced
from traced_changes import need_strace

from toolwright.errors import LibraryWriteError
from toolwright.library.disk import Disk
from toolwright.library.store import Store

CHANGES = ("add", "widen", "remove", "undo removing", "undo widening", "first", "undo adding")


@pytest.fixture
def memory(tmp_path):
    """A folder whose files are in memory, where there is one: waiting for a disk takes long."""
    if not Path("/dev/shm").is_dir():
        yield tmp_path
    else:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            yield Path(folder)


def put(directory, left):
    """Write down what a power cut left."""
    directory.mkdir()
    for name, data in left.items():
        if data is None:
            (directory / name).mkdir()
        else:
            (directory / name).write_bytes(data)


def stands(directory):
    """Map all that stands in a directory to its bytes, folders to None."""
    paths = sorted(directory.rglob("*"))
    return {str(one.relative_to(directory)): None if one.is_dir() else one.read_bytes() for one in paths}


def imported(directory):
    """Import the library as Python does, with the byte code beside it; tell its names."""
    if not (directory / "tools.py").exists():
        return set()
    spec = importlib.util.spec_from_file_location("tools_after_a_power_cut", directory / "tools.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return set(vars(module))


def kept(directory):
    """What matters of a library, and which versions and acts are remembered; byte code is only quicker."""
    private = files(directory, private=True)
    remembered = [
        name for name in private if name.startswith((".toolwright/history", ".toolwright/versions"))
    ]
    conftest = "tool_tests/conftest.py"  # it stays when all else goes
    left_out = {conftest, *(name for name in private if name.startswith("__pycache__/"))}
    return {name: data for name, data in state(directory).items() if name not in left_out}, remembered


def whole(change, directory):
    """Return a change with what comes after it: the byte code, which tests do not have written otherwise."""

    def changing():
        sys.dont_write_bytecode = False
        store = change()
        (store or Store(directory)).settle()

    return changing


class Ending(Disk):
    """A disk with which a change comes to its end just before its fourth rename."""

    def __init__(self, end):
        self.left, self.end = 3, end

    def rename(self, source, target):
        """Rename, or end."""
        self.left -= 1
        if self.left == -1:
            self.end()
        super().rename(source, target)


def fail():
    """Be a disk that fails."""
    raise OSError(errno.EIO, os.strerror(errno.EIO), "the disk")


def killed(change):
    """Begin a change in a child that kills itself in the middle."""
    child = os.fork()
    if child == 0:
        change(Ending(lambda: os.kill(os.getpid(), signal.SIGKILL)))
        os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def check(directory, left, old, new):
    """Start on what a power cut left: it is old or new, and said to be; nothing is left over; it works."""
    put(directory, left)
    said = Store(directory).recover() or ""
    found = kept(directory)
    assert found in (old, new)
    assert "finished" not in said or found == new
    assert "taken back" not in said or found == old
    assert "damaged" not in said
    assert not [name for name in stands(directory) if "toolwright-new" in name or "journal/" in name]
    names = imported(directory)
    assert {one.stem.removeprefix("test_") for one in directory.glob("tool_tests/test_*.py")} <= names
    shutil.rmtree(directory)
    return found == new


def cut_off(memory, change, directory, old, new, at_most):
    """Check a change under power cuts; return in how many states it was found to be done, and not to be."""
    need_strace()
    before = stands(directory)
    operations = traced(change, directory, memory / "trace")
    end = kept(directory)
    done = []
    for is_done, left in power_cuts(before, operations, at_most):
        done.append(check(memory / "cut", left, old, new))
        assert not is_done or done[-1] == (end == new), "it was said to be done, or to be as before"
    return sum(done), len(done) - sum(done)


def changed(memory, what, at_most):
    """Check a change of the library under power cuts."""
    expected(memory, what)
    directory, change = prepared(memory, what, "traced")
    return cut_off(
        memory, whole(change, directory), directory, kept(directory), kept(memory / "undisturbed"), at_most
    )


@pytest.mark.parametrize("what", ["add", "widen", "remove", "undo removing"])
def test_some_power_cuts(memory, what):
    """At every moment of a change, six drawn ones of what a power cut may leave: all is there or nothing."""
    done, not_done = changed(memory, what, at_most=6)
    assert done > 3
    assert not_done > 10


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANGES)
def test_all_power_cuts(memory, what):
    """All that a power cut may leave at any moment, or 80 drawn ones where there are more of that moment."""
    done, not_done = changed(memory, what, at_most=80)
    assert done > 60
    assert not_done > 20


@pytest.mark.parametrize(
    ("what", "how"),
    [
        ("widen", "killed"),
        ("widen", "killed, then edited"),
        pytest.param("widen", "failed", marks=pytest.mark.slow),
        pytest.param("add", "killed", marks=pytest.mark.slow),
    ],
)
def test_power_cuts_while_a_change_is_brought_to_its_end(memory, what, how):
    """The power fails while a change is finished or taken back by the next start, or given up: as ever."""
    expected(memory, what)
    directory, change = prepared(memory, what, "traced")
    old, new = kept(directory), kept(memory / "undisturbed")

    def given_up():
        with contextlib.suppress(LibraryWriteError):
            change(Ending(fail))

    if how != "failed":
        killed(change)
    if how == "killed, then edited":
        with (directory / "tools.py").open("ab") as file:
            file.write(b"\n\nEDITED = True\n")
        old[0]["tools.py"] = (directory / "tools.py").read_bytes()
    ending = given_up if how == "failed" else Store(directory).recover
    done, not_done = cut_off(memory, ending, directory, old, new, at_most=20)
    assert (done > 0, not_done > 0) == (how != "killed, then edited", how != "killed")

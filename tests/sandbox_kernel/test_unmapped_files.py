"""Grants for root where a file system cannot show files to another user: copied for the call, and back.

The file system is a real overlay, of which the kernel maps no owners; its upper layer holds 8 MB.
"""

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.kernel import mounts
from toolwright.sandbox.kernel.syscalls import KernelError
from toolwright.sandbox.levels import try_level
from toolwright.sandbox.zygote.id_maps import IdMaps
from toolwright.temporary.removing import remove_tree
from toolwright.types import Limits, Policy

pytestmark = [
    pytest.mark.skipif(os.getuid() != 0, reason="only root's cells are somebody else"),
    pytest.mark.skipif(bool(try_level("full")), reason="level full does not work here"),
]
OWNER = 60570
SECRET = "CANARY-SECRET-4d2a"
SOURCE = """
import os, shutil, time

def look(folder):
    return {name: open(os.path.join(folder, name)).read() if os.path.isfile(name) else "" for name in
            sorted(os.listdir(folder))}

def change(folder):
    with open("a.txt", "a") as file:
        file.write(" and more")
    os.makedirs("new/deep")
    open("new/deep/n", "w").write("n")
    os.chmod("new/deep/n", 0o640)
    os.symlink("/etc/passwd", "link")
    os.remove("gone")
    os.rename("folder", "moved")

def plant():
    open(".env2", "w").write("x")
    os.mkdir(".git")
    open(".git/config", "w").write("x")
    os.mkfifo("pipe")
    open("honest", "w").write("kept")

def turn(outside):
    os.remove("a.txt")
    os.symlink(outside, "a.txt")
    shutil.rmtree("folder")
    os.symlink(outside, "folder")
    os.remove("out")
    os.mkdir("out")
    open("out/written", "w").write("x")

def fill(name, megabytes, parts):
    for number in range(parts):
        open(f"{name}{number}", "wb").write(os.urandom(megabytes << 20))

def wait_for(name):
    open("a.txt", "w").write("the tool's")
    open("b.txt", "w").write("new")
    open("ready", "w").close()
    time.sleep(1)

def move_secret():
    os.rename("guarded", "elsewhere")

def rights():
    os.chmod("a.txt", 0o755)
"""


@pytest.fixture(scope="module")
def plain():
    """A folder on a file system that maps no owners; that it does not is tried."""
    place = Path(tempfile.mkdtemp(prefix="unmapped-", dir="/tmp"))
    place.chmod(0o755)
    for name in ("lower", "upper", "top"):
        (place / name).mkdir()
    top = place / "top"
    size = "size=8m,nr_inodes=4k"
    ended = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", place / "upper"], check=False)
    (place / "upper" / "a").mkdir()
    (place / "upper" / "b").mkdir()
    layers = f"lowerdir={place}/lower,upperdir={place}/upper/a,workdir={place}/upper/b"
    ended = subprocess.run(["mount", "-t", "overlay", "-o", layers, "overlay", top], check=False)
    try:
        if ended.returncode != 0:
            pytest.skip("no overlay can be mounted here")
        folder = os.open(top, os.O_PATH)
        with pytest.raises(KernelError):
            mounts.seal(mounts.clone(folder), 0, IdMaps(60000).get(OWNER, OWNER))
        os.close(folder)
        yield top
    finally:
        subprocess.run(["umount", "-l", top, place / "upper"], check=False, stderr=subprocess.DEVNULL)
        remove_tree(str(place))


@pytest.fixture(scope="module")
def box():
    """One warm sandbox for all tests."""
    with ConfinedSandbox("full") as made:
        yield made


@pytest.fixture
def work(plain):
    """A workspace of an ordinary user, with guarded things in it."""
    folder = Path(tempfile.mkdtemp(prefix="work-", dir=plain))
    for inner in ("folder/inner", "guarded", "outside"):
        (folder / inner).mkdir(parents=True)
    texts = {"a.txt": "text of a", "gone": "x", "folder/inner/f": "f", ".env": SECRET, "guarded/.env": SECRET}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "out").symlink_to(folder.parent)
    (folder / "a.txt").chmod(0o600)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, OWNER, OWNER, follow_symlinks=False)
    yield folder
    remove_tree(str(folder))


def call(box, work, function, *, write=True, limits=None, **arguments):
    """Call a function with the workspace granted to read, and to write."""
    policy = Policy(workspace=str(work), write=(str(work),) if write else (), limits=limits or Limits())
    return box.call(SOURCE, function, arguments, policy)


def tree(folder):
    """Everything in a folder: what it is, whose, and its content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        content = str(path.readlink()) if path.is_symlink() else path.read_text() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (oct(info.st_mode), info.st_uid, info.st_gid, content)
    return found


def test_a_tool_sees_what_is_granted_and_nothing_guarded(box, work):
    """Files of the owner can be read, whatever their mode; a secret is empty, and never copied anywhere."""
    copies, over = [], threading.Event()

    def watch():
        while not over.is_set():
            for folder in Path("/tmp").glob("toolwright-copy-*"):
                for parent, _, names in os.walk(folder):  # it goes away while it is looked at
                    for name in names:
                        with contextlib.suppress(OSError):
                            copies.append((name, Path(parent, name).read_text(errors="replace")))
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    seen = call(box, work, "look", write=False, folder=".").value
    assert (seen["a.txt"], seen[".env"]) == ("text of a", "")
    call(box, work, "wait_for", name="x")
    over.set()
    watcher.join()
    assert "a.txt" in {name for name, _ in copies}
    assert not [name for name, text in copies if SECRET in text]


def test_what_a_tool_changed_is_brought_back(box, work):
    """New, changed, moved and removed: as the tool left it, with the owner of the workspace; nothing else."""
    before = tree(work)
    (work / "a.txt").chmod(0o600)
    result = call(box, work, "change", folder=".")
    assert (result.status, result.message) == ("returned", "")
    after = tree(work)
    new = (OWNER, OWNER)
    assert after == {
        **{name: was for name, was in before.items() if name.partition("/")[0] not in {"gone", "folder"}},
        "a.txt": ("0o100600", *new, "text of a and more"),
        "new": ("0o40755", *new, ""),
        "new/deep": ("0o40755", *new, ""),
        "new/deep/n": ("0o100640", *new, "n"),
        "link": ("0o120777", *new, "/etc/passwd"),
        "moved": ("0o40755", *new, ""),
        "moved/inner": ("0o40755", *new, ""),
        "moved/inner/f": before["folder/inner/f"],
    }


def test_what_may_only_be_read_is_not_changed(box, work):
    """Without a grant to write, a write fails in the cell and the workspace stays as it was."""
    before = tree(work)
    result = call(box, work, "change", write=False, folder=".")
    assert (result.status, result.error_type) == ("raised", "OSError")
    assert tree(work) == before


def test_guarded_names_and_pipes_are_not_brought_back(box, work):
    """They are named and left out; what else the tool wrote in the same call is there."""
    result = call(box, work, "plant")
    assert result.status == "limit"
    for name in (".env2", ".git", "pipe"):
        assert f"{work}/{name} (" in result.message
        assert not (work / name).exists()
    assert (work / "honest").read_text() == "kept"
    assert (work / ".env").read_text() == SECRET


def test_no_link_is_followed_on_the_way_back(box, work):
    """Links in place of files and folders, and folders in place of links: nothing outside is touched."""
    outside = work.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "target").write_text("as before")
    result = call(box, work, "turn", outside=str(outside / "target"))
    assert result.status == "limit"
    assert "/folder (" in result.message
    assert "/out (" in result.message
    assert (work / "folder" / "inner" / "f").read_text() == "f"
    assert (work / "a.txt").readlink() == outside / "target"
    assert (outside / "target").read_text() == "as before"
    assert not (work.parent / "written").exists()


def test_sizes_are_bounded_both_ways(box, work):
    """Too much to copy is one sentence with what to do; too much written is stopped, and nothing is kept."""
    small = Limits(scratch_mb=1, file_mb=64)
    before = tree(work)
    result = call(box, work, "fill", limits=small, name="big", megabytes=2, parts=1)
    assert result.status == "limit"
    assert "1 MB" in result.message
    assert tree(work) == before
    (work / "large").write_bytes(b"x" * (2 << 20))
    with pytest.raises(SandboxError, match="holds more than 1 MB") as error:
        call(box, work, "look", limits=small, folder=".")
    assert "instead of root" in error.value.hint
    with pytest.raises(SandboxError, match="or 3 files"):
        call(box, work, "look", limits=Limits(scratch_files=3), folder=".")


def test_when_the_disk_is_full_nothing_is_lost(box, work):
    """The second of two files does not fit any more: neither is kept, and all that was there is as before."""
    before = tree(work)
    result = call(box, work, "fill", name="part", megabytes=5, parts=2)
    assert result.status == "limit"
    assert "No space left on device" in result.message
    assert tree(work) == before


def test_what_somebody_else_saved_meanwhile_stays(box, work):
    """The user's change wins over the tool's, and the call says so; other changes are kept."""
    results = []
    thread = threading.Thread(target=lambda: results.append(call(box, work, "wait_for", name="x")))
    thread.start()
    while thread.is_alive() and not list(Path("/tmp").glob("toolwright-copy-*/**/ready")):
        time.sleep(0.005)
    (work / "a.txt").write_text("the user's")
    thread.join()
    assert results[0].status == "limit"
    assert f"{work}/a.txt (somebody else changed it meanwhile)" in results[0].message
    assert (work / "a.txt").read_text() == "the user's"
    assert (work / "b.txt").read_text() == "new"


def test_a_folder_around_a_secret_stays_where_it_is(box, work):
    """Moved with what is covered in it, it would be there without its secret: none of the call is kept."""
    before = tree(work)
    result = call(box, work, "move_secret")
    assert result.status == "limit"
    assert "guarded/.env" in result.message
    assert tree(work) == before


def test_a_changed_mode_is_brought_back_without_rights_of_programs(box, work):
    """A file that had a set-user bit keeps its owner and loses the bit, as a changed file does anywhere."""
    (work / "a.txt").chmod(0o4700)
    assert call(box, work, "rights").status == "returned"
    info = (work / "a.txt").stat()
    assert (info.st_mode & 0o7777, info.st_uid) == (0o755, OWNER)


def test_one_file_can_be_granted(box, work):
    """A file alone: read, changed in place, its neighbours not seen."""
    source = "def f(path):\n    old = open(path).read(); open(path, 'w').write('new'); return old\n"
    policy = Policy(write=(str(work / "a.txt"),))
    result = box.call(source, "f", {"path": str(work / "a.txt")}, policy)
    assert (result.value, result.message) == ("text of a", "")
    assert ((work / "a.txt").read_text(), (work / "a.txt").stat().st_uid) == ("new", OWNER)
    assert (work / ".env").read_text() == SECRET


def test_folders_of_ours_are_shared_there_too(plain, monkeypatch):
    """With the temporary folder on such a file system: a run's scratch is shared, and tests can be run."""
    temporary = plain / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    from toolwright.temporary.folders import fresh_folder

    source = "def save(path: str, text: str) -> int:\n    return open(path, 'w').write(text)\n"
    tests = (
        "from tools import save\n\n\ndef test_save(tmp_path):\n"
        "    assert save(str(tmp_path / 'a'), 'hi') == 2\n"
        "    assert (tmp_path / 'a').read_text() == 'hi'\n"
    )
    with ConfinedSandbox("full") as box, fresh_folder("run") as scratch:
        first = box.call(source, "save", {"path": f"{scratch}/x", "text": "abc"}, Policy(scratch=scratch))
        reads = "def f(path):\n    return open(path).read()\n"
        second = box.call(reads, "f", {"path": f"{scratch}/x"}, Policy(scratch=scratch))
        assert (first.value, second.value, second.message) == (3, "abc", "")
        verdict = box.verify(source, tests, Policy(), function="save")
        assert (verdict.passed, verdict.why) == (True, "")
    assert list(temporary.iterdir()) == []

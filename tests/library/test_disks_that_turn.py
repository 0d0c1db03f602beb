"""A real disk that turns read-only, or full, at any step of a change: old or new, nothing half done."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interrupted_changes import check_whole, expected, prepared, state

from toolwright.errors import LibraryWriteError
from toolwright.library.disk import Disk
from toolwright.library.store import Store


def ran(*words):
    """Run a command of the system, or skip where it is missing or not permitted."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, capture_output=True, check=False, text=True)
    if done.returncode:
        pytest.skip(f"{' '.join(map(str, words[:3]))} is not permitted here: {done.stderr.strip()}")


def slow(*cases):
    """Return cases that are run only when asked for."""
    return [pytest.param(*case, marks=pytest.mark.slow) for case in cases]


@contextlib.contextmanager
def mounted(folder, *words):
    """Mount something for a while."""
    folder.mkdir(exist_ok=True)
    ran("mount", *words, folder)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


class Turning(Disk):
    """A disk that turns before its n-th operation."""

    def __init__(self, n, turn):
        self.left, self.turn = n, turn

    def _step(self):
        self.left -= 1
        if self.left == -1:
            self.turn()

    def write(self, path, data, *, like=None):
        """Turn, or not, and write."""
        self._step()
        super().write(path, data, like=like)

    def rename(self, source, target):
        """Turn, or not, and rename."""
        self._step()
        super().rename(source, target)

    def swap(self, one, other):
        """Turn, or not, and exchange."""
        self._step()
        return super().swap(one, other)

    def remove(self, path):
        """Turn, or not, and remove."""
        self._step()
        super().remove(path)

    def settle(self, folder):
        """Turn, or not, and wait."""
        self._step()
        super().settle(folder)


def tried(change, n, turn, words):
    """Change while the disk turns at the n-th step; return what was said, and whether it turned."""
    disk, said = Turning(n, turn), ""
    try:
        change(disk)
    except LibraryWriteError as error:
        said = str(error)
        assert words in said
    return said, disk.left < 0


def check_again(directory, old, new, said):
    """The disk is well again: the next start finds all of the change or nothing, and `import tools` works."""
    if said.endswith("as it was before"):
        assert state(directory) == old
    Store(directory).recover()
    assert state(directory) in ([old, new] if said else [new])
    subprocess.run([sys.executable, "-S", "-c", "import tools"], cwd=directory, check=True)
    check_whole(directory, old, new)


@pytest.mark.parametrize(("what", "every"), [("widen", 6), *slow(("widen", 1), ("remove", 1))])
def test_remounted_read_only_at_every_step(tmp_path, what, every):
    """Remounted read-only in the middle: that is said; when it is not any more, the next start ends it.

    The kernel refuses to remount what is open for writing, as the lock is: `.toolwright/` is mounted apart.
    """
    new, said = expected(tmp_path, what), set()
    for n in range(0, 99, every):
        directory, change = prepared(tmp_path, what, n)
        old, kept = state(directory), tmp_path / "kept"
        shutil.move(directory, kept)
        with mounted(directory, "-t", "tmpfs", "tmpfs"):
            shutil.copytree(kept, directory, dirs_exist_ok=True)
            with mounted(directory / ".toolwright", "-t", "tmpfs", "tmpfs"):
                shutil.copytree(kept / ".toolwright", directory / ".toolwright", dirs_exist_ok=True)
                turn = ["mount", "-o", "remount,ro", directory]
                told, turned = tried(
                    change, n, lambda turn=turn: subprocess.run(turn, check=True), "Read-only file system"
                )
                said.add(told)
                subprocess.run(["mount", "-o", "remount,rw", directory], check=True)
                check_again(directory, old, new, told)
        shutil.rmtree(kept)
        if not turned:
            break
    assert n > 20
    assert len(said) > 2


@pytest.mark.slow
@pytest.mark.parametrize("what", ["add", "widen"])
def test_a_file_system_with_an_error_at_every_step(tmp_path, what):
    """The kernel makes ext4 read-only for an error, and what was not on the disk by then is lost for good."""
    new, said = expected(tmp_path, what), set()
    for n in range(0, 99, 2):
        kept, change = prepared(tmp_path, what, f"{n}")
        old, place = state(kept), kept.rename(tmp_path / "kept")
        image = (
            tmp_path / f"image-{n}"
        )  # always another one: some other namespace may keep the last one mounted
        image.touch()
        os.truncate(image, 4 << 20)
        ran("mkfs.ext4", "-q", "-F", image)
        with mounted(kept, "-o", "loop,errors=remount-ro", image):
            shutil.copytree(place, kept, dirs_exist_ok=True)
            os.sync()
            device = Path(f"/sys/dev/block/7:{os.minor(kept.stat().st_dev)}").resolve().name
            error = Path(f"/sys/fs/ext4/{device}/trigger_fs_error")
            told, turned = tried(change, n, lambda error=error: error.write_text("1"), "")
            said.add(told)
        after = shutil.copy(image, tmp_path / f"after-{n}")
        subprocess.run(["e2fsck", "-fy", after], capture_output=True, check=False)
        with mounted(kept, "-o", "loop", after):
            shutil.rmtree(kept / "lost+found", ignore_errors=True)
            check_again(kept, old, new, told)
        shutil.rmtree(place)
        image.unlink()
        after.unlink()
        if not turned:
            break
    assert n > 20
    assert len(said) > 2


@pytest.mark.parametrize(("what", "every"), [("add", 6), *slow(("add", 1), ("widen", 1))])
def test_full_at_every_step(tmp_path, what, every):
    """Somebody fills the disk just before any step: there is no room, which is said, or none is needed."""
    new, said = expected(tmp_path, what), set()
    for n in range(0, 99, every):
        directory, change = prepared(tmp_path, what, n)
        old, kept = state(directory), tmp_path / "kept"
        shutil.move(directory, kept)
        with mounted(directory, "-t", "tmpfs", "-o", "size=256k", "tmpfs"):
            shutil.copytree(kept, directory, dirs_exist_ok=True)
            filler = directory / "filler"

            def fill(filler=filler):
                with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                    while file.write(b"x" * 4096):
                        pass

            told, turned = tried(change, n, fill, "No space left on device")
            said.add(told)
            filler.unlink(missing_ok=True)
            check_again(directory, old, new, told)
        shutil.rmtree(kept)
        if not turned:
            break
    assert n > 20
    assert len(said) == 2

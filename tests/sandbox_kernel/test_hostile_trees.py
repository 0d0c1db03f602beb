"""Whatever a tool leaves in folders of ours is bounded and removed, and nothing outside is touched."""

import os
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.levels import LEVELS, try_level
from toolwright.temporary.folders import fresh_folder
from toolwright.temporary.removing import remove_tree
from toolwright.types import Limits, Policy

ORDINARY = 60577


@pytest.fixture(scope="module", params=LEVELS)
def box(request):
    """A sandbox at each level that works here."""
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    with ConfinedSandbox(request.param) as box:
        yield box


def run(code, folder, *, user=None):
    """Run code in a folder, in a process of its own."""
    who = {} if user is None or os.getuid() else {"user": user, "group": user, "extra_groups": []}
    subprocess.run(["/usr/bin/env", "python3", "-c", code], cwd=folder, check=True, **who)


TREES = {
    "very deep": "import os\nfor n in range(10_000):\n    os.mkdir('d')\n    os.chdir('d')\nopen('f', 'w')",
    "deep, long names": "import os\nfor n in range(200):\n    os.mkdir('d' * 250)\n    os.chdir('d' * 250)",
    "wide": "import os\nfor n in range(1_500):\n    os.mkdir(f'd{n}')\n    open(f'f{n}', 'w')",
    "odd names": "import os\nfor n in range(1, 256):\n    if n not in b'/.': os.mkdir(b'a' + bytes([n]))",
    "special files": "import os, socket\nos.mkfifo('p')\ns = socket.socket(socket.AF_UNIX)\ns.bind('s')",
    "links": "import os\nos.mkdir('d')\n"
    "for to, place in (('OUTSIDE', 'a'), ('.', 'self'), ('..', 'd/up')):\n    os.symlink(to, place)",
    "no rights": "import os\nos.makedirs('a/b/c')\nopen('a/b/c/f', 'w')\n"
    "for place in ('a/b/c', 'a/b', 'a', '.'):\n    os.chmod(place, 0)",
    "our own names": "import os\nfor n in range(9):\n    os.makedirs(f'.going-{n}/x/.going-{n + 1}')\n"
    "open('.going-3/f', 'w')\nopen('.going-12', 'w')",
}


@pytest.mark.parametrize("name", TREES)
def test_a_hostile_tree_is_removed(tmp_path, name):
    """All of it goes, and what links lead to stays."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept", encoding="utf-8")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path
    top = Path(tempfile.mkdtemp(dir=memory, prefix="toolwright-tree-"))
    run(TREES[name].replace("OUTSIDE", str(outside)), top)

    assert remove_tree(str(top))
    assert not top.exists()
    assert (outside / "kept").read_text(encoding="utf-8") == "kept"


def test_folders_without_rights_are_removed_by_an_ordinary_user():
    """Root needs no rights; everybody else must take them back first."""
    code = (
        f"import os, sys, tempfile\nsys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from toolwright.temporary.removing import remove_tree\n"
        "top = tempfile.mkdtemp(prefix='toolwright-rights-')\nos.chdir(top)\n"
        f"{TREES['no rights']}\nos.chdir('/')\nassert os.getuid(), 'root'\n"
        "assert remove_tree(top) and not os.path.exists(top)\n"
    )
    try:
        run(code, "/", user=ORDINARY)
    except subprocess.CalledProcessError:
        if os.access(Path(__file__).parents[2], os.X_OK) and os.getuid():
            raise
        pytest.skip("an ordinary user cannot read this checkout")


def test_a_tree_that_changes_under_the_removal_stays_inside(tmp_path):
    """Folders swapped for links while they are removed lead nowhere."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for number in range(50):
        (outside / f"kept{number}").touch()
    top = tmp_path / "top"
    top.mkdir()
    done = threading.Event()

    def swap():
        while not done.is_set():
            for number in range(5):
                place = top / f"d{number}"
                try:
                    place.mkdir()
                    (place / "f").touch()
                    place.rename(f"{place}-moved")
                    place.symlink_to(outside)
                    place.unlink()
                except OSError:
                    continue

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(30):
            remove_tree(str(top))
            top.mkdir(exist_ok=True)
    finally:
        done.set()
        thread.join()
    assert len(list(outside.iterdir())) == 50


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path):
    """The folder itself may have been swapped."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").touch()
    (tmp_path / "top").symlink_to("outside")

    assert not remove_tree(str(tmp_path / "top"))
    assert (tmp_path / "outside" / "kept").exists()


def test_what_is_gone_is_removed(tmp_path):
    """A folder that is not there any more is no fault."""
    assert remove_tree(str(tmp_path / "no"))


@pytest.mark.parametrize(
    "code",
    [
        "for n in range(40):\n    open(f'f{n}', 'wb').write(bytes(1 << 20))",
        "for n in range(40):\n    open(f'f{n}', 'wb').write(bytes(1 << 20))\ntime.sleep(5)",
        "for n in range(700):\n    os.symlink('x', f'f{n}')\ntime.sleep(5)",
        "for n in range(700):\n    os.mkdir('d'); os.chdir('d')",
        "for n in range(30):\n    os.mkdir('d' * 250); os.chdir('d' * 250)",
    ],
)
def test_a_shared_scratch_folder_is_bounded(box, code):
    """Also when it is a folder of the host: bytes, entries and depth; the limit is named, the folder goes."""
    source = f"import os, time\ndef f():\n    {code.replace(chr(10), chr(10) + '    ')}\n"
    with fresh_folder("shared") as folder:
        limits = Limits(scratch_mb=8, scratch_files=500, wall_s=10)
        result = box.call(source, "f", {}, Policy(scratch=folder, limits=limits))
        assert result.status == "limit", result
        assert "scratch folder" in result.message
        assert result.seconds < 4
    assert not Path(folder).exists()


def test_a_scratch_folder_within_its_bounds_is_fine(box):
    """What one call leaves, the next one finds."""
    source = "def f(text):\n    open('a', 'a').write(text)\n    return open('a').read()\n"
    with fresh_folder("shared") as folder:
        policy = Policy(scratch=folder, limits=Limits(scratch_mb=8, scratch_files=10))
        assert box.call(source, "f", {"text": "x"}, policy).value == "x"
        assert box.call(source, "f", {"text": "y"}, policy).value == "xy"

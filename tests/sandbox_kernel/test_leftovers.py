"""The temporary folder after a run: nothing of ours stays in it, however the program ended."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from toolwright.sandbox.levels import try_level
from toolwright.temporary.folders import fresh_folder, remove_left
from toolwright.temporary.removing import remove_tree

PROGRAM = """
import sys
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.temporary.folders import fresh_folder
from toolwright.types import Policy

box = ConfinedSandbox(sys.argv[1])
with fresh_folder("run") as scratch, fresh_folder("packages"), fresh_folder("verify"), fresh_folder("judge"):
    policy = Policy(scratch=scratch)
    source = "import os, time\\ndef f(seconds):\\n    os.makedirs('a/b'); open('a/b/c', 'w').close()\\n"
    source += "    try: os.chmod('a', 0)\\n    except PermissionError: pass"
    print(box.call(source, "f", {"seconds": 0}, policy).status, flush=True)
    box.call("import time\\ndef f(): time.sleep(60)", "f", {}, policy)
"""


@pytest.fixture
def place():
    """A folder for temporary files that the cells' user can reach, as it can reach the system's."""
    folder = Path(tempfile.mkdtemp(prefix="left-", dir="/tmp"))
    folder.chmod(0o1777)
    yield folder
    remove_tree(str(folder))


def ours(folder):
    """What is in a folder by the names of ours."""
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("toolwright-"))


def wait_until(condition):
    """Look for up to a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not condition():
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("level", ["full", "landlock"])
def test_a_killed_program_leaves_no_folder(level, place):
    """Kill -9 in the middle of a call: what it and its tools made goes, and only that."""
    missing = try_level(level)
    if missing:
        pytest.skip(f"level {level} does not work here: {missing}")
    (place / "toolwright-notes").mkdir()
    with fresh_folder_in(place) as living:
        environment = {"PATH": os.environ["PATH"], "TMPDIR": str(place)}
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, level], stdout=subprocess.PIPE, cwd=Path.cwd(), env=environment
        )
        with program:
            assert program.stdout.readline() == b"returned\n"
            assert len(ours(place)) >= 6
            program.kill()
        assert wait_until(lambda: ours(place) == sorted(["toolwright-notes", living])), ours(place)


def test_what_was_left_goes_with_the_next_run(tmp_path, monkeypatch):
    """Where no process of ours was alive to do it: held folders, links and other names stay."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "toolwright-run-abcdefgh" / "deep").mkdir(parents=True)
    (tmp_path / "toolwright-demo-abcdefgh").mkdir()  # the user was told to look at it
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "toolwright-run-linklink").symlink_to(outside)
    (outside / "kept").touch()
    with fresh_folder("verify") as held:
        remove_left()
        assert Path(held).is_dir()
        assert ours(tmp_path) == sorted(
            ["toolwright-demo-abcdefgh", "toolwright-run-linklink", Path(held).name]
        )
    assert (outside / "kept").exists()


@contextlib.contextmanager
def fresh_folder_in(folder):
    """A folder that another, living program holds; its name is given."""
    code = (
        "from toolwright.temporary.folders import fresh_folder\n"
        "with fresh_folder('run') as made: print(made, flush=True); input()\n"
    )
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder)}
    other = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path.cwd(),
        env=environment,
    )
    with other:
        yield Path(other.stdout.readline().decode().strip()).name
        other.stdin.write(b"\n")
        other.stdin.close()
        other.wait()

"""Thirty-two programs add twenty tools each to one library, while somebody edits its comments."""

import os
import re
import subprocess
import sys
import time

import filelock
import pytest
from library_admissions import add

from toolwright.library.store import Store

WRITERS, EACH = 32, 20
MINE = '"""Mine."""\n\nimport re\n\n\ndef mine( x: int )->int:  # note 0\n    return x\n'
NOTE = re.compile(rb"# note \d+")


def write(directory, writer):
    """Add tools as one of many programs does; whoever comes between is merged with."""
    store = Store(directory, wait_s=600)
    for n in range(EACH):
        add(store, name=f"tool_{writer}_{n}")


def edit(directory, stop):
    """Change a comment and the blank lines at the end, again and again.

    Looking and saving are two acts, and what comes between them is lost by the editor, not by the library: so
    that nothing does, this editor holds the lock for the two.
    """
    path, saved = directory / "tools.py", 0
    lock = filelock.FileLock(directory / ".toolwright/lock")
    while not stop.exists():
        with lock:
            text = NOTE.sub(b"# note %d" % (saved + 1), path.read_bytes(), count=1)
            beside = directory / "tools.py~"
            beside.write_bytes(text.rstrip(b"\n") + b"\n" * (1 + saved % 3))
            beside.replace(path)
            saved += 1
        time.sleep(0.01)
    (directory / "saved").write_text(str(saved))


def started(work):
    """Run `work` in a child of its own; return its process id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


@pytest.mark.slow
def test_thirty_two_programs_and_an_editor(tmp_path):
    """All 640 tools are kept and pass their tests, in each one's order, and the last edit is there."""
    (tmp_path / "tools.py").write_text(MINE)
    (tmp_path / ".toolwright").mkdir()
    stop = tmp_path / "stop"
    editor = started(lambda: edit(tmp_path, stop))
    writers = [started(lambda writer=writer: write(tmp_path, writer)) for writer in range(WRITERS)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]) for writer in writers]
    stop.touch()
    assert os.waitstatus_to_exitcode(os.waitpid(editor, 0)[1]) == 0
    assert codes == [0] * WRITERS

    text = (tmp_path / "tools.py").read_text()
    saved = int((tmp_path / "saved").read_text())
    assert saved > 10
    assert f"def mine( x: int )->int:  # note {saved}\n" in text
    names = list(Store(tmp_path).read().tools)
    assert len(names) == len(set(names)) == WRITERS * EACH + 1
    for writer in range(WRITERS):
        own = [name for name in names if name.startswith(f"tool_{writer}_")]
        assert own == [f"tool_{writer}_{n}" for n in range(EACH)]
    subprocess.run([sys.executable, "-c", "import tools"], cwd=tmp_path, check=True)
    passed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tool_tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{WRITERS * EACH} passed" in passed.stdout, passed.stdout[-2000:]

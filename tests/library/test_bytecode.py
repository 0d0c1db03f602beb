"""toolwright.library.bytecode: `import tools` is fast and never stale, and tools.py is not run for it."""

import os
import stat
import subprocess
import sys

import pytest
from library_admissions import add

from toolwright.library.bytecode import refresh_bytecode
from toolwright.library.place import Place
from toolwright.library.store import Store

TEXT = "x = 1\nraise_me = 0\n"


@pytest.fixture(autouse=True)
def writes_bytecode(monkeypatch):
    """Byte code is written, whatever the environment says."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def value(folder):
    """What another Python finds in the library."""
    words = [sys.executable, "-c", "import tools; print(tools.x)"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(folder)}
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def cached(folder):
    """The byte code beside a library."""
    return next((folder / "__pycache__").glob("tools.*.pyc"))


def test_an_edit_within_the_same_second_and_of_the_same_size_is_seen(tmp_path):
    """Byte code that is bound to the text cannot be stale: neither ours nor after an edit with old times."""
    tools = tmp_path / "tools.py"
    tools.write_text(TEXT)
    assert refresh_bytecode(Place(tmp_path))
    assert not refresh_bytecode(Place(tmp_path))
    assert cached(tmp_path).read_bytes()[4] == 0b11
    times = tools.stat()
    assert value(tmp_path) == "1"
    tools.write_text(TEXT.replace("1", "2"))
    os.utime(tools, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert value(tmp_path) == "2"


def test_it_is_compiled_and_not_run(tmp_path, capfd):
    """What stands in the file does not happen; its warnings are for whoever runs it; its mode is kept."""
    tools = tmp_path / "tools.py"
    tools.write_text("open('happened', 'w')\nprint('x' is 'y')\nx = 1\n")
    tools.chmod(0o640)
    assert refresh_bytecode(Place(tmp_path))
    assert not (tmp_path / "happened").exists()
    assert capfd.readouterr() == ("", "")
    assert stat.S_IMODE(tools.stat().st_mode) == 0o640
    assert stat.S_IMODE(cached(tmp_path).stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize("how", ["broken", "missing", "file", "unwritten"])
def test_where_there_can_be_none_there_is_none(tmp_path, monkeypatch, how):
    """No byte code is no error: a broken or missing library, a file in the way, a Python that may not."""
    if how != "missing":
        (tmp_path / "tools.py").write_text("def f(:\n" if how == "broken" else TEXT)
    if how == "file":
        (tmp_path / "__pycache__").write_text("")
    if how == "unwritten":
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert not refresh_bytecode(Place(tmp_path))


def test_once_after_what_was_changed(tmp_path):
    """A store that changed its library settles once; one that only read leaves no byte code behind."""
    store = Store(tmp_path)
    store.settle()
    assert not (tmp_path / "__pycache__").exists()
    add(store)
    assert not (tmp_path / "__pycache__").exists()
    store.settle()
    written = cached(tmp_path).stat()
    store.settle()
    assert cached(tmp_path).stat() == written

"""Changes to a library that are cut off: how they begin, and what may be found afterwards."""

import functools
import shutil
import tempfile
from pathlib import Path

from library_admissions import add, admission, candidate, files

from toolwright.library.store import Store

WIDER = {"body": "return len(text.split())", "before": "import csv", "tests": "def test_wider(): pass\n"}


def prepared(tmp_path, what, name):
    """Return a copy of the library that a change starts from, and the change."""
    template, directory = tmp_path / "template", tmp_path / str(name)
    if not template.exists():
        template.mkdir()
        prepare(template, what)
    shutil.copytree(template, directory)

    def change(disk=None):
        store = Store(directory, disk=disk)
        if what.startswith("undo"):
            store.undo()
        elif what == "remove":
            store.remove(["count_rows"], store.read())
        else:
            wanted, replaces = wanted_by(what)
            text, store._replaced = merged_before(what)
            store.commit(admission(wanted, replaces), text)
        return store

    return directory, change


def wanted_by(what):
    """Return what is to be added, and the function it replaces."""
    return (candidate(**WIDER), "count_rows") if what == "widen" else (candidate(), "")


@functools.cache
def merged_before(what):
    """Merge once what is to be committed: the text does not depend on the folder, and nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), what)
        store = Store(Path(folder))
        return store.merged(*wanted_by(what)), store._replaced


def prepare(directory, what):
    """Make the library that a change starts from."""
    if what == "first":
        return
    (directory / "tools.py").write_text("import re\n\n\ndef mine(x: int) -> int:\n    return x\n")
    if what != "add":
        add(Store(directory))
    if what == "undo removing":
        store = Store(directory)
        store.remove(["count_rows"], store.read())
    if what == "undo widening":
        store = Store(directory)
        add(store, candidate(**WIDER), "count_rows")


CHANGES = ("first", "add", "widen", "undo widening", "undo adding", "remove", "undo removing")


def state(directory):
    """What matters of a library: everything but the time inside the evidence."""
    kept = files(directory)
    return {name: b"" if "evidence" in name else data for name, data in kept.items()}


def check_whole(directory, old, new, known=None):
    """The library is what it was or what it was to be, with nothing left over, and can be used.

    `known` are the states of which the last is known: not every one that is the same needs to be used.
    """
    now = state(directory)
    without = {name: data for name, data in old.items() if name != "tool_tests/conftest.py"}
    assert now in (old, new, without)
    assert not [name for name in files(directory, private=True) if "toolwright-new" in name]
    assert not list((directory / ".toolwright").glob("journal/*"))
    compile(now.get("tools.py", b""), "tools.py", "exec")
    found = frozenset(now.items()), frozenset(files(directory, private=True))
    if known is None or found not in known:
        add(Store(directory), name="one_more")
        known is None or known.add(found)


def expected(tmp_path, what):
    """The state after an undisturbed change."""
    directory, change = prepared(tmp_path, what, "undisturbed")
    change()
    return state(directory)

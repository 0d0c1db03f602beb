"""Store.undo: the last admission is taken back exactly, or not at all."""

import pytest
from library_admissions import add, candidate, files

from toolwright.errors import LibraryChangedError, LibraryError
from toolwright.library.store import Store

WIDER = {
    "body": "return _n(text) + len(json.dumps(1))",
    "before": "import json\n\n\ndef _n(x):\n    return len(x)\n",
}
OLD = {"body": "return _old(text)", "before": "import csv\n\n\n# helps\ndef _old(x):\n    return 2\n"}
MINE = '"""Mine."""\r\n\r\nimport re\r\n\r\n\r\ndef mine(x: int) -> int:\r\n    return x'


def edit(path, old, new):
    """Do what somebody with an editor does."""
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode()))


def test_everything_back_step_by_step(tmp_path):
    """Undo after undo gives the exact files back, down to the directory that was empty."""
    store = Store(tmp_path)
    states = [files(tmp_path)]
    for change in (
        lambda: add(store, candidate(**OLD)),
        lambda: add(store, name="other", before="import csv"),
    ):
        change()
        states.append(files(tmp_path))
    add(store, candidate(**WIDER), "count_rows")

    assert store.undo() == "count_rows is again what it was before it was widened"
    assert files(tmp_path) == states[2]
    assert store.undo() == "other was taken out of the library again"
    assert files(tmp_path) == states[1]
    store.undo()
    assert set(files(tmp_path)) == {"tool_tests/conftest.py"}
    with pytest.raises(LibraryError, match="nothing to undo"):
        store.undo()


def test_bytes_of_an_edited_file_too(tmp_path):
    """BOM, CRLF and a missing final newline come back; so does a file without a history."""
    (tmp_path / "tools.py").write_bytes(MINE.encode("utf-8-sig"))
    with pytest.raises(LibraryError, match="nothing to undo"):
        Store(tmp_path).undo()
    add(Store(tmp_path), candidate(**WIDER))
    Store(tmp_path).undo()
    assert (tmp_path / "tools.py").read_bytes() == MINE.encode("utf-8-sig")


def test_edits_elsewhere_are_kept(tmp_path):
    """When the file was edited since, only the function, its helpers and its unused imports go."""
    path = tmp_path / "tools.py"
    path.write_bytes(MINE.encode())
    store = Store(tmp_path)
    add(store, candidate(**WIDER))
    edit(path, "return x\r\n", "return x + 1  # edited\r\n")
    store.undo()
    assert path.read_bytes() == MINE.replace("return x", "return x + 1  # edited").encode()


def test_an_undo_that_was_shown_goes_with_edits_elsewhere_only(tmp_path):
    """What is saved after it was shown is merged with, unless it is about the tool or who reaches it."""
    path = tmp_path / "tools.py"
    store = Store(tmp_path)
    add(store, name="uses_it", body="return len(text)")
    add(store, name="caller", body="return uses_it(text)")
    add(store, candidate(name="uses_it", body="return len(text) + 1"), "uses_it")
    shown = store.undoing()
    edit(path, "return uses_it(text)", "return uses_it(text) + 1")
    with pytest.raises(LibraryChangedError):
        store.undo(shown)
    assert "len(text) + 1" in path.read_text()

    shown = store.undoing()
    path.write_text(path.read_text() + "# saved meanwhile\n")
    assert store.undo(shown) == shown.said
    assert "len(text) + 1" not in path.read_text()
    assert "return uses_it(text) + 1" in path.read_text()
    assert path.read_text().endswith("# saved meanwhile\n")


def test_imports_that_are_used_now_stay(tmp_path):
    """An import that came with the tool stays when somebody uses it by now."""
    path = tmp_path / "tools.py"
    path.write_bytes(MINE.encode())
    store = Store(tmp_path)
    add(store, candidate(**WIDER))
    edit(path, "return x\r\n", "return json.loads('1')\r\n")
    store.undo()
    assert b"import json\r\n" in path.read_bytes()
    assert b"_n" not in path.read_bytes()


def test_widening_is_undone_in_an_edited_file(tmp_path):
    """The old function comes back with its old helpers; what was edited elsewhere stays."""
    path = tmp_path / "tools.py"
    store = Store(tmp_path)
    add(store, candidate(**OLD))
    old = path.read_text()
    add(store, candidate(**WIDER), "count_rows")
    path.write_text(path.read_text() + "\n\n# a note\nX = 1\n")
    store.undo()
    text = path.read_text()
    assert text == old + "\n\n# a note\nX = 1\n"
    assert store.tests_of("count_rows") == candidate(**OLD).tests


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return _n(text)", "return 1 + _n(text)", "`count_rows` was edited since"),
        ("def count_rows", "def count_lines", "`count_rows`, admitted last, is not in tools.py any more"),
        ("return x", "return count_rows('a')", "`count_rows` is used by `mine` now"),
        ("import re", "import re\r\nimport sys\r\nprint(count_rows(''))", None),
    ],
)
def test_what_was_edited_is_not_undone(tmp_path, old, new, said):
    """An edited function, or one that others call by now, stays; the error names it."""
    path = tmp_path / "tools.py"
    path.write_bytes(MINE.encode())
    store = Store(tmp_path)
    add(store, candidate(**WIDER))
    edit(path, old, new)
    before = files(tmp_path)
    with pytest.raises(LibraryError) as caught:
        store.undo()
    assert (said or "is used by code between the functions now") in str(caught.value)
    assert files(tmp_path) == before


def test_edited_tests_are_not_thrown_away(tmp_path):
    """Tests that somebody changed since stop the undo; evidence does not."""
    store = Store(tmp_path)
    add(store)
    (tmp_path / "tool_tests/evidence/count_rows.json").write_text("{}")
    path = tmp_path / "tool_tests/test_count_rows.py"
    path.write_text(path.read_text() + "# mine\n")
    with pytest.raises(LibraryError, match=r"test_count_rows.py was edited since"):
        store.undo()
    path.unlink()
    store.undo()
    assert set(files(tmp_path)) == {"tool_tests/conftest.py"}


def test_tests_that_were_there_come_back(tmp_path):
    """A test file that a commit replaced is restored as it was, whatever bytes it held."""
    (tmp_path / "tool_tests").mkdir()
    path = tmp_path / "tool_tests/test_count_rows.py"
    path.write_bytes(b"# \xff old\r\n")
    add(Store(tmp_path))
    Store(tmp_path).undo()
    assert path.read_bytes() == b"# \xff old\r\n"


def test_history_is_small_and_damage_is_said(tmp_path):
    """An entry does not grow with the library; one that cannot be read is named."""
    (tmp_path / "tools.py").write_text("".join(f"def f_{n}():\n    return {n}\n\n\n" for n in range(2000)))
    add(Store(tmp_path))
    entry = tmp_path / ".toolwright/history/0001.json"
    assert entry.stat().st_size < 4000
    entry.write_text('{"format": 1, "tool": 3}')
    with pytest.raises(LibraryError, match=r"0001.json is damaged"):
        Store(tmp_path).undo()

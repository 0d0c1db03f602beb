"""Uses of tools: every call counts once, whoever appends and however long the spool grows."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.library.executions import Uses, executions
from toolwright.library.spool import SPOOL, note_execution


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.floats(0, 10)), max_size=20))
def test_what_was_noted_is_added_up(tmp_path_factory, calls):
    """Calls, successes and seconds of each tool are the sums of what was noted."""
    folder = tmp_path_factory.mktemp("uses")
    for tool, ok, seconds in calls:
        note_execution(folder, tool, succeeded=ok, seconds=seconds)
    found = executions(folder)
    for tool in {tool for tool, _, _ in calls}:
        own = [(ok, seconds) for name, ok, seconds in calls if name == tool]
        assert (found[tool].calls, found[tool].succeeded) == (len(own), sum(ok for ok, _ in own))
        assert found[tool].seconds == pytest.approx(sum(seconds for _, seconds in own), abs=0.001 * len(own))


def test_a_long_spool_is_added_up_and_goes(tmp_path):
    """After a long time the lines are gone, the numbers are not, and new calls are added to them."""
    line = json.dumps({"tool": "a", "ok": True, "s": 0.5, "at": 7.0}) + "\n"
    (tmp_path / SPOOL).write_text(line * 6000)
    assert executions(tmp_path)["a"].calls == 6000
    assert not (tmp_path / SPOOL).exists()
    note_execution(tmp_path, "a", succeeded=False, seconds=1)
    found = executions(tmp_path)["a"]
    assert (found.calls, found.succeeded) == (6001, 6000)


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"folded": 1, "tools": []}', b"\xff"])
def test_damaged_totals_and_lines_count_for_nothing(tmp_path, broken):
    """Whatever stands in the files, what can be read is added up."""
    (tmp_path / "executions.json").write_bytes(broken)
    (tmp_path / SPOOL).write_bytes(broken + b'\n{"tool": "a", "ok": true, "s": 1, "at": 2}\n{"tool": "a"')
    assert executions(tmp_path) == {"a": Uses(1, 1, 1.0, 2.0)}


def test_a_crash_while_adding_up_doubles_nothing(tmp_path):
    """A spool whose numbers are in the totals already, only not removed, is not counted again."""
    line = json.dumps({"tool": "a", "ok": True, "s": 0.5, "at": 7.0}) + "\n"
    (tmp_path / SPOOL).write_text(line * 6000)
    os.link(tmp_path / SPOOL, tmp_path / "kept")
    executions(tmp_path)
    (tmp_path / "kept").rename(tmp_path / "executions.folding")
    assert executions(tmp_path)["a"].calls == 6000


def _note(folder: Path) -> None:
    for _ in range(200):
        note_execution(folder, "a", succeeded=True, seconds=0.1)


def test_several_programs_at_once(tmp_path):
    """No line of any of them is lost or torn, also while somebody reads."""
    writers = [multiprocessing.get_context("fork").Process(target=_note, args=(tmp_path,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        executions(tmp_path)
    for writer in writers:
        writer.join()
    assert executions(tmp_path)["a"].calls == 800


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path):
    """The call itself went well; that it cannot be noted is no reason to fail."""
    (tmp_path / "file").write_text("")
    note_execution(tmp_path / "file", "a", succeeded=True, seconds=1)
    assert executions(tmp_path / "file") == {}

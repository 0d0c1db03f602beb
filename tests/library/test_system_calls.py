"""A commit that is killed, or refused, at any single system call: the library is old or new afterwards."""

import shutil

import pytest
from interrupted_changes import check_whole, expected, prepared, state
from traced_changes import READING, WRITING, calls_of, need_strace, outcome

from toolwright.library.store import Store

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("what", "calls"), [("add", "all"), ("widen", WRITING), ("remove", WRITING), ("undo removing", WRITING)]
)
def test_killed_at_every_system_call(tmp_path, what, calls):
    """Killed at the n-th system call, for every n: the next start finds all of the change or none of it."""
    need_strace()
    new = expected(tmp_path, what)
    directory, change = prepared(tmp_path, what, "counted")
    killed, found, known = [], set(), set()
    for name, n in calls_of(change, calls, tmp_path / "trace"):
        directory, change = prepared(tmp_path, what, f"{name}-{n}")
        old = state(directory)
        options = ["-e", f"trace={name}", "-e", f"inject={name}:signal=SIGKILL:when={n}"]
        killed.append(outcome(change, options) == "killed")
        Store(directory).recover()
        found.add(state(directory) == new)
        check_whole(directory, old, new, known)
        shutil.rmtree(directory)
    assert found == {True, False}
    assert sum(killed) > 0.9 * len(killed)  # not always are there as many calls of the same name


@pytest.mark.parametrize(
    ("what", "error", "calls"),
    [
        *((what, "EIO", f"{WRITING},{READING}") for what in ("add", "widen", "remove")),
        ("undo removing", "EIO", WRITING),
        ("add", "ENOSPC", WRITING),
        ("widen", "EROFS", WRITING),
    ],
)
def test_refused_at_every_system_call(tmp_path, what, error, calls):
    """Refused at the n-th system call, for every n: one sentence and nothing is changed, or all is done."""
    need_strace()
    new = expected(tmp_path, what)
    directory, change = prepared(tmp_path, what, "counted")
    refused, known = 0, set()
    for name, n in calls_of(change, calls, tmp_path / "trace"):
        directory, change = prepared(tmp_path, what, f"{name}-{n}")
        old = state(directory)
        said = outcome(change, ["-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={n}"])
        refused += bool(said)
        assert "Traceback" not in said
        assert not said or state(directory) == old, said
        Store(directory).recover()  # clears up what a change that is done could not
        assert state(directory) == (old if said else new), said
        check_whole(directory, old, new, known)
        shutil.rmtree(directory)
    assert refused > 20

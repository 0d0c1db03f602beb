"""A commit that is killed, or refused, at any single system call: the library is old or new afterwards."""

import functools
import shutil

import pytest
from interrupted_changes import check_whole, expected, prepared, state
from traced_changes import READING, WRITING, calls_of, killed_at_each, need_strace, refused_at_each

from toolwright.library.store import Store

pytestmark = pytest.mark.slow


def cases(tmp_path, what, calls, outcomes):
    """Yield every call of a change, with how that went in a library of its own, and that library."""
    directory, change = prepared(tmp_path, what, "counted")
    for call in calls_of(change, calls, tmp_path / "trace"):
        made = [prepared(tmp_path, what, f"{call.name}-{n}") for n in range(call.count)]
        for (directory, _), how in zip(made, outcomes([change for _, change in made], call), strict=True):
            yield directory, how
            shutil.rmtree(directory)


@pytest.mark.parametrize(
    ("what", "calls"), [("add", "all"), ("widen", WRITING), ("remove", WRITING), ("undo removing", WRITING)]
)
def test_killed_at_every_system_call(tmp_path, what, calls):
    """Killed at the n-th system call, for every n: the next start finds all of the change or none of it."""
    need_strace()
    new = expected(tmp_path, what)
    old = state(tmp_path / "template")
    killed, found, known = [], set(), set()
    for directory, was_killed in cases(tmp_path, what, calls, killed_at_each):
        killed.append(was_killed)
        Store(directory).recover()
        found.add(state(directory) == new)
        check_whole(directory, old, new, known)
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
    old = state(tmp_path / "template")
    refused, known = 0, set()
    outcomes = functools.partial(refused_at_each, error=error)
    for directory, said in cases(tmp_path, what, calls, outcomes):
        refused += bool(said)
        assert "Traceback" not in said
        assert not said or state(directory) == old, said
        Store(directory).recover()  # clears up what a change that is done could not
        assert state(directory) == (old if said else new), said
        check_whole(directory, old, new, known)
    assert refused > 20

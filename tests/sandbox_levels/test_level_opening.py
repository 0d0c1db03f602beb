"""Which sandbox is opened: the level that works, never below the minimum, unconfined only when asked for."""

import json

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.levels import Found, find_level
from toolwright.sandbox.opening import open_sandbox, protected_paths
from toolwright.types import Policy

SUM = "def f(a, b):\n    return a + b\n"


def remember(cache, level, missing):
    """Write down that this machine has a level; the answer is believed like one that was found."""
    find_level(cache)
    data = json.loads(cache.read_text(encoding="utf-8"))
    cache.write_text(json.dumps({**data, "level": level, "missing": missing}), encoding="utf-8")


def test_a_sandbox_at_the_level_that_works_is_opened(tmp_path):
    """It answers, it says its level, and it ends with the block."""
    cache = tmp_path / "level.json"
    found = find_level(cache)
    if not found.level:
        pytest.skip("nothing can be confined here")
    with open_sandbox(cache=cache) as box:
        assert box.level == found.level
        assert box.call(SUM, "f", {"a": 1, "b": 2}, Policy()).value == 3


def test_what_is_remembered_is_not_tried_again(tmp_path):
    """With a valid file no trial runs; a file of another system, or of nobody, is not believed."""
    cache = tmp_path / "folder" / "level.json"
    found = find_level(cache)
    remember(cache, "landlock", [["full", "unshare: no"]])
    assert find_level(cache) == Found("landlock", (("full", "unshare: no"),))
    assert find_level(cache, anew=True) == found
    for broken in ("", "{}", "[]", '{"key": 1, "level": "none", "missing": []}'):
        cache.write_text(broken, encoding="utf-8")
        assert find_level(cache) == found
    data = json.loads(cache.read_text(encoding="utf-8"))
    cache.write_text(json.dumps({**data, "key": ["another machine"], "level": "landlock"}), encoding="utf-8")
    assert find_level(cache) == found


def test_a_level_that_became_another_one_is_new(tmp_path):
    """The first answer and one that differs from the last are news, the same one again is none."""
    cache = tmp_path / "level.json"
    assert find_level(cache).changed
    assert not find_level(cache).changed
    assert not find_level(cache, anew=True).changed
    remember(cache, "bwrap", [])
    assert find_level(cache, anew=True).changed


def test_less_than_full_is_told(tmp_path):
    """Whoever opens a weaker sandbox is told once what was found, with the reason."""
    cache = tmp_path / "level.json"
    remember(cache, "landlock", [["full", "unshare: no"]])
    told = []
    open_sandbox(cache=cache, on_level=told.append).close()
    assert told == [Found("landlock", (("full", "unshare: no"),))]


def test_below_the_minimum_nothing_is_opened(tmp_path):
    """The refusal names the minimum, what there is, and why; --unsafe does not stand in for a level."""
    cache = tmp_path / "level.json"
    remember(cache, "landlock", [["full", "unshare: no"]])
    for minimum in ("full", "bwrap"):
        with pytest.raises(SandboxError, match=f"{minimum} asks: level landlock works .full: unshare: no"):
            open_sandbox(minimum, cache=cache)


def test_unsafe_is_labelled_and_used_only_where_nothing_better_works(tmp_path):
    """Asked for, a plain process takes the place of a level that is missing, and of none that works."""
    cache = tmp_path / "level.json"
    if find_level(cache).level == "full":
        with open_sandbox("full", unsafe=True, cache=cache) as box:
            assert box.level == "full"
    remember(cache, "landlock", [["full", "unshare: no"]])
    told = []
    with open_sandbox("full", unsafe=True, cache=cache, on_level=told.append) as box:
        result = box.call(SUM, "f", {"a": 1, "b": 2}, Policy())
    assert [found.level for found in told] == [""]
    assert (box.level, result.level, result.value) == ("none", "none", 3)


def test_the_librarys_own_files_are_protected(tmp_path):
    """tools.py, the tests with their evidence, and the log with its older parts."""
    names = {path.removeprefix(f"{tmp_path}/") for path in protected_paths(tmp_path)}
    assert {"tools.py", "tool_tests", "agent.log", "agent.log.1", "agent.log.3"} <= names

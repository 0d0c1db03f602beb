"""Remembered plans: what was kept comes back, and any other file only costs the shortcut."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.memory.plans import PlanMemory
from toolwright.types import Binding, Given, Match, Plan, Reference, RememberedRun, ScratchFile, Step, Unknown


def a_run(goal: str = "do it", reason: str = "fits") -> RememberedRun:
    """A plan of two steps."""
    steps = (Step(1, "Read.", ("load",)), Step(2, "Write."))
    return RememberedRun(
        Plan(goal, steps),
        (
            Match(steps[0], "EXISTS_AND_GENERIC", "read", reason),
            Match(steps[1], "EXISTS_AND_GENERIC", "write"),
        ),
        (
            Binding(1, "read", {"path": Given("a.csv")}),
            Binding(2, "write", {"rows": Reference(1, 'rows[*]["a.b"]'), "path": ScratchFile("x")}),
        ),
        {"read": "00ff", "write": "11ee"},
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
_ARGUMENTS = st.one_of(
    st.builds(Given, _JSON),
    st.builds(
        Reference, st.integers(1, 20), st.sampled_from(["", "a", "rows[0].name", "[*].a[*]", '["a.b"]'])
    ),
    st.builds(ScratchFile, st.text()),
    st.builds(Unknown, st.text()),
)
_GOALS = st.text(st.characters(), min_size=1)


@st.composite
def runs(draw):
    """Any run that could be remembered."""
    count = draw(st.integers(1, 4))
    steps = tuple(
        Step(n, draw(st.text()), tuple(draw(st.lists(st.text(), max_size=2)))) for n in range(1, count + 1)
    )
    matches = tuple(Match(step, "EXISTS_AND_GENERIC", draw(st.text()), draw(st.text())) for step in steps)
    bindings = tuple(
        Binding(match.step.number, match.tool, draw(st.dictionaries(st.text(), _ARGUMENTS, max_size=3)))
        for match in matches
    )
    plan = Plan(draw(_GOALS), steps, draw(st.sampled_from(["result", "tool"])))
    return RememberedRun(plan, matches, bindings, {match.tool: draw(st.text()) for match in matches})


@given(run=runs())
def test_what_is_kept_comes_back(run, tmp_path_factory):
    """Plan, matches, bindings and hashes are the same after the file, whatever texts and values they hold."""
    memory = PlanMemory(tmp_path_factory.mktemp("plans"))
    memory.remember(run)

    assert next(memory.recall(run.plan.goal)) == run


def test_the_last_plan_counts(tmp_path):
    """A later run of the same goal takes the place of the earlier one: one file for its user only."""
    memory = PlanMemory(tmp_path / "deep" / "plans")
    memory.remember(a_run(reason="first"))
    memory.remember(a_run(reason="second"))

    assert next(memory.recall("do it"), None).matches[0].reason == "second"
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "deep" / "plans").iterdir()]
    assert modes == [0o600]


def test_blanks_around_a_goal_do_not_matter_and_those_inside_do(tmp_path):
    """`join with "  "` is another goal than `join with " "`: its plan holds another value."""
    memory = PlanMemory(tmp_path)
    memory.remember(a_run('join with "  "'))

    assert next(memory.recall(' join with "  "\n'), None) is not None
    assert next(memory.recall('join with " "'), None) is None
    assert next(memory.recall('JOIN with "  "'), None) is None


def test_nothing_is_remembered_of_other_goals(tmp_path):
    """An unknown goal, and a folder that is not there, give nothing."""
    assert next(PlanMemory(tmp_path / "none").recall("do it"), None) is None
    assert not (tmp_path / "none").exists()


def _changed(**changes: object) -> bytes:
    return json.dumps(KEPT | changes).encode()


def _kept(folder: Path) -> dict[str, object]:
    PlanMemory(folder).remember(a_run())
    (file,) = folder.iterdir()
    return json.loads(file.read_text(encoding="utf-8"))


KEPT = {
    "version": 1,
    "goal": "do it",
    "wants": "result",
    "steps": [{"step": "Read.", "keywords": [], "tool": "read", "reason": ""}],
    "bindings": [{"path": {"literal": 1}}],
    "tools": {"read": "00"},
    "cost": {"calls": 5, "prompt_tokens": 9, "output_tokens": 9},
}
STEP = {"step": "Read.", "keywords": [], "tool": "read", "reason": ""}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"3",
        b"[" * 100_000,
        _changed(version=2),
        _changed(goal="another goal whose hash begins alike"),
        _changed(goal=3),
        _changed(wants="dinner"),
        _changed(wants=[]),
        _changed(steps=[]),
        _changed(steps={}),
        _changed(steps="Read."),
        _changed(steps=[STEP | {"step": 3}]),
        _changed(steps=[STEP | {"keywords": "load"}]),
        _changed(steps=[STEP | {"keywords": [1]}]),
        _changed(steps=[STEP | {"tool": None}]),
        _changed(steps=[STEP, STEP]),
        _changed(bindings=[]),
        _changed(bindings=[[]]),
        _changed(bindings=[{"path": "bare"}]),
        _changed(bindings=[{"path": {"step": 1, "path": "a..b"}}]),
        _changed(bindings=[{"path": {"step": "1", "path": ""}}]),
        _changed(bindings={"path": {}}),
        _changed(tools={}),
        _changed(tools=[]),
        _changed(tools={"read": 3}),
        _changed(cost=3),
        _changed(cost={"calls": "5"}),
        json.dumps({key: value for key, value in KEPT.items() if key != "tools"}).encode(),
    ],
)
def test_other_files_are_no_plan(tmp_path, content):
    """A damaged, cut, foreign or colliding file counts as nothing, and the next run replaces it."""
    memory = PlanMemory(tmp_path)
    memory.remember(a_run())
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)

    assert next(memory.recall("do it"), None) is None
    memory.remember(a_run())
    assert next(memory.recall("do it"), None) == a_run()


def test_the_table_above_begins_with_a_good_file(tmp_path):
    """Unchanged, the file that the damaged ones are made of is a plan."""
    memory = PlanMemory(tmp_path)
    memory.remember(a_run())
    (file,) = tmp_path.iterdir()
    file.write_bytes(_changed())

    kept = next(memory.recall("do it"), None)
    assert (kept.tools, kept.cost.calls, kept.cost.cost) == ({"read": "00"}, 5, None)
    assert _kept(tmp_path / "other").keys() == KEPT.keys()


def test_a_folder_that_cannot_be_written_costs_only_the_shortcut(tmp_path):
    """A file in the folder's place, or a folder in the file's, raises nothing and leaves nothing."""
    (tmp_path / "plans").write_text("a file")
    memory = PlanMemory(tmp_path / "plans")
    memory.remember(a_run())
    assert next(memory.recall("do it"), None) is None
    assert (tmp_path / "plans").read_text() == "a file"

    memory = PlanMemory(tmp_path / "other")
    memory.remember(a_run())
    (file,) = (tmp_path / "other").iterdir()
    file.unlink()
    file.mkdir()
    memory.remember(a_run())
    assert next(memory.recall("do it"), None) is None
    assert list((tmp_path / "other").iterdir()) == [file]


def test_a_read_only_folder(tmp_path):
    """Without the right to write, nothing is raised, and what was kept before still helps."""
    PlanMemory(tmp_path / "plans").remember(a_run(reason="before"))
    mounted = subprocess.run(
        ["mount", "--bind", "-o", "ro", tmp_path / "plans", tmp_path / "plans"],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a read-only folder that binds every user takes the right to mount")
    try:
        PlanMemory(tmp_path / "plans").remember(a_run(reason="after"))
        assert next(PlanMemory(tmp_path / "plans").recall("do it"), None).matches[0].reason == "before"
        assert len(list((tmp_path / "plans").iterdir())) == 1
    finally:
        subprocess.run(["umount", tmp_path / "plans"], check=True)


CODE = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_plans import PlanMemory, a_run
memory = PlanMemory(Path(sys.argv[1]))
for number in range(60):
    memory.remember(a_run(reason=sys.argv[2] * (number * 50 + 1)))
    assert next(memory.recall("do it"), None) is not None, number
"""


def test_processes_and_threads_at_once(tmp_path):
    """Whoever writes at the same time, there is a whole plan at every moment, and no half file stays."""
    code = CODE.format(tests=str(Path(__file__).parent))
    children = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), mark]) for mark in "ab"]
    memory = PlanMemory(tmp_path)
    broken: list[int] = []
    memory.remember(a_run())

    def write(mark: str) -> None:
        for number in range(60):
            memory.remember(a_run(reason=mark * (number * 50 + 1)))
            if next(memory.recall("do it"), None) is None:
                broken.append(number)

    threads = [threading.Thread(target=write, args=(mark,)) for mark in "cd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [child.wait() for child in children] == [0, 0]
    assert broken == []
    assert len(list(tmp_path.iterdir())) == 1


def test_what_steps_use_is_remembered(tmp_path):
    """A plan whose steps can go side by side is one the next time too; nonsense in the file only costs it."""
    memory, step = PlanMemory(tmp_path), Step(2, "Count again.", (), (1,))
    first = Step(1, "Count.", (), ())
    matches = tuple(Match(each, "EXISTS_AND_GENERIC", "count") for each in (first, step))
    bindings = tuple(Binding(each.number, "count", {}) for each in (first, step))
    run = RememberedRun(Plan("count twice", (first, step)), matches, bindings, {"count": "0"})
    memory.remember(run)
    assert [kept.plan.steps for kept in memory.recall("count twice")] == [(first, step)]
    [file] = tmp_path.iterdir()
    text = " ".join(file.read_text().split())
    file.write_text(text.replace('"uses": [ 1 ]', '"uses": [ 2 ]'))
    assert list(memory.recall("count twice")) == []

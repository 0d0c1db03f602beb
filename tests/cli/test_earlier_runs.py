"""A run as the memory tells of it: what of it is taken up, and what differs."""

import json
from pathlib import Path

from toolwright.cli.differing import differences
from toolwright.earlier_run import plan_of, resumption
from toolwright.library.store import Store
from toolwright.models.transcripts import Exchange
from toolwright.resuming import answered_before, bound_before, may_repeat
from toolwright.types import CallResult, Given, Match, Reference, Reply, Report, Step, StepReport

LIBRARY = '''def double(number: int) -> int:
    """Double a number."""
    return number * 2


def save(number: int, path: str) -> int:
    """Save a number.

    Permissions: write
    """
    with open(path, "w", encoding="utf-8") as file:
        return file.write(str(number))
'''
GOAL = "Double 4 and save it"
STEPS = (Step(1, "Double a number.", ("twice",)), Step(2, "Save a number."))


def row(**changes):
    """A run whose first step was made and worked, and whose second failed."""
    steps = [
        {"round": 1, "number": 1, "description": "Old.", "keywords": "[]", "verdict": None, "tool": None}
        | {"reason": None},
        {"round": 2, "number": 1, "description": STEPS[0].description, "keywords": '["twice"]'}
        | {"verdict": "NOT_EXISTS", "tool": None, "reason": "nothing doubles"},
        {"round": 2, "number": 2, "description": STEPS[1].description, "keywords": "[]"}
        | {"verdict": "EXISTS_AND_GENERIC", "tool": "save", "reason": "saves"},
    ]
    told = {
        "id": "r1", "goal": GOAL, "status": "failed", "wants": "result", "failed_step": 2, "message": "no",
        "steps": steps, "decisions": [],
        "attempts": [{"step": 1, "tool": "double"}],
        "admissions": [{"tool": "double", "source": LIBRARY[: LIBRARY.index("def save")]}],
        "executions": [
            {"step": 1, "tool": "double", "input": '{"number": 4}', "output": "8", "status": "returned"}
            | {"error": None, "at": 4e9},
            {"step": 2, "tool": "save", "input": '{"number": 8, "path": "/x"}', "output": None}
            | {"status": "raised", "error": "OSError: no", "at": 4e9},
        ],
    }  # fmt: skip
    return told | changes


def bound(stage, arguments, step=1):
    """A reply that binds; of steps 1 and 2 where it is of the stage bind."""
    both = [{"step": 1, "arguments": arguments}]
    both += [{"step": 2, "arguments": {"number": {"step": 1, "path": ""}, "path": {"literal": "/x"}}}]
    subject = GOAL if stage == "bind" else f"{GOAL} / step {step}"
    return Exchange(stage, subject, "", Reply(json.dumps({"calls": both if stage == "bind" else both[:1]})))


def opened(folder: Path) -> Store:
    """The library of the run."""
    (folder / "tools.py").write_text(LIBRARY)
    return Store(folder)


def test_the_last_plan_is_taken_up_with_what_was_made(tmp_path: Path) -> None:
    """A tool made in the run does its step now; a verdict on a tool that is gone is asked for again."""
    store = opened(tmp_path)
    plan = plan_of(row(), store.read())
    assert plan is not None
    assert (plan.plan.goal, plan.plan.steps, plan.numbers) == (GOAL, STEPS, (1, 2))
    assert {n: (m.kind, m.tool) for n, m in plan.verdicts.items()} == {
        1: ("EXISTS_AND_GENERIC", "double"), 2: ("EXISTS_AND_GENERIC", "save")
    }  # fmt: skip
    (tmp_path / "tools.py").write_text("")
    gone = plan_of(row(), Store(tmp_path).read())
    assert gone is not None
    assert {n: m.kind for n, m in gone.verdicts.items()} == {1: "NOT_EXISTS"}
    assert plan_of(row(steps=[]), store.read()) is None


def test_bindings_are_those_that_worked(tmp_path: Path) -> None:
    """A step that was bound anew and worked keeps that; one that failed keeps the first."""
    tools = opened(tmp_path).read().tools
    calls = [(STEPS[0], tools["double"]), (STEPS[1], tools["save"])]
    first, second = bound("bind", {"number": {"literal": 3}}), bound("rebind", {"number": {"literal": 4}})
    made = bound_before(resumption([row()], [first, second]), GOAL, calls)
    assert made is not None
    assert [dict(each.arguments) for each in made] == [
        {"number": Given(4)}, {"number": Reference(1), "path": Given("/x")}
    ]  # fmt: skip
    failed = row(executions=[row()["executions"][0] | {"status": "raised", "error": "no"}])
    kept = bound_before(resumption([failed], [first, second]), GOAL, calls)
    assert kept is not None
    assert kept[0].arguments == {"number": Given(3)}
    recalled = bound_before(resumption([row()], []), GOAL, calls)
    assert recalled is not None
    assert recalled[1].arguments == {"number": Given(8), "path": Given("/x")}
    assert bound_before(resumption([row(executions=[])], []), GOAL, calls) is None


def test_an_answer_stands_while_nothing_about_it_has_changed(tmp_path: Path) -> None:
    """Another tool, other arguments, an answer that was not kept whole or a changed tool: it is not used."""
    store = opened(tmp_path)
    tool = store.read().tools["double"]
    kept = resumption([row()], []).answers[1]
    assert answered_before(kept, tool, {"number": 4}, store) == (True, "")
    assert answered_before(kept, tool, {"number": 5}, store)[1] == "its arguments are others now"
    assert answered_before(kept, store.read().tools["save"], {}, store)[1] == "double did it then"
    call = row()["executions"][0]
    for output in ('"(60000 characters)"', '"***"'):
        short = resumption([row(executions=[call | {"output": output}])], []).answers[1]
        assert "too long to keep, or holds a secret" in answered_before(short, tool, {"number": 4}, store)[1]
    old = resumption([row(executions=[call | {"at": 1.0}])], []).answers[1]
    assert answered_before(old, tool, {"number": 4}, store)[1] == "double has changed since"
    assert [may_repeat(each, LIBRARY) for each in store.read().tools.values()] == [True, False]
    later = row(executions=[call | {"status": "raised", "error": "no"}])
    assert resumption([row(), later], []).answers == {}
    cut_off = row(executions=[call | {"status": "cut off", "input": None, "output": None}])
    assert (resumption([row(), cut_off], []).answers, resumption([row(), cut_off], []).begun) == ({}, {1})
    assert resumption([cut_off, row()], []).begun == frozenset()


def test_what_differs_is_listed_by_step(tmp_path: Path) -> None:
    """Answers, outcomes, texts, calls that were not made, and the end of the goal; floats count as equal."""
    tools = opened(tmp_path).read().tools

    def again(value: object, *more: StepReport, status: str = "failed") -> Report:
        match = Match(STEPS[0], "EXISTS_AND_GENERIC", "double")
        done = StepReport(
            STEPS[0], match, "double", arguments={"number": 4}, result=CallResult("returned", value)
        )
        return Report(GOAL, status, "r2", (done, *more))  # type: ignore[arg-type]  # a status

    sources = {"double": tools["double"].source}
    found = differences(row(), again(8.000000000001), sources, tools)
    assert [each.sentence for each in found] == ["step 2, the call: raised: OSError: no then, not made now"]
    other = differences(row(), again(9, status="done"), {"double": "def double(): ..."}, tools)
    assert [(each.step, each.what) for each in other] == [
        (1, "the text of double"), (1, "the answer"), (2, "the call"), (0, "the goal")
    ]  # fmt: skip

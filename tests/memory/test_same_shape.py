"""Goals like one that ran well: other literals are put in where that is sure, and nowhere else."""

import pytest

from toolwright.memory.plans import NoPlans, PlanMemory
from toolwright.types import Binding, Given, Match, Plan, Reference, RememberedRun, Step

GOAL = "Keep the 3 longest lines of notes.txt and write them to out.txt"


def ran(goal: str = GOAL, step: str = "Keep the longest lines.", **arguments: object) -> RememberedRun:
    """A run of one tool that got these arguments."""
    known = Step(1, step)
    given = {name: a if isinstance(a, Reference) else Given(a) for name, a in arguments.items()}
    return RememberedRun(
        Plan(goal, (known,)),
        (Match(known, "EXISTS_AND_GENERIC", "keep", "fits"),),
        (Binding(1, "keep", given),),
        {"keep": "00"},
    )


def recalled(memory: PlanMemory, goal: str) -> RememberedRun | None:
    """Return the first plan that is remembered for a goal."""
    return next(memory.recall(goal), None)


def test_other_literals_take_their_places(tmp_path):
    """Number and paths of the new goal stand where those of the old one stood, each as it was given."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran(count=3, source="notes.txt", target="out.txt"))

    run = recalled(memory, "Keep the 5 longest lines of diary.txt and write them to out.txt")

    assert run.bindings[0].arguments == {
        "count": Given(5),
        "source": Given("diary.txt"),
        "target": Given("out.txt"),
    }
    assert run.changed == (("3", "5"), ("notes.txt", "diary.txt"))
    assert run.plan.goal == "Keep the 5 longest lines of diary.txt and write them to out.txt"


def test_a_number_that_was_given_as_text_stays_text(tmp_path):
    """An argument that took the number as a text gets the new one as a text."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran(count="3", source="notes.txt", target="out.txt"))
    run = recalled(memory, GOAL.replace("3", "12"))
    assert run.bindings[0].arguments["count"] == Given("12")


@pytest.mark.parametrize(
    "run",
    [
        ran(count=3, target="out.txt"),
        ran(count=3, source="notes.txt", other="notes.txt", target="out.txt"),
        ran(count=3, source="./notes.txt", target="out.txt"),
        ran(count=3, source="notes.txt", sources=["notes.txt"], target="out.txt"),
        ran(count=3, source="notes.txt", title="Longest of notes", target="out.txt"),
        ran(count=3, source="notes.txt", part=Reference(1, '["notes.txt"]'), target="out.txt"),
        ran(count=3, source="notes.txt", title="notes_2", target="out.txt"),
        ran(step="Keep lines of notes.txt.", count=3, source="notes.txt", target="out.txt"),
    ],
    ids=[
        "unbound",
        "twice",
        "changed",
        "in a list too",
        "a word made of it",
        "a name made of it",
        "in a path",
        "in a step",
    ],
)
def test_what_is_not_sure_is_planned_anew(tmp_path, run):
    """A literal that was bound nowhere, twice, changed, or that left a trace elsewhere, is no shortcut."""
    memory = PlanMemory(tmp_path)
    memory.remember(run)
    assert recalled(memory, GOAL) is not None
    assert recalled(memory, GOAL.replace("notes.txt", "diary.txt")) is None


@pytest.mark.parametrize(
    ("goal", "other", "bound"),
    [
        (
            "Fetch https://a.org/x?id=5",
            "Fetch https://b.org/x?id=5",
            {"u": "https://a.org/x?id=5", "h": "a.org"},
        ),
        ("Read s.csv", "Read t.csv", {"path": "s.csv", "table": "s"}),
        ("Read data/s.csv", "Read more/s.csv", {"path": "data/s.csv", "to": "data/out.json"}),
        ("Keep 12 lines", "Keep 13 lines", {"count": 12, "title": "Top12"}),
    ],
)
def test_what_was_made_from_a_part_of_a_literal_is_planned_anew(tmp_path, goal, other, bound):
    """A host, a folder, a short name or a number inside a word would stay what they were."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran(goal, **bound))
    assert recalled(memory, goal) is not None
    assert recalled(memory, other) is None


def test_a_literal_that_stands_twice_in_the_goal_is_planned_anew(tmp_path):
    """Which of the two an argument came from cannot be known."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran("Add 3 to 3", number=3))
    assert recalled(memory, "Add 3 to 4") is None


def test_truth_values_are_no_numbers(tmp_path):
    """`True` is not the 1 of a goal."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran("Show page 1", loud=True))
    assert recalled(memory, "Show page 2") is None


def test_another_kind_of_file_is_another_goal(tmp_path):
    """What reads a text file is not trusted with a CSV file because the sentence is the same."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran(count=3, source="notes.txt", target="out.txt"))
    assert recalled(memory, GOAL.replace("notes.txt", "notes.csv")) is None


def test_the_goal_itself_comes_first(tmp_path):
    """A goal that ran well is recalled with its own plan, before those of goals like it."""
    memory = PlanMemory(tmp_path)
    memory.remember(ran(count=3, source="notes.txt", target="out.txt"))
    other = GOAL.replace("3", "4")
    memory.remember(ran(other, count=4, source="notes.txt", target="out.txt"))
    first, second = memory.recall(GOAL)
    assert (first.changed, second.changed) == ((), (("4", "3"),))


def test_no_memory_knows_and_keeps_nothing():
    """Whoever wants no memory gets none."""
    memory = NoPlans()
    memory.remember(ran())
    assert list(memory.recall(GOAL)) == []

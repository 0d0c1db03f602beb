"""Plans as text: what is written is read again, and what cannot be read is one sentence with its line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.plan_text import CHOSEN, PlanTextError, plan_text, read_plan_text
from toolwright.types import HeldOut, Match, Plan, Step

TOOLS = ("read_file", "count_words")
PLAN = """\
goal: Count the words of notes.txt

1. Read a text file.
   verdict: reuse read_file: it reads any
2. Count the words of a text.
   verdict: write
   keywords: word count
   uses: 1
"""

sentences = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split())
)
words = sentences.filter(bool)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, tuple[Match, ...]]:
    """A plan as the model or a person may make it, with a verdict for every step."""
    steps = tuple(
        Step(
            number,
            draw(words),
            tuple(draw(st.lists(words, max_size=8))),
            draw(st.none() | st.sets(st.integers(1, number - 1)).map(sorted).map(tuple))
            if number > 1
            else draw(st.sampled_from([None, ()])),
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    )
    kinds = {"EXISTS_AND_GENERIC": TOOLS, "EXISTS_BUT_SPECIFIC": TOOLS, "NOT_EXISTS": ("",)}
    matches = []
    for step in steps:
        kind = draw(st.sampled_from(sorted(kinds)))
        reason = draw(sentences | st.just(CHOSEN))
        chosen = reason == CHOSEN
        matches.append(Match(step, kind, draw(st.sampled_from(kinds[kind])), reason, chosen))
    goal = draw(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
    return Plan(goal, steps, draw(st.sampled_from(["result", "tool"]))), tuple(matches)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
examples = st.lists(
    st.builds(
        HeldOut,
        st.sampled_from(["", "slugify"]),
        st.lists(values, max_size=2).map(tuple),
        st.dictionaries(st.sampled_from(["text", "limit"]), values, max_size=2),
        values,
    ),
    max_size=2,
).map(tuple)


@given(plans(), examples)
def test_a_plan_comes_back_as_it_was(
    proposed: tuple[Plan, tuple[Match, ...]], held: tuple[HeldOut, ...]
) -> None:
    """Goal, examples, steps, keywords, uses and verdicts with reasons survive the way through the text."""
    plan, matches = proposed
    read = read_plan_text(plan_text(plan, matches, held), TOOLS)
    assert read.examples == held
    assert read.plan == plan
    assert tuple(read.verdicts.values()) == matches
    assert read.numbers == tuple(step.number for step in plan.steps)


def test_steps_may_be_moved_added_and_dropped() -> None:
    """The order of the text counts; `uses` follows its step, and a new one needs no number."""
    text = PLAN.replace("1. Read", "- Look around.\n1. Read").replace(
        "count\n   uses: 1", "count\n   uses: 1, 7"
    )
    read = read_plan_text(text, TOOLS)
    assert [(step.number, step.description, step.uses) for step in read.plan.steps] == [
        (1, "Look around.", None),
        (2, "Read a text file.", None),
        (3, "Count the words of a text.", (2,)),
    ]
    assert (read.numbers, sorted(read.verdicts)) == ((0, 1, 2), [2, 3])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("goal: Count the words of notes.txt", "", "the plan says no goal"),
        ("goal: Count the words of notes.txt", "goal:", "line 1 of the plan: the goal is empty"),
        ("e read_file", "e read_fil", "no tool 'read_fil' in the library; did you mean read_file?"),
        ("reuse read_file", "reuse", "line 4 of the plan: `reuse` needs the name of a tool"),
        ("verdict: write", "verdict: write it", "line 6 of the plan: `write` takes no name, not 'it': "),
        ("verdict: write", "verdict: maybe", "line 6 of the plan: 'maybe' is no verdict: write `reuse NAME`"),
        ("uses: 1", "uses: 2", "line 8 of the plan: step 2 cannot use step 2, which does not come before"),
        ("uses: 1", "uses: one", "line 8 of the plan: 'one' is not `nothing` and no numbers of steps"),
        (
            "2. Count the words of a text.",
            "Count them.",
            "line 5 of the plan: 'Count them.' is neither a step",
        ),
        ("2. Count", "verdict: write\n2. Count", "line 5 of the plan: `verdict` stands there twice"),
        ("keywords: word", "keywords: [word", "line 7 of the plan: the keywords begin with [ and are no"),
        ("2. Count", "goal: Another\n2. Count", "line 5 of the plan: `goal:` stands before the first step"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, said: str) -> None:
    """One sentence that names the line and quotes what stands there."""
    with pytest.raises(PlanTextError) as caught:
        read_plan_text(PLAN.replace(old, new, 1), TOOLS)
    assert said in str(caught.value)


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_a_plan_or_an_error(text: str) -> None:
    """Nothing but a `PlanTextError` comes of a text that is no plan."""
    for each in (text, f"goal: x\n{text}", f"{PLAN}{text}"):
        with contextlib.suppress(PlanTextError):
            assert read_plan_text(each, TOOLS).plan.steps

"""Literals of a goal: what is found, what it means, and which goals have the same shape."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.literals import goal_literals, goal_shape


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        ("Read sales.csv and write totals.json", [("sales.csv", "path .csv"), ("totals.json", "path .json")]),
        ("Read 'my sales.csv'.", [("my sales.csv", "text")]),
        ("Read 'sales.CSV'.", [("sales.CSV", "path .csv")]),
        ("keep the 10 largest, at least 2.5", [(10, "number"), (2.5, "number")]),
        ("shift by -3, not 3D or v2 or 2nd", [(-3, "number")]),
        (
            "fetch https://example.org/a/b.json?x=1.",
            [("https://example.org/a/b.json?x=1", "url https .json")],
        ),
        ("fetch (https://example.org/)", [("https://example.org/", "url https ")]),
        ('say "hello, world" twice', [("hello, world", "text")]),
        ("say “good day” and `bye`", [("good day", "text"), ("bye", "text")]),
        ("the user's file isn't there", []),
        ("list ~/notes and ../up and /etc", [("~/notes", "path "), ("../up", "path "), ("/etc", "path ")]),
        ("open data/2024.csv, please", [("data/2024.csv", "path .csv")]),
        ("an empty ''", [("", "text")]),
        ("do it.", []),
    ],
)
def test_what_is_found(goal, found):
    """Quoted texts, numbers, paths and URLs are found with their values; the rest of a sentence is not."""
    assert [(literal.value, literal.sort) for literal in goal_literals(goal)] == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Read a.csv", "Read b.csv", True),
        ("Read a.csv", "Read b.json", False),
        ("Read a.csv", "Read 'b.csv'", True),
        ("Fetch https://a.org/x", "Fetch http://a.org/x", False),
        ("Fetch https://a.org/x", "Fetch https://b.org/y", True),
        ("Keep 5 lines", "Keep 7 lines", True),
        ("Keep 5 lines", "Keep seven lines", False),
        ("Keep 5 lines", "Drop 5 lines", False),
        ("Keep '5' lines", "Keep 5 lines", False),
    ],
)
def test_goals_of_one_shape(one, other, same):
    """Goals that differ in values of one sort have one shape; other words another sort of file have not."""
    assert (goal_shape(one) == goal_shape(other)) is same


@given(st.text())
def test_any_text_has_literals_in_order_that_stand_where_they_say(goal):
    """Whatever the goal, every literal's text is found between its ends, and none overlaps the next."""
    literals = goal_literals(goal)
    assert all(literal.text in goal[literal.start : literal.end] for literal in literals)
    assert all(a.end <= b.start for a, b in itertools.pairwise(literals))
    assert isinstance(goal_shape(goal), str)


@given(st.integers(), st.from_regex(r"[a-z]{1,9}\.csv", fullmatch=True), st.text("abc ,.", max_size=5))
def test_written_literals_come_back(number, path, text):
    """A number, a path and a quoted text that were put into a goal are what is found in it."""
    goal = f'Take {number} lines of {path} that hold "{text}" now'
    assert [literal.value for literal in goal_literals(goal)] == [number, path, text]

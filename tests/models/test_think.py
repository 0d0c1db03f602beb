"""Thoughts and answers come apart, however the server marks the thoughts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.models.think import split_think

PLAIN = st.text().filter(lambda text: "<" not in text and "`" not in text)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<think>a</think>b", ("b", "a")),
        ("\n<think>a</think>b", ("b", "a")),
        ("a</think>b", ("b", "a")),
        ("<think>a", ("", "a")),
        ("b", ("b", "")),
        ("", ("", "")),
        ("<think>\n\n</think>\n\nb", ("b", "")),
        ("say <think> literally", ("say <think> literally", "")),
        ("I write </think> and\n</think>\n\nb", ("b", "I write </think> and")),
        ("<think>a\n</think>\nb\n</think>\nc", ("b\n</think>\nc", "a")),
        ("<think>x\n```py\nopen fence</think>b", ("b", "x\n```py\nopen fence")),
        ("<think>\nx\n</think>\n```\ny = '</think>'\n```", ("```\ny = '</think>'\n```", "x")),
        ("```\ny = '</think>'\n```", ("```\ny = '</think>'\n```", "")),
    ],
)
def test_every_known_shape_is_split(content, expected):
    """Each way in which servers are known to mark thoughts is understood."""
    assert split_think(content) == expected


def test_thoughts_in_a_field_of_their_own_are_kept():
    """With a separate reasoning field the content is the answer, unless it opens a block itself."""
    assert split_think("b", "a") == ("b", "a")
    assert split_think("b </think> c", "a") == ("b </think> c", "a")
    assert split_think("<think>c</think>b", "a ") == ("b", "a c")


@given(thought=PLAIN, answer=PLAIN)
def test_what_was_put_together_comes_apart(thought, answer):
    """Any thought and any answer survive the round trip, stripped."""
    assert split_think(f"<think>{thought}</think>{answer}") == (answer.strip(), thought.strip())
    assert split_think(f"{thought}</think>{answer}") == (answer.strip(), thought.strip())


@given(st.lists(st.sampled_from(["<think>", "</think>", "```", "\n", "a", " "])).map("".join))
def test_no_input_breaks_it(content):
    """Tags in any order never raise, and an answer never begins with an open block."""
    answer, _ = split_think(content)
    assert not content.lstrip().startswith("<think>") or len(answer) < len(content)

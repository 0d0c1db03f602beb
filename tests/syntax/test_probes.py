"""Probes: calls that nobody made, near those that tests made and near what stands in the code."""

from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.syntax.checking import mismatch
from toolwright.syntax.probes import literals_of, probes
from toolwright.syntax.reading import read_library
from toolwright.syntax.varying import is_fixed, tells_time

SOURCE = '''def cut(text: str, at: int = 18, words: list[str] | None = None) -> str:
    """Cut 99 things.

    Args:
        text: A text.
        at: Where.
        words: Some.
    """
    return text[:7] if at > 18 else "end"
'''
TOOL = read_library(SOURCE).tools[0]


def test_what_stands_in_the_code_and_beside_it_is_tried():
    """Numbers of the code and their neighbours take the place of a recorded argument, docstrings do not."""
    made = probes(TOOL.parameters, [{"text": "abc", "at": 3}], literals_of(SOURCE), 80)

    assert 99 not in literals_of(SOURCE)
    assert {each.get("at") for each in made} >= {17, 18, 19, 6, 7, 8, 2, 4}
    assert {each["text"] for each in made} >= {"end", "", "bc", "ab", "ABC"}
    assert {"text": "abc"} in made


@given(
    st.lists(
        st.fixed_dictionaries(
            {"text": st.text(max_size=8)},
            optional={"at": st.integers(), "words": st.none() | st.lists(st.text(max_size=3), max_size=3)},
        ),
        max_size=4,
    ),
    st.integers(2, 60),
)
@settings(max_examples=60, deadline=None)
def test_probes_fit_the_types_and_are_new(recorded, most):
    """Whatever was recorded: probes are valid, none of them was recorded, and they are the same each time."""
    made = probes(TOOL.parameters, recorded, literals_of(SOURCE), most)

    assert len(made) <= most
    assert all(mismatch(dict(each), TOOL.parameters) == "" for each in made)
    assert not any(each in recorded for each in made)
    assert made == probes(TOOL.parameters, recorded, literals_of(SOURCE), most)


def test_a_call_is_fixed_when_what_varies_is_given():
    """A tool that tells the time answers the same for one `now`; one that declares nothing always does."""
    source = SOURCE.replace("    Args:", "    Varies: clock random\n\n    Args:")
    source = source.replace("at: int = 18, ", "now: str | None = None, seed: int | None = None, ")
    varying = read_library(source).tools[0]

    assert tells_time(varying)
    assert is_fixed(varying, {"text": "a", "now": "2024-01-01", "seed": 1})
    assert not is_fixed(varying, {"text": "a", "now": "2024-01-01"})
    assert not is_fixed(varying, {"text": "a", "now": None, "seed": 1})
    assert is_fixed(TOOL, {"text": "a"})
    assert not tells_time(TOOL)

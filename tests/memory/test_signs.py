"""What a failure shows apart from its words: read from what tests and reviews say, and never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.memory.signs import MOST, agreement, signs_of
from toolwright.memory.wrongness import wrongness

CODE = "def f(text: str) -> int:\n    return len(text.split())\n"


@pytest.mark.parametrize(
    ("said", "kind", "shown"),
    [
        ("line 9: `csv` is used but neither defined nor imported [unresolved]", "rule unresolved", set()),
        ("test_it failed: KeyError: 'a'", "raised KeyError", set()),
        ("test_it failed: json.JSONDecodeError: No value: line 1", "raised JSONDecodeError", {"said value"}),
        ("test_it failed: assert 1 == 2 +  where 1 = f('x == y')", "compared", {"by one", "less"}),
        ("test_it failed: AssertionError: assert 'ab' == 'AB' - AB", "compared", {"case", "as long"}),
        ("test_it failed: assert [2, 1] == [1, 2] At index 0", "compared", {"order", "reversed"}),
        ("test_it failed: assert None == [1] +  where", "compared", {"null for list"}),
        ("test_it failed: assert {'n': 0} == {'n': 3}", "compared", {"object", "in zero"}),
        ("test_it failed: assert f(1) == 2", "compared", {"unread"}),
        ("test_it failed: Failed: DID NOT RAISE <class 'ValueError'>", "not raised", set()),
        ("the tests notice 3 of 9 deliberate faults", "other", set()),
    ],
)  # fmt: skip
def test_what_was_said_is_read(said, kind, shown):
    """The rule, the exception, or how what was returned differs from what was wanted."""
    signs = signs_of(f"{said}\nmore", CODE)
    assert (signs.kind, shown - signs.shown) == (kind, set())
    assert signs.done == {"calls len", "calls .split", "Return"}


def test_the_same_mistake_agrees_more_than_another():
    """What is the same agrees wholly, what has nothing in common not at all."""
    one = signs_of("test_a failed: assert 'ab' == 'AB'", CODE)
    alike = signs_of("test_b failed: assert ['x'] == ['X']", CODE)
    other = signs_of("test_c failed: ZeroDivisionError: division by zero", "def g(a):\n    return a / 0\n")
    assert agreement(one, one) == pytest.approx(MOST)
    assert agreement(one, other) < agreement(one, alike) < MOST
    assert agreement(one, signs_of("", "")) == 0


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**320), 10**320) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(_VALUES, _VALUES, st.text(max_size=60))
def test_whatever_is_compared_has_some_words(got, wanted, more):
    """Values of all kinds and sizes, and texts that are no comparison."""
    assert list(wrongness(f"{got!r} == {wanted!r} {more}"))
    assert list(wrongness(more))
    signs = signs_of(more, more)
    assert agreement(signs, signs) <= MOST + 1e-9

"""Examples as users write them are parsed, never evaluated; bad text is one sentence with a position."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import UsageError
from toolwright.syntax.held_out import cut_examples, read_example, read_goal

NUMBERS = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["slugify", "f", "count_words", "_x1"])
SIGNS = st.sampled_from(["==", " == ", "->", " -> ", " =>  "])


@given(NAMES, st.lists(VALUES, max_size=3), st.dictionaries(st.sampled_from("abc"), VALUES), VALUES, SIGNS)
def test_what_is_written_in_python_is_read_back(name, positional, named, expected, sign):
    """Whatever JSON values a call and its answer hold, the reader finds them, with a name and without."""
    arguments = [repr(value) for value in positional] + [f"{key}={value!r}" for key, value in named.items()]
    call = f"({', '.join(arguments)})"
    for function in (name, ""):
        example = read_example(f"{function}{call}{sign}{expected!r}")
        assert example.function == function
        assert list(example.positional) == positional
        assert dict(example.named) == named
        assert example.expected == expected


@given(VALUES, VALUES)
def test_json_is_read_as_well_as_python(argument, expected):
    """`true`, `false` and `null` are what they are in JSON."""
    example = read_example(
        f"f({json.dumps(argument, ensure_ascii=False)}) == {json.dumps(expected, ensure_ascii=False)}"
    )
    assert (list(example.positional), example.expected) == ([argument], expected)


@given(st.text(max_size=60) | st.text(alphabet="f(1)\"'[]{}=-> .,é\\\nxTrue*:", max_size=40))
def test_any_text_is_an_example_or_one_sentence_with_a_position(text):
    """Nothing else is ever raised, and the position is inside the text or just behind it."""
    wrong = None
    try:
        read_example(text)
    except UsageError as error:
        wrong = error
    if wrong is not None:
        assert "\n" not in str(wrong)
        assert wrong.exit_code == 2
        assert 1 <= int(str(wrong).rpartition(" at character ")[2]) <= len(text) + 1


@given(st.text(max_size=80) | st.text(alphabet="f(1)\"' =->,.`x\n>é", max_size=60))
def test_cutting_examples_out_of_any_text_ends_well(text):
    """A text without an example stays exactly as it is; what was cut can be written again as an example."""
    rest, found = cut_examples(text)
    if not found:
        assert rest == text
    for example in found:
        assert read_example(f"{example.call()} == {example.expected!r}") == example


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("f(x) == 1", 3),
        ('f("é", x) == 1', 8),
        ("f(1) = 2", 5),
        ("f(1", 2),
        ("f(1) ==", 8),
        ("f(1) == (1, 2)", 9),
        ("f(1) == open('x')", 9),
        ("f(*[1]) == 2", 3),
        ("f(a=1, a=2) == 1", 8),
        ("f(1e999) == 1", 3),
        ('os.system("x") == 1', 1),
        ("", 1),
    ],
)
def test_bad_text_is_refused_where_it_stops_making_sense(text, position):
    """Each sentence names the text and the character, counted from 1."""
    with pytest.raises(UsageError, match=f"at character {position}$") as caught:
        read_example(text)
    assert "--example" in caught.value.hint


@pytest.mark.parametrize(
    ("goal", "rest", "calls"),
    [
        ('Slugify a title so that slugify("A B") == "a-b".', "Slugify a title.", ["slugify('A B')"]),
        ("Count words (f('a b') -> 2) in a file", "Count words in a file", ["f('a b')"]),
        ("Double it:\n>>> double(2)\n4\n>>> double(x)\n4\n", "Double it:\n>>> double(x)\n4", ["double(2)"]),
        ("Do it, e.g. `f(1) == 2` and `f(2) == [3]`", "Do it", ["f(1)", "f(2)"]),
        ('Do it: `f(1)` -> 0.6 and `f("a")` == `"b"`.', "Do it.", ["f(1)", "f('a')"]),
        ("Say whether `f(x)` == `1` holds", "Say whether `f(x)` == `1` holds", []),
        ("Double: f(1) → 2", "Double", ["f(1)"]),
        ("Take what f(1) == 1st and f(1) == 2.5.1 say", "Take what f(1) == 1st and f(1) == 2.5.1 say", []),
        ("Say whether f(x) == 1 holds", "Say whether f(x) == 1 holds", []),
        ("Compare a.f(1) == 2 and open(file) -> lines", "Compare a.f(1) == 2 and open(file) -> lines", []),
    ],
)
def test_examples_inside_a_goal_are_recognised_and_cut(goal, rest, calls):
    """What a reader would call an example goes, with the words that lead to it; everything else stays."""
    kept, found = read_goal(goal)
    assert (kept, [example.call() for example in found]) == (rest, calls)


def test_a_goal_needs_words_of_its_own():
    """Examples alone do not say what is wanted."""
    with pytest.raises(UsageError, match="nothing but examples"):
        read_goal("f(1) == 2")

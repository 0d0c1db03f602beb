"""What is said about a value that does not fit its schema: where, what was expected, what came."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.checking import described, is_json, mismatch, shown

STRING, INTEGER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}
ROW = {
    "type": "object",
    "properties": {"name": STRING, "age": INTEGER},
    "required": ["name"],
    "additionalProperties": False,
}
ROWS = {"type": "object", "properties": {"rows": {"type": "array", "items": ROW}}, "required": ["rows"]}
MODE = {"enum": ["fast", "slow"]}


@pytest.mark.parametrize(
    ("value", "schema", "said"),
    [
        (3, STRING, "expected a string, got 3"),
        ("3", INTEGER, 'expected an integer, got "3"'),
        (True, INTEGER, "expected an integer, got true"),
        (1.5, INTEGER, "expected an integer, got 1.5"),
        (None, {"type": "number"}, "expected a number, got null"),
        (float("nan"), {"type": "number"}, "expected a number, got NaN"),
        (0, {"type": "boolean"}, "expected true or false, got 0"),
        (0, NULL, "expected null, got 0"),
        ({}, {"type": "array"}, "expected a list, got {}"),
        ([], {"type": "object"}, "expected an object, got []"),
        ("medium", MODE, 'expected one of "fast", "slow", got "medium"'),
        (1, {"enum": [True]}, "expected one of true, got 1"),
        ({"rows": [{"name": 3}]}, ROWS, "rows[0].name: expected a string, got 3"),
        ({"rows": [{"name": "a"}, {"age": 1}]}, ROWS, "rows[1]: 'name' is missing"),
        ({"rows": [{"name": "a", "size": 1}]}, ROWS, "rows[0]: 'size' is unknown"),
        ({}, ROWS, "the object: 'rows' is missing"),
        ({"name": "a", "x": 1}, ROW, "the object: 'x' is unknown"),
        (
            {"a.b": {"": 1}},
            {"additionalProperties": {"additionalProperties": STRING}},
            '["a.b"][""]: expected a string, got 1',
        ),
        (3, {"anyOf": [STRING, NULL]}, "expected a string or null, got 3"),
        (3, {"anyOf": [MODE, NULL]}, 'expected one of "fast", "slow" or null, got 3'),
        ([1], {"anyOf": [{"type": "array", "items": STRING}, NULL]}, "[0]: expected a string, got 1"),
        ({"age": 1}, {"anyOf": [ROW, STRING]}, "the object: 'name' is missing"),
        (
            [[1, "x"]],
            {
                "type": "array",
                "items": {"anyOf": [{"type": "array", "items": {"anyOf": [INTEGER, NULL]}}, STRING]},
            },
            '[0][1]: expected an integer or null, got "x"',
        ),
        (
            [1],
            {"anyOf": [{"type": "array", "items": STRING}, {"type": "array", "items": NULL}]},
            "expected a list or a list, got [1]",
        ),
    ],
)
def test_the_first_thing_that_does_not_fit(value, schema, said):
    """The message names the place by its path, then what was expected and what came."""
    assert mismatch(value, schema) == said


def test_the_place_can_be_given_a_name():
    """With a name for the whole value, every place begins with it."""
    assert mismatch(3, STRING, "text") == "text: expected a string, got 3"
    assert mismatch([3], {"type": "array", "items": STRING}, "texts") == "texts[0]: expected a string, got 3"
    assert mismatch({}, ROW, "row") == "row: 'name' is missing"


def test_deep_values_of_any_type():
    """Where a schema says nothing about the inside, the inside is not walked: no depth is too deep."""
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]

    assert mismatch(deep, {}) == ""
    assert mismatch(deep, {"type": "array"}) == ""
    assert mismatch({"a": deep}, {"type": "object"}) == ""


def test_long_values_are_cut():
    """What came is shown in 60 characters at most, as JSON."""
    assert mismatch("x" * 500, INTEGER) == f'expected an integer, got "{"x" * 58}…'
    assert shown("é") == '"é"'
    assert shown({1, 2}) == '"{1, 2}"'


def test_described():
    """A schema is put into words."""
    assert (
        described({"anyOf": [INTEGER, {"anyOf": [NULL, MODE]}]})
        == 'an integer or null or one of "fast", "slow"'
    )
    assert described({}) == "any value"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
def test_json_values_are_told_apart(value):
    """A value counts as JSON exactly when it equals its round trip."""
    assert is_json(value)
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize("value", [(1,), {1}, b"", ..., 1j, {1: 2}, [float("inf")], {"a": [(1,)]}, object()])
def test_other_values_are_not_json(value):
    """Tuples, sets, bytes, other keys than text and endless numbers are no JSON."""
    assert not is_json(value)

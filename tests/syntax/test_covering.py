"""One schema takes every value of another: exactly when no value says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.checking import mismatch
from toolwright.syntax.covering import covers

PLAIN = st.sampled_from(
    [{}, {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "boolean"}, {"type": "null"}]
)
CHOICES = st.lists(st.sampled_from(["a", "b", 1, 2, None, True]), min_size=1, max_size=3, unique_by=repr)
SCHEMAS = st.recursive(
    PLAIN | CHOICES.map(lambda choices: {"enum": choices}),
    lambda inner: (
        inner.map(lambda items: {"type": "array", "items": items})
        | inner.map(lambda value: {"type": "object", "additionalProperties": value})
        | st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options})
        | st.builds(
            lambda a, b, required: {
                "type": "object",
                "properties": {"a": a, "b": b},
                "required": required,
                "additionalProperties": False,
            },
            inner,
            inner,
            st.sampled_from([[], ["a"], ["a", "b"]]),
        )
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    st.sampled_from(["a", "b", "c", 1, 2, 3, 0.5, None, True, False]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)


@given(SCHEMAS, SCHEMAS, VALUES)
def test_what_covers_takes_every_value(wide, narrow, value):
    """No value fits the narrow one and not the one that covers it."""
    if covers(wide, narrow) and not mismatch(value, narrow):
        assert not mismatch(value, wide)


@given(SCHEMAS)
def test_every_schema_takes_its_own_values_and_anything_takes_all(schema):
    """It covers itself; what says nothing covers all."""
    assert covers({}, schema)
    assert covers(schema, schema)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"enum": ["a"]}, {"type": "string"}),
        ({"type": "integer"}, {"type": "number"}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {}}),
        ({"type": "string"}, {}),
    ],
)
def test_narrower_is_said(wide, narrow):
    """Where a value is left out, that is seen."""
    assert not covers(wide, narrow)

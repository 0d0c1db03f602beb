"""Annotations written from schemas mean those schemas again."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.annotation import annotation_text
from toolwright.syntax.reading import read_library

_PLAIN = st.sampled_from(["string", "integer", "number", "boolean", "null"]).map(lambda kind: {"type": kind})
_CHOICES = st.lists(st.sampled_from(["a", "b", "it's"]), min_size=1, unique=True).map(
    lambda values: {"enum": values}
)
_SCHEMAS = st.recursive(
    _PLAIN | _CHOICES | st.sampled_from([{"type": "array"}, {"type": "object"}]),
    lambda inner: st.one_of(
        inner.map(lambda items: {"type": "array", "items": items}),
        inner.map(lambda values: {"type": "object", "additionalProperties": values}),
    ),
    max_leaves=3,
)


def read_back(annotation: str) -> dict:
    """Return the schema that a tool's parameter with this annotation has."""
    source = f'from typing import Literal\n\n\ndef f(x: {annotation}) -> None:\n    """Do it."""\n'
    return read_library(source).tools[0].parameters["properties"]["x"]


@given(_SCHEMAS)
def test_what_is_written_is_read_again(schema):
    """The annotation of a schema is Python, and a parameter with it has that very schema."""
    assert ast.parse(annotation_text(schema), mode="eval")
    assert read_back(annotation_text(schema)) == schema


@given(st.lists(_PLAIN, min_size=2, max_size=3, unique_by=lambda schema: schema["type"]))
def test_one_of_several_is_a_union(schemas):
    """Alternatives are written as a union and read as the same alternatives."""
    assert read_back(annotation_text({"anyOf": schemas}))["anyOf"] == schemas


def test_a_typed_dict_becomes_what_its_values_can_be():
    """An object with known members needs no class: it is a dict of all that its members can be."""
    schema = {"type": "object", "properties": {"path": {"type": "string"}, "bytes": {"type": "integer"}}}
    assert annotation_text(schema) == "dict[str, str | int]"

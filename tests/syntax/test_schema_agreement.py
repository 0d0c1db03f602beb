"""Our reading of types, held against jsonschema (the schema) and pydantic (the real Python type)."""

import json
import typing
from typing import Any, Dict, List, Literal, Optional, Union  # noqa: UP035 - the old names are read too

import jsonschema
import pydantic
import pytest
import typing_extensions
from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.syntax.checking import mismatch
from toolwright.syntax.reading import read_library

CLASSES = """
class _Base(TypedDict):
    name: str

class _Row(_Base, total=False):
    age: int
    tags: Required[list[str]]

class _Tree(TypedDict):
    row: _Row
    notes: NotRequired[dict[str, str | None]]

_Mode = Literal["fast", "slow"]
"""
ANNOTATIONS = [
    "str",
    "int",
    "float",
    "bool",
    "None",
    "list",
    "dict",
    "list[int]",
    "List[float]",
    "dict[str, bool]",
    "Dict[str, list[str]]",
    "Optional[int]",
    "Union[str, int]",
    "str | list[str] | None",
    "Literal['a', 1, True, None]",
    "Literal[0, False, 'b']",
    "_Mode | int",
    "_Row",
    "list[_Row] | _Tree",
    "_Tree",
    "dict[str, dict[str, _Row]]",
    "list[list[int] | None]",
]


def _real_types() -> dict[str, Any]:
    names: dict[str, Any] = {
        "TypedDict": typing_extensions.TypedDict,
        "Required": typing_extensions.Required,
        "NotRequired": typing_extensions.NotRequired,
        "Literal": Literal,
        "Optional": Optional,
        "Union": Union,
        "List": List,  # noqa: UP006
        "Dict": Dict,  # noqa: UP006
        "typing": typing,
    }
    exec(CLASSES, names)
    for name in ("_Base", "_Row", "_Tree"):
        names[name].__pydantic_config__ = {"extra": "forbid"}
    return {text: eval(text, names) for text in ANNOTATIONS}


REAL = _real_types()
SCHEMAS = {
    text: read_library(f"{CLASSES}\ndef tool() -> {text}:\n    pass\n").tools[0].returns
    for text in ANNOTATIONS
}

# Whole floats are left out: for JSON Schema 1.0 is an integer, for us and for pydantic it is not.
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    st.sampled_from(["a", "b", "fast", "slow", ""]),
    st.text(max_size=5),
)
_KEYS = st.sampled_from(["name", "age", "tags", "row", "notes", "other"])
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(_KEYS, inner, max_size=3),
        st.fixed_dictionaries(
            {"name": _SCALARS, "tags": st.lists(st.text(max_size=2), max_size=2)},
            optional={"age": _SCALARS, "other": _SCALARS},
        ),
        st.fixed_dictionaries({"row": inner}, optional={"notes": inner}),
    ),
    max_leaves=8,
)


def _three_verdicts(annotation: str, value: Any) -> tuple[bool, bool, bool]:
    schema = SCHEMAS[annotation]
    ours = mismatch(value, schema) == ""
    by_schema = jsonschema.Draft202012Validator(schema).is_valid(value)
    try:
        pydantic.TypeAdapter(REAL[annotation]).validate_json(json.dumps(value), strict=True)
        by_type = True
    except pydantic.ValidationError:
        by_type = False
    return ours, by_schema, by_type


@pytest.mark.parametrize("annotation", ANNOTATIONS)
@settings(max_examples=30)
@given(value=VALUES)
def test_three_readers_agree(annotation, value):
    """A value fits by our check exactly when jsonschema and pydantic (strict, from JSON) let it pass."""
    ours, by_schema, by_type = _three_verdicts(annotation, value)

    assert ours == by_schema == by_type, mismatch(value, SCHEMAS[annotation])


@pytest.mark.parametrize(
    ("annotation", "value", "verdicts"),
    [
        ("int", 1.0, (False, True, False)),
        ("Literal['a', 1, True, None]", 1.0, (False, True, True)),
        ("float", 1, (True, True, True)),
        ("int", True, (False, False, False)),
        ("float", False, (False, False, False)),
        ("float", 10**400, (True, True, True)),
        ("float", float("nan"), (False, True, True)),
        ("float", float("inf"), (False, True, True)),
        ("Literal[0, False, 'b']", 0, (True, True, True)),
        ("_Row", {"name": "a", "tags": [], "more": 1}, (False, False, False)),
    ],
)
def test_where_they_differ_on_purpose(annotation, value, verdicts):
    """Whole floats are no integers, and numbers that JSON does not have are none, whatever others say."""
    assert _three_verdicts(annotation, value) == verdicts


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_every_schema_is_one(annotation):
    """What is written for a type is a valid JSON Schema, and valid JSON."""
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[annotation])
    assert json.loads(json.dumps(SCHEMAS[annotation])) == SCHEMAS[annotation]

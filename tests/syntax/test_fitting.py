"""Paths into values and schemas, and whether an answer can be an argument: never a wrong no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.checking import mismatch
from toolwright.syntax.fitting import EACH, PathError, can_fit, inside, path_parts, schema_at, value_at

VALUE = {
    "rows": [{"name": "a", "tags": ["x", "y"]}, {"name": "b", "tags": []}],
    "odd.key": {"": {"[0]": 1}},
    "größe": 2,
    "two words": 3,
    'say "hi"': 4,
}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("", []),
        ("rows", ["rows"]),
        ("rows[0].name", ["rows", 0, "name"]),
        ("[*].tags[12]", [EACH, "tags", 12]),
        ("[*]", [EACH]),
        ("a[*][*]", ["a", EACH, EACH]),
        ('rows["odd.key"]', ["rows", "odd.key"]),
        ('["a"]["b.c"].d', ["a", "b.c", "d"]),
        (r'["say \"hi\""]', ['say "hi"']),
        ('[""]', [""]),
        ('["0"]', ["0"]),
        ("größe.two words", ["größe", "two words"]),
    ],
)
def test_paths(path, parts):
    """Dots lead to keys, brackets to items; a key that is not plain is quoted as in JSON."""
    assert path_parts(path) == parts


@pytest.mark.parametrize(
    "path",
    [
        ".",
        "a.",
        ".a",
        "a..b",
        "a[",
        "a[]",
        "a[-1]",
        "a[1",
        "a]",
        "a[b]",
        "a['b']",
        'a["b]',
        r'["\q"]',
        "a[1.5]",
        "a[**]",
        '["[*]"]',
        "[" + "9" * 5000 + "]",
        "[٣]",
        'a"b"',
    ],
)
def test_malformed_paths(path):
    """A path that cannot be read is a PathError that names it, never another error."""
    with pytest.raises(PathError, match="path"):
        path_parts(path)


@given(st.text())
def test_any_text_is_a_path_or_a_path_error(path):
    """No text makes the reader of paths fail in another way."""
    try:
        parts = path_parts(path)
    except PathError:
        return
    assert all(isinstance(part, str | int) for part in parts)


_KEYS = st.text(max_size=6).filter(lambda key: key != EACH)


@given(st.lists(_KEYS | st.integers(0, 10**9 - 1)))
def test_every_path_can_be_written(parts):
    """Any keys and numbers can be written as a path that reads back as they were (all keys but `[*]`)."""
    path = ""
    for part in parts:
        path = f"{path}[{part}]" if isinstance(part, int) else inside(path, part)

    assert path_parts(path) == parts


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", VALUE),
        ("rows[1].name", "b"),
        ("rows[*].name", ["a", "b"]),
        ("rows[*].tags[*]", [["x", "y"], []]),
        ("rows[*]", VALUE["rows"]),
        ('["odd.key"][""]["[0]"]', 1),
        ("größe", 2),
        ("two words", 3),
        (r'["say \"hi\""]', 4),
    ],
)
def test_values_at_a_path(path, value):
    """A path leads to its part of the value; `[*]` makes a list over all items."""
    assert value_at(VALUE, path) == value


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("rows[2]", "there is no item 2, the list has 2"),
        ("rows.name", "'name' needs an object, found a list"),
        ("größe[0]", "[0] needs a list, found a number"),
        ("size", "there is no 'size'; the object has 'rows'"),
        ("[*]", "[*] needs a list, found an object"),
        ("rows[0].name.x", "found a string"),
        ("rows[*].tags[0]", "there is no item 0, the list has 0"),
    ],
)
def test_paths_that_lead_nowhere(path, words):
    """The error names the path, the part, and what was found there."""
    with pytest.raises(PathError) as raised:
        value_at(VALUE, path)

    assert words in str(raised.value)
    assert repr(path) in str(raised.value)


@pytest.mark.parametrize(("value", "kind"), [(True, "true or false"), (None, "null"), (1.5, "a number")])
def test_what_was_found_is_named(value, kind):
    """A truth value is not called a number."""
    with pytest.raises(PathError, match=f"found {kind}"):
        value_at(value, "a")


STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
ROW = {"type": "object", "properties": {"name": STRING}, "required": ["name"], "additionalProperties": False}
ROWS = {"type": "array", "items": ROW}


@pytest.mark.parametrize(
    ("schema", "path", "reached"),
    [
        (ROWS, "[0].name", STRING),
        (ROWS, "[*]", ROW),
        ({"type": "object", "additionalProperties": INTEGER}, "any", INTEGER),
        ({"type": "object"}, "any.thing", {}),
        ({"type": "array"}, "[0]", {}),
        ({"anyOf": [ROWS, {"type": "null"}]}, "[0].name", STRING),
        (
            {"anyOf": [{"type": "array", "items": STRING}, {"type": "array", "items": INTEGER}]},
            "[0]",
            {"anyOf": [STRING, INTEGER]},
        ),
    ],
)
def test_schemas_at_a_path(schema, path, reached):
    """A path leads to the schema of its part, to anything where the schema does not say."""
    assert schema_at(schema, path) == reached


@pytest.mark.parametrize(
    ("schema", "path", "words"),
    [
        (ROW, "size", "there is no 'size'; the tool returns name"),
        (ROW, "[0]", "[0] needs a list, the tool returns object"),
        (ROW, "[*]", "[*] needs a list, the tool returns object"),
        (ROWS, "name", "'name' needs an object, the tool returns array"),
        ({"anyOf": [STRING, INTEGER]}, "a", "nothing of it can have 'a'"),
        ({"enum": ["a"]}, "a", "the tool returns a fixed choice"),
    ],
)
def test_schema_paths_that_lead_nowhere(schema, path, words):
    """A path that no value of the schema can have is an error that says what there is."""
    with pytest.raises(PathError) as raised:
        schema_at(schema, path)

    assert words in str(raised.value)


_NAMES = st.sampled_from(["a", "b", "c"])
_CHOICES = st.sampled_from(["a", "b", 0, 1, True, False, None])
SCHEMAS = st.recursive(
    st.one_of(
        st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]).map(
            lambda t: {"type": t}
        ),
        st.lists(_CHOICES, min_size=1, max_size=3).map(lambda choices: {"enum": choices}),
        st.just({}),
    ),
    lambda inner: st.one_of(
        inner.map(lambda s: {"type": "array", "items": s}),
        inner.map(lambda s: {"type": "object", "additionalProperties": s}),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
        st.builds(
            lambda properties, required: {
                "type": "object",
                "properties": properties,
                "required": [name for name in properties if name in required],
                "additionalProperties": False,
            },
            st.dictionaries(_NAMES, inner, max_size=3),
            st.sets(_NAMES),
        ),
    ),
    max_leaves=5,
)
_ANY = st.sampled_from([None, True, 0, 1, 1.5, "a", "", [], ["a"], {}, {"a": 1}, [{"a": None}]])


def values_of(schema):
    """A strategy for the values of a schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values_of(option) for option in schema["anyOf"]])
    match schema.get("type"):
        case "array":
            return st.lists(values_of(schema["items"]) if "items" in schema else _ANY, max_size=2)
        case "object" if "properties" in schema:
            fields = {name: values_of(inner) for name, inner in schema["properties"].items()}
            needed = {name: fields.pop(name) for name in schema["required"]}
            return st.fixed_dictionaries(needed, optional=fields)
        case "object":
            return st.dictionaries(_NAMES, values_of(schema.get("additionalProperties", {})), max_size=2)
        case None:
            return _ANY
    simple = {
        "string": st.sampled_from(["a", "z"]),
        "integer": st.integers(0, 2),
        "number": st.sampled_from([0, 1, 1.5]),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return simple[schema["type"]]


@given(st.data())
def test_never_a_wrong_no(data):
    """When some value of one schema fits another, the one is never said to be unfit for the other."""
    produced, wanted = data.draw(SCHEMAS), data.draw(SCHEMAS)
    value = data.draw(values_of(produced))
    assert mismatch(value, produced) == ""

    if mismatch(value, wanted) == "":
        assert can_fit(produced, wanted)


@given(st.data())
def test_a_schema_fits_itself(data):
    """An answer of a type can always be an argument of that type."""
    schema = data.draw(SCHEMAS)

    assert can_fit(schema, schema)


@given(st.data())
def test_values_and_schemas_follow_paths_alike(data):
    """Where a path leads in a value, it leads in its schema too, and the part fits what is there."""
    schema = data.draw(SCHEMAS)
    value = data.draw(values_of(schema))
    path = ""
    part = value
    while isinstance(part, list | dict) and part and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        path, part = (f"{path}[{key}]" if isinstance(part, list) else inside(path, key)), part[key]

    assert value_at(value, path) == part
    assert mismatch(part, schema_at(schema, path)) == ""


@pytest.mark.parametrize(
    ("produced", "wanted"),
    [
        (STRING, INTEGER),
        ({"type": "boolean"}, INTEGER),
        (ROWS, ROW),
        (ROWS, STRING),
        (
            ROW,
            {
                "type": "object",
                "properties": {"id": INTEGER},
                "required": ["id"],
                "additionalProperties": False,
            },
        ),
        (ROW, {"type": "object", "additionalProperties": INTEGER}),
        (STRING, {"enum": [1, 2]}),
        ({"enum": ["a", "b"]}, {"enum": ["c"]}),
        ({"enum": [1]}, {"enum": [True]}),
        ({"enum": ["a"]}, INTEGER),
        ({"anyOf": [STRING, {"type": "null"}]}, {"anyOf": [INTEGER, ROWS]}),
    ],
)
def test_what_surely_does_not_fit(produced, wanted):
    """A plain misfit is seen before anything runs."""
    assert not can_fit(produced, wanted)


@pytest.mark.parametrize(
    ("produced", "wanted"),
    [
        (NUMBER, INTEGER),
        (INTEGER, NUMBER),
        (NUMBER, {"enum": [1, 2]}),
        ({"enum": [1, 2]}, NUMBER),
        ({"enum": ["a", 1]}, INTEGER),
        ({}, ROW),
        (ROW, {}),
        ({"anyOf": [STRING, {"type": "null"}]}, STRING),
        (ROWS, {"type": "array", "items": INTEGER}),
        (ROW, {"type": "object", "additionalProperties": STRING}),
        ({"type": "object", "additionalProperties": INTEGER}, ROW),
    ],
)
def test_what_may_fit(produced, wanted):
    """A number may be whole, a list may be empty, an optional value may be there: only values will tell."""
    assert can_fit(produced, wanted)

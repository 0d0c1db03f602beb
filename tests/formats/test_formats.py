"""Schemas of tools in the formats of others: each is what its format asks for, and allows no wrong call."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from toolwright.errors import ToolwrightError
from toolwright.formats.mcp import listed_tools
from toolwright.formats.openai import function_tools
from toolwright.formats.schemas import document
from toolwright.library.bindings import bindings
from toolwright.permissions.needs import needs, needs_in
from toolwright.syntax.chunks import split
from toolwright.syntax.reading import read_library
from toolwright.types import Tool

SOURCE = '''
from typing import Literal, NotRequired, TypedDict


class _Row(TypedDict):
    kind: Literal["a", 1, None]
    size: NotRequired[int]


class _Point(TypedDict):
    x: float
    tags: list[str]


def fetch_rows(url: str, token: str, limit: int = 10, after: str | None = None) -> list[_Row]:
    """Fetch rows of a table.

    Args:
        url: Where the table is.
        token: Who asks.
        limit: How many rows.

    Returns:
        The rows.

    Raises:
        ValueError: there is no such table.

    Permissions: network
    Secrets: token
    """


def move_point(point: _Point, by: Literal[1, 2] = 1) -> _Point:
    """Move a point.

    Raises: nothing
    """


def save_rows(rows: list[_Row], path: str) -> None:
    """Save rows.

    Permissions: write
    """


def read_rows(path: str) -> dict[str, int]:
    """Read rows.

    Permissions: read
    """


def read_and_save(path: str) -> None:
    """Read and save, by others."""
    save_rows([], path)
'''


def tools(source: str = SOURCE) -> dict[str, Tool]:
    """Read the tools off a text."""
    return {tool.name: tool for tool in read_library(source).tools}


def function(tool: Tool) -> Any:
    """Return one tool as the function of a function tool."""
    [one] = function_tools([tool])
    assert one["type"] == "function"
    return one["function"]


def test_a_function_tool_is_strict_where_that_says_the_same() -> None:
    """Defaults move into descriptions, enums get a type; keys that may be missing cannot be said strictly."""
    known = tools()
    fetch = function(known["fetch_rows"])
    assert (fetch["name"], fetch["strict"]) == ("fetch_rows", True)
    assert fetch["description"] == (
        "Fetch rows of a table.\n\nReturns: The rows.\n\nRaises: ValueError: there is no such table."
    )
    shown = fetch["parameters"]
    assert shown["required"] == ["url", "token", "limit", "after"]
    assert shown["properties"]["limit"] == {"type": "integer", "description": "How many rows. Default: 10."}
    assert "writeOnly" not in str(shown)
    assert shown["properties"]["token"]["description"].startswith("Who asks. A secret")
    move = function(known["move_point"])
    assert move["parameters"]["properties"]["by"]["type"] == "integer"
    assert "Raises" not in move["description"]
    save = function(known["save_rows"])
    assert not save["strict"]
    assert save["parameters"]["required"] == ["rows", "path"]


def test_what_openai_does_not_take_is_not_sent() -> None:
    """A long description is cut at a word; a name that is too long is an error that says so."""
    long = f'def f(x: int) -> int:\n    """Do {"it " * 600}."""\n'
    assert len(function(tools(long)["f"])["description"]) <= 1_024
    assert function(tools(long)["f"])["description"].endswith("it …")
    name = "a_" * 33
    with pytest.raises(ToolwrightError, match="has 66 characters"):
        function(tools(f'def {name}(x: int) -> int:\n    """Do."""\n')[name])
    with pytest.raises(ToolwrightError, match="größe has other letters"):
        function(tools('def größe(x: int) -> int:\n    """Do."""\n')["größe"])
    classes = "from typing import TypedDict\nclass _C0(TypedDict):\n    x: list[int]\n"
    for level in range(1, 12):
        classes += f"class _C{level}(TypedDict):\n    x: _C{level - 1}\n"
    deep = f'{classes}\ndef f(x: _C8) -> int:\n    """Do."""\ndef g(x: _C9) -> int:\n    """Do."""\n'
    assert function(tools(deep)["f"])["strict"]
    assert not function(tools(deep)["g"])["strict"]


def test_mcp_tools_say_what_they_may_touch() -> None:
    """Hints come from permissions, those of called tools included; other answers than objects are wrapped."""
    known, bound = tools(), bindings(split(SOURCE))
    assert all(needs_in(bound, tool) == needs(SOURCE, tool) for tool in known.values())
    listed = listed_tools(known.values(), {name: needs_in(bound, tool) for name, tool in known.items()})
    by_name = {tool["name"]: tool for tool in listed["tools"]}
    hints = {name: tool["annotations"] for name, tool in by_name.items()}
    assert hints == {
        "fetch_rows": {"readOnlyHint": False, "openWorldHint": True, "destructiveHint": True},
        "move_point": {"readOnlyHint": True, "openWorldHint": False},
        "save_rows": {"readOnlyHint": False, "openWorldHint": False, "destructiveHint": True},
        "read_rows": {"readOnlyHint": True, "openWorldHint": False},
        "read_and_save": {"readOnlyHint": False, "openWorldHint": False, "destructiveHint": True},
    }
    assert by_name["fetch_rows"]["inputSchema"]["properties"]["token"]["writeOnly"]
    assert by_name["fetch_rows"]["inputSchema"]["required"] == ["url", "token"]
    rows = by_name["fetch_rows"]["outputSchema"]
    assert Draft202012Validator(rows).is_valid({"result": [{"kind": None}]})
    assert not Draft202012Validator(rows).is_valid([{"kind": None}])
    assert Draft202012Validator(by_name["move_point"]["outputSchema"]).is_valid({"x": 1.5, "tags": []})


def test_the_document_holds_the_schema_of_each_call() -> None:
    """A call is an object of arguments and result; a reference into the document can be followed."""
    said = document(tools().values())
    Draft202012Validator.check_schema(said)
    move = Draft202012Validator({**said, "$ref": "#/$defs/move_point"})
    point = {"x": 1.5, "tags": ["a"]}
    assert move.is_valid({"arguments": {"point": point}, "result": point})
    assert not move.is_valid({"arguments": {"point": point, "by": 3}, "result": point})
    assert not move.is_valid({"arguments": {"point": {"x": 1.5}}, "result": point})


_LEAVES = st.sampled_from(
    ["str", "int", "float", "bool", "None", "Literal['a', 2]", "list", "_Point", "_Row"]
)
_TYPES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map("list[{}]".format),
        inner.map("dict[str, {}]".format),
        st.tuples(inner, inner).map(lambda pair: f"Optional[{pair[0]}] | {pair[1]}"),
    ),
    max_leaves=4,
)


@settings(max_examples=25, deadline=None)
@given(first=_TYPES, second=_TYPES, returns=_TYPES, data=st.data())
def test_every_format_is_json_schema_and_strict_calls_are_good(
    first: str, second: str, returns: str, data: st.DataObject
) -> None:
    """Whatever the types: the metaschema holds, and what strict mode allows the tool's own schema allows."""
    head = SOURCE[: SOURCE.index("def fetch")] + "from typing import Optional\n"
    text = f'{head}\ndef f(a: {first}, b: Optional[{second}] = None) -> {returns}:\n    """Do."""\n'
    [tool] = read_library(text).tools
    strict = function(tool)
    [mcp] = listed_tools([tool], {"f": frozenset()})["tools"]
    for schema in (strict["parameters"], mcp["inputSchema"], mcp["outputSchema"], document([tool])):
        Draft202012Validator.check_schema(schema)
    assert mcp["inputSchema"]["type"] == mcp["outputSchema"]["type"] == "object"
    if strict["strict"]:
        check_strict(strict["parameters"])
        call = data.draw(values(strict["parameters"]))
        Draft202012Validator(tool.parameters).validate(call)


def check_strict(schema: Any) -> None:
    """Hold a schema against the rules of strict mode, as OpenAI documents them."""
    assert schema.keys() <= {
        *("type", "anyOf", "enum", "items", "properties", "required", "additionalProperties", "description")
    }
    assert ("type" in schema) != ("anyOf" in schema)
    if schema.get("type") == "object":
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
    if schema.get("type") == "array":
        check_strict(schema["items"])
    for inner in [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]:
        check_strict(inner)


def values(schema: Any) -> st.SearchStrategy[Any]:
    """Return values that a strict schema allows."""
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            return st.fixed_dictionaries({name: values(one) for name, one in schema["properties"].items()})
        case "array":
            return st.lists(values(schema["items"]), max_size=2)
    finite = st.floats(allow_nan=False, allow_infinity=False)
    plain = {"string": st.text(max_size=3), "integer": st.integers(), "number": finite, "null": st.none()}
    return plain.get(schema["type"], st.booleans())

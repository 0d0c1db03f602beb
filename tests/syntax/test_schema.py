"""Annotations to JSON Schema: the closed set of types, and what is said about every other one."""

import time

import pytest

from toolwright.syntax.reading import read_library

STRING, INTEGER, NUMBER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "null"}


def returns(annotation: str, before: str = "") -> dict[str, object]:
    """The schema of a function's answer, read off a module text."""
    listing = read_library(f"{before}\ndef tool() -> {annotation}:\n    return None\n")
    assert listing.tools, listing.not_offered
    return listing.tools[0].returns


def refusal(annotation: str, before: str = "") -> str:
    """Why a function with this answer is not offered."""
    listing = read_library(f"{before}\ndef tool() -> {annotation}:\n    return None\n")
    assert not listing.tools
    return listing.not_offered[0].reason


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", STRING),
        ("int", INTEGER),
        ("float", NUMBER),
        ("bool", {"type": "boolean"}),
        ("None", NULL),
        ("list", {"type": "array"}),
        ("dict", {"type": "object"}),
        ("list[int]", {"type": "array", "items": INTEGER}),
        ("List[list[str]]", {"type": "array", "items": {"type": "array", "items": STRING}}),
        ("dict[str, int]", {"type": "object", "additionalProperties": INTEGER}),
        ("typing.Dict[str, None]", {"type": "object", "additionalProperties": NULL}),
        ("str | None", {"anyOf": [STRING, NULL]}),
        ("Optional[str]", {"anyOf": [STRING, NULL]}),
        ("typing.Union[str, int, str]", {"anyOf": [STRING, INTEGER]}),
        ("Union[str]", STRING),
        ("str | int | str | None", {"anyOf": [STRING, INTEGER, NULL]}),
        ("Optional[str | int]", {"anyOf": [STRING, INTEGER, NULL]}),
        ("Literal['a', 2, True, None, -1]", {"enum": ["a", 2, True, None, -1]}),
        ("Literal[1] | Literal[True]", {"anyOf": [{"enum": [1]}, {"enum": [True]}]}),
        ("'list[str]'", {"type": "array", "items": STRING}),
        ("list['int']", {"type": "array", "items": INTEGER}),
        ("'None'", NULL),
    ],
)
def test_json_types(annotation, schema):
    """Every type of the set has its schema, also when it is written in quotes or by its old name."""
    assert returns(annotation) == schema


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        ("Any", "type `Any` says nothing; name the JSON type"),
        ("object", "says nothing"),
        ("tuple[int, int]", "type `tuple[...]` becomes a list in JSON; use list"),
        ("set[str]", "has no JSON form; use list"),
        ("frozenset", "has no JSON form; use list"),
        ("bytes", "has no JSON form; pass the path of a file"),
        ("Path", "use str"),
        ("pathlib.Path", "type `pathlib.Path` has no JSON form; use str"),
        ("datetime.datetime", "use an ISO 8601 str"),
        ("list[datetime.date]", "use an ISO 8601 str"),
        ("decimal.Decimal", "use str or float"),
        ("dict[int, str]", "the keys of a dict must be str"),
        ("dict[str]", "type `dict[...]` has 1 parts"),
        ("list[int, str]", "type `list[...]` has 2 parts"),
        ("Union[()]", "has 0 parts"),
        ("Literal[()]", "has 0 parts"),
        ("Literal[1.5]", "Literal[1.5] is not a JSON value"),
        ("Literal[b'a']", "is not a JSON value"),
        ("Literal[RED]", "Literal[RED] is not a plain value"),
        ("Literal[{[]: 1}]", "is not a plain value"),
        ("Row", "type `Row` is not a JSON type"),
        ("Callable[[int], str]", "type `Callable[...]` is not a JSON type"),
        ("numpy.float", "type `numpy.float` is not a JSON type"),
        ("'not an annotation'", "is not an annotation"),
        ("'x' + 'y'", "is not a JSON type"),
        ("...", "is not a JSON type"),
        ("TypedDict", "write a class with its keys"),
        ("3", "is not a JSON type"),
    ],
)
def test_other_types_are_refused_by_name(annotation, words):
    """Any other type keeps a function from being offered, with the type and what to use instead."""
    assert words in refusal(annotation)
    assert refusal(annotation).startswith("the return value: ")


def test_a_typed_dict_is_a_closed_object():
    """Keys are required unless they say otherwise, and there are no others."""
    classes = (
        "class _Row(TypedDict):\n    '''Doc.'''\n    name: str\n    age: NotRequired[int]\n"
        "    city: 'NotRequired[str | None]'\n"
    )

    assert returns("_Row", classes) == {
        "type": "object",
        "properties": {"name": STRING, "age": INTEGER, "city": {"anyOf": [STRING, NULL]}},
        "required": ["name"],
        "additionalProperties": False,
    }


def test_total_false_and_required():
    """With total=False only what is marked as required is required."""
    classes = "class _Row(typing.TypedDict, total=False):\n    name: typing.Required[str]\n    age: int\n"

    assert returns("_Row", classes)["required"] == ["name"]


def test_typed_dicts_inherit():
    """Keys and whether they are required come from all bases; what is written last counts."""
    classes = (
        "class _C(_A, _B):\n    c: int\n    a: NotRequired[int]\n\n"
        "class _A(TypedDict):\n    a: str\n    x: str\n\n"
        "class _B(TypedDict, total=False):\n    b: str\n"
    )
    schema = returns("_C", classes)

    assert schema["properties"] == {"a": INTEGER, "x": STRING, "b": STRING, "c": INTEGER}
    assert schema["required"] == ["x", "c"]


def test_names_that_are_defined_later_or_by_alias():
    """Aliases, annotated aliases and names in quotes are followed wherever they stand in the file."""
    after = (
        "Rows: TypeAlias = 'list[_Row]'\nTable = dict[str, Rows]\n"
        "class _Row(TypedDict):\n    n: 'Count'\nCount = int\n"
    )

    table = returns("Table", after)

    assert table["additionalProperties"]["items"]["properties"] == {"n": INTEGER}


def test_a_shared_type_is_not_recursion():
    """One class may be used twice, beside itself."""
    classes = "class _P(TypedDict):\n    x: int\nclass _Line(TypedDict):\n    a: _P\n    b: _P\n"

    assert returns("list[_P] | _P | _Line", classes)


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ("class _T(TypedDict):\n    child: '_T'\n", "type `_T` refers to itself"),
        (
            "class _T(TypedDict):\n    a: list[_U]\nclass _U(TypedDict):\n    b: _T | None\n",
            "refers to itself",
        ),
        ("_T = list['_T']\n", "type `_T` refers to itself"),
        ("_T = _U\n_U = _T\n", "refers to itself"),
        ("class _T(_T):\n    pass\n", "class `_T` is not a TypedDict"),
        ("class _T(_T, TypedDict):\n    pass\n", "class `_T` inherits from itself"),
        ("class _T(_U):\n    pass\nclass _U(_T):\n    pass\n", "is not a TypedDict"),
        ("class _T(_U):\n    pass\nclass _U(_T, TypedDict):\n    pass\n", "inherits from itself"),
        ("class _T:\n    pass\n", "class `_T` is not a TypedDict"),
        ("_T = TypedDict('_T', {'a': int})\n", "write the TypedDict as a class"),
        ("_T = TypeVar('_T')\n", "is not a JSON type"),
        ("class _T(TypedDict):\n    a: bytes\n", "type `bytes` has no JSON form"),
    ],
)
def test_recursion_and_other_classes_are_refused(classes, words):
    """A type that holds itself has no finite schema; a class that is no TypedDict has none at all."""
    assert words in refusal("_T", classes)


def test_explosions_are_refused_at_once():
    """A small text whose type would be astronomically large is refused, not written out."""
    doubling = "".join(f"class _T{n}(TypedDict):\n    a: _T{n + 1}\n    b: _T{n + 1}\n" for n in range(60))
    aliases = "".join(f"_T{n} = list[_T{n + 1}] | dict[str, _T{n + 1}]\n" for n in range(60))
    bases = "".join(f"class _T{n}(_T{n + 1}, _U{n}): pass\nclass _U{n}(_T{n + 1}): pass\n" for n in range(60))
    began = time.monotonic()

    assert "too large" in refusal("_T0", f"{doubling}_T60 = int\n")
    assert "too large" in refusal("_T0", f"{aliases}_T60 = int\n")
    assert "too large" in refusal("_T0", f"{bases}class _T60(TypedDict): pass\n")
    assert "too large" in refusal("list[" * 80 + "int" + "]" * 80)
    assert "too large" in refusal(" | ".join(["int"] * 1500))
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("(text) -> str", "parameter `text` has no type"),
        ("(text: str)", "the return value has no type"),
        ("(*texts: str) -> str", "takes *args or **kwargs; name every parameter"),
        ("(**texts: str) -> str", "takes *args or **kwargs"),
        ("(text: str, /) -> str", "positional-only parameters; arguments are given by name"),
        ("(text: bytes) -> str", "parameter `text`: type `bytes` has no JSON form"),
    ],
)
def test_shapes_that_are_no_tool(signature, words):
    """A parameter that is untyped, variadic or nameless keeps a function from being offered."""
    listing = read_library(f"def tool{signature}:\n    return ''\n")

    assert not listing.tools
    assert words in listing.not_offered[0].reason


def test_parameters_are_one_object():
    """Order, required names, defaults and descriptions of the parameters stand in one closed object."""
    text = (
        "def tool(rows: list[dict[str, str]], limit: int = -3, *, sep: str, mode: Literal['a'] = 'a')"
        " -> None:\n"
        '    """Do.\n\n    Args:\n        rows: The rows.\n        mode: How.\n    """\n'
    )
    (tool,) = read_library(text).tools
    rows = {"type": "array", "items": {"type": "object", "additionalProperties": STRING}}

    assert tool.parameters == {
        "type": "object",
        "properties": {
            "rows": rows | {"description": "The rows."},
            "limit": INTEGER | {"default": -3},
            "sep": STRING,
            "mode": {"enum": ["a"], "description": "How.", "default": "a"},
        },
        "required": ["rows", "sep"],
        "additionalProperties": False,
    }
    assert list(tool.parameters["properties"]) == ["rows", "limit", "sep", "mode"]
    assert tool.signature.startswith("tool(rows: list[dict[str, str]], limit: int=-3, *, sep: str")


@pytest.mark.parametrize(
    "default", ["None", "(1, 2)", "{1}", "...", "LIMIT", "{[]: 1}", "1e999", "b''", "[1, ...]"]
)
def test_a_default_that_is_not_json_is_left_out(default):
    """Only a default that is JSON of the parameter's type stands in the schema; it is optional anyway."""
    (tool,) = read_library(f"def tool(x: list[int] = {default}) -> None:\n    pass\n").tools

    assert tool.parameters["properties"]["x"] == {"type": "array", "items": INTEGER}
    assert tool.parameters["required"] == []

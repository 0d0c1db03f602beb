"""Bind: which arguments are accepted for which parameters, and what is said of all others."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import ReplyShapeError
from toolwright.models.scripted import ScriptedModel
from toolwright.stages.bind import (
    answer_schemas,
    bind,
    fans_out,
    is_plain_file_name,
    read_bindings,
    rebind,
    what_is_wrong,
)
from toolwright.syntax.reading import read_library
from toolwright.types import Binding, Given, Reference, ScratchFile, SecretRef, Step, Unknown

LIBRARY = '''
class _Row(TypedDict):
    name: str
    tags: list[str]
    size: NotRequired[int]

def read_rows(path: str, limit: int | None = None) -> list[_Row]:
    """Read rows."""
def shout(text: str) -> str:
    """Shout."""
def count(rows: list[_Row], by: Literal["name", "size"] = "name") -> dict[str, int]:
    """Count."""
def join(texts: list[str], path: str) -> None:
    """Join."""
def fetch(url: str, token: str | None = None) -> str:
    """Fetch.

    Secrets: token
    """
'''
TOOLS = {tool.name: tool for tool in read_library(LIBRARY).tools}


def calls(*names: str):
    """Steps 1, 2, ... done by these tools."""
    return [(Step(n, f"Do {name}."), TOOLS[name]) for n, name in enumerate(names, start=1)]


def reply(*arguments: object, first: int = 1) -> str:
    """A bind reply with the arguments of steps 1, 2, ..."""
    return json.dumps(
        {"calls": [{"step": n, "arguments": given} for n, given in enumerate(arguments, start=first)]}
    )


READ = {"path": {"literal": "a.csv"}}


def test_all_calls_are_bound_in_one_question():
    """The binder sees goal, schemas and steps, and gives every kind of argument."""
    model = ScriptedModel(
        [
            reply(
                READ,
                {"text": {"step": 1, "path": "[*].name"}},
                {"texts": {"step": 2}, "path": {"scratch": "out.txt"}},
            )
        ]
    )

    assert bind(model, "shout the names", calls("read_rows", "shout", "join")) == (
        Binding(1, "read_rows", {"path": Given("a.csv")}),
        Binding(2, "shout", {"text": Reference(1, "[*].name")}),
        Binding(3, "join", {"texts": Reference(2, ""), "path": ScratchFile("out.txt")}),
    )
    assert "shout the names" in model.prompts[0].text
    assert '"tags"' in model.prompts[0].text


@pytest.mark.parametrize(
    ("raw", "argument"),
    [
        ({"literal": "a"}, Given("a")),
        ("a", Given("a")),
        ({"scratch": "Größe 1.csv"}, ScratchFile("Größe 1.csv")),
        ({"unknown": "Which file?"}, Unknown("Which file?")),
    ],
)
def test_forms_of_an_argument(raw, argument):
    """A bare text means itself; everything else says what it is."""
    (binding,) = read_bindings(reply({"path": raw}), calls("read_rows"))

    assert binding.arguments["path"] == argument


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "step 1, read_rows: the argument `path` is missing"),
        ({"path": {"literal": 3}}, "step 1, read_rows, argument `path`: expected a string, got 3"),
        (
            {"path": {"literal": "a"}, "limit": {"literal": "3"}},
            'argument `limit`: expected an integer or null, got "3"',
        ),
        ({"path": {"literal": "a"}, "limit": {"literal": 3.0}}, "expected an integer or null, got 3.0"),
        (
            {"path": {"literal": "a"}, "rows": {"literal": 1}},
            "there is no parameter `rows`; it has path, limit",
        ),
        ({"path": {"step": 1, "path": ""}}, "it refers to step 1, which does not run before"),
        ({"path": {"step": 2, "path": ""}}, "it refers to step 2, which does not run before"),
        ({"path": {"step": 0}}, "it refers to step 0, which does not run before"),
        ({"path": {"step": True}}, "must be an object with `literal`"),
        ({"path": {"step": "1"}}, "must be an object with `literal`"),
        (
            {"path": {}},
            "must be an object with `literal`, `step` and `path`, `scratch`, `secret` or `unknown`",
        ),
        ({"path": ["a"]}, "argument `path` must be an object"),
        ({"path": {"literal": "a", "step": 1}}, "must be an object with"),
        ({"path": {"step": 1, "pth": "rows"}}, "must be an object with"),
        ({"path": {"unknown": ""}}, "must be an object with"),
        ({"path": {"step": 1, "path": "a..b"}}, "argument `path`: path 'a..b' is malformed"),
        ({"path": {"step": 1, "path": 3}}, "argument `path`: the path must be a string"),
        ({"path": {"step": 1, "path": "[" + "9" * 5000 + "]"}}, "is malformed"),
        ({"path": {"scratch": "../a"}}, "'../a' is not a plain file name"),
        ({"path": {"scratch": "a/b"}}, "is not a plain file name"),
        ({"path": {"scratch": "/etc/hosts"}}, "is not a plain file name"),
        ({"path": {"scratch": ".."}}, "is not a plain file name"),
        ({"path": {"scratch": ""}}, "is not a plain file name"),
        ({"path": {"scratch": "a\0b"}}, "is not a plain file name"),
        ({"path": {"scratch": "x" * 300}}, "is not a plain file name"),
        (
            {"path": {"literal": "a"}, "limit": {"scratch": "a"}},
            "argument `limit`: the path of a file is a string",
        ),
    ],
)
def test_what_is_no_argument(arguments, words):
    """Every wrong argument is refused with step, tool and parameter."""
    with pytest.raises(ReplyShapeError) as raised:
        read_bindings(reply(arguments), calls("read_rows"))

    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", '"calls" must be a list'),
        ('{"calls": {"1": {}}}', '"calls" must be a list'),
        ('{"calls": []}', "the arguments of step 1 are missing"),
        ('{"calls": [3]}', 'every call must be an object with "step" and "arguments"'),
        ('{"calls": [{"step": 1}]}', 'every call must be an object with "step" and "arguments"'),
        ('{"calls": [{"step": 1, "arguments": []}]}', "every call must be an object"),
        (reply(READ, READ), "there is no call 2; the calls are 1"),
        ('{"calls": [{"arguments": {}}]}', "there is no call None"),
        ('{"calls": [{"step": [1], "arguments": {}}]}', "there is no call [1]"),
        ('{"calls": [{"step": true, "arguments": {}}]}', "there is no call True"),
        (json.dumps({"calls": [{"step": 1, "arguments": READ}] * 2}), "call 1 has its arguments twice"),
        ('{"calls": [{"step": 1, "arguments": {"path": {"literal": NaN}}}]}', "NaN is not JSON"),
    ],
)
def test_what_is_no_binding(text, words):
    """Every wrong shape of the whole has its own message."""
    with pytest.raises(ReplyShapeError) as raised:
        read_bindings(text, calls("read_rows"))

    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("shout", {"text": {"step": 1, "path": ""}}, 'step 1 gives {"type": "array"'),
        ("shout", {"text": {"step": 1, "path": "[0].size"}}, "which does not fit"),
        ("shout", {"text": {"step": 1, "path": "[*]"}}, "which does not fit"),
        ("shout", {"text": {"step": 1, "path": "name"}}, "'name' needs an object, the tool returns array"),
        (
            "shout",
            {"text": {"step": 1, "path": "[0].age"}},
            "there is no 'age'; the tool returns name, tags, size",
        ),
        ("count", {"rows": {"step": 1, "path": "[*]"}}, "which does not fit"),
        ("count", {"rows": {"step": 1, "path": "[*].tags[*]"}}, "which does not fit"),
        (
            "count",
            {"rows": {"step": 1}, "by": {"literal": "age"}},
            'expected one of "name", "size", got "age"',
        ),
    ],
)
def test_references_that_cannot_fit(tool, arguments, words):
    """A reference is held against the return schema of the step it names."""
    with pytest.raises(ReplyShapeError) as raised:
        read_bindings(reply(READ, arguments), calls("read_rows", tool))

    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shout", {"text": {"step": 1, "path": "[0].name"}}),
        ("shout", {"text": {"step": 1, "path": "[*].name"}}),
        ("shout", {"text": {"step": 1, "path": "[*].tags[*]"}}),
        ("shout", {"text": {"step": 1, "path": "[0].tags[*]"}}),
        ("count", {"rows": {"step": 1, "path": ""}}),
        ("join", {"texts": {"step": 1, "path": "[*].tags"}, "path": {"literal": "x"}}),
    ],
)
def test_references_that_fit(tool, arguments):
    """A part, a fan-out over one or two levels, and the whole."""
    assert read_bindings(reply(READ, arguments), calls("read_rows", tool))


def test_answers_of_fanned_out_steps_are_lists():
    """A later step sees the list of all answers."""
    chain = calls("read_rows", "shout", "join")
    bound = read_bindings(reply(READ, {"text": {"step": 1, "path": "[*].name"}}), chain[:2])

    assert fans_out(bound[1].arguments["text"])
    assert not fans_out(Given("[*]"))
    assert answer_schemas(bound, chain)[2] == {"type": "array", "items": {"type": "string"}}
    whole = Binding(3, "join", {"texts": Reference(2, ""), "path": Given("x")})
    one = Binding(3, "join", {"texts": Reference(2, "[0]"), "path": Given("x")})
    assert what_is_wrong(whole, TOOLS["join"], answer_schemas(bound, chain)) == ""
    assert "which does not fit" in what_is_wrong(one, TOOLS["join"], answer_schemas(bound, chain))


def test_one_failed_step_is_bound_anew():
    """The binder sees what went wrong and the values so far, and is asked for one step only."""
    chain = calls("read_rows", "shout", "shout")
    bound = [Binding(1, "read_rows", {"path": Given("a.csv")})]
    answer = json.dumps(
        {
            "calls": [
                {"step": 1, "arguments": {}},
                {"step": 2, "arguments": {"text": {"step": 1, "path": "[0].name"}}},
            ]
        }
    )
    model = ScriptedModel([reply({"text": {"step": 1, "path": "[0].age"}}, first=2), answer])

    assert rebind(model, "goal", chain, bound, "KeyError: no", {1: '[{"name": "a"}]'}) == Binding(
        2, "shout", {"text": Reference(1, "[0].name")}
    )
    first, second = model.prompts
    assert (first.stage, first.subject) == ("rebind", "goal / step 2")
    assert "Call 2 (shout) was tried and failed: KeyError: no" in first.text
    assert 'The answer of call 1 was: [{"name": "a"}]' in first.text
    assert "Call 3" not in first.text
    assert "there is no 'age'" in second.text


def test_defaults_of_any_kind_can_be_shown():
    """A default that JSON does not have keeps no tool from being bound."""
    (tool,) = read_library(
        "def odd(a: list[int] = {1, 2}, b: str = ..., c: float = 1e999) -> None:\n    pass\n"
    ).tools

    assert bind(ScriptedModel([reply({})]), "goal", [(Step(1, "Do."), tool)]) == (Binding(1, "odd", {}),)


@given(st.text())
def test_file_names_never_leave_the_folder(name):
    """A name that is accepted has no separator, does not begin with a dot, and fits into a file system."""
    if is_plain_file_name(name):
        assert not set(name) & set("/\\\0\n")
        assert not name.startswith((".", " "))
        assert len(name.encode()) <= 255


URL = {"url": {"literal": "https://example.org"}}


def test_a_secret_is_bound_by_name():
    """The model sees which parameters hold secrets, and answers with names of environment variables."""
    model = ScriptedModel([reply({**URL, "token": {"secret": "GITHUB_TOKEN"}})])

    (binding,) = bind(model, "fetch it with GITHUB_TOKEN", calls("fetch"))

    assert binding.arguments["token"] == SecretRef("GITHUB_TOKEN")
    assert "secrets: token\n" in model.prompts[0].text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({**URL, "token": {"literal": "ghp_0123"}}, "it holds a secret: write"),
        ({**URL, "token": "ghp_0123"}, "it holds a secret: write"),
        ({**URL, "token": {"scratch": "a.txt"}}, "it holds a secret: write"),
        ({**URL, "token": {"unknown": "Which token?"}}, "it holds a secret: write"),
        ({**URL, "token": {"secret": "the token"}}, "'the token' is no name such as GITHUB_TOKEN"),
        ({**URL, "token": {"secret": "A" * 81}}, "is no name such as"),
        ({"url": {"secret": "GITHUB_TOKEN"}}, "it is not listed under `Secrets:`"),
        ({**URL, "token": {"secret": "GITHUB_TOKEN", "literal": "x"}}, "must be an object with"),
    ],
)
def test_a_secret_and_what_it_is_not(arguments, why):
    """A value never stands in a plan, and a name goes only to a parameter that holds a secret."""
    with pytest.raises(ReplyShapeError, match=re.escape(why)):
        read_bindings(reply(arguments), calls("fetch"))


def test_a_secret_may_be_left_out():
    """A default, written or not, is no secret."""
    for arguments in (URL, {**URL, "token": {"literal": None}}):
        assert read_bindings(reply(arguments), calls("fetch"))

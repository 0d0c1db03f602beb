"""Execute, in real processes: values flow, lists fan out, and what fails says where and why."""

import time

import pytest

from toolwright.sandbox.process import ProcessSandbox
from toolwright.stages.execute import run_step
from toolwright.stages.previews import preview
from toolwright.syntax.reading import read_library
from toolwright.types import Binding, Given, Limits, Policy, Reference, ScratchFile, Unknown

LIBRARY = '''
from pathlib import Path


def shout(text: str, mark: str = "") -> str:
    """Shout."""
    if not text:
        raise ValueError(f"nothing to shout: {text!r}")
    print("shouting", text)
    return text.upper() + mark


def write_text(text: str, path: str) -> None:
    """Write."""
    Path(path).write_text(text)


def read_text(path: str) -> str:
    """Read."""
    return Path(path).read_text()


def total(numbers: list[int]) -> int:
    """Add up."""
    return sum(numbers)


def odd() -> int:
    """Return what JSON does not have."""
    return {1, 2}


def wait() -> int:
    """Wait."""
    while True:
        pass
'''
TOOLS = {tool.name: tool for tool in read_library(LIBRARY).tools}
SANDBOX = ProcessSandbox()


class NoSandbox:
    """A sandbox that must not be needed."""

    level = "none"

    def call(self, *_: object) -> None:
        """Fail."""
        raise AssertionError("nothing may be called")

    verify = call


def run(tool, arguments, answers=None, sandbox=SANDBOX, policy=None):
    """Run one step."""
    binding = Binding(9, tool, arguments)
    return run_step(sandbox, LIBRARY, TOOLS[tool], binding, answers or {}, policy or Policy())


def test_values_flow_from_step_to_step():
    """Literals and parts of earlier answers reach the tool; its answer and what it printed come back."""
    done = run(
        "shout",
        {"text": Reference(1, "rows[1].name"), "mark": Given("!")},
        {1: {"rows": [{}, {"name": "b"}]}},
    )

    assert (done.result.status, done.result.value) == ("returned", "B!")
    assert done.arguments == {"text": "b", "mark": "!"}
    assert done.result.stdout == "shouting b\n"
    assert done.result.level == SANDBOX.level


@pytest.mark.parametrize("items", [[], ["a"], ["a", "b", "c"]])
def test_a_list_fans_out(items):
    """With [*] the tool is called once per item, in order; of nothing the answer is the empty list."""
    done = run(
        "shout", {"text": Reference(1, "[*].t"), "mark": Given("?")}, {1: [{"t": item} for item in items]}
    )

    assert done.result.status == "returned"
    assert done.result.value == [f"{item.upper()}?" for item in items]
    assert done.result.stdout == "".join(f"shouting {item}\n" for item in items)
    assert done.arguments == {"text": items, "mark": "?"}


def test_lists_in_lists_fan_out_over_all_items():
    """Two [*] in one path give one list of all the inner items."""
    answers = {1: [{"tags": ["a", "b"]}, {"tags": []}, {"tags": ["c"]}]}

    assert run("shout", {"text": Reference(1, "[*].tags[*]")}, answers).result.value == ["A", "B", "C"]


def test_two_lists_fan_out_together():
    """Lists of one length go side by side; of different lengths they are refused before anything runs."""
    answers = {1: ["a", "b"], 2: ["!", "?"], 3: ["1", "2", "3"]}
    assert run("shout", {"text": Reference(1, "[*]"), "mark": Reference(2, "[*]")}, answers).result.value == [
        "A!",
        "B?",
    ]

    done = run("shout", {"text": Reference(1, "[*]"), "mark": Reference(3, "[*]")}, answers, NoSandbox())
    assert done.result.error_type == "BadArgument"
    assert done.result.message == "the lists for text, mark differ in length: [2, 3]"


def test_files_travel_through_the_scratch_folder(tmp_path):
    """A scratch file of one step is found by the next."""
    policy = Policy(scratch=str(tmp_path))
    wrote = run("write_text", {"text": Given("hello"), "path": ScratchFile("a.txt")}, policy=policy)
    read = run("read_text", {"path": ScratchFile("a.txt")}, policy=policy)

    assert (wrote.result.status, wrote.result.value) == ("returned", None)
    assert read.result.value == "hello"
    assert wrote.arguments["path"] == str(tmp_path / "a.txt")


def test_a_step_that_raises():
    """The tool's own exception, and the arguments of the call that failed."""
    done = run("shout", {"text": Given("")})

    assert (done.result.status, done.result.error_type) == ("raised", "ValueError")
    assert done.result.message == "nothing to shout: ''"
    assert done.arguments == {"text": ""}


def test_an_item_that_raises():
    """In a fan-out the failing item is named, counted from 1, with its arguments; no later one is tried."""
    done = run("shout", {"text": Reference(1, "[*]")}, {1: ["a", "", "c"]})

    assert done.result.message == "nothing to shout: '' (item 2 of 3)"
    assert done.arguments == {"text": ""}


def test_an_answer_that_is_not_json_and_one_that_never_comes():
    """Both are values, not exceptions."""
    began = time.monotonic()

    assert run("odd", {}).result.status == "bad_result"
    assert run("wait", {}, policy=Policy(limits=Limits(wall_s=0.5, cpu_s=1))).result.status in {
        "timeout",
        "limit",
    }
    assert time.monotonic() - began < 45


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("shout", {"text": Reference(1, "age")}, "argument `text`: path 'age': there is no 'age'"),
        ("shout", {"text": Reference(2, "")}, "argument `text`: step 2 gave no answer"),
        ("shout", {"text": Reference(1, "n")}, "argument `text`: expected a string, got 1"),
        ("shout", {"text": Reference(1, "n[*]")}, "[*] needs a list, found a number"),
        (
            "total",
            {"numbers": Reference(1, "mixed")},
            'argument `numbers`: [1]: expected an integer, got "x"',
        ),
        ("shout", {"text": Reference(1, "mixed[*]")}, "argument `text`: expected a string, got 1"),
        ("shout", {"text": Unknown("Which?")}, "argument `text` is not known: Which?"),
        ("read_text", {"path": ScratchFile("../../etc/passwd")}, "is not a plain file name"),
        ("read_text", {"path": ScratchFile("/etc/passwd")}, "is not a plain file name"),
    ],
)
def test_arguments_that_do_not_fit_by_value(tool, arguments, words):
    """What the schema could not foresee is seen when the value is there, and nothing is called."""
    done = run(tool, arguments, {1: {"n": 1, "mixed": [1, "x"]}}, NoSandbox())

    assert (done.result.status, done.result.error_type) == ("raised", "BadArgument")
    assert words in done.result.message


SECRET = {
    "ann@example.org": [{"salary": 123456, "note": "s3cret", "ok": True, "none": None, "rate": 0.5}],
    "deep": {"ann@example.org": {"x": "s3cret"}},
}


def test_a_preview_shows_the_value_when_it_may():
    """Allowed, it is JSON, cut at 600 characters with the length it had."""
    assert preview({"a": ["é"]}, allowed=True) == '{"a": ["é"]}'
    long = preview("x" * 5000, allowed=True)
    assert len(long) < 700
    assert long.endswith("… (5002 characters in all)")


@pytest.mark.parametrize(
    "value", [SECRET, [SECRET], ["s3cret"], "s3cret", 123456, 0.5, True, None, {"s3cret": 1}, []]
)
def test_a_preview_shows_no_value_when_it_may_not(value):
    """Switched off, it tells the shape alone: no text, no number and no key, which may be a value too."""
    shown = preview(value, allowed=False)

    for private in ("s3cret", "ann", "salary", "123456", "0.5", "True"):
        assert private not in shown
    assert shown


def test_shapes_in_words():
    """The shape still says what kind of value it is, and how much of it."""
    assert preview([{"a": 1, "b": 2}], allowed=False) == "a list of 1, the first is an object with 2 keys"
    assert preview([], allowed=False) == "a list of 0"
    assert preview("abc", allowed=False) == "a string of 3 characters"
    assert [preview(v, allowed=False) for v in (True, 1, 1.5, None)] == [
        "true or false",
        "an integer",
        "a number",
        "null",
    ]

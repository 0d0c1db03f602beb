"""What is found in a reply: code in fences, one JSON object; and that hostile replies cost nothing."""

import contextlib
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import ReplyShapeError
from toolwright.prompts.reply import json_object, python_blocks

RAW_DECODE = json.JSONDecoder.raw_decode.__code__
PLAN = '{"steps": [{"step": "a {b}", "keywords": []}]}'


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```python\nx = 1\n```", ["x = 1\n"]),
        ("Here:\n\n```python\nx = 1\n```\nand\n```py\ny = 2\n```\nDone.", ["x = 1\n", "y = 2\n"]),
        ("```Python title=a.py\nx = 1\n```", ["x = 1\n"]),
        ("``` python\nx = 1\n```   ", ["x = 1\n"]),
        ("```{.python}\nx = 1\n```", ["x = 1\n"]),
        ("~~~python\nx = 1\n~~~", ["x = 1\n"]),
        ("~~~python\nx = '''\n```\n'''\n~~~", ["x = '''\n```\n'''\n"]),
        ("````python\nx = '''\n```python\n```\n'''\n````", ["x = '''\n```python\n```\n'''\n"]),
        ("```python\nx = 1\n`````", ["x = 1\n"]),
        ("```python\r\nx = 1\r\nif x:\r\n    y\r\n```\r\n", ["x = 1\nif x:\n    y\n"]),
        ("1. Stub:\n   ```python\n   def f():\n       pass\n\n   ```\n2. More", ["def f():\n    pass\n"]),
        ("\t```python\n\tx = 1\n\t```", ["x = 1\n"]),
        ('```python\ndef f():\n    """\n    ```\n    """\n```', ['def f():\n    """\n    ```\n    """\n']),
        ("```python\nx = 1\n", ["x = 1\n"]),
        ("```python\nx = 1\n```\n```python\ny = 2", ["x = 1\n", "y = 2\n"]),
        ("```\nx = 1\n```", []),
        ("```json\n{}\n```", []),
        ("```text\n```python\nx = 1\n```", []),
        ("```python``` is how a block begins\n```python\nx = 1\n```", ["x = 1\n"]),
        ("Use `python` and ``` ` ```", []),
        ("```python\n\n\nx = 1\n\n\n```", ["x = 1\n"]),
        ("```python\n```", ["\n"]),
        ("", []),
    ],
)
def test_python_blocks(text, blocks):
    """Fences of both kinds, of any length and indent, closed or not, with any newlines and info strings."""
    assert python_blocks(text) == blocks


_LINES = st.sampled_from(["x = 1", "    y", "", "``", "'''", "~~~", "```", "```python", "  # c", "{", "é"])


@given(st.lists(_LINES, min_size=1).map("\n".join), st.sampled_from(["", "Prose.\n\n", "- a\n"]))
def test_what_stands_in_a_longer_fence_comes_out_as_it_was(code, before):
    """A fence of five backticks holds any text, fences included."""
    (block,) = python_blocks(f"{before}`````python\n{code}\n`````\nAfter.")

    assert block == code.strip("\n") + "\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        f"  \n{PLAN}\n",
        f"Here is the plan: {PLAN} I hope it helps.",
        f"```json\n{PLAN}\n```",
        f"```JSON\r\n{PLAN}\r\n```\r\n",
        f"```\n{PLAN}\n```",
        f"~~~json\n{PLAN}\n~~~",
        f"```json\n{PLAN}",
        f"Thoughts {{about}} sets {{a, b}} and {{1: 2}}.\n\n{PLAN}",
        f'A small one {{"a": 1}} and then\n{PLAN}\nand {{"b": 2}}',
        f'```json\n{{"steps": 1}}\n```\nBetter:\n```json\n{PLAN}\n```',
        f'{{"steps": [\n\nSorry, again:\n{PLAN}',
        f"The set {{'a', \"b\"}} becomes {PLAN}",
        f"```python\n{PLAN}\n```",
        PLAN.replace(": ", ":\n"),
    ],
)
def test_one_object_is_found(text):
    """The object may be all of the reply, stand in a fence, or in prose with braces and other objects."""
    assert json_object(text) == json.loads(PLAN)


def test_control_characters_and_newlines_in_texts():
    """A line break inside a JSON string, which models write, is taken as it is."""
    assert json_object('{"a": "one\ntwo\t"}') == {"a": "one\ntwo\t"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the answer holds no JSON object"),
        ("I cannot do that.", "the answer holds no JSON object"),
        ("{not json}", "the answer holds no JSON object"),
        ("[1, 2]", "the answer holds JSON, but not one JSON object"),
        ('```json\n[{"step": 1}]\n```', "the answer holds JSON, but not one JSON object"),
        ('"text"', "holds JSON, but not one JSON object"),
        ('{"steps": [{"step": "a"},]}', "at line 1, column"),
        (
            'Here:\n```json\n{"a": 1\n "b": 2}\n```',
            "Expecting ',' delimiter at line 4, column 2 of the answer",
        ),
        ('{"steps": [{"step": "a"}', "Expecting ',' delimiter"),
        ('{"a": NaN}', "NaN is not JSON"),
        ('{"a": -Infinity}', "-Infinity is not JSON"),
        ('{"a": 1e999}', "the number 1e999 is too large"),
        ('{"a": 1' + "0" * 5000 + "}", "digits"),
        ('{"a": "\\ud800"}', "not text"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "nested too deeply"),
        ("[" * 100_000, "no JSON object"),
        ("{'a': 1}", "no JSON object"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    """A reply without one object is refused, where it breaks; a part of a broken object is no answer."""
    with pytest.raises(ReplyShapeError) as raised:
        json_object(text)

    assert said in str(raised.value)


@pytest.mark.parametrize(
    "unit",
    [
        "{",
        '{"',
        '{"a":',
        '{"a":[1,',
        "[",
        "{ ",
        "{}",
        '{"a":1,\n',
        "```\n",
        "`",
        "~~~\n",
        '{"a\\"',
        '{"a": "b" x',
        "<think>",
        "```python\n",
    ],
)
def test_huge_replies_are_read_once(unit):
    """No text makes the search repeat itself: every character costs a few steps, however many there are."""
    text = unit * (50_000 // len(unit))

    assert steps_of(text) < 60 * len(text)


def steps_of(text):
    """Read a text, and count lines of Python run, calls made in C, and characters looked at as JSON."""
    steps = 0

    def trace(frame, event, argument):
        nonlocal steps
        steps += 1
        if frame.f_code is RAW_DECODE and event == "exception" and not isinstance(argument[1], StopIteration):
            steps += getattr(argument[1], "pos", len(text)) - frame.f_locals["idx"]
        return trace

    def profile(frame, event, argument):
        nonlocal steps
        steps += event == "c_call"
        if frame.f_code is RAW_DECODE and event == "return" and argument is not None:
            steps += argument[1] - frame.f_locals["idx"]

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        python_blocks(text)
        with contextlib.suppress(ReplyShapeError):
            json_object(text)
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return steps


_PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"',
        ":",
        ",",
        "a",
        "1",
        "\\",
        "\n",
        "```",
        "```json\n",
        "~~~",
        "NaN",
        "1e999",
        "\\ud800",
        " ",
        "'",
    ]
)


@given(st.text() | st.lists(_PIECES, max_size=30).map("".join))
def test_no_reply_breaks_the_readers(text):
    """Whatever a model says, it is read or refused, by this one error."""
    for block in python_blocks(text):
        assert block.endswith("\n")
    try:
        value = json_object(text)
    except ReplyShapeError:
        return
    assert isinstance(value, dict)
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(), _VALUES),
    st.sampled_from(["{}", "```json\n{}\n```", "So: {} Done.", "\n\n{}\n"]),
)
def test_every_object_comes_back(value, frame):
    """Any object is found in any of the frames that models put around it."""
    assert json_object(frame.replace("{}", json.dumps(value))) == value

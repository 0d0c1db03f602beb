"""What goes into a tool and comes out: JSON values unchanged, everything else refused by name and place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.sandbox.cells.wire import NotJsonError, decode, encode
from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Limits, Policy

BOX = ProcessSandbox()
BACKENDS = ("process", "full")  # nothing here depends on how it is confined
ECHO = "def echo(value):\n    return value\n"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def call(source, function="f", limits=None, **arguments):
    """One call under limits that keep a failing test short."""
    return BOX.call(source, function, arguments, Policy(limits=limits or Limits(wall_s=10, cpu_s=5)))


def types_of(value):
    """The value's shape in types, since 1 == True == 1.0."""
    if isinstance(value, list):
        return [types_of(item) for item in value]
    if isinstance(value, dict):
        return {key: types_of(item) for key, item in value.items()}
    return type(value)


@settings(max_examples=12, deadline=None)
@given(json_values)
def test_every_json_value_comes_back_equal_and_of_the_same_type(value):
    """Arguments and results cross unchanged, -0.0, big integers and control characters included."""
    result = call(ECHO, "echo", value=value)
    assert result.status == "returned"
    assert result.value == value
    assert types_of(result.value) == types_of(value)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_the_wire_keeps_json(value):
    """What encode writes, decode reads as the same value."""
    assert types_of(decode(encode(value))) == types_of(value)
    assert decode(encode(value)) == value


REFUSED = {
    "tuple": ("return {'rows': [(1, 2)]}", "returned a tuple at rows[0]; tools return JSON values"),
    "tuple on top": ("return (1, 2)", "returned a tuple; tools return JSON values"),
    "set": ("return [{1}]", "returned a set at [0]; tools return JSON values"),
    "bytes": ("return {'a b': b'x'}", 'returned a bytes at ["a b"]; tools return JSON values'),
    "nan": ("return [0.5, float('nan')]", "returned the float nan at [1]; tools return JSON values"),
    "infinity": ("return -float('inf')", "returned the float -inf; tools return JSON values"),
    "key": ("return {'a': {1: 2}}", "returned a dict with an int key at a; tools return JSON values"),
    "object": ("return object()", "returned an object; tools return JSON values"),
    "generator": ("return (n for n in [1])", "returned a generator; tools return JSON values"),
    "cycle": (
        "a = {'b': []}; a['b'].append(a); return a",
        "returned a dict that contains itself at b[0]; tools return JSON values",
    ),
    "big integer": (
        "return [-10**5000]",
        "returned an integer of more than 4000 digits at [0]; tools return JSON values",
    ),
    "surrogate": (
        "return ['a\\ud800']",
        "returned text with a lone surrogate at [0]; tools return JSON values",
    ),
    "surrogate key": ("return {'\\udfff': 1}", "returned text with a lone surrogate at"),
    "depth": (
        "a = []\n    for _ in range(100000): a = [a]\n    return a",
        "returned a value nested deeper than 200 levels at [0][0]",
    ),
    "int subclass": (
        "import enum\n    return [enum.IntEnum('Color', 'RED')(1)]",
        "returned a Color (a kind of int) at [0]; tools return JSON values",
    ),
    "str subclass": (
        "class S(str): __slots__ = ()\n    return S('x')",
        "returned a S (a kind of str); tools return JSON values",
    ),
    "dict subclass": (
        "import collections\n    return collections.OrderedDict(a=1)",
        "returned an OrderedDict (a kind of dict); tools return JSON values",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_result_that_is_not_json_is_named_with_its_place(case):
    """The message says what stands where, so that its author can mend it."""
    body, message = REFUSED[case]
    result = call(f"def f():\n    {body}\n")
    assert (result.status, result.value) == ("bad_result", None)
    assert result.message.startswith(message)


HAND_WRITTEN = {
    "NaN": b"NaN",
    "overflow": b"1e999",
    "surrogate": b'"\\ud800"',
    "depth": b"[" * 100_000 + b"]" * 100_000,
    "some depth": b"[" * 500 + b"]" * 500,
    "digits": b"9" * 4200,
    "pickle": b"\x80\x04K\x01.",
}


@pytest.mark.parametrize("case", HAND_WRITTEN)
def test_a_frame_written_by_the_tool_itself_is_read_strictly(case):
    """A tool that finds the answer's descriptor can only return what it could have returned."""
    data = b'{"status":"returned","value":' + HAND_WRITTEN[case] + b"}"
    result = call(
        "import os, sys\n"
        f"DATA = {data!r}\n"
        "def f():\n"
        "    for fd in range(3, 64):\n"
        "        try: os.write(fd, len(DATA).to_bytes(4, 'big') + DATA)\n"
        "        except OSError: pass\n"
        "    os._exit(0)\n"
    )
    assert (result.status, result.message) == ("bad_result", "returned something that is not strict JSON")


@pytest.mark.parametrize(("size", "tail"), [(2, "return 1"), (9, "os._exit(0)")])
def test_a_second_frame_or_half_a_frame_is_a_crash(size, tail):
    """One complete frame is an answer, anything else is none."""
    result = call(
        "import os\n"
        "def f():\n"
        "    for fd in range(3, 64):\n"
        f"        try: os.write(fd, ({size}).to_bytes(4, 'big') + b'{{}}')\n"
        "        except OSError: pass\n"
        f"    {tail}\n"
    )
    assert result.status == "crashed"
    assert result.message == "the tool wrote into the channel of its own answer"


@pytest.mark.parametrize(
    "data",
    [b"[]", b"7", b'{"status":"passed"}', b'{"status":"raised","types":[],"message":1}', b'{"status":[]}'],
)
def test_a_frame_of_another_shape_is_a_crash(data):
    """The parent takes nothing for granted about the answer."""
    result = call(
        "import os\n"
        "def f():\n"
        "    for fd in range(3, 64):\n"
        f"        try: os.write(fd, len({data!r}).to_bytes(4, 'big') + {data!r})\n"
        "        except OSError: pass\n"
        "    os._exit(0)\n"
    )
    assert result.status == "crashed"


def test_arguments_that_are_not_json_are_refused_before_anything_runs():
    """The caller learns which argument, in the result like every other failure."""
    result = call(ECHO, "echo", value=[(1,)])
    assert (result.status, result.error_type) == ("raised", "TypeError")
    assert result.message == "the argument value[0] is a tuple; tools take JSON values"


def test_large_arguments_and_results_pass():
    """Both directions carry more than a pipe holds."""
    rows = [{"n": number, "text": "äöü" * 20} for number in range(10_000)]
    assert call(ECHO, "echo", value=rows).value == rows


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, True),
        (1.0, 1.0 + 1e-8, False),
        (1, True, False),
        (0, False, False),
        (None, 0, False),
        ("1", 1, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": 1.0, "b": [True]}, {"b": [True], "a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        (10**400, 10**400, True),
        (10**400, 1.0, False),
        (10**17, 10**17 + 1, False),
    ],
)
def test_answers_compare_as_json(left, right, same):
    """Floats within 1e-9, a bool is no number, integers exactly."""
    assert same_json(left, right) is same
    assert same_json(right, left) is same


def test_the_wire_error_is_a_sentence():
    """Outside a call the error names what and where as well."""
    with pytest.raises(NotJsonError, match=r"^a set at a\[0\]$"):
        encode({"a": [{1}]})

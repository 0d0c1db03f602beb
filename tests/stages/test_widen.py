"""Widening a tool: every old promise is kept, and the old tests stay what they were, byte for byte."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import LibraryError, ReplyShapeError
from toolwright.models.scripted import ScriptedModel
from toolwright.stages.replacement import join_tests
from toolwright.stages.widen import broken_promise, read_widened, widen_contract
from toolwright.syntax.reading import read_library
from toolwright.types import Step

STEP = Step(1, "Add up another column.", ("sum",))
OLD = '''def total(rows: list[dict[str, float]], start: float = 0.0) -> float:
    """Add up the amounts.

    Args:
        rows: The rows.
        start: Where to begin.

    Returns:
        The sum.

    Raises: nothing

    Example:
        >>> total([{"amount": 1.5}])
        1.5

    Keywords: sum
    """
    return start + sum(row["amount"] for row in rows)
'''
TOOL = read_library(OLD).tools[0]
STUB = OLD.replace("start: float = 0.0)", 'start: float = 0.0, column: str = "amount")').replace(
    "        start: Where to begin.\n", "        start: Where to begin.\n        column: What to add up.\n"
)
OLD_TESTS = '''"""Tests of total."""
import pytest
from tools import total

ROWS = [{"amount": 1.0}, {"amount": 2.0}]


def test_adds_up():
    assert total(ROWS) == 3.0


def test_key():
    with pytest.raises(KeyError):
        total([{}])
'''
NEW_TESTS = """import pytest
from tools import total


def test_another_column():
    assert total([{"size": 1.0}], column="size") == 1.0


def test_missing_column():
    with pytest.raises(KeyError):
        total([{"amount": 1.0}], column="size")
"""


def reply(stub: str = STUB, tests: str = NEW_TESTS) -> str:
    """A widen reply."""
    return f"```python\n{stub}```\n\n```python\n{tests}```"


def test_a_wider_contract():
    """The contract keeps the name, replaces the tool, and has old and new tests in one file."""
    model = ScriptedModel([reply()])
    contract = widen_contract(model, STEP, TOOL, OLD_TESTS, ["1. Add up another column."])

    assert (contract.name, contract.replaces, contract.stub) == ("total", "total", STUB)
    assert contract.tests.startswith(OLD_TESTS)
    assert contract.tests.count("import pytest") == 1
    assert contract.tests.count("from tools import total") == 1
    names = [node.name for node in ast.parse(contract.tests).body if isinstance(node, ast.FunctionDef)]
    assert names == ["test_adds_up", "test_key", "test_another_column", "test_missing_column"]
    assert OLD_TESTS in model.prompts[0].text
    assert OLD in model.prompts[0].text


PROMISES = "def f(a: int, b: str = 'x', *, c: int, d: int = 1) -> int: ...\n"


@pytest.mark.parametrize(
    "signature",
    [
        "a: int, b: str = 'x', *, c: int, d: int = 1",
        "a: int, b: str = 'x', *, c: int, d: int = 1, e: int = 2",
        "a: int, b: str = 'x', e: int = 2, *, c: int, d: int = 1",
        "a: int, b: str = 'x', *, e: int = 2, d: int = 1, c: int",
        'a: int, b: str = "x", *, c: int, d: int = 0x1',
    ],
)
def test_promises_that_are_kept(signature):
    """New parameters with defaults may come after the old ones; keyword-only ones have no order."""
    assert broken_promise(PROMISES, f"def f({signature}) -> int: ...\n", "f") == ""


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("a: int, *, c: int, d: int = 1", "the old parameter `b` must keep"),
        ("a: int, b2: str = 'x', *, c: int, d: int = 1", "the old parameter `b` must keep"),
        ("b: str = 'x', a: int = 0, *, c: int, d: int = 1", "the old parameter `a` must keep"),
        ("e: int, a: int, b: str = 'x', *, c: int, d: int = 1", "the old parameter `a` must keep"),
        ("a: int, e: int = 1, b: str = 'x', *, c: int, d: int = 1", "the old parameter `b` must keep"),
        ("a: int, b: str = 'y', *, c: int, d: int = 1", "the old parameter `b` must keep"),
        ("a: int, b: str, *, c: int, d: int = 1", "the old parameter `b` must keep"),
        ("a: int = 1, b: str = 'x', *, c: int, d: int = 1", "the old parameter `a` must keep"),
        ("a: int, *, b: str = 'x', c: int, d: int = 1", "the old parameter `b` must keep"),
        ("a: int, b: str = 'x', c: int = 0, *, d: int = 1", "the old parameter `c` must keep"),
        ("a: int, b: str = 'x', *, c: int, d: int = 1, e: int", "the new parameter `e` needs a default"),
        ("a: int, b: str = 'x', *, c: int", "the old parameter `d` must keep"),
    ],
)
def test_promises_that_are_broken(signature, words):
    """Renamed, moved, removed, another kind, another default, or new and required: named as such."""
    assert words in broken_promise(PROMISES, f"def f({signature}) -> int: ...\n", "f")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"```python\n{STUB}```", "expected two ```python blocks (stub, tests), found 1"),
        (reply(STUB.replace("def total", "def add_up")), "no top-level function `total`"),
        (
            reply(STUB.replace("start: float = 0.0", "start: float = 1.0")),
            "the old parameter `start` must keep",
        ),
        (
            reply(STUB.replace("start: float", "start: str")),
            "the parameter `start` must still take what it took: a number",
        ),
        (reply(STUB.replace("-> float", "-> str")), "the answer must still be a number"),
        (
            reply(tests=NEW_TESTS.replace("another_column", "adds_up")),
            "already have `test_adds_up`; choose another name",
        ),
        (reply(tests=NEW_TESTS + "\nROWS = []\n"), "already have `ROWS`"),
        (reply(tests=NEW_TESTS + "\nfrom os import path as ROWS\n"), "already have `ROWS`"),
        (reply(tests=NEW_TESTS + "\nimport os as pytest\n"), "already have `pytest`"),
        (reply(tests=NEW_TESTS + "\nfor ROWS in []: pass\n"), "already have `ROWS`"),
        (reply(tests=OLD_TESTS), "holds no test that the old file does not have already"),
        (
            reply(tests="from __future__ import annotations\n" + NEW_TESTS),
            "from __future__",
        ),
        (
            reply(tests=NEW_TESTS.replace("import pytest\n", "")),
            "the tests use pytest without defining or importing it",
        ),
        (reply(tests="x = (\n"), "the tests are not Python"),
    ],
)
def test_what_is_no_widening(text, words):
    """A broken promise, or a test that would change what old tests mean, is sent back with its reason."""
    with pytest.raises(ReplyShapeError) as raised:
        read_widened(text, STEP, TOOL, OLD_TESTS)

    assert words in str(raised.value)


def test_types_may_become_wider():
    """A parameter may take more than before, and the answer may be narrower."""
    stub = STUB.replace("start: float", "start: float | str").replace("-> float", "-> int")

    assert read_widened(reply(stub), STEP, TOOL, OLD_TESTS).stub == stub


def test_a_type_may_not_lose_a_part():
    """Of a union or a choice every part is still taken."""
    old = read_library(
        "def f(a: str | None = None, m: Literal['x', 'y'] = 'x') -> int:\n    return 1\n"
    ).tools[0]
    stub = (
        STUB.replace(
            "def total(rows: list[dict[str, float]], start: float = 0.0",
            "def f(a: str | None = None, m: TYPE",
        )
        .replace(', column: str = "amount") -> float', "= 'x') -> int")
        .replace("rows: The", "a: The")
        .replace("start: Where", "m: Where")
        .replace(">>> total", ">>> f")
        .replace('return start + sum(row["amount"] for row in rows)', "return 1")
    )
    tests = NEW_TESTS.replace("total", "f")
    old_tests = OLD_TESTS.replace("total", "f")
    header = "from typing import Literal\n\n\n"

    assert read_widened(
        reply(header + stub.replace("TYPE", "Literal['x', 'y', 'z'] "), tests), STEP, old, old_tests
    )
    assert read_widened(reply(header + stub.replace("TYPE", "str "), tests), STEP, old, old_tests)
    with pytest.raises(ReplyShapeError, match="the parameter `m` must still take what it took"):
        read_widened(reply(header + stub.replace("TYPE", "Literal['x'] "), tests), STEP, old, old_tests)


def test_old_tests_that_are_not_python_are_the_users():
    """A broken test file is not sent to the model: the error names it and its line, and nobody is asked."""
    model = ScriptedModel([])
    with pytest.raises(LibraryError, match=r"tool_tests/test_total\.py, line 2"):
        widen_contract(model, STEP, TOOL, "x = 1\ndef (\n", [])

    assert model.prompts == []


def test_old_tests_of_any_style_do_not_matter():
    """A hand-written old file may import the library as it likes."""
    old = "import tools\n\n\ndef test_adds_up():\n    assert tools.total([]) == 0\n"

    assert read_widened(reply(), STEP, TOOL, old).tests.startswith(old)


@pytest.mark.parametrize(
    ("old", "new", "joined"),
    [
        ("import a\n", "import a\nx = 1\n", "import a\n\n\nx = 1\n"),
        ("import a", "x = 1\n", "import a\n\n\nx = 1\n"),
        ("import a\n\n\n\n", "x = 1\n", "import a\n\n\n\n\n\nx = 1\n"),
        ("import a\r\n", "x = 1\n", "import a\r\n\n\nx = 1\n"),
        (
            "from t import (\n    a,\n)\n",
            "from t import (\n    b,\n)\n",
            "from t import (\n    a,\n)\n\n\nfrom t import (\n    b,\n)\n",
        ),
        (
            "from t import (\n    a,\n)\n",
            "from t import a\nx = 1\n",
            "from t import (\n    a,\n)\n\n\nx = 1\n",
        ),
        ("import a\n", "import a; import b\n", "import a\n\n\nimport a; import b\n"),
        ("import a\n", 'x = """\nimport a\n"""\n', 'import a\n\n\nx = """\nimport a\n"""\n'),
        ("@d\ndef f(): pass\n", "@d\ndef f():\n    pass\nx = 1\n", "@d\ndef f(): pass\n\n\nx = 1\n"),
    ],
)
def test_joining(old, new, joined):
    """Only whole statements that stand in the old file already are dropped from the new one."""
    assert join_tests(old, new) == joined
    assert ast.parse(joined)


_STATEMENTS = st.sampled_from(
    [
        "import a",
        "from t import (\n    a,\n    b,\n)",
        "X = '''\nimport a\n'''",
        "def f():\n    return 1",
        "# note",
        "",
        "x = 1; y = 2",
    ]
)


@given(st.lists(_STATEMENTS), st.lists(_STATEMENTS), st.sampled_from(["\n", "\r\n"]))
def test_joined_tests_hold_all_of_both(old, new, newline):
    """The old text is a prefix of the whole, and every new statement is there."""
    before = newline.join(old)
    joined = join_tests(before, "\n".join(new) + "\n")
    held = {ast.dump(node) for node in ast.parse(joined).body}

    assert joined.startswith(before)
    assert {ast.dump(node) for node in ast.parse("\n".join(new)).body} <= held

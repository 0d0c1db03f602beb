"""Contract and generate: a stub and tests that can judge, and the function that somebody writes for them."""

import pytest

from toolwright.errors import ReplyShapeError
from toolwright.models.scripted import ScriptedModel
from toolwright.stages.contract import check_tests, draft_contract, read_contract
from toolwright.stages.generate import generate, read_function
from toolwright.types import Candidate, Contract, Step

STEP = Step(1, "Shout a text.", ("upper case",))
STUB = '''def shout(text: str) -> str:
    """Return the text in capitals.

    Args:
        text: Any text.

    Returns:
        The same text, upper case.

    Raises: nothing

    Example:
        >>> shout("a")
        'A'

    Keywords: upper case
    """
    ...
'''
TESTS = """import pytest
from tools import shout


@pytest.mark.parametrize(("text", "loud"), [("a", "A"), ("", "")])
def test_shouts(text, loud):
    assert shout(text) == loud
"""


def reply(stub: str = STUB, tests: str = TESTS) -> str:
    """A contract reply."""
    return f"Thus:\n\n```python\n{stub}```\n\n```python\n{tests}```\n"


def test_a_contract_is_read():
    """Stub and tests come out as they were written, under the name of the function."""
    model = ScriptedModel([reply()])
    contract = draft_contract(model, STEP, ["1. Shout a text."], taken=frozenset({"whisper", "talk"}))

    assert contract == Contract("shout", STUB, TESTS, STEP)
    (prompt,) = model.prompts
    assert (prompt.stage, prompt.subject) == ("contract", "Shout a text.")
    assert "talk, whisper" in prompt.text


def test_a_wrong_contract_is_sent_back_with_all_findings():
    """The author hears everything that is wrong with the stub at once."""
    model = ScriptedModel(
        [reply(STUB.replace("text: str", "text: bytes").replace("    Raises: nothing\n", "")), reply()]
    )
    draft_contract(model, STEP, [], taken=frozenset(), name="shout")

    assert "type `bytes`" in model.prompts[1].text
    assert "no `Raises:` section" in model.prompts[1].text
    assert "The function is called `shout`" in model.prompts[0].text


def test_only_some_taken_names_are_shown():
    """A library of a thousand tools does not make the prompt longer than one of sixty."""
    prompts = []
    for count in (60, 1000):
        model = ScriptedModel([reply()])
        draft_contract(model, STEP, [], taken=frozenset(f"name_{n:04}" for n in range(count)))
        prompts.append(model.prompts[0].text)

    assert len(prompts[0]) == len(prompts[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I cannot.", "expected two ```python blocks (stub, tests), found 0"),
        (f"```python\n{STUB}```", "found 1"),
        (reply() + f"```python\n{TESTS}```", "found 3"),
        (reply("def shout(\n"), "the stub is not Python: '(' was never closed at line 1"),
        (reply("x = 1\n"), "exactly one public function, found 0"),
        (reply("async " + STUB), "exactly one public function, found 0"),
        (reply(STUB + "\n\ndef other() -> int: ...\n"), "exactly one public function, found 2"),
        (reply(STUB.replace("def shout", "def talk")), "`talk` is taken in the library"),
        (reply(STUB.replace("def shout", "def json")), "`json` is a module of the standard library"),
        (
            reply(STUB.replace("text: str", "text")),
            "the stub: line 1: `shout`: parameter `text` has no type [types]",
        ),
        (reply(STUB.replace("    ...", "    return " + "-" * 90_000 + "1")), "nested too deeply"),
        (reply(tests="def test(:\n"), "the tests are not Python: "),
        (
            reply(tests=TESTS.replace("from tools import shout", "import tools")),
            "must have `from tools import shout`",
        ),
        (reply(tests=TESTS.replace("def test_", "def check_")), "no function that begins with `test_`"),
        (reply(tests=TESTS + "\n\ndef test_shouts():\n    pass\n"), "`test_shouts` is defined twice"),
        (reply(tests="import rich\n" + TESTS), "the tests import rich; they may import the standard library"),
        (
            reply(tests=TESTS + f"\nKEY = 'ghp_{'0' * 20}'\n"),
            "looks like a key; give the tool a dummy",
        ),
        (reply(tests=TESTS + "\n\ndef shout(text):\n    return text.upper()\n"), "define their own `shout`"),
        (reply(tests=TESTS + "\nshout = str.upper\n"), "define their own `shout`"),
        (reply(tests=TESTS + "\nif True:\n    from other import shout\n"), "define their own `shout`"),
        (
            reply(tests="from tools import shout\n\n\ndef test_nothing():\n    assert True\n"),
            "no test calls `shout`",
        ),
        (
            reply(tests=TESTS.replace("import pytest\n", "")),
            "the tests use pytest without defining or importing it",
        ),
        (reply(tests=TESTS + "\nreturn 1\n"), "'return' outside function"),
    ],
)
def test_what_is_no_contract(text, words):
    """Every wrong shape has its own message; what no function could mend is refused before one is written."""
    with pytest.raises(ReplyShapeError) as raised:
        read_contract(text, STEP, taken=frozenset({"talk"}))

    assert words in str(raised.value)


def test_a_name_that_somebody_insists_on():
    """With a name given, another one is refused."""
    with pytest.raises(ReplyShapeError, match="must be called `cry`, not `shout`"):
        read_contract(reply(), STEP, taken=frozenset(), name="cry")


def test_helpers_types_and_classes_may_stand_beside():
    """A stub may bring its TypedDict, tests their fixtures, classes and helpers."""
    stub = "from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    a: int\n\n\n" + STUB.replace(
        "-> str", "-> _Row"
    )
    tests = (
        f"{TESTS}\n\n@pytest.fixture\ndef rows():\n    return _ROWS\n\n\n_ROWS = []\n\n\n"
        "class TestMore:\n    def test_a(self, rows):\n        pass\n"
    )

    assert read_contract(reply(stub, tests), STEP, taken=frozenset()).stub == stub
    assert check_tests("shout", tests) == {"test_shouts", "TestMore"}


CONTRACT = Contract("shout", STUB, TESTS, STEP)
FUNCTION = STUB.replace("    ...", "    return text.upper()")


def test_a_function_is_written_for_a_contract():
    """The author sees stub and tests; the candidate carries the tests of the contract, never others."""
    model = ScriptedModel([f"```python\n{FUNCTION}```"])

    assert generate(model, CONTRACT) == Candidate("shout", FUNCTION, TESTS, 1)
    assert (model.prompts[0].stage, model.prompts[0].subject) == ("generate", "shout")
    assert STUB in model.prompts[0].text
    assert TESTS in model.prompts[0].text
    assert "refused" not in model.prompts[0].text


def test_a_refusal_is_carried_back():
    """The next author sees the last version, every reason, and the function that is widened."""
    model = ScriptedModel([f"```python\n{FUNCTION}```"])
    last = Candidate("shout", FUNCTION.replace("upper", "lower"), TESTS, 1)
    candidate = generate(
        model, CONTRACT, attempt=2, previous=last, reasons=("one [types]", "two"), old_source="OLD\n"
    )

    text = model.prompts[0].text
    assert candidate.attempt == 2
    assert "text.lower()" in text
    assert "- one [types]\n- two\n" in text
    assert "```python\nOLD\n```" in text


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"```python\n{FUNCTION}```", FUNCTION),
        (f"```python\n{FUNCTION}", FUNCTION),
        (f"First:\n```python\ndef shout(): pass\n```\nBetter:\n```python\n{FUNCTION}```", FUNCTION),
        (f"```python\n{FUNCTION}```\nUse it:\n```python\nshout('a')\n```", FUNCTION),
        (f"```python\nimport re\n\n\n{FUNCTION}```", f"import re\n\n\n{FUNCTION}"),
        ("```python\nasync def shout(): pass\n```", "async def shout(): pass\n"),
        ("```python\ndef shout(text:\n```", "def shout(text:\n"),
        (
            "```python\ndef shout(): return " + "-" * 50_000 + "1\n```",
            "def shout(): return " + "-" * 50_000 + "1\n",
        ),
    ],
)
def test_the_last_block_with_the_function(text, source):
    """Of several blocks the last that defines the function counts; review refuses what does not parse."""
    assert read_function(text, "shout") == source


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def shout(): pass", "expected one ```python block with the function, found none"),
        ("```\ndef shout(): pass\n```", "found none"),
        ("```python\ndef cry(): pass\n```", "does not define `shout` at its top level"),
        ("```python\nclass C:\n    def shout(self): pass\n```", "does not define `shout` at its top level"),
    ],
)
def test_what_is_no_function(text, words):
    """Without a block, or without the function in it, the reply is sent back."""
    with pytest.raises(ReplyShapeError) as raised:
        read_function(text, "shout")

    assert words in str(raised.value)


REQUIRING = STUB.replace("    Raises: nothing\n", "    Raises: nothing\n\n    Requires: PyYAML\n")


def test_tests_may_import_what_the_tool_requires():
    """For the files it reads, say; hypothesis and a server are there anyway."""
    tests = f"import hypothesis\nimport pytest_httpserver\nimport werkzeug\nimport yaml\n{TESTS}"
    model = ScriptedModel([reply(REQUIRING, tests)])

    assert draft_contract(model, STEP, [], taken=frozenset()).tests == tests


def test_an_author_is_told_to_do_without_a_package():
    """What the user does not want is asked for once; a contract without it is taken."""
    asked = []

    def obtain(name, entries):
        asked.append((name, entries))
        return "do without `pyyaml`" if entries else ""

    model = ScriptedModel([reply(REQUIRING), reply()])
    contract = draft_contract(model, STEP, [], taken=frozenset(), obtain=obtain)

    assert contract.stub == STUB
    assert asked == [("shout", ("PyYAML",)), ("shout", ())]
    assert "do without `pyyaml`" in model.prompts[1].text

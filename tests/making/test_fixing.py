"""A kept tool that answers a call wrongly is repaired, and nothing that was right is lost."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from toolwright.company import Company
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.place import sha
from toolwright.library.store import Store
from toolwright.making.fixing import Tried, fix_tool, try_examples
from toolwright.making.supposing import supposing
from toolwright.making.wish import Made
from toolwright.models.scripted import ScriptedModel
from toolwright.protocols import Sandbox
from toolwright.sandbox.opening import open_configured
from toolwright.settings import load
from toolwright.syntax.held_out import read_example
from toolwright.types import Example, Prompt
from toolwright.wiring import open_parts, options

EXAMPLE = 'join_words("wide  gap") == "wide-gap"'
FAULTY, RIGHT = 'joiner.join(text.split(" "))', "joiner.join(text.split())"
CASED = "joiner.join(text.lower().split())"
TESTS = """from tools import join_words


def test_two_words():
    assert join_words("one two") == "one-two"
    assert join_words("one two", joiner="+") == "one+two"


def test_one_word():
    assert join_words("x") == "x"
    assert join_words("") == ""
"""
NEW_TESTS = """from tools import join_words


def test_wide_gaps():
    assert join_words("a   b  c") == "a-b-c"
"""
WRONG_TESTS = NEW_TESTS.replace("a-b-c", "a---b--c")


def function(body: str) -> str:
    """Return the function with what it returns."""
    return (
        'def join_words(text: str, joiner: str = "-") -> str:\n'
        '    """Join the words of a text.\n\n'
        "    Args:\n        text: Any text.\n        joiner: What stands between two words.\n\n"
        "    Returns:\n        The words.\n\n    Raises: nothing\n\n"
        "    Example:\n        >>> join_words('a b')\n        'a-b'\n\n"
        f'    Keywords: hyphenate\n    """\n    return {body}\n'
    )


CALLER = '''def page_address(title: str) -> str:
    """Return the address of a page.

    Args:
        title: The title.

    Returns:
        The address.
    """
    return "/" + join_words(title)
'''
STUB = function("").replace("return \n", "...\n")


def contract(tests: str = NEW_TESTS, stub: str = STUB) -> str:
    """Return a reply with a contract."""
    return f"```python\n{stub}```\n\n```python\n{tests}```"


class FixAuthor:
    """Answers with these contracts and versions in turn, the last ones again and again."""

    def __init__(self, *versions: str, contracts: tuple[str, ...] = (contract(),)) -> None:
        self._replies = {"fix": contracts, "generate": versions or (RIGHT,), "strengthen": ("NONE",)}
        self.prompts: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        self.prompts.append(prompt)
        replies = self._replies[prompt.stage]
        reply = replies[min(len(self.said(prompt.stage)), len(replies)) - 1]
        return f"```python\n{function(reply)}```" if prompt.stage == "generate" else reply

    def said(self, stage: str) -> list[str]:
        """Return the prompts of a stage."""
        return [prompt.text for prompt in self.prompts if prompt.stage == stage]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One warm sandbox for all."""
    made = open_configured(load({}))
    yield made
    made.close()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library with the faulty tool, which another function calls."""
    (tmp_path / "tools.py").write_text(f'"""Mine."""\n\n\n{function(FAULTY)}\n\n{CALLER}', encoding="utf-8")
    (tmp_path / "tool_tests").mkdir()
    (tmp_path / "tool_tests/test_join_words.py").write_text(TESTS, encoding="utf-8")
    return tmp_path


Fix = Callable[..., tuple[Tried, Made | None]]


@pytest.fixture
def fix(library: Path, sandbox: Sandbox) -> Fix:
    """Repair the tool with an author, as the command does."""

    def run(author: FixAuthor, *examples: str, attempts: int = 1) -> tuple[Tried, Made | None]:
        settings = load({"library": str(library), "attempts": str(attempts)})
        model = ScriptedModel(author)
        parts = open_parts(settings, "run", "fix", Company(), sandbox, model)
        tried = try_examples(parts, "join_words", [read_example(one) for one in examples or (EXAMPLE,)])
        return tried, fix_tool(parts, options(settings), tried) if tried.wrong else None

    return run


def with_calls(library: Path, name: str, *calls: tuple[str, dict, object]) -> None:
    """Give a tool evidence with recorded calls."""
    folder = library / "tool_tests/evidence"
    folder.mkdir(exist_ok=True)
    listed = [{"function": one, "arguments": given, "value": value} for one, given, value in calls]
    (folder / f"{name}.json").write_text(json.dumps({"calls": listed}), encoding="utf-8")


def test_a_tool_is_repaired_in_place(fix: Fix, library: Path) -> None:
    """Its caller stays as it is, tests and example stay with it, and the version says how it came to be.

    Authors see the call, what came of it, and the old function; never what the user expects.
    """
    author = FixAuthor(FAULTY, RIGHT)
    with_calls(library, "join_words", ("join_words", {"text": "wide  gap", "joiner": "-"}, "wide--gap"))
    _, made = fix(author)
    assert made is not None
    assert made.failure is None, made.failure
    assert "- join_words(text='wide  gap') returned 'wide--gap'" in author.said("fix")[0]
    assert "which has a fault that you find and mend" in author.said("generate")[0]
    assert len(author.prompts) == 3
    assert "wide-gap" not in "".join(prompt.text for prompt in author.prompts)
    text = (library / "tools.py").read_text()
    assert text == f'"""Mine."""\n\n\n{function(RIGHT)}\n\n{CALLER}'
    assert (library / "tool_tests/test_join_words.py").read_text().startswith(TESTS)
    store = Store(library)
    assert [version.how for version in store.versions("join_words")] == ["added", "fixed"]
    assert store.versions("join_words")[1].goal == (
        "repair join_words: join_words(text='wide  gap') returned 'wide--gap'"
    )
    assert [each.expected for each in store.examples_of("join_words")] == ["wide-gap"]
    assert store.standings(["join_words"])["join_words"].kind == "verified"
    assert store.undo() == "join_words is again what it was before it was fixed"
    assert function(FAULTY) in (library / "tools.py").read_text()


def test_what_holds_already_needs_no_repair(fix: Fix, library: Path) -> None:
    """Nobody is asked, nothing is written."""
    before = (library / "tools.py").read_bytes()
    author = FixAuthor()
    tried, made = fix(author, '("one two") -> "one-two"')
    assert (made, len(tried.held), author.prompts) == (None, 1, [])
    assert (library / "tools.py").read_bytes() == before


def test_a_test_that_says_otherwise_is_named(fix: Fix, library: Path) -> None:
    """A counterexample against an old test, of the tool or of its caller, ends it before anybody is asked."""
    author = FixAuthor()
    with pytest.raises(
        ToolwrightError, match=r"`test_two_words` in tool_tests/test_join_words\.py says otherwise"
    ):
        fix(author, 'join_words("one two") == "one_two"', EXAMPLE)
    caller_tests = (
        "from tools import page_address\n\n\ndef test_it():\n    assert page_address('a  b') == '/a--b'\n"
    )
    (library / "tool_tests/test_page_address.py").write_text(caller_tests)
    with pytest.raises(ToolwrightError, match="it breaks `page_address`, which calls it"):
        fix(author, 'join_words("a  b", "-") == "a-b"')
    assert not author.prompts


@pytest.mark.slow
def test_a_caller_whose_tests_are_corrected_is_no_obstacle(fix: Fix, library: Path) -> None:
    """Its recorded calls are held to as long as its tests are those they were recorded with."""
    tests = "from tools import page_address\n\n\ndef test_it():\n    assert page_address('a  b') == '/a--b'\n"
    path = library / "tool_tests/test_page_address.py"
    path.write_text(tests)
    with_calls(library, "page_address", ("page_address", {"title": "a  b"}, "/a--b"))
    evidence = library / "tool_tests/evidence/page_address.json"
    said = json.loads(evidence.read_text()) | {"tests_sha256": sha(tests.encode())}
    evidence.write_text(json.dumps(said))
    example = 'join_words("a  b") == "a-b"'
    with pytest.raises(ToolwrightError, match='answered "/a--b" until now'):
        fix(FixAuthor(), example)
    path.write_text(tests.replace("--", "-"))
    _, made = fix(FixAuthor(), example)
    assert made is not None
    assert made.failure is None, made.failure


def test_a_caller_may_pass_what_is_no_json() -> None:
    """Looking for contradictions compares arguments as JSON; a call with what is none is another call."""
    text = "def size(x: list[int], more: int = 1) -> int:\n    return len(x) + more\n"
    names: dict[str, Callable[..., int]] = {}
    exec(supposing(text, "size", [Example("size", {"x": [1]}, 7)]), names)
    assert [names["size"](x) for x in ([1], (1,), {1}, {"a": 1, 2: 3})] == [7, 7, 2, 3]
    assert names["size"]([1], 2) == 3


@pytest.mark.slow
def test_other_answers_are_kept(fix: Fix, library: Path) -> None:
    """A repair that changes a recorded answer is refused; with its own example it is right."""
    with_calls(library, "join_words", ("join_words", {"text": "A b"}, "A-b"))
    before = (library / "tools.py").read_bytes()
    author = FixAuthor(CASED)
    _, made = fix(author)
    assert made is not None
    assert made.failure is not None
    assert made.failure.stage == "regression"
    assert (library / "tools.py").read_bytes() == before
    _, made = fix(FixAuthor(CASED), EXAMPLE, 'join_words("A b") == "a-b"')
    assert made is not None
    assert made.failure is None, made.failure


@pytest.mark.slow
def test_a_contract_that_mistakes_the_fault_is_written_anew(fix: Fix) -> None:
    """Versions that pass its tests and miss the example twice put it in doubt, once."""
    mistaken = contract(WRONG_TESTS)
    author = FixAuthor(FAULTY, f"{FAULTY}  # so", RIGHT, contracts=(mistaken, contract()))
    _, made = fix(author, attempts=3)
    assert made is not None
    assert made.failure is None, made.failure
    assert "do not answer these calls as the user expects" in author.said("fix")[1]
    assert "wide-gap" not in author.said("fix")[1]


def test_the_signature_stays(fix: Fix, library: Path) -> None:
    """A contract with another signature is sent back; what cannot be had changes nothing."""
    other = contract(stub=STUB.replace("text: str,", "text: str | None,"))
    before = (library / "tools.py").read_bytes()
    author = FixAuthor(FAULTY, contracts=(other, contract()))
    _, made = fix(author)
    assert made is not None
    assert (
        "the signature must stay as it is: join_words(text: str, joiner: str='-') -> str"
        in author.said("fix")[1]
    )
    assert made.failure is not None
    assert made.commit is None
    assert (library / "tools.py").read_bytes() == before


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (['other("a") == "b"'], "is not about join_words"),
        (["join_words(1) == 'b'"], "expected a string, got 1"),
        (["join_words('a') == 2"], "a number, which it does not return"),
        (["join_words('a') == 'b'", "('a', joiner='-') -> 'c'"], "different answers: 'b' and 'c'"),
    ],
)
def test_examples_that_fit_nothing_are_refused(fix: Fix, examples: list[str], said: str) -> None:
    """Before anything runs."""
    with pytest.raises(UsageError, match=said):
        fix(FixAuthor(), *examples)


def test_an_edit_meanwhile_is_never_lost(fix: Fix, library: Path) -> None:
    """Whoever edits the tool while it is repaired keeps the edit: the repair begins again from there."""
    path = library / "tools.py"
    author = FixAuthor(RIGHT)
    answer = author.__call__

    class Meddler(FixAuthor):
        def __call__(self, prompt: Prompt) -> str:
            reply = answer(prompt)
            if prompt.stage == "generate" and "# mine" not in path.read_text():
                path.write_text(path.read_text().replace(FAULTY, f"{FAULTY}  # mine"))
            return reply

    _, made = fix(Meddler(), attempts=2)
    assert made is not None
    assert made.failure is None, made.failure
    assert "changed by somebody else" in made.refusals[0]
    assert "# mine" in author.said("fix")[1]


def test_a_tool_in_quarantine_is_offered_again_once_it_is_repaired(fix: Fix, library: Path) -> None:
    """Quarantine is of a text; the repaired one passed everything."""
    store = Store(library)
    store.quarantine("join_words", "test_one_word failed", store.read().text)
    assert "join_words" not in Store(library).read().tools
    _, made = fix(FixAuthor())
    assert made is not None
    assert made.failure is None, made.failure
    assert "join_words" in Store(library).read().tools

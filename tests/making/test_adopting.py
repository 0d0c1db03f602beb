"""A function that a person wrote becomes a tool, and not one character of its code changes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from toolwright.company import Company
from toolwright.errors import ToolwrightError
from toolwright.library.store import Store
from toolwright.making.adopting import adopt_tool
from toolwright.making.wish import Made
from toolwright.models.scripted import ScriptedModel
from toolwright.protocols import Sandbox
from toolwright.sandbox.opening import open_configured
from toolwright.settings import load
from toolwright.syntax.held_out import read_example
from toolwright.types import Prompt
from toolwright.wiring import open_parts

HEAD = '"""Mine."""\nimport re   # always\n\n_GAP = re.compile( r"\\s+" )\n\n\n'
CODE = """\
  # the gaps go first
  parts = _GAP.split( text.strip( ) )

  return   joiner.join(  parts ).lower()   # as they are
  # the end
"""
MINE = 'def join_words(text,  # any\n    joiner = "-"):\n  "Join the words."\n' + CODE
OTHER = "\n\ndef   mine(x) :\n\treturn x\n"
TYPED = 'def join_words(text: str,  # any\n    joiner: str = "-") -> str:\n'
DOC = '''"""Join the words.

    Args:
        text: Any text.
        joiner: What stands between two words.

    Returns:
        The words in lower case.

    Raises: nothing

    Example:
        >>> join_words("A b")
        'a-b'

    Keywords: hyphenate
    """
'''
TESTS = """from tools import join_words


def test_gaps():
    assert join_words("A  b c") == "a-b-c"
    assert join_words(" x ", joiner="+") == "x"


def test_joiner():
    assert join_words("a b", "+") == "a+b"
    assert join_words("") == ""
"""
WRONG = TESTS.replace('== "a-b-c"', '== "a--b-c"')
CASED = TESTS.replace('== "a-b-c"', '== "A-b-c"')
RIGHT_BODY = "return joiner.join(text.lower().split())"


def stub(body: str = "...", doc: str = DOC, default: str = '"-"') -> str:
    """Return signature and docstring with a body."""
    return f"def join_words(text: str, joiner: str = {default}) -> str:\n    {doc}    {body}\n"


def contract(tests: str = TESTS, **words: str) -> str:
    """Return a reply with a contract."""
    return f"```python\n{stub(**words)}```\n\n```python\n{tests}```"


class Adopter:
    """Answers with these contracts in turn, the last one again and again, and with one function apart."""

    def __init__(self, *contracts: str, apart: str = RIGHT_BODY) -> None:
        self._contracts = contracts or (contract(),)
        self._apart = apart
        self.prompts: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        self.prompts.append(prompt)
        if prompt.stage == "adopt":
            return self._contracts[min(len(self.said("adopt")), len(self._contracts)) - 1]
        return f"```python\n{stub(self._apart)}```" if prompt.stage == "apart" else "NONE"

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
    """A library that a person wrote."""
    (tmp_path / "tools.py").write_bytes((HEAD + MINE + OTHER).encode())
    return tmp_path


Adopt = Callable[..., Made]


@pytest.fixture
def adopt(library: Path, sandbox: Sandbox) -> Adopt:
    """Adopt a function with an author, as the command does."""

    def run(author: Callable[[Prompt], str], name: str = "join_words", *examples: str) -> Made:
        settings = load({"library": str(library)})
        parts = open_parts(settings, "run", "adopt", Company(), sandbox, ScriptedModel(author))
        return adopt_tool(parts, name, [read_example(one) for one in examples])

    return run


def test_a_function_becomes_a_tool_as_it_is(adopt: Adopt, library: Path) -> None:
    """It gets types, docstring and tests; its code and all else stay byte for byte; undo takes that back."""
    made = adopt(Adopter(), "join_words", '("One  TWO") -> "one-two"')
    assert made.failure is None, made.failure
    doc = DOC.replace("\n    ", "\n  ")
    text = (library / "tools.py").read_text()
    assert text == f"{HEAD}{TYPED}  {doc}{CODE}{OTHER}"
    store = Store(library)
    assert store.standings(["join_words"])["join_words"].kind == "verified"
    assert [version.how for version in store.versions("join_words")] == ["found", "adopted"]
    assert [each.expected for each in store.examples_of("join_words")] == ["one-two"]
    assert store.evidence_of("join_words")["verdict"]["mutants"]["of"] > 0
    assert store.undo() == "join_words is again what it was before it was adopted"
    assert (library / "tools.py").read_text() == HEAD + MINE + OTHER
    assert not (library / "tool_tests/test_join_words.py").exists()


def test_windows_newlines_and_a_whole_docstring_stay(adopt: Adopt, library: Path) -> None:
    """What lacks nothing but tests is not touched at all, whatever its newlines."""
    whole = (HEAD + stub(RIGHT_BODY) + OTHER).replace("\n", "\r\n").encode()
    (library / "tools.py").write_bytes(whole)
    assert adopt(Adopter(contract(doc='"""Something else."""\n'))).failure is None
    assert (library / "tools.py").read_bytes() == whole


def test_a_wrong_test_is_written_anew(adopt: Adopt, library: Path) -> None:
    """A second function that agrees with the first against a test puts the test in doubt, once."""
    author = Adopter(contract(WRONG), contract())
    made = adopt(author)
    assert made.failure is None, made.failure
    assert "agree with each other and against it" in author.said("adopt")[1]
    assert "a--b" not in (library / "tool_tests/test_join_words.py").read_text()


def test_a_function_that_does_not_do_what_it_says_is_reported(adopt: Adopt, library: Path) -> None:
    """When a second function agrees with the test, nothing is written, and the user is told which test."""
    before = (library / "tools.py").read_bytes()
    author = Adopter(contract(CASED), apart="return joiner.join(text.split())")
    made = adopt(author)
    assert made.failure is not None
    assert made.failure.message.startswith("test_gaps failed: AssertionError: assert 'a-b-c' == 'A-b-c'")
    assert "written from its description alone passes" in made.failure.message
    assert len(author.said("adopt")) == 1
    assert (library / "tools.py").read_bytes() == before
    assert not (library / "tool_tests").exists()


def test_tests_that_are_there_stay(adopt: Adopt, library: Path) -> None:
    """The user's own tests come first, word for word; when the function fails one, that is said."""
    (library / "tool_tests").mkdir()
    path = library / "tool_tests/test_join_words.py"
    own = "from tools import join_words\n\n\ndef test_mine():\n    assert join_words('Q') == 'Q'\n"
    path.write_text(own)
    made = adopt(Adopter())
    assert made.failure is not None
    assert "test_mine failed" in made.failure.message
    assert path.read_text() == own
    own = own.replace("== 'Q'", "== 'q'")
    path.write_text(own)
    assert adopt(Adopter()).failure is None
    assert path.read_text().startswith(own)
    assert "def test_gaps" in path.read_text()


def test_a_contract_of_another_function_is_sent_back(adopt: Adopt) -> None:
    """Defaults stay, the author's own summary stays, and the stub has what is missing."""
    author = Adopter(
        contract(default='"+"'), contract(doc='"""Do it.\n' + DOC[19:]), contract(doc=""), contract()
    )
    with pytest.raises(ToolwrightError, match="asked 3 times"):
        adopt(author)
    assert "their defaults must stay" in author.said("adopt")[1]
    assert "must begin with its author's summary: Join the words." in author.said("adopt")[2]


def test_an_edit_meanwhile_is_kept(adopt: Adopt, library: Path) -> None:
    """Whoever edits the function while its tests are written finds the edit in the library."""
    path = library / "tools.py"
    author = Adopter()

    def meddling(prompt: Prompt) -> str:
        if len(author.prompts) == 0:
            path.write_text(path.read_text().replace("# the end", "# the very end"))
        return author(prompt)

    made = adopt(meddling)
    assert made.failure is None, made.failure
    assert "# the very end" in path.read_text()
    assert made.attempts == 2


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("def f(x):\n    return eval(x)\n", "f", r"line 2: .*eval"),
        ("def f(x):\n    yield x\n", "f", "is a generator; return a list"),
        ("def f(*x):\n    return x\n", "f", r"\*args or \*\*kwargs"),
        ("async def f(x):\n    return x\n", "f", "is async"),
        (
            "def _g(x):\n    return x\n\n\ndef f(x):\n    return _g(x)\n",
            "_g",
            "private helper, which is used by f",
        ),
        ("LIMIT = 3\n\n\ndef f(x):\n    return x + LIMIT\n", "f", "uses `LIMIT`, which is no tool"),
        ("def g(x):\n    return x\n\n\ndef f(x):\n    return g(x)\n", "f", "uses `g`, which is no tool"),
        ("def count_words(x):\n    return x\n", "count_word", "did you mean count_words"),
        ("def f(x):\n    return x\n\n\nf = 3\n", "f", "there is no tool 'f'"),
        ("if True:\n    def f(x):\n        return x\n", "f", "stands below an `if`"),
    ],
)
def test_what_no_contract_can_help_is_said_before_anybody_is_asked(
    adopt: Adopt, library: Path, code: str, name: str, said: str
) -> None:
    """The code is the user's: what would have to change in it is named, and nothing is changed."""
    (library / "tools.py").write_text(code)
    author = Adopter()
    with pytest.raises(ToolwrightError, match=said):
        adopt(author, name)
    assert not author.prompts
    assert (library / "tools.py").read_text() == code

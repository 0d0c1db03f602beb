"""toolwright.library.catalogue: what is read bit by bit is what a fresh parse of the whole reads."""

import gc
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_modules import modules

from toolwright.errors import LibrarySyntaxError
from toolwright.library.catalogue import Tools, read_catalogue
from toolwright.syntax.reading import read_library

PIECES = (
    'def tool_{n}(a: int, b: "Row" = 2) -> str:\n    """Do.\n\n    Keywords: one\n    """\n    return a\n',
    "def tool_{n}(rows: list[Row]) -> dict[str, Size]:\n    return {{}}\n",
    "@cached\ndef tool_{n}(a: float = 1e999) -> bool | None: return None\n",
    "def tool_{n}(a) -> int:\n    return 1\n",
    "def tool_{n}(a: int) -> int:\n    yield a\n",
    "async def tool_{n}(a: int) -> int:\n    return a\n",
    "Row = int\n",
    "Row = list[Size]\n",
    "Size = str\n",
    "class Row(TypedDict):\n    a: int\n    size: Size\n",
    "class Row(Base):\n    b: str\n",
    "class Base(TypedDict, total=False):\n    c: float\n",
    "tool_{n} = 3\n",
    "def _tool(a=(tool_{n} := 1)): pass\n",
    "if True:\n    def tool_{n}(): pass\n",
    "import tool_{n}; tool_{m} = 1\n",
    "for tool_{n}, x in (): pass\n",
    "# a comment\n",
    "int = str\n",
    'X = """\ndef tool_{n}(a: int) -> int:\n    return a\n"""\n',
)


@st.composite
def histories(draw):
    """The states of a library that several people edit: pieces come, go and change."""
    piece = st.builds(
        lambda text, n, m: text.format(n=n, m=m) if "{n}" in text else text,
        st.sampled_from(PIECES),
        st.integers(0, 3),
        st.integers(0, 3),
    )
    now = draw(st.lists(piece, max_size=7))
    states = [[*now]]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(now)))
        now[at : at + draw(st.integers(0, 2))] = draw(st.lists(piece, max_size=2))
        states.append([*now])
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return ["".join(state).replace("\n", newline) for state in states]


def same(catalogue, text):
    """Assert that a catalogue says what a parse of the whole text says."""
    whole = read_library(text)
    tools = Tools(catalogue, catalogue.offered)
    assert tuple(tools.values()) == whole.tools
    assert sorted(catalogue.not_offered, key=str) == sorted(whole.not_offered, key=str)
    assert catalogue.sections.text == text


@settings(max_examples=200, deadline=None)
@given(histories())
def test_edit_by_edit_it_is_what_a_fresh_parse_says(states):
    """After every edit tools, schemas, sources, lines and reasons are those of a parse of the whole."""
    catalogue = None
    for text in states:
        catalogue = read_catalogue(text, "tools.py", catalogue)
        same(catalogue, text)


@settings(max_examples=60, deadline=None)
@given(modules(), modules())
def test_texts_of_any_shape(one, other):
    """Strings that look like code, tabs, form feeds, lone carriage returns: read as the parser reads them."""
    first = read_catalogue(one, "tools.py")
    same(first, one)
    same(read_catalogue(other, "tools.py", first), other)


@pytest.mark.parametrize("broken", ["def f(:\n    pass\n", "x = '''\n", "def f():\n    a b\n", "x = 1 \\"])
def test_a_broken_library_is_refused_and_the_collector_stays_on(broken):
    """What is not Python is refused with its line, whatever was read before, and nothing else changes."""
    good = "def first(a: int) -> int:\n    return a\n\n\n"
    old = read_catalogue(good * 3, "tools.py")
    for before in (None, old):
        with pytest.raises(LibrarySyntaxError, match=r"tools\.py, line"):
            read_catalogue(good + broken, "tools.py", before)
        assert gc.isenabled()
    threads = [threading.Thread(target=read_catalogue, args=(good * 300, "tools.py")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gc.isenabled()

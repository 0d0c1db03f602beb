"""toolwright.library.catalogue: what is read bit by bit is what a fresh parse of the whole reads."""

import gc
import threading

import pytest
from hypothesis import given, settings
from library_histories import histories
from library_modules import modules

from toolwright.errors import LibrarySyntaxError
from toolwright.library.catalogue import Tools, read_catalogue
from toolwright.syntax.reading import read_library


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

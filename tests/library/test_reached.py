"""toolwright.library.index.calling: a call gets what its function reaches, on the right lines, or it all."""

import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.errors import ToolNotFoundError
from toolwright.library.fingerprint import fingerprints
from toolwright.library.index.calling import part_for_call
from toolwright.library.index.keeping import catalogue_of
from toolwright.library.place import Place, sha
from toolwright.types import NotOffered

HEADER = '''"""A library."""
from __future__ import annotations

import json
import math, csv
from typing import TypedDict, TYPE_CHECKING
LIMIT = 3
if TYPE_CHECKING:
    from pathlib import Path
'''
REST = '''

_PATTERN = re.compile("a+")


class Row(TypedDict):
    n: int


@cache
def _half(n: int) -> float:
    return math.floor(n) / _PARTS


_PARTS = 2  # pieces
a, b = 1, 2


def other(n: int) -> int:
    return n


# What it does.
def halve(n: int, row: "Row | None" = None) -> float:
    return _half(other(n)) + a


def fail(n: int) -> int:
    """Fail."""
    return other(n) // 0


def limited(n: int) -> int:
    return min(n, LIMIT)


def looking(name: str) -> bool:
    return name in globals()
'''
IMPORTS = "import re\nfrom functools import cache\n"
TEXT = HEADER + IMPORTS + REST


def part(folder, text, name, *, index):
    """The part of a library that a call needs, by the index or without one."""
    (folder / "tools.py").write_text(text, newline="")
    place, worth = Place(folder), 0 if index else len(text) + 1
    catalogue_of(place, text, sha(text.encode()), worth)
    return part_for_call(place, text, text.encode(), name, worth)


def run(source, name, *arguments):
    """Call a function of a source."""
    module = {"__name__": "tools"}
    exec(compile(source, "tools.py", "exec", dont_inherit=True), module)
    return module[name](*arguments), module


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_what_is_reached_is_run(tmp_path, index, newline):
    """Helpers, constants, classes, decorators and imports come along; other functions and imports do not."""
    text = TEXT.replace("\n", newline)
    found = part(tmp_path, text, "halve", index=index)
    value, module = run(found.runs, "halve", 5)
    assert value == 3.5
    names = {name for name in module if not name.startswith("__")}
    assert names >= {"_half", "_PARTS", "other", "halve", "a", "math", "cache", "Row", "TypedDict"}
    assert not names & {"json", "re", "fail", "limited", "_PATTERN", "LIMIT"}
    assert fingerprints(found.shown, ["halve"]) == fingerprints(text, ["halve"])
    assert run(part(tmp_path, text, "limited", index=index).runs, "limited", 9)[0] == 3


@pytest.mark.parametrize("index", [True, False])
def test_tracebacks_show_the_lines_of_the_file(tmp_path, index):
    """What fails fails on the line where it stands in tools.py."""
    found = part(tmp_path, TEXT, "fail", index=index)
    with pytest.raises(ZeroDivisionError) as caught:
        run(found.runs, "fail", 1)
    line = traceback.extract_tb(caught.value.__traceback__)[-1].lineno
    assert TEXT.split("\n")[line - 1] == found.runs.split("\n")[line - 1] == "    return other(n) // 0"


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize(
    "more",
    [
        "REGISTRY = {}\nREGISTRY['a'] = 1\n",
        "@register\ndef registered(n: int) -> int:\n    return n\n",
        "if True:\n    other = halve\n",
        "print('hello')\n",
        "other = halve\n",
        "STARTED = start()\n",
        "from math import *\n",
        "del a\n",
        "for n in range(3):\n    pass\n",
        "class Base:\n    print(1)\n",
        "def late(n=start()):\n    pass\n",
        "a += 1\n",
        "cache = print\n",
    ],
)
def test_a_library_that_does_things_on_import_is_run_as_a_whole(tmp_path, index, more):
    """Conditional or effectful code at the top level, or a name bound twice: nothing is left out."""
    assert part(tmp_path, TEXT, "halve", index=index) is not None
    assert part(tmp_path, TEXT + "\n\n" + more, "halve", index=index) is None


@pytest.mark.parametrize("index", [True, False])
def test_a_function_that_looks_at_its_module_gets_all_of_it(tmp_path, index):
    """Who uses globals() or imports tools may see what is left out."""
    assert part(tmp_path, TEXT, "looking", index=index) is None
    text = TEXT + "\n\ndef again(n: int) -> int:\n    import os, tools\n    return tools.other(n)\n"
    assert part(tmp_path, text, "again", index=index) is None


@pytest.mark.parametrize("index", [True, False])
def test_what_is_no_tool_has_no_part(tmp_path, index):
    """An unknown or private name is an error that names the nearest; one that is not offered says why."""
    for name in ("halv", "_half"):
        with pytest.raises(ToolNotFoundError, match=r"did you mean halve\?|nearest are halve"):
            part(tmp_path, TEXT, name, index=index)
    bare = part(tmp_path, f"{TEXT}\n\ndef bare(n):\n    return n\n", "bare", index=index)
    assert isinstance(bare, NotOffered)
    assert "type" in bare.reason


def test_a_stale_index_is_not_believed(tmp_path):
    """After an edit of any kind the part is that of the text as it is."""
    assert "n // 0" not in part(tmp_path, TEXT, "halve", index=True).runs
    edited = "# first line\n" + TEXT.replace("/ _PARTS", "/ _PARTS / 2")
    (tmp_path / "tools.py").write_text(edited)
    found = part_for_call(Place(tmp_path), edited, edited.encode(), "halve", 0)
    assert run(found.runs, "halve", 4)[0] == 2.0


@st.composite
def libraries(draw):
    """Functions and constants that use one another at random, and what each is worth."""
    count = draw(st.integers(1, 7))
    text = '"""Doc."""\nimport math\n' + draw(st.sampled_from(["", "# c\n", "\n\n"]))
    for number in range(count):
        used = draw(st.lists(st.integers(0, count - 1), max_size=3))
        kind = draw(st.sampled_from(["function", "constant", "helper"]))
        gap = draw(st.sampled_from(["", "\n\n", "\n# above\n", "\n\n# loose\n\n"]))
        if kind == "constant":
            text += f"{gap}def f{number}(n: int = 0) -> int:\n    return C{number}\nC{number} = {number}\n"
        else:
            calls = "".join(f" + f{one}(n - 1)" for one in used)
            body = f"    return {number}{calls} if n else math.floor(1.5)\n"
            text += f"{gap}def f{number}(n: int = 2) -> int:\n{body}"
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    return bom + text.replace("\n", newline), count


@settings(max_examples=60, deadline=None)
@given(libraries())
def test_a_part_does_what_the_whole_does(tmp_path_factory, made):
    """Every function gives the same value alone as in its library, and is taken for the same function."""
    text, count = made
    folder = tmp_path_factory.mktemp("library")
    for number in range(count):
        name = f"f{number}"
        found = part(folder, text, name, index=number % 2 == 0)
        expected = run(text.removeprefix("\ufeff"), name)[0]
        assert run(found.runs.removeprefix("\ufeff"), name)[0] == expected
        assert fingerprints(found.shown, [name]) == fingerprints(text, [name])

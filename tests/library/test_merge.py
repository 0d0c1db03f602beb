"""toolwright.library.merge: a candidate gets in and out, and nothing else changes by a byte."""

import ast
import re
import time

import pytest
from hypothesis import given, settings
from library_modules import candidates, modules

from toolwright.errors import MergeClashError, ToolNotFoundError
from toolwright.library.merge import add_tool, remove_tool, replace_tool
from toolwright.syntax.chunks import BOM, parse, split

LIBRARY = '''"""Library."""

import json
from os import path


def first(a: int) -> int:
    """One."""
    return _twice(a) + len(json.dumps(a))


def _twice(a: int) -> int:
    return 2 * a
'''
SIMPLE = "def new_tool(a: int) -> int:\n    return a\n"


def statements(text):
    """Every top-level statement but the imports, in a comparable form."""
    nodes = parse(text).body
    kept = [n for n in nodes if not isinstance(n, ast.Import | ast.ImportFrom)]
    return [ast.dump(node) for node in kept]


@settings(max_examples=200, deadline=None)
@given(modules(), candidates())
def test_merging_and_parsing_commute(text, candidate):
    """The statements of the merged text are those of the library, then of the candidate; it compiles."""
    merged = add_tool(text, candidate)

    assert statements(merged) == statements(text) + statements(candidate)
    compile(merged.removeprefix(BOM), "tools.py", "exec")
    names = {}
    imports = [n for n in parse(candidate).body if isinstance(n, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "candidate", "exec"), names)
    lines = [n for n in parse(merged).body if isinstance(n, ast.Import | ast.ImportFrom)]
    bound = {alias.asname or alias.name for line in lines for alias in line.names}
    assert set(names) - {"__builtins__", "xml"} <= bound


@settings(max_examples=200, deadline=None)
@given(modules(), candidates())
def test_everything_else_stays_byte_for_byte(text, candidate):
    """Every chunk of the library is in the merged text as it was, in its order; header lines too."""
    merged = add_tool(text, candidate)
    old, new = split(text), split(merged)

    kept = [
        chunk.text
        for chunk in new.chunks
        if not re.search(r"new_tool|_LIMIT|_SIZES|_Row|_helper", chunk.text)
    ]
    ends = "\r\n"
    before = [c.text.rstrip(ends) for c in old.chunks if c.text.rstrip(ends)]
    assert [text.rstrip(ends).lstrip(ends) for text in kept if text.rstrip(ends)] == [
        t.lstrip(ends) for t in before
    ]
    lines = iter(re.split(r"\r\n|\r|\n", new.header.removeprefix(BOM)))
    wanted = re.split(r"\r\n|\r|\n", old.header.removeprefix(BOM))
    assert all(any(line in other for other in lines) for line in wanted)
    if "\r\n" in text:
        assert "\n" not in merged.replace("\r\n", "")
    assert text.startswith(BOM) == merged.startswith(BOM)


@settings(max_examples=200, deadline=None)
@given(modules(), candidates(imports=False))
def test_out_again(text, candidate):
    """Removing what was added gives the bytes back."""
    assert remove_tool(add_tool(text, candidate), "new_tool") == text


@settings(max_examples=50, deadline=None)
@given(modules(), candidates(), candidates())
def test_replacing_by_the_same_changes_nothing(text, first, second):
    """Merging twice is merging once, whatever was there before."""
    once = add_tool(text, first)
    assert replace_tool(once, "new_tool", first) == once

    widened = replace_tool(once, "new_tool", second)
    assert replace_tool(widened, "new_tool", second) == widened
    if split(widened).header == split(text).header:
        assert remove_tool(widened, "new_tool") == text


def test_a_replaced_function_stays_in_its_place():
    """The comment above is kept, unused helpers go, new ones come, the rest is untouched."""
    text = LIBRARY.replace("def first", "# called at night\ndef first")
    text += "\n\ndef last() -> int:\n    return 1\n"
    candidate = "_N = 3\n\ndef first(a: int, n: int = _N) -> int:\n    return n * a\n"
    assert replace_tool(text, "first", candidate) == (
        '"""Library."""\n\nimport json\nfrom os import path\n\n\n_N = 3\n\n\n# called at night\n'
        "def first(a: int, n: int = _N) -> int:\n    return n * a\n\n\ndef last() -> int:\n    return 1\n"
    )


def test_comments_of_the_candidate_come_along():
    """A comment directly above a helper or the function is kept, wherever it stands; others are not."""
    parts = [
        "# one\n_A = 1\n",
        "# two\n_B = 2\n",
        "# three\ndef new_tool() -> int:\n    # four\n    return _A + _B\n",
    ]
    assert add_tool("", "#!/bin/python\n" + "\n# loose\n\n".join(parts) + "# last\n") == (
        "# one\n_A = 1\n# two\n_B = 2\n\n\n" + parts[2]
    )


def test_identical_helpers_are_shared():
    """A helper that says the same, differently laid out, is not added again, and stays while it is used."""
    function = "def new_tool(a: int) -> int:\n    return _twice(a)\n"
    merged = add_tool(LIBRARY, "def _twice(a:int)->int:\n  # quick\n  return 2*a\n\n" + function)
    assert merged == LIBRARY + "\n\n" + function
    assert remove_tool(merged, "new_tool") == LIBRARY
    assert "_twice" in remove_tool(merged, "first")
    assert "_twice" not in remove_tool(remove_tool(merged, "first"), "new_tool")


@pytest.mark.parametrize(
    ("header", "added", "expected"),
    [
        ("", "from x import a", "from x import a\n\n\n"),
        ("from x import b\n", "from x import a", "from x import b, a\n"),
        ("from x import b  # why\n", "from x import a as c", "from x import b, a as c  # why\n"),
        ("from x import b as a\n", "from x import b as a", "from x import b as a\n"),
        ("from x import b\n", "import x", "import x\nfrom x import b\n"),
        ("import x\n", "import x.y", "import x\nimport x.y\n"),
        ("import a\nimport c\n", "import b", "import a\nimport b\nimport c\n"),
        ("# top\nimport c\n", "import b", "# top\nimport b\nimport c\n"),
        ('"""D."""\n# for c\nimport c\n', "import b", '"""D."""\n# for c\nimport c\nimport b\n'),
        ('"""D."""\n', "import b", '"""D."""\n\nimport b\n\n\n'),
        (
            '"""D."""\n\nfrom __future__ import annotations\n',
            "import b",
            '"""D."""\n\nfrom __future__ import annotations\n\nimport b\n',
        ),
        (
            "from x import (\n    b,  # one\n    c,  # two\n)\n",
            "from x import a",
            "from x import (\n    b,  # one\n    c,  # two\n    a,\n)\n",
        ),
        ("from x import (\n  b  # one\n  )\n", "from x import a", "from x import (\n  b,  # one\n  a\n  )\n"),
        ("from x import (b, c)\n", "from x import a", "from x import (b, c, a)\n"),
        ("from x import b, \\\n    c\n", "from x import a", "from x import b, \\\n    c, a\n"),
        ("import os; import sys\n", "import os", "import os; import sys\n"),
        ("try:\n    import x\nexcept ImportError:\n    x = None\n", "import x", None),
        (
            "if False:\n    from x import a\n",
            "from x import a",
            "from x import a\nif False:\n    from x import a\n",
        ),
        ("#!/bin/sh\n", "import b", "#!/bin/sh\n\nimport b\n\n\n"),
        ("from x import *\n", "from x import a", "from x import *\nfrom x import a\n"),
    ],
)
def test_imports_join_the_header(header, added, expected):
    """An import joins a line of its module, or stands where it sorts; comments stay; none twice."""
    text = header + "def f(): pass\n"
    merged = add_tool(text, f"{added}\n\n{SIMPLE}")
    assert merged == (header if expected is None else expected) + "def f(): pass\n\n\n" + SIMPLE


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        (
            SIMPLE.replace("new_tool", "first"),
            "`first` is already in the library; give the function another name",
        ),
        (SIMPLE.replace("new_tool", "_twice"), "exactly one public function, found none"),
        (SIMPLE.replace("new_tool", "json"), "`json` is already in the library"),
        (SIMPLE.replace("new_tool", "csv"), "`csv` is a module of the standard library"),
        (SIMPLE.replace("new_tool", "sum"), "`sum` is a name of Python itself"),
        (SIMPLE.replace("new_tool", "test_it"), "pytest would take `test_it` for a test"),
        (
            "def _twice(a):\n    return 3\n\n"
            + SIMPLE.replace("return a", 'return f"_twice of {_twice(a)}"'),  # too hard to rename
            "`_new_tool_twice`",
        ),
        ("import simplejson as json\n" + SIMPLE, "rebind `json`, which the library has from `import json`"),
        ("from posixpath import path\n" + SIMPLE, "`import posixpath` and `posixpath.path`"),
        ("from x import first\n" + SIMPLE, "would rebind `first`, which the library defines"),
        ("from io import open\n" + SIMPLE, "hide the builtin `open` from every other tool"),
        ("from os import *\n" + SIMPLE, "`from os import *` cannot be merged"),
        ("from . import x\n" + SIMPLE, "`from . import x` cannot be merged"),
        ("import a as b\nimport c as b\n" + SIMPLE, "binds `b`, which the candidate binds otherwise too"),
        ("LIMIT = 2\n" + SIMPLE, "`LIMIT` is not the function itself; call it `_LIMIT`"),
        ("class Row(dict): pass\n" + SIMPLE, "call it `_Row`"),
        (SIMPLE + "\n\ndef other() -> int:\n    return 1\n", "found `new_tool`, `other`"),
        (
            SIMPLE + "\nif __name__ == '__main__':\n    new_tool(1)\n",
            "`if __name__ == '__main__':` at the top level",
        ),
        (SIMPLE + "\nprint(new_tool(1))\n", "`print(new_tool(1))` at the top level"),
        ("def new_tool(:\n", "line 1: "),
        ("def new_tool(a, a): pass\n", "duplicate argument 'a'"),
        ("return 1\n" + SIMPLE, "'return' outside function"),
        ("x = '\ud800'\n" + SIMPLE, "lone surrogate"),
        ("x = '\0'\n" + SIMPLE, "null byte"),
        ("", "found none"),
    ],
)
def test_clashes_tell_the_author_what_to_do(candidate, said):
    """What cannot be merged is refused with the name in question and a way out."""
    with pytest.raises(MergeClashError) as caught:
        add_tool(LIBRARY, candidate)
    assert said in str(caught.value)


def test_names_inside_conditions_are_taken():
    """A name bound inside `if`, `try`, `with` or a tuple is taken as well."""
    text = "if 1:\n    def a(): pass\ntry:\n    b = 1\nexcept ValueError:\n    c = 2\n"
    text += "d, (e, *f) = 1, (2, 3)\nimport os as g\n"
    for name in "abcdefg":
        with pytest.raises(MergeClashError):
            add_tool(text, SIMPLE.replace("new_tool", name))


def test_only_functions_are_replaced_and_removed():
    """A name that is no function of the library is not found."""
    for name in ("nothing", "json"):
        with pytest.raises(ToolNotFoundError):
            remove_tool(LIBRARY, name)
        with pytest.raises(ToolNotFoundError):
            replace_tool(LIBRARY, name, SIMPLE)
    with pytest.raises(MergeClashError, match="keep the name"):
        replace_tool(LIBRARY, "first", SIMPLE)


def test_a_helper_that_others_use_is_not_changed():
    """A widened function may change its own helpers, not those that other functions use as well."""
    candidate = "def _twice(a):\n    return a + a\n\ndef first(a: int) -> int:\n    return _twice(a)\n"
    assert "return a + a" in replace_tool(LIBRARY, "first", candidate)

    shared = LIBRARY + "\n\ndef second(a: int) -> int:\n    return _twice(a)\n"
    merged = replace_tool(shared, "first", candidate)
    assert "def _first_twice(a):\n    return a + a\n" in merged
    assert split(merged).chunks[-1].text == split(shared).chunks[-1].text


def test_a_big_library_is_not_parsed_as_a_whole():
    """Adding a function to a library of a thousand is far cheaper than parsing the library once."""
    text = '"""Library."""\n\nimport json\n' + "".join(
        f'\n\ndef tool_{n}(a: int) -> str:\n    """Do {n}.\n\n    Well.\n    """\n'
        + "    a = json.loads(str(a))\n" * 10
        + "    return a\n"
        for n in range(1000)
    )
    add_tool(text, SIMPLE)  # LibCST is loaded now

    def best(function):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
        return min(times)

    assert best(lambda: add_tool(text, "import csv\n" + SIMPLE)) < best(lambda: ast.parse(text)) / 2

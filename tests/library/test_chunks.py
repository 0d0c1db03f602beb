"""toolwright.syntax.chunks: taking module texts apart loses nothing and finds what the parser finds."""

import ast
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_modules import ITEMS, modules

from toolwright.library.bindings import bindings
from toolwright.syntax.chunks import BOM, parse, split

SOUP = [
    '"""',
    "'''",
    '"',
    "'",
    "\\",
    "\n",
    "#",
    " ",
    "def f():\n pass\n",
    "x = ",
    "@",
    "(",
    ")",
    "\f",
    "\r\n",
]


def definitions(text):
    """Name and line of every top-level definition, as the parser sees them."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [(node.name, node.lineno) for node in parse(text).body if isinstance(node, kinds)]


def dumps(text):
    """Every top-level statement in a comparable form."""
    return [ast.dump(node) for node in parse(text).body]


def check(text):
    """Assert that a text comes apart right."""
    sections = split(text)
    assert sections.text == text
    assert [(c.name, c.line) for c in sections.chunks if c.kind != "other"] == definitions(text)
    pieces = [sections.header, *(chunk.text for chunk in sections.chunks)]
    assert [one for piece in pieces for one in dumps(piece)] == dumps(text)
    assert all(len(dumps(c.text)) == 1 for c in sections.chunks if c.kind != "other")


@settings(max_examples=150, deadline=None)
@given(modules())
def test_a_text_is_the_sum_of_its_chunks(text):
    """Joined, header and chunks are the text; each parses alone to what it is in the whole."""
    check(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SOUP)))
def test_soup_of_quotes(pieces):
    """Whatever quotes, comments and long lines do, a valid text is cut right; an invalid one is whole."""
    text = "".join(pieces)
    try:
        parse(text)
    except SyntaxError:
        try:
            assert split(text).text == text
        except SyntaxError:
            return
    else:
        check(text)


def test_the_standard_library_is_taken_apart():
    """Real modules, tests of the parser among them, come apart as the parser sees them."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    for path in [folder / f"{name}.py" for name in ("argparse", "typing", "inspect", "difflib", "pydoc")]:
        check(path.read_bytes().decode())


@pytest.mark.parametrize("item", ITEMS)
def test_every_shape_in_every_place(item):
    """Each kind of statement alone, first, last, and with newlines of all kinds mixed."""
    plain, item = "def plain():\n    pass\n", item.replace("{i}", "0")
    for text in (item, item + plain, plain + item, plain + item + plain):
        check(text)
        check(text.replace("\n", "\r", 1))
        check("\r".join(text.rsplit("\n", 2)))


def test_where_things_belong():
    """Comments directly above and decorators go with the definition, loose comments with nobody."""
    text = (
        '"""Doc."""\nimport os\n\nX = 1\n\n\n# loose\n\n# mine\n@one\n@two(\n1)\ndef f():\n    pass\n'
        "    # inside\n# below\n\n\nclass C: pass\ny = 2\n# end\n\n\n"
    )
    sections = split(text)
    assert sections.header == '"""Doc."""\nimport os\n'
    assert [(c.name, c.kind, c.line, c.text) for c in sections.chunks] == [
        ("X", "other", 4, "\nX = 1\n"),
        ("", "other", 5, "\n\n# loose\n"),
        ("f", "function", 13, "\n# mine\n@one\n@two(\n1)\ndef f():\n    pass\n    # inside\n"),
        ("", "other", 16, "# below\n"),
        ("C", "class", 19, "\n\nclass C: pass\n"),
        ("y", "other", 20, "y = 2\n"),
        ("", "other", 21, "# end\n"),
        ("", "other", 22, "\n\n"),
    ]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("", ""),
        (BOM + "def f(): pass", BOM),
        ("#!/usr/bin/env python\ndef f(): pass\n", "#!/usr/bin/env python\n"),
        ("# mine\ndef f(): pass\n", ""),
        ("# loose\n\ndef f(): pass\n", "# loose\n"),
        ("x = 1\nimport os\ny = 2\n", "x = 1\nimport os\n"),
        ("def f(): pass\nimport os\n", ""),
        ("if 1:\n    import os\nx = 2\n", "if 1:\n    import os\n"),
        ("import os", "import os"),
    ],
)
def test_the_header_reaches_to_the_last_import(text, header):
    """Before the first definition, everything down to the last import or docstring is the header."""
    assert split(text).header == header


def test_what_is_not_python():
    """A text that has to be parsed and cannot be says so."""
    with pytest.raises(SyntaxError):
        split("x = (\n\n")


def test_a_backslash_on_a_line_of_its_own_is_python():
    """What stands between two functions is read as the file as a whole is."""
    text = "def f(): pass\n\\\n\ndef g(): return f()\n\\\n\n"
    library = bindings(split(text))
    assert set(library.chunks) == {"f", "g"}
    assert library.reach(["g"]).keys() == {"f", "g"}

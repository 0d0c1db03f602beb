"""Random module texts of every shape that people write, and candidates, for property tests."""

from hypothesis import strategies as st

HEADERS = (
    "",
    '"""What this is."""\n',
    '"""Looks like code:\n\ndef not_a_function():\nclass Neither:\n@nor_this\n"""\n\nimport os\n',
    "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n",
    "# Somebody, 2024\n\n",
    "from __future__ import annotations\n",
    "import json\nimport re  # patterns\n",
    "import os; import sys\n",
    "from os.path import (\n    join,  # put together\n    split,\n    # and more\n)\n",
    "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from pathlib import Path\n",
    '"""Doc."""\n\n__all__ = ["item_0"]\n\nimport math\n',
    "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
    "r'''Raw \\d.'''\nfrom os import path as p, \\\n    sep\n",
)
ITEMS = (
    "def item_{i}(a, b=2):\n    return a + b\n",
    'def item_{i}(a: int) -> int:\n    """Say it.\n\n    Twice.\n    """\n    return a\n',
    "def item_{i}(\n    a,\n    b,\n):\n    return [\n        a\n]\n",
    "@staticmethod\n@(lambda f: f)\n# why\ndef item_{i}(): return 1\n",
    "@(\n    lambda f:\nf\n)\ndef item_{i}():\n\n    return 1\n    # the end\n\n  # really\n",
    "async def item_{i}():\n\tif 1:\n\t\treturn 2\n",
    "class Item_{i}:\n    x = 1\n\n    def f(self):\n        return '''\nnot code:\ndef g():\n'''\n",
    "class Item_{i}(dict): pass\n",
    "ITEM_{i} = 1\n",
    "_ITEM_{i}: int = 3  # three\n",
    "item_{i}a, item_{i}b = 1, 2; item_{i}c = 3\n",
    'TEXT_{i} = """\ndef not_here():\n    pass\n# nor here\n\n"""\n',
    "TEXT_{i} = 'one\\\n# still one\\\ndef x'\n",
    "SUM_{i} = 1 + \\\n2\n",
    "if ITEM := 1:\n    def item_{i}():\n        pass\nelse:\n    ITEM = 2\n",
    "for _ in ():\n    pass\n",
    "MATRIX_{i} = (lambda m: [\n    m\n@ m\n])\n",
    "def grüße_{i}():\n    return 'naïve ☃ 中文'\n",
    "def item_{i}():\n    return '''a'''\n\n",
    'def item_{i}():\n    """A \\""" b"""\n',
    'def item_{i}():\n    return """\n# a line """\n',
    "def item_{i}():\n    x = \"'''\"\n    return x\n",
    "def item_{i}():\n    x = '''\ndef not_here():\n    '''\n    return x\n",
    'def item_{i}():\n    return "a\\\ndef not_here(): b"\n',
    'def item_{i}():\n    """a\\"""\ndef not_here():\n    """\n    x = \'"""\'\n',
    'def item_{i}():\n    """A\n\n# not a comment """\n',
    "\fdef item_{i}():\n    pass\n",
    'def item_{i}():\n    x = \'"""\'\n# odd\n    return "\\"" + x\n',
)
GAPS = (
    "",
    "\n",
    "\n\n",
    "\n\n\n",
    "# above\n",
    "\n# loose\n\n",
    "\f\n",
    "   \n\t\n",
    "\n# one\n# two\n\n\n# three\n",
)
NEWLINES = ("\n", "\n", "\r\n", "\r")

CANDIDATE_IMPORTS = ("import csv\n", "import xml.dom\n", "from collections import Counter, deque as _deque\n")
CANDIDATE_HELPERS = (
    "_LIMIT = 5\n",
    "# How much.\n_SIZES: dict[str, int] = {'a': 1}\n",
    "class _Row(dict):\n    '''One row.'''\n\n    x: int\n",
    "def _helper(x):\n    # it helps\n    return x\n",
)


@st.composite
def modules(draw):
    """A valid module text: any header, items, gaps, newline style, with or without BOM and final newline."""
    header = draw(st.sampled_from(HEADERS))
    items = draw(st.lists(st.sampled_from(ITEMS), max_size=6))
    text = header
    for number, item in enumerate(items):
        text += draw(st.sampled_from(GAPS)) + item.replace("{i}", str(number))
    text += draw(st.sampled_from(GAPS))
    if draw(st.booleans()):
        text = text.rstrip(" \t\f\n")
    bom = draw(st.sampled_from(["", "", "\ufeff"]))
    return bom + text.replace("\n", draw(st.sampled_from(NEWLINES)))


@st.composite
def candidates(draw, imports=True):
    """The source of a candidate called `new_tool`, which uses all of its helpers."""
    lines = draw(st.lists(st.sampled_from(CANDIDATE_IMPORTS), unique=True)) if imports else []
    helpers = draw(st.lists(st.sampled_from(CANDIDATE_HELPERS), unique=True))
    used = [name for name in ("_LIMIT", "_SIZES", "_Row", "_helper") if any(name in one for one in helpers)]
    gap = draw(st.sampled_from(["\n", "\n\n", "\n\n\n"]))
    function = (
        f'# Made.\ndef new_tool(a: str = "ü") -> list:\n    """Do it."""\n    return [{", ".join(used)}]\n'
    )
    return "".join(lines) + gap + gap.join([*helpers, function])

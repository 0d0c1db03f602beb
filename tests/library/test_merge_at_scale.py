"""Merging into a library of many functions, and while others read it."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from library_admissions import add
from library_modules import candidates, modules

from toolwright.library.history import splices, taken_back
from toolwright.library.merge import add_tool, remove_tool, replace_tool
from toolwright.library.store import Store
from toolwright.syntax.cutting import cut

HEAD = '"""A library that begins with a docstring."""\n\nimport json\n'
SOURCE = "import csv\nfrom collections import Counter\n\n\n{}"
READER = """
import importlib, sys, time
sys.path.insert(0, sys.argv[1])
read = 0
while True:
    sys.modules.pop("tools", None)
    importlib.invalidate_caches()
    import tools
    assert tools.count_rows and tools.last() == "the last line"
    read += 1
    print(read, flush=True)
    time.sleep(0.004)  # a merge takes longer
"""


def library(functions):
    """The text of a library of so many functions."""
    return HEAD + "".join(
        f'\n\ndef tool_{number}(a: int) -> int:\n    """Add {number}."""\n    return a + {number}\n'
        for number in range(functions)
    )


def test_imports_join_a_library_of_1500_functions(tmp_path):
    """A module on which LibCST's own way of adding imports gives up is merged into and taken from."""
    text = library(1500)
    new = SOURCE.format("def new_tool(a: int) -> int:\n    return a + len(Counter(csv.list_dialects()))\n")
    merged = add_tool(text, new)
    assert merged.startswith(
        HEAD.replace("import json", "import csv\nimport json\nfrom collections import Counter")
    )
    assert merged.removesuffix(new.partition("\n\n\n")[2]).count("\ndef ") == 1500
    wider = replace_tool(
        merged, "tool_700", "import math\n\n\ndef tool_700(a: float) -> float:\n    return math.floor(a)\n"
    )
    assert "import json\nimport math\n" in wider
    assert remove_tool(remove_tool(wider, "new_tool"), "tool_700").count("\ndef ") == 1499
    (tmp_path / "tools.py").write_text(text)
    store = Store(tmp_path)
    add(store)
    assert len(store.read().tools) == 1501


@settings(max_examples=100, deadline=None)
@given(modules(), candidates())
def test_what_was_merged_is_taken_back_to_the_byte(text, added):
    """Whatever the header had to take in, undo gives the bytes back."""
    merged = add_tool(text, added)
    assert taken_back(merged, splices(cut(text), cut(merged))) == text


@pytest.mark.slow
def test_who_imports_the_library_during_1000_merges_never_fails(tmp_path):
    """Another process that imports tools.py over and over finds a whole file each time."""
    tail = '\n\ndef last() -> str:\n    return "the last line"\n'
    (tmp_path / "tools.py").write_text(library(40) + tail)
    store = Store(tmp_path)
    add(store)
    words = [sys.executable, "-c", READER, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        for number in range(1000):
            name = f"count_rows_{number % 25}" if number % 25 else "count_rows"
            body = f"return len(text.splitlines()) + {number} * 0"
            add(store, name=name, replaces=name if number >= 25 or name == "count_rows" else "", body=body)
            assert reader.poll() is None, reader.stderr.read()
        reader.terminate()
        out, err = reader.communicate()
    assert int(out.split()[-1]) > 50, "it read too seldom to say anything"
    assert "Error" not in err
    assert Path(tmp_path / "tools.py").read_text().endswith("\n")

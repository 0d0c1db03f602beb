"""Functions of many hands are merged one by one; none of the calls that worked before answers differently."""

import pickle
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from real_candidates import Original, originals

from toolwright.errors import MergeClashError
from toolwright.library.merge import add_tool
from toolwright.syntax.chunks import split
from toolwright.syntax.renaming import rename_globals

QUICK = (
    "urllib.parse",
    "ntpath",
    "posixpath",
    "email.utils",
    "difflib",
    "statistics",
    "email.quoprimime",
    "calendar",
)
START = '"""Tools."""\n\nimport re\n'


class Caller:
    """The process that calls; it runs what is installed, and the library."""

    def __init__(self) -> None:
        program = str(Path(__file__).with_name("real_calls.py"))
        self._process = subprocess.Popen(
            [sys.executable, "-I", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, *order):
        """Send an order and return its answer; an exception is raised here."""
        pickle.dump(order, self._process.stdin)
        self._process.stdin.flush()
        found = pickle.load(self._process.stdout)
        if isinstance(found, Exception):
            raise found
        return found

    def close(self):
        """End the process."""
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


@pytest.fixture
def caller():
    """One process for all calls of a test."""
    one = Caller()
    yield one
    one.close()


def merge(text: str, one: Original) -> tuple[str, str]:
    """Merge a function, under another name if its own is taken; return the name and the new text."""
    library = {chunk.name for chunk in split(text).chunks}
    name, source = one.name, one.source
    if name in library:
        name = f"{name}_of_{one.module.replace('.', '_').strip('_')}"
        source = rename_globals(source, {one.name: name})
    return name, add_tool(text, source)


def grow(caller: Caller, found: list[Original], wanted: int, path: Path) -> Counter[str]:
    """Merge until there are as many as wanted; look at everything after each. Returns what was counted."""
    text, calls, count = START, [], Counter[str]()
    for one in found:
        recorded = caller.ask("record", one.module, one.function)
        if not recorded or count["merged"] == wanted:
            continue
        try:
            name, merged = merge(text, one)
        except MergeClashError:
            count["sent back"] += 1
            continue
        before, after = ({c.name: c.text for c in split(each).chunks if c.name} for each in (text, merged))
        assert {name: after[name] for name in before} == before
        calls += [(name, arguments, expected) for arguments, expected in recorded]
        path.write_text(merged, encoding="utf-8")
        assert caller.ask("different", str(path), calls) == []
        count.update(merged=1, calls=len(recorded), replayed=len(calls))
        count.update(named_otherwise(one, name, set(before), set(after)))
        text = merged
    return count


def named_otherwise(one: Original, name: str, before: set[str], after: set[str]) -> dict[str, int]:
    """Count a public name that was taken, helpers that were renamed and helpers that were shared."""
    helpers = {chunk.name for chunk in split(one.source).chunks if chunk.name} - {one.name}
    new = after - before - {name}
    return {
        "taken": name != one.name,
        "renamed": len(new - helpers),
        "shared": len(helpers) - len(new),
    }


def mixed(found) -> list[Original]:
    """Bring the functions of many hands into one fixed order."""
    together = sorted(found, key=lambda one: (one.module, one.function))
    random.Random(4).shuffle(together)
    return together


@pytest.mark.slow
def test_functions_of_the_standard_library_live_in_one_file(tmp_path, caller):
    """A sample: no merge changes an earlier answer, the import, or a byte of another function."""
    count = grow(caller, mixed(originals(QUICK)), 60, tmp_path / "tools.py")
    assert count["merged"] >= 40
    assert count["calls"] >= 100


@pytest.mark.slow
def test_three_hundred_functions_of_many_hands_live_in_one_file(tmp_path, caller):
    """Three hundred and more, of the standard library and of packages with a licence that permits it."""
    count = grow(caller, mixed(originals()), 400, tmp_path / "tools.py")
    print(dict(count))
    assert count["merged"] >= 300
    assert count["calls"] >= 600
    assert min(count["taken"], count["renamed"], count["shared"]) >= 5

"""What adding one function to a library of 1 000 costs, against a rewrite of the whole file with LibCST."""

import os
import tempfile
from pathlib import Path

import libcst
from timing import timed

from toolwright.library.merge import add_tool
from toolwright.library.store import Store
from toolwright.types import Admission, Candidate, Verdict

FUNCTIONS = 1000
METHOD = "one process, in turn, median of 9; the library is restored and read between rounds; modules loaded"


def function(name: str) -> str:
    """Return a documented function of 20 lines, as tools are."""
    return f'''def {name}(rows: list[dict[str, str]], column: str, limit: int = 10) -> list[str]:
    """Return the first values of a column.

    Args:
        rows: Rows of a table.
        column: The column that is read.
        limit: How many values at most.

    Returns:
        The values in the order of the rows.

    Raises:
        KeyError: a row lacks the column.

    Example:
        >>> {name}([{{"a": "1"}}], "a")
        ['1']

    Keywords: column, first values, {name.replace("_", " ")}
    """
    return [row[column] for row in rows[:limit]]
'''


def library() -> str:
    """Return the text of a library of FUNCTIONS functions."""
    header = '"""A library."""\n\nimport json\nimport math\n\n\n'
    return header + "\n\n".join(function(f"take_values_{number}") for number in range(FUNCTIONS))


def rewrite(path: Path, text: str, source: str) -> None:
    """Add a function the plain way: parse everything, append, write everything, safely."""
    module = libcst.parse_module(text)
    added = libcst.parse_module("import csv\n\n\n" + source)
    whole = module.with_changes(body=[added.body[0], *module.body, *added.body[1:]])
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(whole.code)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def measure() -> list[tuple[str, str]]:
    """Return rows of (what, figure)."""
    text, new = library(), "import csv\n\n\n" + function("take_other_values")
    candidate = Candidate("take_other_values", new, "from tools import take_other_values\n")
    admission = Admission(candidate, Verdict(True), "step", "goal", "model")
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "tools.py"

        def restore() -> Store:
            tools.write_text(text, encoding="utf-8")
            store = Store(Path(folder))
            store.read()
            return store

        def splice() -> str:
            return add_tool(text, new)

        def commit(store: Store) -> None:
            store.commit(admission, store.merged(candidate))

        commit(restore())
        times = timed(
            {
                "reading": restore,
                "splice": splice,
                "both": lambda: commit(restore()),
                "rewrite": lambda: rewrite(tools, text, function("take_other_values")),
            },
            rounds=9,
        )
    adding = times["both"] - times["reading"]
    return [
        (f"LibCST rewrite of the whole file, {FUNCTIONS} functions", f"{times['rewrite']:.0f} ms"),
        (
            "splice of header and function, text to text",
            f"{times['splice']:.1f} ms, 1/{times['rewrite'] / times['splice']:.0f}",
        ),
        (
            "whole commit: lock, journal, tests, evidence, fsync",
            f"{adding:.0f} ms, 1/{times['rewrite'] / adding:.0f}",
        ),
        (
            "the same with a first read of the library",
            f"{times['both']:.0f} ms, 1/{times['rewrite'] / times['both']:.1f}",
        ),
    ]

"""`undo` names who calls the tool and proves them in the library to come, before anything is taken back."""

import json
from pathlib import Path

import pytest
from library_admissions import add, candidate

from toolwright.cli.arguments import parse_arguments
from toolwright.cli.undo import run
from toolwright.errors import ToolwrightError
from toolwright.library.store import Store

CALLERS = '''

def total_rows(texts: list[str]) -> int:
    """Count the rows of several texts.

    Args:
        texts: The texts.

    Returns:
        All rows together.

    Raises: nothing

    Example:
        >>> total_rows(["a"])
        1
    """
    return sum(count_rows(text) for text in texts)


def rows_word(text: str) -> str:
    return f"{count_rows(text)} rows"
'''
TESTS = """from tools import total_rows


def test_total():
    assert total_rows(["a", "b\\nc"]) == 3
    assert total_rows([]) == 0
"""
LINES = "return len(text.splitlines())"
WIDER = "return len(text.replace(';', '\\n').splitlines())"


def undo(library: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Run `undo --json`; return what it printed."""
    run(parse_arguments(["undo", "--json", "--library", str(library)], {}, "0"))
    return capsys.readouterr().out


@pytest.mark.slow
def test_callers_are_named_and_proven_before_an_undo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who needs the newer version keeps it from being undone; who does not is named and verified."""
    store = Store(tmp_path)
    add(store, candidate(body=LINES))
    with (tmp_path / "tools.py").open("a") as file:
        file.write(CALLERS)
    tests = tmp_path / "tool_tests" / "test_total_rows.py"
    tests.write_text(TESTS)
    add(store, candidate(body=WIDER), "count_rows")
    tests.write_text(TESTS.replace('"b\\nc"', '"b;c"'))
    widened = (tmp_path / "tools.py").read_bytes()

    with pytest.raises(ToolwrightError, match=r"nothing was undone: .* total_rows would fail") as refused:
        undo(tmp_path, capsys)
    assert "tools show total_rows" in refused.value.hint
    assert (tmp_path / "tools.py").read_bytes() == widened

    tests.write_text(TESTS)
    said = json.loads(undo(tmp_path, capsys))
    assert said["undone"] == "count_rows is again what it was before it was widened"
    assert said["callers"] == {"total_rows": "verified", "rows_word": "not verified: no tests"}
    assert LINES in (tmp_path / "tools.py").read_text()
    assert Store(tmp_path).standings(["total_rows"])["total_rows"].kind == "verified"

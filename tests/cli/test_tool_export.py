"""`tools export` as its users call it."""

import json
import sys
from pathlib import Path

import pytest
from command_line import ROOT, run
from jsonschema import Draft202012Validator

from toolwright.cli.arguments import parse_arguments
from toolwright.cli.commands import usages
from toolwright.cli.main import _dispatch
from toolwright.cli.tool_export import _exported
from toolwright.errors import UsageError
from toolwright.library.store import Store

FILE = '''def fetch_{number}(url: str) -> str:
    """Fetch a page.

    Permissions: network
    """
    return url


def first_{number}(url: str) -> str:
    """Return the first line of a page."""
    return fetch_{number}(url)


'''


def test_schemas_are_exported_in_each_format(tmp_path: Path) -> None:
    """The starter library in three formats, to stdout or into a file; what is wrong is said in a sentence."""
    at = ("--library", str(ROOT))
    openai = json.loads(run(*at, "tools", "export", "--openai", "list_dir", cwd=tmp_path).out)
    assert [(one["function"]["name"], one["function"]["strict"]) for one in openai] == [("list_dir", True)]
    ended = run(*at, "tools", "export", "--mcp", "-o", "mcp.json", cwd=tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, "", "3 tools written to mcp.json\n")
    names = {tool["name"] for tool in json.loads((tmp_path / "mcp.json").read_text())["tools"]}
    assert names == {"health_check", "list_dir", "read_file"}
    Draft202012Validator.check_schema(
        json.loads(run(*at, "tools", "export", "--json-schema", cwd=tmp_path).out)
    )

    unknown = run(*at, "tools", "export", "--mcp", "list_dri", cwd=tmp_path)
    assert (unknown.code, "did you mean list_dir?" in unknown.problem) == (1, True)
    nowhere = run(*at, "tools", "export", "--mcp", "-o", "no/where.json", cwd=tmp_path)
    assert nowhere.problem.startswith("no/where.json cannot be written")


def test_export_reads_the_library_once_and_not_for_every_tool(tmp_path: Path) -> None:
    """Four times the tools take about four times the steps, where calls are looked at, too."""
    steps = []
    for size in (100, 400):
        text = "".join(FILE.format(number=number) for number in range(size))
        (tmp_path / "tools.py").write_text(text)
        store = Store(tmp_path)
        snapshot = store.read()
        calls: list[str] = []
        sys.setprofile(lambda _frame, event, _what, calls=calls: calls.append(event))
        found = _exported("mcp", snapshot.tools.values(), snapshot)
        sys.setprofile(None)
        steps.append(len(calls))
        assert all(tool["annotations"]["openWorldHint"] for tool in found["tools"])
    assert steps[1] < 6 * steps[0]


def test_flags_go_with_the_command_that_takes_them() -> None:
    """A flag of the library is refused elsewhere, and a format is asked for."""
    for words, said in {
        "tools export": "lacks the format",
        "tools --openai": "--openai, --mcp and --json-schema go with: tools export",
        "list all -o x": "-o goes with: tools export",
        "tools export --mcp -o": "expected one argument",
        "tools export --mcp --openai": "not allowed with",
    }.items():
        with pytest.raises(UsageError, match=said):
            _dispatch(parse_arguments(words.split(), usages(), "1"))

"""`tools export` as its users call it."""

import json
from pathlib import Path

import pytest
from command_line import ROOT, run
from jsonschema import Draft202012Validator

from toolwright.cli.arguments import parse_arguments
from toolwright.cli.commands import usages
from toolwright.cli.main import _dispatch
from toolwright.errors import UsageError


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

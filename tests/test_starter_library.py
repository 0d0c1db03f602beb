"""The library that ships: what a newcomer gets in tools.py works without us, and meets our own rules."""

import ast
import doctest
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from toolwright.permissions.verifying import verification_policy
from toolwright.sandbox.process import ProcessSandbox
from toolwright.stages.review import review_source
from toolwright.syntax.checking import mismatch
from toolwright.syntax.permissions.inference import infer_needs
from toolwright.syntax.reading import read_library
from toolwright.types import Policy, Tool

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "tools.py").read_text(encoding="utf-8")
LISTING = read_library(TEXT)
TOOLS = {tool.name: tool for tool in LISTING.tools}
STARTERS = ["health_check", "list_dir", "read_file"]


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("starter_tools", ROOT / "tools.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _alone(name: str) -> str:
    """The text of one tool with everything private, but without the other tools."""
    tree = ast.parse(TEXT)
    lines = TEXT.splitlines(keepends=True)
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name in TOOLS and node.name != name:
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)


def test_the_starters_are_there_and_all_is_offered():
    """tools.py holds the three starters, and every public function in it can be offered as a tool."""
    assert set(STARTERS) <= set(TOOLS)
    assert LISTING.not_offered == ()


def test_every_tool_has_its_tests_and_every_test_its_tool():
    """Each tool has one test file of its name, and no test file is left over from a tool that is gone."""
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tool_tests").glob("test_*.py")}

    assert tested == set(TOOLS)


def test_the_banner_says_what_the_file_is():
    """Whoever opens tools.py is told that it may be edited, and how its functions are used."""
    banner = ast.get_docstring(ast.parse(TEXT)) or ""

    assert "hand edits are welcome and kept" in banner
    assert "from tools import list_dir" in banner
    assert "python agent.py --execute-tool list_dir" in banner


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_passes_review(name):
    """A tool that ships is held to the rules that a tool which is written is held to."""
    assert review_source(name, _alone(name)) == ()


def test_the_examples_in_the_docstrings_are_true():
    """Each tool's docstring has an example, and it comes out as it says."""
    results = doctest.testmod(_module())

    assert results.attempted >= len(STARTERS)
    assert results.failed == 0


def test_tools_can_be_imported_with_nothing_installed(tmp_path):
    """`from tools import NAME` works in an interpreter that has the standard library only."""
    shutil.copy(ROOT / "tools.py", tmp_path)
    code = (
        f"import sys; sys.path.insert(0, '.'); from tools import {', '.join(STARTERS)}; print(health_check())"
    )
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert ast.literal_eval(done.stdout)["status"] == "ok"


def test_importing_tools_does_nothing_but_define(tmp_path):
    """Importing tools.py prints nothing and leaves no file behind."""
    shutil.copy(ROOT / "tools.py", tmp_path)
    command = [sys.executable, "-B", "-c", "import tools"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["tools.py"]


def test_plain_pytest_runs_the_tool_tests_anywhere(tmp_path):
    """A colleague who copies tools.py and tool_tests/ runs the tests with pytest and nothing of ours."""
    shutil.copy(ROOT / "tools.py", tmp_path)
    shutil.copytree(
        ROOT / "tool_tests", tmp_path / "tool_tests", ignore=shutil.ignore_patterns("__pycache__")
    )
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tool_tests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_passes_its_tests_in_the_sandbox(name):
    """The tests hold when each call goes to another process, as they must for a tool that is written."""
    tests = (ROOT / "tool_tests" / f"test_{name}.py").read_text(encoding="utf-8")
    tool = next(tool for tool in LISTING.tools if tool.name == name)
    verdict = ProcessSandbox().verify(TEXT, tests, verification_policy(TEXT, tool), function=name)

    assert verdict.why == ""
    assert verdict.passed


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("health_check", {}),
        ("list_dir", {}),
        ("list_dir", {"path": "sub"}),
        ("read_file", {"path": "a.txt"}),
        ("read_file", {"path": "a.txt", "max_lines": 1}),
    ],
)
def test_answers_fit_the_schema_that_is_read_off_the_source(tmp_path, name, arguments):
    """Arguments and answers are what the schemas say, which is what binding relies on."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("one\ntwo\n", encoding="utf-8")
    os.mkfifo(tmp_path / "sub" / "pipe")
    tool: Tool = TOOLS[name]
    result = ProcessSandbox().call(TEXT, name, arguments, Policy(workspace=str(tmp_path)))

    assert result.status == "returned", result.message
    assert mismatch(arguments, tool.parameters) == ""
    assert mismatch(result.value, tool.returns) == ""


@pytest.mark.parametrize("name", STARTERS)
def test_the_evidence_is_of_this_very_text(name: str):
    """The evidence fits source and tests as they are; `.ci/build_evidence.py` renews it."""
    evidence = json.loads((ROOT / "tool_tests" / "evidence" / f"{name}.json").read_text(encoding="utf-8"))
    tests = (ROOT / "tool_tests" / f"test_{name}.py").read_bytes()
    assert evidence["verdict"]["passed"] is True
    assert evidence["source_sha256"] == hashlib.sha256(TOOLS[name].source.encode()).hexdigest()
    assert evidence["tests_sha256"] == hashlib.sha256(tests).hexdigest()
    mutants = evidence["verdict"]["mutants"]
    assert mutants["killed"] >= 0.8 * mutants["of"] > 0
    assert mutants["untried"] == 0
    noticed = {test for control in evidence["verdict"]["controls"] for test in control["noticed"]}
    assert noticed == {test["name"] for test in evidence["verdict"]["tests"]}


def test_pipes_are_no_files(tmp_path):
    """A pipe is of type "other" and is refused instead of waited for; no test inside may make one."""
    tools = _module()
    os.mkfifo(tmp_path / "pipe")

    assert tools.list_dir(str(tmp_path))["entries"] == [{"name": "pipe", "type": "other", "size": 0}]
    with pytest.raises(ValueError, match="pipe' is a pipe, a socket or a device, not a file"):
        tools.read_file(str(tmp_path / "pipe"))


@pytest.mark.parametrize("folder", [".", "examples/library"])
def test_what_ships_declares_what_it_needs(folder):
    """Every tool that ships declares exactly the permissions that its text needs."""
    text = (ROOT / folder / "tools.py").read_text(encoding="utf-8")
    for tool in read_library(text).tools:
        needs = infer_needs(ast.parse(text), tool.name)
        assert needs.permissions == set(tool.docstring.permissions)

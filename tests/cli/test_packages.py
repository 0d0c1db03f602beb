"""A package that is not installed: one line with the command that installs it, never a traceback."""

import re
import tomllib
from pathlib import Path

import pytest
from command_line import GOAL, KEY, NOWHERE, ROOT, environment, run, terminal, tree

HIDE = """
import os, sys

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in os.environ["HIDE"].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hide())
"""


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which HIDE names packages that cannot be imported."""
    folder = tmp_path_factory.mktemp("hide")
    (folder / "sitecustomize.py").write_text(HIDE)
    return environment(PYTHONPATH=str(folder), TOGETHER_API_KEY=KEY, TOGETHER_BASE_URL=NOWHERE)


@pytest.mark.parametrize("name", ["together", "libcst", "pytest", "pytest_httpserver", "libcst,filelock"])
def test_a_goal_says_what_is_missing_before_it_begins(
    tmp_path: Path, without: dict[str, str], name: str
) -> None:
    """Whatever package is missing is named with the command, before a model is asked and without a file."""
    refused = run(GOAL, cwd=tmp_path, env=without | {"HIDE": name})
    assert (refused.code, refused.out) == (1, "")
    installed = name.replace("_", "-").split(",")
    assert all(part in refused.problem for part in installed)
    assert refused.hint == f"python -m pip install {' '.join(installed)} (or: uv sync)"
    assert refused.err.count("\n") == 3
    assert tree(tmp_path) == {}


def test_the_install_command_names_packages_of_ours() -> None:
    """What the hint installs is what pyproject.toml asks for, under the same name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours = {re.split(r"[<>=~\[ ]", wanted)[0] for wanted in project["dependencies"]}
    from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, OF_THE_PROMPT

    needed = {name for name in (*OF_A_GOAL, *OF_A_MODEL, *OF_THE_PROMPT) if not name.startswith("_")}
    assert {name.replace("_", "-") for name in needed} == {name.replace("_", "-") for name in ours}


def test_a_python_without_sqlite_is_said(tmp_path: Path, without: dict[str, str]) -> None:
    """A module of Python itself is not to be had from an index of packages."""
    refused = run(GOAL, cwd=tmp_path, env=without | {"HIDE": "_sqlite3"})
    assert refused.problem == "this Python was built without its module 'sqlite3'"
    assert "pip" not in refused.hint


def test_commands_do_with_what_they_need(without: dict[str, str]) -> None:
    """Looking needs none of the packages, verifying only pytest and colours."""
    everything = "together,libcst,pytest,rich,filelock,pydantic,httpx,requests,sqlite3,_sqlite3"
    env = without | {"HIDE": everything}
    assert run("tools", cwd=ROOT, env=env).out.startswith("health_check")
    assert run("--execute-tool", "health_check", cwd=ROOT, env=env).json["status"] == "success"
    verify = run("verify", cwd=ROOT, env=env)
    assert (verify.code, verify.hint) == (1, "python -m pip install pytest (or: uv sync)")


def test_errors_at_a_terminal_do_without_colours(tmp_path: Path, without: dict[str, str]) -> None:
    """Even the package that prints errors in colour may be the one that is missing."""
    with terminal("tols", cwd=tmp_path, env=without | {"HIDE": "rich"}) as screen:
        code, said = screen.end()
    assert code == 2
    assert said.startswith("error: 'tols' is not a command")

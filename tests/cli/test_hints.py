"""Hints are true: what they tell the user to type is run here, in the situation in which they are printed."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import KEY, ROOT, Ended, environment, run
from scripted_author import Author
from scripted_calls import OneCall
from scripted_server import Fault, ScriptedServer

from toolwright import __version__
from toolwright.cli.commands import COMMANDS
from toolwright.cli.options import build_parser

PROGRAM = "python agent.py"
SHELL = ("-c", "import os, sys; os.execvp('sh', ['sh', *sys.argv[1:]])")


def hints() -> Iterator[tuple[str, str]]:
    """Find every text of the package that names the program, and every hint; what is filled in becomes X."""
    for path in sorted((ROOT / "toolwright").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.keyword) and node.arg == "hint":
                yield where, words_of(node.value)
            elif isinstance(node, ast.Constant | ast.JoinedStr) and PROGRAM in words_of(node):
                yield where, words_of(node)


def words_of(node: ast.expr) -> str:
    """Return the text of a literal, X for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(words_of(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "X"


@pytest.mark.slow
def test_hints_name_commands_and_flags_that_exist() -> None:
    """In every hint of the source the word behind the program is a command, and every flag is one."""
    parser = build_parser({}, __version__)
    flags = {flag for action in parser._actions for flag in action.option_strings}
    found = 0
    for where, hint in hints():
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", hint)) <= flags, (where, hint)
        for rest in re.findall(rf"{PROGRAM} ([^\s,;:`)]+)", hint):
            known = rest in COMMANDS or rest in flags or rest.startswith(('"', "--", "X"))
            assert known, (where, hint)
            found += 1
    assert found > 8  # they were looked for where they are


def follow(hint: str, cwd: Path, env: dict[str, str] | None = None) -> Ended:
    """Run the command that a hint begins with, or holds, as somebody who copies it into a shell."""
    found = re.search(r"(?:python \S|mkdir |chmod |ls )\S*.*?(?=, or |; | \(|$)", hint)
    assert found, hint
    return run("-c", found[0], cwd=cwd, env=env, program=SHELL)


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["tols"], "apply_op_1  "),
        (["tol", "show", "apply_op_1"], "def apply_op_1("),
        (["tools", "shwo"], "apply_op_1  "),
        (["tools", "show", "aply_op_1"], "apply_op_1  "),
        (["verify", "aply_op_1"], "apply_op_1  "),
        (["undo", "it"], "apply_op_2 was taken out"),
        (["--librery", "x"], "usage: "),
        (["a goal", "--timeout"], "usage: "),
    ],
)
def test_the_command_of_a_hint_works(grown: Path, words: list[str], begins: str) -> None:
    """The hint of a refused command line is itself a command line that does what was probably meant."""
    refused = run(*words, cwd=grown)
    assert refused.code != 0
    done = follow(refused.hint, grown)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(begins)


def test_a_hint_names_the_library_that_was_meant(grown: Path, tmp_path: Path) -> None:
    """With --library the hint leads to that library and not to the one of the current folder."""
    test = grown / "tool_tests" / "test_apply_op_2.py"
    test.write_text(test.read_text() + "\n# mine\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    unknown = run("tools", "show", "aply", "--library", str(grown), cwd=elsewhere)
    assert follow(unknown.hint, elsewhere).out.startswith("apply_op_1  ")
    refused = run("undo", "--library", str(grown), cwd=elsewhere)
    assert "test_apply_op_2.py was edited" in refused.problem
    move, _, then = refused.hint.partition(", then: ")
    assert move == f"move {test} elsewhere"
    test.rename(tmp_path / "mine.py")
    assert follow(then, elsewhere).out.startswith("apply_op_2 was taken out")


def test_a_failed_tool_is_shown_by_the_hint(grown: Path) -> None:
    """Verify points to the source of the tool that failed."""
    path = grown / "tools.py"
    path.write_text(path.read_text().replace("return number * 2 + 1", "return 0"))
    assert follow(run("verify", "apply_op_1", cwd=grown).hint, grown).out.startswith("def apply_op_1(")


def test_a_goal_is_what_the_hint_asks_for(grown: Path) -> None:
    """Without a goal the hint shows how to give one, and that line runs."""
    with ScriptedServer(reply=OneCall("apply_op_1", {"number": {"literal": 20}})) as server:
        env = environment(server)
        assert follow(run(cwd=grown, env=env).hint, grown, env).out == "41\n"


def test_who_has_no_key_is_sent_to_the_demo(tmp_path: Path) -> None:
    """It needs none: tests/demo runs this very command without one."""
    hint = run("a goal", cwd=tmp_path).hint
    assert hint.startswith("export TOGETHER_API_KEY=... or ")
    assert re.search(r"python \S*agent\.py --demo$", hint)


def test_a_model_that_is_gone_leads_to_the_list(tmp_path: Path) -> None:
    """The hint for a model that is not offered holds the command that lists what is, and the flag."""
    with ScriptedServer(reply=lambda _body: Fault("404")) as server:
        env = environment(server)
        failed = run("a goal", cwd=tmp_path, env=env)
        assert "is not available" in failed.problem
        listed = run(
            "-c", re.findall(r"`(python .*?)`", failed.hint)[0], cwd=tmp_path, env=env, program=SHELL
        )
    assert listed.out == "together:deepseek-ai/DeepSeek-R1\n"
    assert "`--model together:NAME`" in failed.hint


def test_a_model_without_its_server_gets_one_that_works(tmp_path: Path) -> None:
    """The hint for an unknown server is a flag that can be added as it stands."""
    with ScriptedServer(reply=Author(1)) as server:
        env = environment(server)
        refused = run("a goal", "--model", "togethr:gpt", cwd=tmp_path, env=env)
        flags = shlex.split(refused.hint.removeprefix("write "))
        assert run("--plan", "a goal", *flags, cwd=tmp_path, env=env).code == 0
        assert server.bodies[0]["model"] == "gpt"


@pytest.mark.parametrize("words", [["tools", "--library", "a b"], ["a goal", "--workspace", "a b"]])
def test_a_missing_folder_can_be_made(tmp_path: Path, words: list[str]) -> None:
    """The command that makes the folder is right even for a name with a blank in it."""
    refused = run(*words, cwd=tmp_path)
    assert follow(refused.hint, tmp_path).code == 0
    again = run(*words, cwd=tmp_path)
    assert "a b" not in again.err


def test_a_write_protected_library_can_be_opened(grown: Path) -> None:
    """A tools.py without write permission is respected, and the hint takes the protection away."""
    (grown / "tools.py").chmod(0o444)
    refused = run("undo", cwd=grown)
    assert "write-protected" in refused.problem
    assert follow(refused.hint, grown).code == 0
    assert run("undo", cwd=grown).code == 0


def test_a_damaged_history_can_be_passed_by(grown: Path) -> None:
    """Without the damaged file, the change before it can be undone."""
    last = max((grown / ".toolwright" / "history").glob("*.json"))
    last.write_text("{")
    refused = run("undo", cwd=grown)
    assert refused.hint == f"remove {last}"
    last.unlink()
    assert run("undo", cwd=grown).out.startswith("apply_op_1 was taken out")


def test_settings_files_can_be_looked_at_and_overruled(tmp_path: Path) -> None:
    """The hints for .env: a listing that works, and an export after which the address counts."""
    path = tmp_path / ".env"
    path.mkdir()
    assert ".env cannot be read" in (refused := run("tools", cwd=tmp_path)).problem
    assert follow(refused.hint, tmp_path).code == 0
    path.rmdir()
    path.write_text("TOGETHER_BASE_URL=http://models.invalid\n")
    env = environment(TOGETHER_API_KEY=KEY)
    refused = run("tools", cwd=tmp_path, env=env)
    exported = re.match(r"export (\w+)=(\S+)", refused.hint)
    assert exported
    assert run("tools", cwd=tmp_path, env=env | {exported[1]: exported[2]}).code == 0

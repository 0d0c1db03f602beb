"""Crashes and bugs: what was decided is finished, what was not is as it was, and a bug ends in a report."""

import shutil
import signal
from pathlib import Path

import pytest
from command_line import (
    GOAL,
    KEY,
    ROOT,
    WITH_A_BUG,
    Ended,
    ended,
    environment,
    library_of,
    log_of,
    run,
    start,
    until,
)
from scripted_author import Author, expected
from scripted_calls import silent_after
from scripted_server import ScriptedServer


@pytest.mark.slow
def test_after_kill_9_the_next_run_works(tmp_path: Path) -> None:
    """A run that was killed while the model wrote left the library alone; the next one reaches the result."""
    author = Author(1)
    with silent_after(author, "contract") as server:
        with start("-q", GOAL, cwd=tmp_path, env=environment(server)) as process:
            until(lambda: b"generate" in log_of(tmp_path))
            process.kill()
        assert library_of(tmp_path) == {}
    with ScriptedServer(reply=Author(1)) as server:
        done = run("-q", GOAL, cwd=tmp_path, env=environment(server))
    assert (done.code, done.out) == (0, f"{expected(1)}\n")


KILLED_IN_A_COMMIT = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv.pop(1))
from toolwright.cli.main import main
from toolwright.library.disk import Disk

def rename_and_die(self, source, target):
    source.replace(target)
    if target.name == "decided.json":
        os.kill(os.getpid(), 9)

Disk.rename = rename_and_die
sys.exit(main())
"""


@pytest.mark.slow
def test_a_commit_that_was_cut_off_is_finished_and_said(tmp_path: Path) -> None:
    """Power lost between the decision and the renames: goals and calls finish the change and say so."""
    said = "an interrupted change was finished: add `apply_op_1`"
    library, copy = tmp_path / "library", tmp_path / "copy"
    library.mkdir()
    with ScriptedServer(reply=Author(1)) as server:
        env = environment(server)
        killed = run(GOAL, cwd=library, env=env, program=("-c", KILLED_IN_A_COMMIT, str(ROOT)))
        assert killed.code == -signal.SIGKILL
        assert "tools.py" not in library_of(library)
        shutil.copytree(library, copy)
        done = run(GOAL, cwd=library, env=env)
    assert (done.code, done.out) == (0, f"{expected(1)}\n")
    assert said in done.err
    called = run("--execute-tool", "apply_op_1", '{"number": 1}', cwd=copy)
    assert called.json == {"status": "success", "output": expected(1)}
    assert called.err == f"{said}\n"
    assert not [*tmp_path.glob("*/.toolwright/journal")]


@pytest.mark.slow
def test_two_runs_at_once_both_keep_what_they_made(tmp_path: Path) -> None:
    """Two programs that add different tools to one library: both reach their result, both tools are kept."""
    with (
        ScriptedServer(reply=Author(1, prefix="left")) as left,
        ScriptedServer(reply=Author(1, prefix="right")) as right,
    ):
        runs = [
            start("-q", GOAL, "--fresh", cwd=tmp_path, env=environment(server)) for server in (left, right)
        ]
        for process in runs:
            with process:
                assert ended(process) == Ended(0, f"{expected(1)}\n", "")
    text = (tmp_path / "tools.py").read_text()
    assert text.count("def apply_left_1(") == text.count("def apply_right_1(") == 1


@pytest.mark.parametrize("form", ["words", "json"])
def test_a_bug_ends_in_a_report_without_the_key(tmp_path: Path, form: str) -> None:
    """An exception nobody expected: exit 3, one sentence, and a private report whose path is in the hint."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    flags = ["--json"] if form == "json" else []
    env = environment(TOGETHER_API_KEY=KEY, TMPDIR=str(temporary))
    broken = run(*flags, "a goal", cwd=tmp_path, env=env, program=("-c", WITH_A_BUG, str(ROOT)))
    assert broken.code == 3
    assert "RuntimeError: nobody expected the key ***" in broken.problem
    if flags:
        assert broken.json["error"]["kind"] == "bug"
        assert broken.json["error"]["hint"] == broken.hint
    (report,) = temporary.iterdir()
    assert broken.hint.endswith(str(report))
    assert report.stat().st_mode & 0o777 == 0o600
    text = report.read_text()
    assert "open_badly" in text
    assert KEY not in text + broken.err + broken.out
    assert KEY.encode() not in log_of(tmp_path)


def test_ctrl_c_at_the_very_end_breaks_nothing(tmp_path: Path) -> None:
    """The result is out and Python is being taken apart: no traceback, and the exit code stays."""
    late = """
import atexit, os, signal, sys
sys.path.insert(0, sys.argv.pop(1))
atexit.register(os.kill, os.getpid(), signal.SIGINT)
from toolwright.cli.main import program

sys.exit(program())
"""
    ended = run("--version", cwd=tmp_path, program=("-c", late, str(ROOT)))
    assert (ended.code, ended.err) == (0, "")

"""Goals without a terminal: which stream gets what, exit codes, interrupts and crashes."""

import json
import os
import signal
from pathlib import Path

import pytest
from command_line import (
    AGENT,
    GOAL,
    KEY,
    ROOT,
    Ended,
    ended,
    environment,
    library_of,
    log_of,
    processes_with,
    run,
    start,
    tree,
    until,
)
from scripted_author import Author, expected
from scripted_calls import OneCall, silent_after
from scripted_server import ScriptedServer

HANGING = '''def hang(word: str) -> str:
    """Hang, with a child that hangs as well.

    Args:
        word: The name of a file that says that it hangs.

    Returns:
        Nothing ever.

    Permissions:
        write, execute
    """
    import subprocess

    child = subprocess.Popen(["sleep", "27.1828"])
    open(word, "w").close()
    child.wait()
    return "never"
'''


def test_stdout_is_the_result_and_stderr_the_story(first_run: tuple[Path, Ended]) -> None:
    """The first run prints the value alone on stdout; phases, receipt and next commands on stderr."""
    folder, done = first_run
    assert (done.code, done.out) == (0, f"{expected(2)}\n")
    for part in ("Planning", "added apply_op_1", "2 tests passed", "tools show apply_op_2", "undo"):
        assert part in done.err
    assert "\x1b" not in done.err
    assert set(library_of(folder)) >= {"tools.py", "tool_tests/test_apply_op_1.py"}


def test_the_log_is_json_lines_without_the_key(first_run: tuple[Path, Ended]) -> None:
    """Every line of agent.log is an object with time, level, run, step and event; no file holds the key."""
    folder, _ = first_run
    for line in (folder / "agent.log").read_text().splitlines():
        assert {"time", "level", "run", "step", "event"} <= set(json.loads(line))
    assert not [name for name, held in tree(folder).items() if KEY.encode() in held]


def test_quiet_prints_the_result_only(grown: Path) -> None:
    """With -q a goal that works says nothing but its result; a remembered one needs no key and no server."""
    done = run("-q", GOAL, cwd=grown)
    assert (done.code, done.out, done.err) == (0, f"{expected(2)}\n", "")


def test_json_is_one_object_with_the_report(grown: Path) -> None:
    """--json prints the whole report on one line instead of the result."""
    done = run("--json", "-q", GOAL, cwd=grown)
    assert done.json["status"] == "done"
    assert done.json["output"] == expected(2)
    assert [step["action"] for step in done.json["steps"]] == ["reused", "reused"]


def test_a_plan_is_a_result_and_writes_no_tool(recorded: Path, tmp_path: Path) -> None:
    """--plan prints steps and verdicts on stdout and leaves the library alone."""
    done = run("--plan", GOAL, "--replay", str(recorded), cwd=tmp_path)
    assert done.code == 0
    assert done.out.count("write NOT_EXISTS") == 2
    assert "Nothing was written" in done.err
    assert library_of(tmp_path) == {}


def test_make_prints_how_to_call_what_it_made(tmp_path: Path) -> None:
    """--make runs nothing; its result is a command, which works as it stands."""
    with ScriptedServer(reply=Author(1)) as server:
        done = run("--make", "--name", "apply_op_1", GOAL, cwd=tmp_path, env=environment(server))
        taken = run("--make", "--name", "apply_op_1", "again", cwd=tmp_path, env=environment(server))
    assert done.code == 0
    assert done.err.count("from tools import apply_op_1") == 1
    assert shell(done.out, tmp_path).json == {"status": "success", "output": expected(1)}
    assert (taken.code, "`apply_op_1` is taken" in taken.problem) == (2, True)


def shell(command: str, cwd: Path) -> Ended:
    """Run a command as somebody who copies it into a shell."""
    return run(
        "-c", command, cwd=cwd, program=("-c", "import os, sys; os.execvp('sh', ['sh', *sys.argv[1:]])")
    )


def test_a_failed_goal_says_why_and_keeps_stdout_clean(tmp_path: Path) -> None:
    """A function that is never good enough: exit 1, one error with step and tool, nothing on stdout."""

    def wrong(stage: str, reply: str, _turn: int) -> str:
        return reply.replace("number * 2", "number * 3") if stage == "generate" else reply

    with ScriptedServer(reply=Author(1, spoil=wrong)) as server:
        failed = run("-q", "--attempts", "1", GOAL, cwd=tmp_path, env=environment(server))
    assert (failed.code, failed.out) == (1, "")
    assert failed.problem.startswith("no version of apply_op_1 was good enough")
    assert failed.err.startswith("error: ")
    assert library_of(tmp_path) == {}


def test_a_value_nobody_can_know_is_an_error_without_a_terminal(grown: Path) -> None:
    """Step, tool and parameter are named, the question is repeated, stdin is not read."""
    model = OneCall("apply_op_1", {"number": {"unknown": "Which number do you mean?"}})
    with ScriptedServer(reply=model) as server:
        failed = run("--json", "Do it", cwd=grown, env=environment(server), stdin=b"3\n")
    assert failed.code == 1
    error = failed.json["error"]
    assert (error["kind"], error["step"], error["tool"]) == ("unknown_value", 1, "apply_op_1")
    assert failed.problem == error["message"]
    assert "argument `number` cannot be known from the goal: Which number do you mean?" in failed.problem


def test_an_interrupt_while_the_model_is_silent(tmp_path: Path) -> None:
    """The program stops at once, says so in both forms, and leaves neither tools nor temporary files."""
    library, temporary = tmp_path / "library", tmp_path / "tmp"
    library.mkdir()
    temporary.mkdir()
    author = Author(1)
    with silent_after(author, "contract") as server:
        env = environment(server, TMPDIR=str(temporary))
        with start("--json", GOAL, cwd=library, env=env) as process:
            until(lambda: "contract" in author.asked and b"generate" in log_of(library))
            process.send_signal(signal.SIGINT)
            stopped = ended(process)
    assert stopped.code == 130
    assert stopped.json["error"]["kind"] == "interrupted"
    assert stopped.problem == stopped.json["error"]["message"]
    assert library_of(library) == {}
    assert tree(temporary) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_a_tool_runs_ends_it_with_its_children(tmp_path: Path, number: int) -> None:
    """Whoever the tool started is gone before the program is, and so are all temporary files."""
    library, temporary = tmp_path / "library", tmp_path / "tmp"
    library.mkdir()
    temporary.mkdir()
    (library / "tools.py").write_text(HANGING)
    with ScriptedServer(reply=OneCall("hang", {"word": {"literal": "hanging"}})) as server:
        env = environment(server, TMPDIR=str(temporary))
        with start("-q", "--allow", "execute", "Hang", cwd=library, env=env) as process:
            until((library / "hanging").exists)
            assert processes_with("27.1828")
            process.send_signal(number)
            stopped = ended(process)
    assert stopped.code == 128 + number
    assert not processes_with("27.1828")
    assert tree(temporary) == {}


def test_the_codes_are_in_the_help(tmp_path: Path) -> None:
    """--help documents every exit code, prints to stdout alone and works with nothing configured."""
    done = run("--help", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    for code in ("0", "1", "2", "3", "130"):
        assert f"\n  {code} " in done.out
    assert tree(tmp_path) == {}


def test_the_entry_points_are_one_program(tmp_path: Path) -> None:
    """agent.py, `python -m toolwright` and the function of the console script say and do the same."""
    console = "import sys; from toolwright.cli.main import main; sys.exit(main())"
    env = environment(PYTHONPATH=str(ROOT))
    versions = set()
    for program in ((AGENT,), ("-m", "toolwright"), ("-c", console)):
        versions.add(run("--version", cwd=tmp_path, env=env, program=program).out)
        refused = run("tols", cwd=tmp_path, env=env, program=program)
        assert (refused.code, refused.problem) == (2, "'tols' is not a command; did you mean tools?")
    assert len(versions) == 1
    assert versions.pop().startswith("toolwright 0.")


def test_modules_in_the_folder_are_not_the_programs(tmp_path: Path) -> None:
    """A tool that may write in a workspace cannot have its file loaded as one of the program's modules."""
    (tmp_path / "toolwright").symlink_to(ROOT / "toolwright")
    own = tmp_path / "agent.py"
    own.write_bytes((ROOT / "agent.py").read_bytes())
    for name in ("json", "argparse", "pathlib", "typing", "rich", "sqlite3"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('PLANTED')\n", encoding="utf-8")
    for program in ((str(own),), ("-m", "toolwright")):
        done = run("tools", cwd=tmp_path, program=program)
        assert (done.code, "PLANTED" in done.err) == (0, False), done.err


def test_a_reader_that_went_away_is_no_error(grown: Path) -> None:
    """`agent.py tools | head` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    with start("tools", cwd=grown, stdout=writing) as process:
        os.close(writing)
        assert ended(process) == Ended(0, "", "")


def test_a_full_disk_behind_stdout_is_an_error(grown: Path) -> None:
    """A result that could not be written is said, once, and exits with 1."""
    with Path("/dev/full").open("wb") as full:
        for words in (["tools"], ["-q", GOAL], ["--json", "tols"]):
            with start(*words, cwd=grown, stdout=full) as process:
                done = ended(process)
            assert done.code != 0
            assert done.err.count("could not be written to the standard output") == 1
            assert "Traceback" not in done.err

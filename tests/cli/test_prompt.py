"""The prompt in a real terminal: commands, Tab, Ctrl-C, several lines, questions, a restart, a pipe."""

import os
import re
import signal
import threading
from pathlib import Path

import pytest
from command_line import (
    CTRL_C,
    CTRL_D,
    GOAL,
    READY,
    Terminal,
    environment,
    run,
    terminal,
    until,
    without_codes,
)
from granting import library
from scripted_author import Author, expected
from scripted_server import ScriptedServer

from toolwright.cli.arguments import Arguments
from toolwright.cli.at_prompt import AtPrompt
from toolwright.cli.goals import Goals
from toolwright.cli.prompt_commands import OWN
from toolwright.cli.prompt_table import prompt_table
from toolwright.settings import load

LOGIN = '''
def login(token_id: str, user: str = "") -> str:
    """Log in.

    Secrets: token_id
    """
    return user
'''
AGREE = "[Enter] go · e edit · s save · n no"
ALLOW = "asks to connect to api.example.org. Allow it?"
ALT_ENTER, UP = "\x1b\r", "\x1b[A"


def pasted(text: str) -> str:
    """Return text as a terminal sends it when it is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


def descendants(pid: int) -> set[int]:
    """Return the living processes that a process has started, and theirs."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if stat[0] != "Z":
            parents[int(folder.name)] = int(stat[1])
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def said(screen: Terminal, line: str) -> str:
    """Type a line and return what is written until the prompt is there again, without the line."""
    screen.type(f"{line}\r")
    return screen.wait_for(READY).partition("\r\r\n")[2]


class Slow:
    """An author of one step who falls silent before the judgement while he is told to."""

    def __init__(self) -> None:
        self.author = Author(1)
        self.silent = threading.Event()
        self.over = threading.Event()

    def __call__(self, body: dict) -> str:
        """Answer a chat request."""
        reply = self.author(body)
        if self.silent.is_set() and self.author.asked[-1] == "judge":
            self.over.wait(120)
        return reply


@pytest.mark.slow
def test_a_day_at_the_prompt(tmp_path: Path) -> None:
    """Every command, Tab, questions in place, goals of several lines, Ctrl-C, and what a restart finds."""
    place, model = library(tmp_path / "library"), Slow()
    with ScriptedServer(reply=model) as server:
        env = environment(server)
        with terminal(cwd=place, env=env) as screen:
            screen.wait_for(READY)
            _commands_before_any_goal(screen)
            _tab_and_a_permission(screen)
            _goals_of_several_lines(screen)
            _commands_about_the_goal(screen)
            _a_goal_that_is_cancelled(screen, model)
            screen.type(CTRL_D)
            screen.end()
        with terminal("--yes", cwd=place, env=env) as screen:
            assert "1 directive is not finished" in screen.wait_for(READY)
            _after_the_restart(screen)
            screen.type(":quit\r")
            assert screen.end()[0] == 0
    model.over.set()
    history = place / ".toolwright" / "prompt_history"
    assert history.stat().st_mode & 0o777 == 0o600
    assert "half a" not in history.read_text()
    assert "hunter2-hunter2" not in history.read_text()


def _commands_before_any_goal(screen: Terminal) -> None:
    assert "fetch " in said(screen, ":tools")
    assert "launch" in said(screen, ":skills list")
    helped = said(screen, ":help")
    assert "A line that does not begin with a colon is a goal" in helped
    assert all(f":{name}" in helped for name in prompt_table())
    assert ":verify [NAME ...]" in said(screen, ":help verify")
    assert "did you mean :history?" in said(screen, ":histroy")
    assert "which begins with a colon here" in said(screen, "tools")
    assert "did you mean :memory?" in said(screen, "memry")
    assert "answers no question" in said(screen, "y")
    assert "leave the colon out when it is a goal" in said(screen, ":undo it")
    assert ":quit takes nothing" in said(screen, ":quit now")
    assert "hint: :example slugify(" in said(screen, ":example 5")
    assert "hint: :tools\r\n" in said(screen, ":show fetsh")
    assert "fetch" in said(screen, ":search say what would be fetched")
    assert "not made yet" in said(screen, ":memory")
    assert "no goal has run" in said(screen, ":history")
    assert "nothing has happened" in said(screen, ":stats")
    assert "no goal to learn from yet" in said(screen, ":learn")
    assert "nothing is approved" in said(screen, ":approvals")
    assert "nothing to undo" in said(screen, ":undo")
    assert "together:deepseek-ai/DeepSeek-R1 (the default)" in said(screen, ":model")
    assert "unknown server 'togther'" in said(screen, ":model togther:x")
    assert "together:other" in said(screen, ":model together:other")
    assert "together:other (--model)" in said(screen, ":model")
    assert "model" in said(screen, ":config")
    assert "no test" in said(screen, ":verify fetch")
    assert "are not JSON" in said(screen, ":run launch {password=hunter2-hunter2")


def _tab_and_a_permission(screen: Terminal) -> None:
    screen.type(":sho\t")
    screen.wait_for("w")
    screen.type("fet\t")
    screen.wait_for("ch")
    assert "Say what would be fetched." in said(screen, "")
    screen.type(':run fetch {"pa\t')
    screen.wait_for('th":')
    screen.type('"/x"}\r')
    screen.wait_for(ALLOW)
    screen.answer("> ", "always")
    assert '{"status": "success", "output": "https://api.example.org/x"}' in screen.wait_for(READY)
    assert "api.example.org" in said(screen, ":approvals")
    assert "success" in said(screen, ":call fetch --path /y")
    assert "may no longer use" in said(screen, ":approvals revoke fetch")


def _goals_of_several_lines(screen: Terminal) -> None:
    assert "is held out" in said(screen, ":example apply_op_1(3) == 7")
    screen.type(f"Apply the{ALT_ENTER}operations to 1\r")
    assert "Goal: Apply the" in screen.answer(AGREE, "n")
    assert "Nothing was written" in screen.wait_for(READY)
    screen.type("Apply the \\\roperations to 1\r")
    screen.answer(AGREE, "n")
    screen.wait_for(READY)
    screen.type(pasted("Apply the\noperations\nto 1\n"))
    screen.type("\r")
    screen.answer(AGREE, "")
    told = screen.wait_for(READY)
    assert "1 example held" in told
    assert told.endswith(f"\n{expected(1)}\r\n")


def _commands_about_the_goal(screen: Terminal) -> None:
    assert "in one step, which is a function already" in said(screen, ":learn")
    assert "done" in said(screen, ":history")
    assert "PLAN" in said(screen, ":history last")
    assert "well" in said(screen, ":memory")
    assert "goal" in said(screen, ":stats")
    assert "apply_op_1" in said(screen, ":verify apply_op_1 --quick")
    assert "success" in said(screen, ':run apply_op_1 {"number": 2}')
    assert "apply_op_1 was taken out of the library again" in said(screen, ":undo")
    assert "is queued" in said(screen, f":queue {GOAL}")
    assert re.search(r"1 +queued .*Apply", said(screen, ":directives"))
    assert "is given up" in said(screen, ":drop 1")
    assert "directive 1 is finished: dropped" in said(screen, ":drop 1")
    assert "there is no directive 7" in said(screen, ":resume 7")
    assert "no directive waits" in said(screen, ":resume")
    for name in set(prompt_table()) - set(OWN) - {"quit"}:  # those of the shell
        answer = said(screen, f":{name}")
        assert answer.strip(), name
        assert "is not a command" not in answer
        assert "Traceback" not in answer
    screen.type(f"half a{CTRL_C}")
    screen.wait_for(READY)
    screen.type(CTRL_C)
    screen.wait_for(READY)


def _a_goal_that_is_cancelled(screen: Terminal, model: Slow) -> None:
    model.silent.set()
    screen.type(f":directive {GOAL}\r")
    screen.answer(AGREE, "")
    screen.wait_for("Judging")
    until(lambda: model.author.asked[-1] == "judge")
    assert descendants(screen.process.pid)
    screen.type(CTRL_C)
    assert "interrupted; what was merged stays in the library" in screen.wait_for(READY)
    until(lambda: not descendants(screen.process.pid))
    model.silent.clear()


def _after_the_restart(screen: Terminal) -> None:
    screen.type(UP)
    screen.wait_for(f":directive {GOAL}")
    screen.type(CTRL_C)
    screen.wait_for(READY)
    assert re.search(r"2 +interrupted .*Apply", said(screen, ":directives"))
    resumed = said(screen, ":resume")
    assert re.search(r"takes up run \S+ at its plan", resumed)
    assert "reuse apply_op_1 EXISTS_AND_GENERIC: made" in resumed
    assert "answer of run" in resumed
    assert f"\n{expected(1)}\r\n" in resumed
    assert " :tools show apply_op_1" in resumed
    assert re.search(r"2 +done .*Apply", said(screen, ":directives"))


@pytest.mark.slow
def test_keys_that_are_pressed_while_a_goal_runs(tmp_path: Path) -> None:
    """They agree to nothing; lines wait for the prompt, and so does Ctrl-D. Ctrl-C twice is one."""
    silent, author = threading.Event(), Author(1)

    def reply(body: dict) -> str:
        silent.wait(30)
        return author(body)

    with ScriptedServer(reply=reply) as server, terminal(cwd=tmp_path, env=environment(server)) as screen:
        screen.wait_for(READY)
        screen.type(f"{GOAL}\r")
        screen.wait_for("Planning")
        screen.type(CTRL_C + CTRL_C)
        screen.wait_for("interrupted; what was merged stays in the library")
        screen.wait_for(READY)
        said(screen, ":model")
        screen.type(f":directive {GOAL}\r")
        screen.wait_for("Planning")
        screen.type(f"\ry\r:model together:other\r{CTRL_D}:undo\r")
        screen.wait_for(":undo")  # the terminal shows what is typed
        silent.set()
        screen.answer(AGREE, "n")
        screen.wait_for("Nothing was written")
        screen.wait_for("directive 1 is put aside; :resume 1 takes it up")
        screen.wait_for("answers no question")
        code, rest = screen.end()
    assert code == 0
    assert "\r\ntogether:other\r\n" in rest
    assert "nothing to undo" not in rest
    assert not (tmp_path / "tools.py").exists()


@pytest.mark.slow
def test_a_dumb_terminal_has_the_same_prompt_without_any_code(tmp_path: Path) -> None:
    """Lines, Tab, history and commands work; not one escape code is sent, and SIGTERM ends the program."""
    place = library(tmp_path / "library")
    with terminal(cwd=place, env=environment(TERM="dumb")) as screen:
        screen.wait_for("goal> ")
        screen.type(":show fet\t\r")
        assert "Say what would be fetched." in screen.wait_for("goal> ")
        screen.type("\x10\r")  # Ctrl-P: the line before
        assert "Say what would be fetched." in screen.wait_for("goal> ")
        screen.type(":sear\\\rch fetch\r")
        assert "is not a command" in screen.wait_for("goal> ")
        screen.type(CTRL_D)
        assert screen.end()[0] == 2
    assert "\x1b" not in screen.seen
    with terminal(cwd=place, env=environment(NO_COLOR="1")) as screen:
        screen.wait_for(READY)
        said(screen, ":show nobody")
        assert not re.search(r"\x1b\[[0-9;]*[349][0-7]", screen.seen)
        os.kill(screen.process.pid, signal.SIGTERM)
        assert screen.end()[0] == 143
    assert without_codes(screen.seen).count("Traceback") == 0


def test_lines_from_a_pipe_are_run_one_by_one(tmp_path: Path) -> None:
    """Commands and errors come in their order; the first code that is not 0 counts; no line is an error."""
    place = library(tmp_path / "library")
    ended = run(cwd=place, stdin=b":model\n\n:shwo fetch\n:search fetch\n:quit\n:undo\n")
    assert ended.code == 2
    assert ended.out.index("DeepSeek-R1") < ended.out.index("fetch")
    assert "did you mean :show?" in ended.problem
    assert not (place / ".toolwright" / "prompt_history").exists()
    assert run(cwd=place).problem == "no goal was given"


def test_secrets_of_tools_do_not_reach_the_history(tmp_path: Path) -> None:
    """What a call gives for a parameter that holds a secret is masked; the name of a secret is not."""
    (tmp_path / "tools.py").write_text(LOGIN)
    at = AtPrompt(Goals(load({"library": str(tmp_path)}), Arguments(overrides={})))
    for typed, kept in (
        (':run login {"user": "me", "token_id": "opensesame"}', ":run login ***"),
        (':run login {"token_id": "opensesame"', ":run login ***"),
        (":call login --user me --token-id opensesame", ":call login ***"),
        (':run login {"token_id": {"secret": "HUB"}}', ':run login {"token_id": {"secret": "HUB"}}'),
        (':run login {"user": "me"}', ':run login {"user": "me"}'),
        (":show login", ":show login"),
        ("log in with password=correct-horse", "log in with password=***"),
    ):
        assert at._redacted(typed) == kept


def test_every_command_of_the_table_is_there() -> None:
    """What help, completion and the documents list can be run, and nothing else can; each says what it is."""
    table = prompt_table()
    assert set(OWN) | {"quit"} <= set(table)
    for name, entry in table.items():
        assert entry.usage.split()[0] == name
        assert entry.about
    for name in ("directive", "tools", "skills", "show", "run", "search", "memory", "history", "learn"):
        assert name in OWN
    for name in ("approvals", "model", "stats", "verify", "undo", "help"):
        assert name in OWN


def test_the_editor_is_loaded_only_where_lines_are_edited(tmp_path: Path) -> None:
    """Neither help nor lines from a pipe load prompt_toolkit; help loads no SDK and no database either."""
    heavy = {"together", "httpx", "pydantic", "libcst", "sqlalchemy", "alembic", "sqlite3", "rich", "asyncio"}
    for words, stdin, never in (
        (["--help"], None, {*heavy, "dataclasses", "pathlib", "json", "difflib"}),
        ([], b":model\n", {"together", "libcst"}),
    ):
        ended = run(*words, cwd=tmp_path, stdin=stdin, python=("-X", "importtime"))
        loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.err.splitlines()}
        assert ended.code == 0
        assert "toolwright" in loaded
        assert not loaded & {"prompt_toolkit", *never}

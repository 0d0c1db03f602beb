"""Goals at a terminal: the hidden key, the prompt, questions, Ctrl-C and Ctrl-D, signs of life, colours."""

import math
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import (
    CTRL_C,
    CTRL_D,
    GOAL,
    KEY,
    READY,
    ROOT,
    WITH_A_BUG,
    environment,
    library_of,
    run,
    terminal,
    tree,
)
from scripted_author import Author, expected
from scripted_calls import OneCall, silent_after
from scripted_server import ScriptedServer

ASKED = "(hidden, for this run only): "
TRIES = 3
"""How often something may be too slow because others use the machine as well."""
AGREE = "[Enter] go · e edit · s save · n no"


@pytest.mark.slow
def test_a_key_is_asked_for_used_and_kept_nowhere(tmp_path: Path) -> None:
    """The key is not echoed, goes to the server, and stands in no file afterwards."""
    with ScriptedServer(reply=Author(1)) as server:
        env = environment(TOGETHER_BASE_URL=server.url)
        with terminal("--yes", GOAL, cwd=tmp_path, env=env) as screen:
            screen.answer(ASKED, KEY)
            code, _ = screen.end()
        assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert code == 0
    assert KEY not in screen.seen
    assert "def apply_op_1(" in (tmp_path / "tools.py").read_text()
    assert not [name for name, held in tree(tmp_path).items() if KEY.encode() in held]


@pytest.mark.slow
def test_a_key_that_was_typed_serves_all_goals_and_commands_of_a_prompt(tmp_path: Path) -> None:
    """`:models` asks for it; neither the goal, nor anything after another model was chosen, asks again."""
    with ScriptedServer(reply=Author(1)) as server:
        with terminal("--yes", cwd=tmp_path, env=environment(TOGETHER_BASE_URL=server.url)) as screen:
            screen.wait_for(READY)
            screen.type(":models\r")
            screen.answer(ASKED, KEY)
            screen.wait_for(READY)
            screen.type(f"{GOAL}\r")
            screen.wait_for("Done in")
            screen.wait_for(READY)
            screen.type(":model together:other\r")
            screen.wait_for(READY)
            screen.type(":models\r")
            screen.wait_for(READY)
            screen.type(CTRL_D)
            screen.end()
        assert {each.headers["Authorization"] for each in server.requests} == {f"Bearer {KEY}"}
    assert screen.seen.count(ASKED) == 1
    assert not [name for name, held in tree(tmp_path).items() if KEY.encode() in held]


def test_a_key_is_not_asked_for_where_a_file_would_send_it_elsewhere(tmp_path: Path) -> None:
    """An address in somebody's folder is not told what the user types; an own address is."""
    (tmp_path / "toolwright.toml").write_text('base_url = "http://192.0.2.1"\n')
    with terminal("a goal", cwd=tmp_path) as screen:
        code, said = screen.end()
    assert code == 2
    assert "takes a key" not in said
    assert "would send your own key to http://192.0.2.1" in said
    assert ASKED not in screen.seen


@pytest.mark.parametrize(
    ("typed", "code", "part"),
    [
        ("\r", 2, "none was typed"),
        (CTRL_D, 2, "none was typed"),
        (CTRL_C, 130, "interrupted"),
        ("two words\r", 2, "TOGETHER_API_KEY is not allowed"),
    ],
)
def test_a_key_that_is_none_ends_the_run(tmp_path: Path, typed: str, code: int, part: str) -> None:
    """Nothing, Ctrl-D, Ctrl-C and what cannot be a key: one error on a line of its own, and no file."""
    with terminal("a goal", cwd=tmp_path) as screen:
        screen.wait_for(ASKED)
        screen.type(typed)
        ended, said = screen.end()
    assert ended == code
    assert said.startswith("\r\n")
    assert said.count("error: ") == 1
    assert part in said
    assert "two words" not in screen.seen
    assert tree(tmp_path) == {}


def test_a_typed_key_is_masked_in_a_bug_report(tmp_path: Path) -> None:
    """A key that only this run knows, and that looks like none, does not reach the report of a bug."""
    key = "quietly-0123456789"
    env = environment(TMPDIR=str(tmp_path))
    with terminal("a goal", cwd=tmp_path, env=env, program=("-c", WITH_A_BUG, str(ROOT))) as screen:
        screen.answer(ASKED, key)
        code, said = screen.end()
    assert code == 3
    assert "nobody expected the key ***" in said
    assert key not in screen.seen
    assert not [name for name, held in tree(tmp_path).items() if key.encode() in held]


@pytest.mark.slow
def test_several_goals_at_the_prompt(tmp_path: Path) -> None:
    """One key serves all goals; n and Ctrl-D at the question write nothing, Enter goes on, Ctrl-D leaves."""
    author = Author(1)
    with ScriptedServer(reply=author) as server:
        env = environment(TOGETHER_BASE_URL=server.url)
        with terminal(cwd=tmp_path, env=env) as screen:
            screen.answer(READY, GOAL)
            screen.answer(ASKED, KEY)
            screen.answer(AGREE, "n")
            assert "Nothing was written" in screen.answer(READY, GOAL)
            screen.wait_for(AGREE)
            screen.type(CTRL_D)
            assert "Nothing was written" in screen.wait_for(READY)
            assert library_of(tmp_path) == {}
            assert "generate" not in author.asked
            screen.type(f"{GOAL}\r")
            screen.answer(AGREE, "")
            assert screen.answer(READY, GOAL).endswith(f"\n{expected(1)}\r\n")
            assert "this goal ran before" in screen.wait_for(READY)
            screen.type(CTRL_D)
            assert screen.end()[0] == 0
    assert screen.seen.count(ASKED) == 1
    assert author.asked.count("judge") == 1  # never for a goal that is remembered


@pytest.mark.slow
def test_a_goal_is_learned_at_the_prompt(tmp_path: Path) -> None:
    """`:learn` before any goal says what to do first; after one that cannot become a tool it says why."""
    with ScriptedServer(reply=Author(1)) as server, terminal(cwd=tmp_path, env=environment(server)) as screen:
        screen.answer(READY, ":learn")
        assert "no goal to learn from yet" in screen.answer(READY, GOAL)
        screen.answer(AGREE, "")
        screen.answer(READY, ":learn")
        assert "in one step, which is a function already" in screen.wait_for(READY)
        screen.type(CTRL_D)
        assert screen.end()[0] == 1


def test_commands_at_the_prompt_are_not_paid_for(grown: Path) -> None:
    """A command without its colon is told so, `tols` is refused, `:q` leaves; the server is never asked."""
    with (
        ScriptedServer(reply=Author(1)) as server,
        terminal(cwd=grown, env=environment(server)) as screen,
    ):
        screen.answer(READY, "tools show apply_op_1")
        assert "which begins with a colon here" in screen.answer(READY, ":tools")
        assert "apply_op_2  Apply op" in screen.answer(READY, ":show apply_op_1")
        assert "return number * 2 + 1" in screen.answer(READY, "tols")
        assert "'tols' is not a command; did you mean :tools?" in screen.answer(READY, ":show x")
        assert "there is no tool 'x'" in screen.answer(READY, ":q")
        assert screen.end()[0] == 1
        assert server.requests == []


def test_ctrl_c_ends_the_goal_and_not_the_prompt(tmp_path: Path) -> None:
    """At the prompt Ctrl-C clears the line or ends the running goal; the next goal can be typed."""
    author = Author(1)
    with (
        silent_after(author, "contract") as server,
        terminal("--yes", cwd=tmp_path, env=environment(server)) as screen,
    ):
        screen.answer(READY, GOAL)
        screen.wait_for("writing apply_op_1")
        screen.type(CTRL_C)
        assert "interrupted" in screen.wait_for(READY)
        screen.type(f"half a{CTRL_C}")
        screen.wait_for(READY)
        screen.type(CTRL_D)
        assert screen.end()[0] == 130
    assert library_of(tmp_path) == {}


def test_ctrl_c_ends_a_single_goal_at_once(tmp_path: Path) -> None:
    """Ctrl-C at a terminal: exit 130 within two seconds, the live line is gone, nothing was written."""
    assert any(_seconds_to_end(tmp_path) < 2 for _ in range(TRIES))


def _seconds_to_end(tmp_path: Path) -> float:
    with (
        silent_after(Author(1), "contract") as server,
        terminal("--yes", GOAL, cwd=tmp_path, env=environment(server)) as screen,
    ):
        screen.wait_for("writing apply_op_1")
        began = time.monotonic()
        screen.type(CTRL_C)
        code, said = screen.end()
        seconds = time.monotonic() - began
    assert code == 130
    assert said.endswith("error: interrupted; what was merged stays in the library\r\n")
    assert library_of(tmp_path) == {}
    return seconds


def test_nothing_is_asked_that_needs_no_answer(grown: Path) -> None:
    """A goal that writes nothing runs without a question, and so does every goal with --yes."""
    with terminal(GOAL, cwd=grown) as screen:
        code, said = screen.end()
    assert (code, AGREE in said) == (0, False)


def test_a_refused_plan_is_not_success(recorded: Path, tmp_path: Path) -> None:
    """Saying n to the plan of a single goal: exit 1, and the library is as it was."""
    with terminal(GOAL, "--replay", str(recorded), cwd=tmp_path) as screen:
        screen.answer(AGREE, "n")
        code, said = screen.end()
    assert code == 1
    assert "Nothing was written" in said
    assert library_of(tmp_path) == {}


@pytest.mark.slow
def test_a_value_nobody_can_know_is_asked_for(grown: Path) -> None:
    """The question names step, tool, parameter and type; what does not fit is asked for again, or --value."""
    model = OneCall("apply_op_1", {"number": {"unknown": "Which number do you mean?"}})
    with ScriptedServer(reply=model) as server:
        with terminal("Do it", cwd=grown, env=environment(server)) as screen:
            question = "Which number do you mean? (an integer; [Enter] gives up)"
            assert "step 1, apply_op_1, argument `number`: " in screen.wait_for(question)
            screen.answer("> ", "twenty")
            assert 'expected an integer, got "twenty"' in screen.wait_for(question)
            screen.answer("> ", "20")
            ended, said = screen.end()
        assert (ended, "41" in said) == (0, True)
        alone = run("Do it", cwd=grown, env=environment(server))
        told = run("--value", "number=20", "Do it", cwd=grown, env=environment(server))
    assert "cannot be known from the goal: Which number do you mean?" in alone.problem
    assert "--value number=... gives it" in alone.hint
    assert (told.code, told.out) == (0, "41\n")


@pytest.mark.slow
def test_something_moves_every_second_while_the_model_is_silent(tmp_path: Path) -> None:
    """Three seconds without a byte from the server: the live line changes at least once a second."""

    def late(_stage: str, reply: str, _turn: int) -> str:
        time.sleep(3)
        return reply

    assert any(_longest_rest(tmp_path, late) < 1.0 for _ in range(TRIES))


def _longest_rest(tmp_path: Path, late: Callable[[str, str, int], str]) -> float:
    with (
        ScriptedServer(reply=Author(1, spoil=late)) as server,
        terminal("--plan", GOAL, cwd=tmp_path, env=environment(server)) as screen,
    ):
        screen.wait_for("Planning")
        moments = [time.monotonic(), *screen.moments(2.5)]
        code, _ = screen.end()
    assert code == 0
    assert "waiting for the first word" in screen.seen
    return max(later - earlier for earlier, later in pairwise(moments)) if len(moments) > 4 else math.inf


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_escape_codes_only_where_they_are_wanted(grown: Path, setting: dict[str, str]) -> None:
    """NO_COLOR and a dumb terminal get none at all, in story, receipt and errors alike."""
    with terminal(GOAL, cwd=grown, env=environment(**setting)) as screen:
        assert screen.end()[0] == 0
    with terminal("tols", cwd=grown, env=environment(**setting)) as error:
        assert error.end()[0] == 2
    assert "\x1b" not in screen.seen + error.seen


def test_a_result_in_a_pipe_is_clean_even_at_a_terminal(grown: Path) -> None:
    """With stdout in a pipe the terminal gets the story in colour, the pipe the value alone."""
    with terminal(GOAL, cwd=grown, stdout=subprocess.PIPE) as screen:
        code, _ = screen.end()
        assert (code, screen.piped) == (0, f"{expected(2)}\n")
    assert "\x1b" in screen.seen


def test_the_prompt_never_goes_into_a_pipe(grown: Path) -> None:
    """`agent.py > file` at a terminal asks on stderr; the file gets the results."""
    with terminal(cwd=grown, stdout=subprocess.PIPE) as screen:
        screen.answer("goal> ", GOAL)
        screen.wait_for("goal> ")
        screen.type(CTRL_D)
        assert screen.end()[0] == 0
        assert screen.piped == f"{expected(2)}\n"

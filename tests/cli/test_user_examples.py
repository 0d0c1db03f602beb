"""`--example` at the command line: held out from every model call, kept with the tool, verified again."""

import json
from pathlib import Path

import pytest
from command_line import GOAL, READY, environment, run, terminal
from scripted_author import Author
from scripted_server import ScriptedServer

ASKED, ANSWER = 123456789, "246913579"
EXAMPLE = f"apply_op_1({ASKED}) == {ANSWER}"


@pytest.mark.slow
def test_an_example_is_held_out_kept_and_verified_again(tmp_path: Path) -> None:
    """Its answer is in the evidence and in nothing that a model saw or could see; `verify` compares again."""
    with ScriptedServer(reply=Author(1)) as server:
        made = run("--example", EXAMPLE, GOAL, cwd=tmp_path, env=environment(server))
    assert made.code == 0, made
    assert "1 example held" in made.err
    [transcript] = (tmp_path / ".toolwright/transcripts").glob("*.jsonl")
    assert str(ASKED) in transcript.read_text()
    for path in (transcript, tmp_path / "agent.log"):
        assert ANSWER not in path.read_text()
    assert run("verify", "apply_op_1", cwd=tmp_path).code == 0
    evidence = tmp_path / "tool_tests/evidence/apply_op_1.json"
    assert json.loads(evidence.read_text())["examples"][0]["expected"] == int(ANSWER)
    evidence.write_text(evidence.read_text().replace(ANSWER, "5"))
    again = run("verify", "apply_op_1", cwd=tmp_path)
    assert again.code == 1
    assert f"apply_op_1(number={ASKED}) returned {ANSWER}, not 5" in again.out + again.err


def test_a_bad_example_is_one_sentence(tmp_path: Path) -> None:
    """It names the text and the position, exit code 2, and no model is asked."""
    ended = run("--example", "apply_op_1(x) == 1", GOAL, cwd=tmp_path, env=environment(TOGETHER_API_KEY="k"))
    assert ended.code == 2
    assert "apply_op_1(x) == 1" in ended.problem
    assert ended.problem.endswith("at character 12")
    assert "--example" in ended.hint


@pytest.mark.slow
def test_examples_at_the_prompt_are_for_the_next_goal(tmp_path: Path) -> None:
    """`:example` notes one, and says so without its answer."""
    with (
        ScriptedServer(reply=Author(1)) as server,
        terminal("--yes", "--no-judge", cwd=tmp_path, env=environment(server)) as screen,
    ):
        screen.answer(READY, f":example {EXAMPLE}")
        screen.wait_for(f"noted for the next goal: apply_op_1({ASKED})")
        screen.answer(READY, GOAL)
        screen.wait_for("1 example held")
        screen.answer(READY, ":example nonsense")
        screen.wait_for("at character 1")
        screen.wait_for(READY)
        screen.type("\x04")
        screen.end()

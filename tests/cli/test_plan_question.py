"""The plan before anything is written: edited, looked up again, shown again, saved, and run later."""

import stat
import sys
from io import StringIO
from pathlib import Path

import pytest
from command_line import GOAL, environment, library_of, run, terminal, tree
from scripted_author import Author, expected
from scripted_server import ScriptedServer

from toolwright.api.given import read_saved
from toolwright.cli.line_editor import changed_lines
from toolwright.cli.plan_question import PlanQuestion
from toolwright.screen.display import Display
from toolwright.types import HeldOut, Plan, Step

ASKED = "[Enter] go · e edit · s save · n no"
SECOND = "2. Apply op operation number 2 to a number."


def editor_that(folder: Path, *changes: str) -> str:
    """Return the command of an editor that makes one change a start: statements on `text`."""
    path = folder / "editor"
    cases = "\n".join(f"    if turn == {turn}:\n        {change}" for turn, change in enumerate(changes, 1))
    path.write_text(
        f"#!{sys.executable}\nimport os, pathlib, sys\n"
        "assert not [name for name in os.environ if name.endswith('_KEY')]\n"
        f"turns = pathlib.Path({str(folder / 'turns')!r})\n"
        "turn = len(turns.read_text()) + 1 if turns.exists() else 1\nturns.write_text('.' * turn)\n"
        f"plan = pathlib.Path(sys.argv[-1])\ntext = plan.read_text()\ntry:\n{cases}\n"
        "finally:\n    plan.write_text(text)\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_an_edited_plan_is_looked_up_shown_and_asked_about_again(grown: Path, tmp_path: Path) -> None:
    """Drop, override and mend after an error with its line; only what changed is asked of the model."""
    editor = editor_that(
        tmp_path,
        "text = text.replace('verdict: write', 'verdict: reuse apply_op_9')",
        "text = text.replace('reuse apply_op_9', 'reuse apply_op_2')",
        "text = text.replace('operation number 3 to a', 'operation number 3 upon a')",
    )
    author = Author(3)
    with ScriptedServer(reply=author) as server:
        env = environment(server, EDITOR=editor)
        with terminal("--fresh", GOAL, cwd=grown, env=env) as screen:
            screen.answer(ASKED, "e")
            screen.wait_for("no tool 'apply_op_9' in the library; did you mean apply_op_")
            screen.answer("[Enter] edit again", "")
            screen.wait_for("3 steps, as you wrote them")
            assert "you said so" in screen.answer(ASKED, "e")
            assert author.asked.count("classify") == 1
            screen.wait_for("3 upon a number")
            screen.answer(ASKED, "n")
            assert screen.end()[0] == 1
    assert author.asked.count("classify") == 2


@pytest.mark.slow
def test_a_saved_plan_runs_later(tmp_path: Path) -> None:
    """`s` starts nothing and writes over nothing; --plan-file runs that plan, examples and all, unplanned."""
    author = Author(2)
    with ScriptedServer(reply=author) as server:
        with terminal(GOAL, cwd=tmp_path, env=environment(server)) as screen:
            screen.answer(ASKED, "s")
            screen.answer("[Enter] plan.txt", "")
            assert "--plan-file plan.txt" in screen.answer(ASKED, "s")
            screen.answer("[Enter] plan.txt", "plan.txt")
            assert "plan.txt is there already" in screen.answer(ASKED, "n")
            assert screen.end()[0] == 1
        assert set(library_of(tmp_path)) == {"plan.txt"}
        plan = tmp_path / "plan.txt"
        text = plan.read_text()
        held = text.replace("\nwants: result", "\nwants: result\nexample: apply_op_1(3) == 7")
        plan.write_text(held[: held.index("\n2. ")])
        author.steps = 1
        ended = run("--plan-file", "plan.txt", cwd=tmp_path, env=environment(server))
    assert "1 example held" in ended.err
    assert (ended.code, ended.out) == (0, f"{expected(1)}\n")
    assert author.asked.count("decompose") == 1
    assert run("--plan-file", "plan.txt", "more", cwd=tmp_path).code == 2
    assert "--plan-file no.txt cannot be read" in run("--plan-file", "no.txt", cwd=tmp_path).problem


def test_the_examples_of_a_goal_are_saved_with_its_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come back with the plan, held out as before; changing one while editing is refused."""
    path, held = tmp_path / "plan.txt", HeldOut("slugify", ("A B",), {}, "a-b")
    plan, said = Plan("Make a slug", (Step(1, "Make a slug."),)), StringIO()
    answers = ["s", str(path), "e", "7 example: slugify('A B') == 'ab'", "", "n", "n"]
    question = PlanQuestion(Display(said), lambda _question: answers.pop(0), tuple, str)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "")
    assert question.ask("Go?", plan, (), (held,)) is False
    assert read_saved(path, (), str).examples == (held,)
    assert "an example was changed" in said.getvalue()


@pytest.mark.slow
def test_without_an_editor_lines_are_changed_by_number(tmp_path: Path) -> None:
    """The plain editor shows numbered lines; an editor that cannot be started leaves the plan as it is."""
    with ScriptedServer(reply=Author(2)) as server:
        with terminal("--make", GOAL, cwd=tmp_path, env=environment(server)) as screen:
            screen.answer(ASKED, "e")
            number = screen.wait_for(SECOND).split()[-1]
            screen.answer("q leaves everything as it was", f"-{number},{int(number) + 9}")
            assert "there is no line" in screen.answer("q leaves everything", f"-{number},{int(number) + 2}")
            screen.answer("q leaves everything as it was", "")
            screen.wait_for("1 step, as you wrote them")
            screen.answer(ASKED, "n")
            screen.end()
        env = environment(server, VISUAL="no-such-editor --wait")
        with terminal(GOAL, cwd=tmp_path, env=env) as screen:
            screen.answer(ASKED, "e")
            screen.wait_for("the editor 'no-such-editor --wait' cannot be started")
            screen.answer(ASKED, "n")
            screen.end()
    assert tree(tmp_path).keys().isdisjoint({"tools.py"})


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("2 B", ["a", "  B", "c"]),
        ("+0 top", ["top", "a", "  b", "c"]),
        ("-1,2", ["c"]),
        ("-3", ["a", "  b"]),
        ("m1,2 3", ["c", "a", "  b"]),
        ("m3 0", ["c", "a", "  b"]),
        ("m1,3 2", "lines 1 to 3 cannot be moved below line 2, which is one of them"),
        ("0 x", "there is no line 0, only 1 to 3"),
        ("4 x", "there is no line 4, only 1 to 3"),
        ("-3,2", "3,2 names no lines: the first comes first"),
        ("what", "'what' is no change of a line"),
    ],
)
def test_one_command_of_the_plain_editor(typed: str, lines: list[str] | str) -> None:
    """Lines are put, added, taken out and moved; anything else is a sentence."""
    assert changed_lines(["a", "  b", "c"], typed) == lines

"""`retry ID` and `replay ID`: what was done stays done, and a recorded run goes again without a model."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import AGENT, Ended, environment, library_of, run
from scripted_author import FIRST_WORDS, Author, expected
from scripted_server import ScriptedServer

TOOLS = '''def add_line(path: str, line: str) -> int:
    """Append a line to a file.

    Args:
        path: The file.
        line: The line.

    Returns:
        How many lines the file has then.

    Permissions: read, write
    """
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\\n")
    with open(path, encoding="utf-8") as file:
        return len(file.readlines())


def look_up(number: int) -> str:
    """Read what a number means.

    Args:
        number: Any number.

    Returns:
        The words for it.

    Permissions: read
    """
    with open("words.json", encoding="utf-8") as file:
        import json

        return json.load(file)[str(number)]


def shout(text: str) -> str:
    """Write a text in capitals.

    Args:
        text: Any text.

    Returns:
        The text in capitals.
    """
    if text == "broken":
        raise ValueError("nobody shouts that")
    return text.upper()
'''
TEXTS = Path(__file__).resolve().parents[2] / "toolwright" / "prompts" / "texts"
NAMES = ("add_line", "look_up", "shout")
GOAL = "Note it, look it up and shout it"
ALLOW = ("--allow", "write:log.txt", "--no-preview")
NO_SERVER = {"TOGETHER_BASE_URL": "http://127.0.0.1:9", "TOGETHER_API_KEY": "tgp_v1_commandline0123456789"}


def three_steps(body: dict[str, Any]) -> str:
    """Answer for a goal of three steps, one a tool; there are never other arguments."""
    prompt = body["messages"][-1]["content"]
    stage = next(stage for words, stage in FIRST_WORDS.items() if prompt.startswith(words))
    arguments = [
        {"path": {"literal": "log.txt"}, "line": {"literal": "once"}},
        {"number": {"step": 1, "path": ""}},
        {"text": {"step": 2, "path": ""}},
    ]
    reason = {"verdict": "EXISTS_AND_GENERIC", "reason": "does it"}
    replies = {
        "decompose": {
            "wants": "result",
            "steps": [{"step": f"Do {name}.", "keywords": [name]} for name in NAMES],
        },
        "classify": {"matches": [{"step": n, "tool": name, **reason} for n, name in enumerate(NAMES, 1)]},
        "bind": {"calls": [{"step": n, "arguments": each} for n, each in enumerate(arguments, 1)]},
    }
    return json.dumps(replies[stage])


def failed_once(folder: Path) -> Ended:
    """Run the goal where its second step cannot work yet."""
    (folder / "tools.py").write_text(TOOLS)
    (folder / "log.txt").touch()
    with ScriptedServer(reply=three_steps) as server:
        return run(*ALLOW, GOAL, cwd=folder, env=environment(server))


@pytest.mark.slow
def test_a_retry_begins_at_the_step_that_failed(tmp_path: Path) -> None:
    """No model is asked, no step runs twice that changed something, over several retries."""
    first = failed_once(tmp_path)
    assert (first.code, "step 2, look_up" in first.err) == (1, True)
    assert re.search(r"^  retry   .+ --allow write:log.txt retry \d{8}-\S+$", first.err, re.MULTILINE)
    away = environment(**NO_SERVER)
    (tmp_path / "words.json").write_text('{"1": "broken"}')
    second = run(*ALLOW, "retry", "last", cwd=tmp_path, env=away)
    assert (second.code, "step 3, shout: ValueError" in second.err) == (1, True)
    assert re.search(r"takes up run \S+ at step 2", second.err)
    (tmp_path / "tools.py").write_text(TOOLS.replace('"broken"', '"quiet"'))
    third = run(*ALLOW, "retry", "last", "--json", cwd=tmp_path, env=away)
    assert third.json["error"]["kind"] == "not_repeated"
    assert "add_line has changed since" in third.problem
    (tmp_path / "tools.py").write_text(TOOLS)
    (tmp_path / "words.json").write_text('{"1": "fine"}')
    runs = run("history", "--json", cwd=tmp_path).json["runs"]
    assert [row["status"] for row in runs] == ["failed"] * 3
    assert (tmp_path / "log.txt").read_text() == "once\n"


@pytest.mark.slow
def test_answers_of_earlier_runs_go_on_being_used(tmp_path: Path) -> None:
    """The retry of a retry knows what the first run answered; what failed is run again."""
    failed_once(tmp_path)
    away = environment(**NO_SERVER)
    (tmp_path / "words.json").write_text('{"1": "broken"}')
    run(*ALLOW, "retry", "last", cwd=tmp_path, env=away)
    (tmp_path / "words.json").write_text('{"1": "fine"}')
    again = run(*ALLOW, "retry", "last", cwd=tmp_path, env=away)
    assert (again.code, "step 2, look_up: its answer of run" in again.err) == (1, True)
    first = run("history", "--json", cwd=tmp_path).json["runs"][-1]["id"]
    done = run(*ALLOW, "retry", first, "--json", cwd=tmp_path, env=away)
    assert (done.code, done.json["output"]) == (0, "FINE")
    assert done.json["usage"]["calls"] == 0
    assert (tmp_path / "log.txt").read_text() == "once\n"
    over = run("retry", "last", cwd=tmp_path, env=away)
    assert (over.code, "did not fail: it is done" in over.problem) == (1, True)


@pytest.mark.slow
def test_a_step_that_was_cut_off_is_not_run_again_unasked(tmp_path: Path) -> None:
    """After kill -9 while a writing step runs nobody knows what it did: an error where nobody is asked."""
    write = '        file.write(line + "\\n")\n'
    slow = f"{write}        file.flush()\n        import time\n        time.sleep(60)\n"
    (tmp_path / "tools.py").write_text(TOOLS.replace(write, slow))
    log = tmp_path / "log.txt"
    log.touch()
    with ScriptedServer(reply=three_steps) as server:
        command = [sys.executable, AGENT, "--timeout", "90", *ALLOW, GOAL]
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment(server), stderr=subprocess.PIPE
        ) as began:
            while not log.read_text():
                assert began.poll() is None
                time.sleep(0.05)
            began.kill()
    (tmp_path / "tools.py").write_text(TOOLS)
    again = run(*ALLOW, "retry", "last", "--json", cwd=tmp_path, env=environment(**NO_SERVER))
    assert (again.code, again.json["error"]["kind"]) == (1, "not_repeated")
    assert "step 1, add_line" in again.problem
    assert "it had begun when that run ended, and no answer was heard" in again.problem
    assert log.read_text() == "once\n"
    first = run("history", "--json", cwd=tmp_path).json["runs"][-1]
    assert first["status"] == "cut off"
    assert "1. add_line -> it had begun" in run("history", first["id"], cwd=tmp_path).out


@pytest.mark.slow
def test_a_retry_makes_only_what_was_not_made(tmp_path: Path) -> None:
    """A goal whose second tool could not be written: neither plan nor first tool is asked for again."""

    def wrong(stage: str, reply: str, _turn: int) -> str:
        return reply.replace("number * 2 + 2", "number * 3") if stage == "generate" else reply

    with ScriptedServer(reply=Author(2, spoil=wrong)) as server:
        failed = run("--attempts", "1", "Apply it", cwd=tmp_path, env=environment(server))
        assert (failed.code, "apply_op_2" in failed.problem) == (1, True)
    author = Author(2)
    with ScriptedServer(reply=author) as server:
        done = run("retry", "last", cwd=tmp_path, env=environment(server))
    assert (done.code, done.out) == (0, f"{expected(2)}\n")
    assert author.asked == ["contract", "generate", "bind"]


@pytest.mark.slow
def test_a_replay_says_what_is_different_now(grown: Path) -> None:
    """The same run, the same end, no server; an edited tool is named; nothing is written."""
    before = library_of(grown)
    same = run("replay", "last", cwd=grown, env=environment(**NO_SERVER))
    assert (same.code, same.out.endswith(" goes as it went: done, 2 steps\n")) == (0, True)
    tools = grown / "tools.py"
    tools.write_text(tools.read_text().replace("number * 2 + 2", "number * 2 + 3"))
    other = run("replay", "last", "--json", cwd=grown, env=environment(**NO_SERVER))
    assert (other.code, other.json["same"]) == (1, False)
    assert [(d["step"], d["what"], d["then"], d["now"]) for d in other.json["differences"]][1:] == [
        (2, "the answer", expected(2), expected(2) + 1)
    ]
    assert library_of(grown) == before | {"tools.py": tools.read_bytes()}
    assert len(run("history", "--json", cwd=grown).json["runs"]) == 1


@pytest.mark.slow
def test_a_replay_makes_again_what_is_gone(grown: Path) -> None:
    """A tool that was removed is made from the recorded replies, in a copy; what is not as it was is said."""
    assert run("tools", "remove", "apply_op_2", "--yes", cwd=grown).code == 0
    (grown / "prompts").mkdir()
    words = (TEXTS / "generate.md").read_text()
    (grown / "prompts" / "generate.md").write_text(words.replace("\n", " Be brief.\n", 1))
    before = library_of(grown)
    away = environment(**NO_SERVER, TOOLWRIGHT_PROMPTS_DIR="prompts")
    same = run("replay", "last", cwd=grown, env=away)
    assert (same.code, "added apply_op_2" in same.err) == (0, True)
    assert "the plan of 2 steps with its verdicts, what its steps were called with, 6 recorded" in same.err
    assert "note: 1 prompt would be worded otherwise now (generate)" in same.err
    assert library_of(grown) == before
    shutil.rmtree(grown / ".toolwright" / "transcripts")
    gone = run("replay", "last", cwd=grown, env=away)
    assert (gone.code, "no reply, for none was recorded" in gone.err) == (1, True)
    assert re.search(
        r"^why it failed now: the transcript .+ has no reply for contract", gone.out, re.MULTILINE
    )


def test_an_id_is_found_or_the_nearest_is_offered(grown: Path) -> None:
    """A unique beginning will do; several words and an unknown one are one sentence."""
    (row,) = run("history", "--json", cwd=grown).json["runs"]
    known = row["id"]
    for words, code, said in (
        (("retry", known[:10]), 1, f"run {known} did not fail: it is done"),
        (("replay", known[:-1] + "x"), 1, f"there is no run '{known[:-1]}x'; did you mean {known}?"),
        (("replay", "a", "b"), 2, "replay takes one run, not 'a b'"),
    ):
        done = run(*words, cwd=grown)
        assert (done.code, done.problem) == (code, said)

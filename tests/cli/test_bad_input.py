"""Bad input: one clear sentence, a non-zero exit code, and nothing lost."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command_line import (
    AGENT,
    KEY,
    NOWHERE,
    ROOT,
    Ended,
    environment,
    library_of,
    run,
    tree,
)
from scripted_author import Author
from scripted_server import ScriptedServer

WITH_KEY = environment(TOGETHER_API_KEY=KEY, TOGETHER_BASE_URL=NOWHERE)


def refused_with(code: int, *words: str | bytes, cwd: Path, **how: object) -> Ended:
    """Run with --json; the words on stderr and the JSON on stdout must say the same."""
    told = run("--json", *words, cwd=cwd, **how)
    assert told.code == code, told
    assert told.json["status"] == "failed"
    error = told.json["error"]
    assert (error["message"], error["hint"]) == (told.problem, told.hint)
    return told


REFUSED: list[tuple[list[str | bytes], list[str]]] = [
    (["tols"], ["'tols'", "tools"]),
    (["udno"], ["'udno'", "undo"]),
    (["verfy", "x"], ["'verfy'", "verify"]),
    (["tool", "show", "x"], ["'tool'", "tools"]),
    (["demo"], ["'demo'", "--demo"]),
    (["tools", "shwo"], ["'shwo'"]),
    (["undo", "it", "all"], ["'it all'"]),
    (["--librery", "x", "a goal"], ["--librery", "--library"]),
    (["a goal", "--timeout"], ["--timeout"]),
    (["a goal", "--timeout", "abc"], ["--timeout", "'abc'"]),
    (["a goal", "--model", "gpt"], ["--model", "'gpt'", "SERVER:NAME"]),
    (["a goal", "--model", "opanai:gpt"], ["'opanai'", "together"]),
    (["a goal", "--library", ""], ["--library", "''"]),
    (["a goal", "--plan", "--make"], ["--plan", "--make"]),
    (["a goal", "--learn", "--make"], ["--learn", "--make"]),
    (["a goal", "-q", "-v"], ["-q", "-v"]),
    (["a goal", "--name", "two words"], ["--name", "`two words`"]),
    (["a goal", "--workspace", "not/there"], ["not/there"]),
    ([" \n"], ["empty"]),
    (["--"], ["empty"]),
    (["x" * 100_000], ["100000 characters", "20000"]),
    ([b"\xff\xfe"], ["not text"]),
    ([], ["no goal"]),
]
"""Command lines that are wrong, and what the error must name."""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Ended, dict[str, bytes]]]:
    """How each of the table ended, and which files it left; two run at a time."""

    def refuse(words: list[str | bytes]) -> tuple[Ended, dict[str, bytes]]:
        folder = tmp_path_factory.mktemp("refused")
        return refused_with(2, *words, cwd=folder, env=WITH_KEY), tree(folder)

    tmp_path_factory.getbasetemp()  # it is made when first asked for, which two threads must not do at once
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(refuse, [words for words, _ in REFUSED]))


@pytest.mark.parametrize("row", range(len(REFUSED)), ids=[repr(words)[:40] for words, _ in REFUSED])
def test_a_wrong_command_line_is_refused(refusals: list[tuple[Ended, dict[str, bytes]]], row: int) -> None:
    """Exit 2, the user's own words in one sentence, in words and in JSON alike; no file appears."""
    refused, left = refusals[row]
    assert all(part in refused.problem for part in REFUSED[row][1]), refused.problem
    assert left == {}


@pytest.mark.parametrize(
    "words",
    [
        ["--", "tols"],
        ["summarize"],
        ["find", "the", "largest", "file"],
        ["total the revenue"],
        ["model", "the", "sales", "of", "2024"],
    ],
)
def test_what_only_resembles_a_command_is_a_goal(tmp_path: Path, words: list[str]) -> None:
    """An ordinary word, prose that begins like a command and whatever stands behind `--` ask for the key."""
    stopped = run(*words, cwd=tmp_path)
    assert stopped.out == ""
    assert "TOGETHER_API_KEY is not set" in stopped.problem


def test_a_goal_goes_to_the_model_as_it_was_typed(tmp_path: Path) -> None:
    """Unquoted words, numbers that look like flags and flags behind `--` all belong to the goal."""
    with ScriptedServer(reply=Author(1)) as server:
        done = run("--plan", "-q", "add", "-5", "--", "--json", "it", cwd=tmp_path, env=environment(server))
        assert "add -5 --json it" in server.bodies[0]["messages"][-1]["content"]
    assert done.code == 0
    assert done.out.startswith("Plan for: add -5 --json it\n")


@pytest.mark.parametrize(
    ("stdin", "part"), [(b"", "empty"), (b"\xff\xfe", "not UTF-8"), (b"x" * 100_000, "100000 characters")]
)
def test_a_goal_from_stdin_is_checked_as_well(tmp_path: Path, stdin: bytes, part: str) -> None:
    """Nothing, bytes that are no text and too much are refused before anybody is asked."""
    refused = run("-", cwd=tmp_path, stdin=stdin, env=WITH_KEY)
    assert refused.code == 2
    assert part in refused.problem
    assert tree(tmp_path) == {}


def test_a_key_of_two_lines_is_refused_and_not_shown(tmp_path: Path) -> None:
    """A key that was pasted with a line break is refused without repeating it."""
    refused = refused_with(2, "a goal", cwd=tmp_path, env=environment(TOGETHER_API_KEY="abc12\ndef34"))
    assert refused.problem.startswith("TOGETHER_API_KEY is not allowed")
    assert not {"abc12", "def34"} & set(refused.err.split())
    assert tree(tmp_path) == {}


def test_no_key_and_nobody_to_ask(tmp_path: Path) -> None:
    """One line and a hint, exit 2, soon, with no prompt and no file."""
    refused = refused_with(2, "a goal", cwd=tmp_path)
    assert refused.err.count("\n") == 3
    assert refused.problem == "TOGETHER_API_KEY is not set, and there is nobody to ask for it"
    assert tree(tmp_path) == {}


@pytest.mark.slow
def test_a_network_that_is_down_is_told_in_both_forms(tmp_path: Path) -> None:
    """The server that cannot be reached is named; the report on stdout is valid JSON."""
    failed = run("--json", "a goal", cwd=tmp_path, env=WITH_KEY)
    assert failed.code == 1
    assert failed.json["error"]["kind"] == "network"
    assert failed.json["error"]["message"] == failed.problem
    assert "127.0.0.1:9 refuses the connection" in failed.problem


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (None, ["No such file"]),
        ("folder", ["Is a directory"]),
        (b"", ["is empty"]),
        (b"garbage\n", ["line 1"]),
        (b"\xff\xfe\x00", ["t.jsonl"]),
        ((ROOT / "examples" / "demo.jsonl").read_bytes(), ["no reply for decompose", "'a goal'"]),
    ],
)
def test_a_transcript_that_cannot_be_used(
    tmp_path: Path, content: bytes | str | None, parts: list[str]
) -> None:
    """A transcript that is missing, no file, no transcript, or one of another goal is named."""
    path = tmp_path / "t.jsonl"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    refused = run("a goal", "--replay", "t.jsonl", cwd=tmp_path)
    assert refused.code == 1
    assert "t.jsonl" in refused.problem
    assert all(part in refused.problem for part in parts), refused.problem
    assert set(library_of(tmp_path)) == (set() if content is None else {"t.jsonl"})


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"def broken(:\n", ["tools.py, line 1"]),
        (b"X = '\xff'\n", ["tools.py, line 1", "UTF-8"]),
        ("folder", ["tools.py is a directory"]),
        ("pipe", ["tools.py is not a regular file"]),
    ],
)
def test_a_library_that_cannot_be_read_stays_as_it_is(
    tmp_path: Path, content: bytes | str, parts: list[str]
) -> None:
    """Goals and commands name file and line; nothing is overwritten, and no model is asked."""
    path = tmp_path / "tools.py"
    if content == "folder":
        path.mkdir()
    elif content == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(content)
    before = library_of(tmp_path) if content != "pipe" else None
    for words, env in (["tools"], None), (["a goal"], WITH_KEY):
        refused = refused_with(1, *words, cwd=tmp_path, env=env)
        assert all(part in refused.problem for part in parts), refused
    assert before is None or library_of(tmp_path) == before


def test_a_broken_library_is_said_before_anybody_looks_for_a_key(tmp_path: Path) -> None:
    """Without a key, too, the fault of tools.py comes first: the key would not help."""
    (tmp_path / "tools.py").write_text("def broken(:\n")
    assert "tools.py, line 1" in run("a goal", cwd=tmp_path).problem


def test_a_library_folder_that_is_missing(tmp_path: Path) -> None:
    """The folder is named, and is not made behind the user's back."""
    for words in (["tools"], ["a goal"]):
        refused = run(*words, "--library", "no/where", cwd=tmp_path, env=WITH_KEY)
        assert (refused.code, "no/where does not exist" in refused.problem) == (1, True)
    assert tree(tmp_path) == {}


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """A current folder that was removed is said in one sentence."""
    folder = tmp_path / "gone"
    folder.mkdir()
    shell = "import os, sys; os.execvp('sh', ['sh', *sys.argv[1:]])"
    words = ["-c", 'rmdir "$PWD" && exec "$0" "$@"', sys.executable, AGENT, "tools"]
    refused = run(*words, cwd=folder, program=("-c", shell))
    assert (refused.code, refused.problem) == (2, "the current folder is gone")


def test_a_workspace_file_of_settings_that_is_wrong(tmp_path: Path) -> None:
    """A line of .env that is no setting is named with file and line, and what it holds is not shown."""
    (tmp_path / ".env").write_text("TOOLWRIGHT_ATTEMPTS=3\nsecret words\n")
    refused = refused_with(2, "a goal", cwd=tmp_path, env=WITH_KEY)
    assert ".env line 2" in refused.problem
    assert "secret" not in refused.err

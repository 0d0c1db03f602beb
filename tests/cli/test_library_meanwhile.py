"""The library under a run: read-only, on a full disk, edited and broken meanwhile; nothing is lost."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import GOAL, environment, library_of, run, tree
from scripted_author import Author, expected
from scripted_server import ScriptedServer


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount something at a folder; skip where that is not permitted."""
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_library_is_refused_before_a_function_is_paid_for(tmp_path: Path) -> None:
    """On a read-only file system the goal ends after the plan, and the tree is what it was."""
    source, folder = tmp_path / "source", tmp_path / "library"
    source.mkdir()
    folder.mkdir()
    (source / "tools.py").write_text("X = 1\n")
    author = Author(1)
    with (
        mounted(folder, "--bind", str(source)),
        ScriptedServer(reply=author) as server,
    ):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        refused = run("-q", GOAL, cwd=folder, env=environment(server))
    assert refused.code == 1
    assert str(folder) in refused.problem
    assert "cannot be written" in refused.problem
    assert author.asked == ["decompose"]
    assert tree(source) == {"tools.py": b"X = 1\n"}


def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    """Where only a part would fit, tools.py and tool_tests are byte for byte what they were."""
    with mounted(tmp_path, "-t", "tmpfs", "-o", "size=256k", "tmpfs"):
        (tmp_path / "tools.py").write_text("X = 1\n")
        fill(tmp_path / "filler", room=32_768)
        before = library_of(tmp_path)
        with ScriptedServer(reply=Author(1)) as server:
            refused = run("-q", GOAL, cwd=tmp_path, env=environment(server))
        assert library_of(tmp_path) == before
        assert refused.code == 1
        assert "No space left on device" in refused.problem


def fill(path: Path, room: int) -> None:
    """Fill a disk with a file, but for so many bytes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - room)
    finally:
        os.close(descriptor)


def test_an_edit_during_a_run_is_kept(tmp_path: Path) -> None:
    """What an editor saves while the model writes stands beside what the model wrote."""
    tools = tmp_path / "tools.py"
    tools.write_text("X = 1\n")

    def save_in_between(stage: str, reply: str, _turn: int) -> str:
        if stage == "generate":
            tools.write_text("X = 2\n\n\ndef mine():\n    return X\n")
        return reply

    with ScriptedServer(reply=Author(1, spoil=save_in_between)) as server:
        done = run("-q", GOAL, cwd=tmp_path, env=environment(server))
    assert (done.code, done.out) == (0, f"{expected(1)}\n")
    text = tools.read_text()
    assert text.startswith("X = 2\n\n\ndef mine():\n    return X\n")
    assert "def apply_op_1(" in text


def test_a_library_that_is_broken_during_a_run_is_not_touched(tmp_path: Path) -> None:
    """A half-typed tools.py, saved while the model writes, is named with its line and left alone."""
    tools = tmp_path / "tools.py"

    def break_it(now: str, reply: str, _turn: int) -> str:
        if now == "generate":
            tools.write_text("def half(")
        return reply

    with ScriptedServer(reply=Author(1, spoil=break_it)) as server:
        failed = run("--json", GOAL, cwd=tmp_path, env=environment(server))
    assert failed.code == 1
    assert failed.json["error"]["kind"] == "library_syntax"
    assert "tools.py, line 1" in failed.problem
    assert tools.read_text() == "def half("

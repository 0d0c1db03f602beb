"""A library in which one goal has run, made once by the real program, copied for each test."""

import shutil
from pathlib import Path

import pytest
from command_line import GOAL, Ended, environment, run
from scripted_author import Author
from scripted_server import ScriptedServer


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The folder in which a goal of two steps has run, and how that ended."""
    folder = tmp_path_factory.mktemp("first") / "library"
    folder.mkdir()
    with ScriptedServer(reply=Author(2)) as server:
        return folder, run(GOAL, cwd=folder, env=environment(server))


@pytest.fixture
def grown(first_run: tuple[Path, Ended], tmp_path: Path) -> Path:
    """A copy of the library with two tools and their history."""
    return shutil.copytree(first_run[0], tmp_path / "grown")


@pytest.fixture(scope="session")
def recorded(first_run: tuple[Path, Ended]) -> Path:
    """The transcript of that goal."""
    (transcript,) = (first_run[0] / ".toolwright" / "transcripts").iterdir()
    return transcript

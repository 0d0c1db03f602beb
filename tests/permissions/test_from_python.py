"""Permissions from Python: `allow=` of a library and of an agent; nobody is asked."""

import pytest
from library_of_grants import SOURCE

from toolwright import Agent, Library, NotPermittedError, UsageError


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library folder, which is also the current one, and a file outside."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "tools.py").write_text(SOURCE)
    (tmp_path / "note.txt").write_text("a note")
    monkeypatch.chdir(folder)
    for name in ("TOOLWRIGHT_ALLOW", "BLOCKED_PERMISSIONS"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_a_call_gets_what_allow_names(library, tmp_path):
    """Without it the call is refused with the flag as a hint; a tool that needs nothing needs no grant."""
    with pytest.raises(NotPermittedError) as refused:
        Library().call("read_text", path="../note.txt")
    assert str(refused.value) == f"read_text needs to read {tmp_path}/note.txt, which was not allowed"
    assert "--allow read:" in refused.value.hint
    assert Library(allow=["read:../note.txt"]).call("read_text", path="../note.txt") == "a note"
    assert Library().call("upper", text="a") == "A"


def test_network_and_execute_are_denied_until_they_are_allowed(library):
    """Each by its own grant."""
    with pytest.raises(NotPermittedError):
        Library(allow=["network"]).call("run", command=["ls"])
    with pytest.raises(NotPermittedError):
        Library(allow=["execute"]).call("fetch", path="/")
    assert Library(allow=["execute", "network"]).call("run", command=["ls"]) == 1
    assert Library(allow="execute").call("run", command=["ls"]) == 1
    assert Library(allow=["network:api.example.org"]).call("fetch", path="/") == "https://api.example.org/"


def test_what_the_environment_blocks_is_blocked_for_python_too(library, monkeypatch):
    """BLOCKED_PERMISSIONS beats `allow=`."""
    monkeypatch.setenv("BLOCKED_PERMISSIONS", "execute")
    with pytest.raises(NotPermittedError, match="BLOCKED_PERMISSIONS forbids"):
        Library(allow=["execute"]).call("run", command=[])


def test_a_bad_grant_is_said_when_it_is_given(library):
    """Not at the first call; an agent takes the same values."""
    with pytest.raises(UsageError, match="no such file"):
        Library(allow=["read:nowhere"])
    with pytest.raises(UsageError, match="did you mean network"):
        Agent(model="together:m", allow=("netwrok",)).run("Do something")

"""TOOLWRIGHT_MEMORY says whether and where; the password in an address is shown by nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolwright.errors import MemoryFileError, UsageError
from toolwright.memory.past import Past
from toolwright.redaction import MASK, Redactor, Secret
from toolwright.settings import load, secrets

ROOT = Path(__file__).resolve().parents[2]
URL = "postgresql://ann:p%40ss/w0rd-1@db.example:5433/team?sslmode=disable&password=0ther-w0rd"


@pytest.mark.parametrize(("text", "meant"), [("no", False), ("on", True), (URL, Secret(URL))])
def test_it_says_whether_and_where(tmp_path, text, meant):
    """A word for on or off, or the address of a server."""
    assert load({}, {"TOOLWRIGHT_MEMORY": text}, tmp_path).memory == meant
    assert load({"memory": text}, {}, tmp_path).memory == meant


def test_the_passwords_of_an_address_are_secrets(tmp_path):
    """As they stand there and as they are meant."""
    redact = Redactor(secrets(load({"memory": URL}, {}, tmp_path), {})).hide
    for word in (URL, "p%40ss/w0rd-1", "p@ss/w0rd-1", "0ther-w0rd"):
        assert redact(f"<{word}>") == f"<{MASK}>"


@pytest.mark.parametrize("wrong", ["mysql://ann:p4ssw0rd@h/db", "postgresql:/ann:p4ssw0rd@h", "perhaps"])
def test_what_is_neither_is_refused_and_not_repeated_with_its_password(tmp_path, wrong):
    """The error names what is allowed."""
    with pytest.raises(UsageError, match="postgresql://USER@HOST/DATABASE") as caught:
        load({"memory": wrong}, {}, tmp_path)
    assert "p4ssw0rd" not in f"{caught.value}{caught.value.hint}{caught.value.__cause__}"


def test_a_file_that_git_keeps_may_switch_it_off_only(tmp_path):
    """An address there would be published, or send what happens to somebody else's server."""
    (tmp_path / "toolwright.toml").write_text("memory = false\n")
    assert load({}, {}, tmp_path).memory is False
    (tmp_path / "toolwright.toml").write_text(f'memory = "{URL}"\n')
    with pytest.raises(UsageError, match="memory is a secret, and this file is kept by git") as caught:
        load({}, {}, tmp_path)
    assert "w0rd" not in str(caught.value)


def test_a_file_of_a_folder_gets_no_password_of_the_users_own(tmp_path):
    """Its server could ask for it in the clear; one with its own password, or on this machine, gets none."""
    own = {"PGPASSWORD": "mine-alone"}

    def memory(address, environ):
        (tmp_path / ".env").write_text(f"TOOLWRIGHT_MEMORY={address}\n")
        return load({}, environ, tmp_path).memory

    with pytest.raises(
        UsageError, match=r"would send PGPASSWORD from your environment to postgresql://db\.example/t"
    ):
        memory("postgresql://ann@db.example/t", own)
    assert memory("postgresql://ann@db.example/t", {})
    assert memory("postgresql://ann@127.0.0.1:5432/t", own)
    assert memory(URL, own)
    assert load({}, own | {"TOOLWRIGHT_MEMORY": "postgresql://ann@db.example/t"}, tmp_path).memory


def test_a_password_in_the_command_is_noted(tmp_path):
    """Others can see it there; in the environment they cannot."""
    [note] = load({"memory": URL}, {}, tmp_path).notices
    assert "stands in the command" in note
    assert "w0rd" not in note
    assert load({}, {"TOOLWRIGHT_MEMORY": URL}, tmp_path).notices == ()


def test_config_shows_the_server_alone(tmp_path):
    """Neither user nor password, on the screen and as JSON."""
    command = [sys.executable, str(ROOT / "agent.py"), "config", "--memory", URL, "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["memory"]["value"] == "postgresql://db.example:5433/team"
    assert "w0rd" not in done.stdout + done.stderr


def test_without_psycopg_the_command_that_installs_it_is_named(tmp_path, monkeypatch):
    """The run goes on, and waits in its file."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = []
    past = Past(tmp_path, said.append, server=Secret(URL))
    past.take_in()
    assert said == ["a memory on a server needs psycopg, which is not installed"]
    with pytest.raises(MemoryFileError) as caught:
        past.runs(1)
    assert caught.value.hint == "python -m pip install 'toolwright[team]'"

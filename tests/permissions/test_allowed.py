"""Values of `--allow`: what they grant, what they cover, and what is said when one grants nothing."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import UsageError
from toolwright.permissions.allowed import Allowed, read_allowed
from toolwright.settings import load


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A current folder with a workspace, a folder, a file and a link in it."""
    for name in ("work", "data/inner", "home"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data" / "a.txt").write_text("a")
    (tmp_path / "link").symlink_to("data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def test_nothing_but_the_workspace_is_allowed_by_default(place):
    """Without --allow there is the workspace, absolute."""
    allowed = read_allowed((), Path("work"))
    assert allowed == Allowed(str(place / "work"))
    assert allowed.covers_path(str(place / "work" / "deep" / "x"), write=True)
    assert not allowed.covers_path(str(place / "workshop"), write=False)
    assert not allowed.covers_host("example.org", 443)


@pytest.mark.parametrize("text", ["data", "./data", "link", "data/../data/"])
def test_paths_are_relative_to_the_current_folder_and_without_links(place, text):
    """However a path is spelt, what it leads to is granted."""
    assert read_allowed([f"read:{text}"], Path("work")).read == (str(place / "data"),)
    assert read_allowed([f"write:{text}"], Path("work")).write == (str(place / "data"),)


def test_a_tilde_is_the_home_folder(place):
    """`~` is expanded also where the shell does not, after a colon."""
    assert read_allowed(["read:~"], Path("work")).read == (str(place / "home"),)


def test_writing_implies_reading(place):
    """What may be written may be read; not the other way round."""
    allowed = read_allowed(["write:data", "read:home"], Path("work"))
    inner, home = str(place / "data" / "inner"), str(place / "home" / "x")
    assert allowed.covers_path(inner, write=True)
    assert allowed.covers_path(inner, write=False)
    assert allowed.covers_path(home, write=False)
    assert not allowed.covers_path(home, write=True)


@pytest.mark.parametrize(
    ("values", "host", "port", "covered"),
    [
        (["network:example.org"], "example.org", 443, True),
        (["network:example.org"], "example.org", 8080, False),
        (["network:example.org"], "www.example.org", 443, False),
        (["network:*.example.org"], "www.example.org", 80, True),
        (["network:EXAMPLE.org:8080"], "example.org", 8080, True),
        (["network"], "example.org", 443, True),
        (["network"], "example.org", 25, False),
        (["network"], "localhost", 80, False),
        (["network"], "10.0.0.7", 80, False),
        (["network", "network:localhost:8000"], "localhost", 8000, True),
        (["network:[::1]:8000"], "::1", 8000, True),
        (["network:raw"], "10.0.0.7", 22, True),
        (["execute"], "example.org", 443, False),
    ],
)
def test_which_hosts_are_covered(place, values, host, port, covered):
    """A named host on the usual ports or the one named; "any public host" leaves this machine's alone."""
    assert read_allowed(values, Path("work")).covers_host(host, port) is covered


@pytest.mark.parametrize(
    ("value", "said", "hinted"),
    [
        ("raed:data", "--allow 'raed:data' is no permission; did you mean read?", "read:PATH"),
        ("everything", "--allow 'everything' is no permission", "network:HOST"),
        ("read", "--allow 'read' names no path", "--allow read:PATH"),
        ("write:", "--allow 'write:' names no path", "--allow write:PATH"),
        ("read:nowhere", "--allow 'read:nowhere': no such file or directory", "exists"),
        ("read:/", "--allow 'read:/': / is never shown to a tool", "another path"),
        ("read:/proc/self", "never shown to a tool", "another path"),
        ("network:", "--allow 'network:': '' names no host", "--allow network:api.example.org"),
        ("network:https://example.org/x", "is not a host but a URL", "--allow network:example.org"),
        ("network:example.org:99999", "is not a port", "network:example.org"),
        ("execute:ls", "--allow 'execute:ls': execute takes nothing after it", "--allow execute"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_right(place, value, said, hinted):
    """The error holds what was typed, and the hint a form that works."""
    with pytest.raises(UsageError) as refused:
        read_allowed([value], Path("work"))
    assert said in str(refused.value)
    assert hinted in refused.value.hint


@pytest.mark.parametrize("name", [".env", ".git", ".toolwright"])
def test_secrets_cannot_be_granted(place, name):
    """What is masked in every grant is no grant of its own."""
    (place / name).mkdir()
    with pytest.raises(UsageError, match="never shown"):
        read_allowed([f"read:{name}"], Path("work"))


def test_raw_goes_with_no_host(place):
    """Raw sockets would go past the hosts that were named beside it."""
    with pytest.raises(UsageError, match="goes past the hosts"):
        read_allowed(["network:raw", "network:example.org"], Path("work"))


_NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.lists(_NAMES.map(str.strip).filter(lambda name: name and not name.endswith("\\")), max_size=4))
def test_flags_arrive_as_they_were_typed(names):
    """Commas in a path are no separators: several --allow stay as many values, whatever they hold."""
    values = tuple(f"read:{name}" for name in names)
    assert load({"allow": values}, {}, Path(os.sep)).allow == values


def test_the_environment_separates_grants_with_commas(tmp_path):
    """TOOLWRIGHT_ALLOW holds several grants; a comma of a path has a backslash."""
    allow = load({}, {"TOOLWRIGHT_ALLOW": r"network:a.example, read:/x\,y,execute"}, tmp_path).allow
    assert allow == ("network:a.example", "read:/x,y", "execute")


def test_a_folder_cannot_bring_its_grants(tmp_path):
    """In .env a grant is ignored with a notice: who grants must be at the keyboard."""
    (tmp_path / ".env").write_text("TOOLWRIGHT_ALLOW=network,execute\n")
    settings = load({}, {}, tmp_path)
    assert settings.allow == ()
    assert "TOOLWRIGHT_ALLOW in .env line 1 is ignored" in settings.notices[0]


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_grant_is_an_error(tmp_path, text):
    """A flag that grants nothing is a mistake, such as a variable of the shell that is not set."""
    with pytest.raises(UsageError, match="--allow is"):
        load({"allow": [text]}, {}, tmp_path)
    with pytest.raises(UsageError, match="TOOLWRIGHT_ALLOW is"):
        load({}, {"TOOLWRIGHT_ALLOW": f"network,{text},execute"}, tmp_path)

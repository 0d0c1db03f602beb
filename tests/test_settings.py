"""Settings: the order of the sources, the strict `.env` file, bad values, and secrets that stay secret."""

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import UsageError
from toolwright.redaction import Secret
from toolwright.settings import (
    VARIABLES,
    Settings,
    Terminal,
    env_example,
    env_file,
    load,
    secrets,
    terminal,
)


def write_env(folder: Path, text: str) -> Path:
    """Write a `.env` file and return its folder."""
    (folder / ".env").write_text(text, encoding="utf-8")
    return folder


def test_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    """With nothing set, the model is R1 with the sampling its makers advise and room to think."""
    settings = load({}, {}, tmp_path)
    assert settings.model == "together:deepseek-ai/DeepSeek-R1"
    assert settings.fallbacks
    assert all(name.startswith("together:") for name in settings.fallbacks)
    assert (settings.temperature, settings.top_p, settings.max_tokens) == (0.6, 0.95, 16384)
    assert (settings.attempts, settings.candidates, settings.step_timeout_s) == (5, 8, 30)
    assert settings.library == Path()
    assert settings.workspace == Path.cwd()
    assert not settings.api_key
    assert settings.notices == ()


def test_flags_beat_environment_beats_file_beats_default(tmp_path: Path) -> None:
    """Each stronger source wins, and the origin of what won is kept."""
    write_env(tmp_path, "TOOLWRIGHT_ATTEMPTS=2\nTOOLWRIGHT_CANDIDATES=3\nTOOLWRIGHT_TOP_P=0.5\n")
    environ = {"TOOLWRIGHT_ATTEMPTS": "6", "TOOLWRIGHT_CANDIDATES": "7"}
    settings = load({"attempts": 9, "candidates": None}, environ, tmp_path)
    assert (settings.attempts, settings.candidates, settings.top_p) == (9, 7, 0.5)
    assert settings.origins == {
        "attempts": "--attempts",
        "candidates": "TOOLWRIGHT_CANDIDATES",
        "top_p": ".env line 3",
    }


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    """`TOOLWRIGHT_MODEL=` in a shell or file means the default, as everywhere else."""
    write_env(tmp_path, "TOGETHER_API_KEY=\n")
    settings = load({}, {"TOOLWRIGHT_MODEL": ""}, tmp_path)
    assert settings.model == Settings().model
    assert not settings.api_key


BAD = [
    ("TOOLWRIGHT_ATTEMPTS", "16"),
    ("TOOLWRIGHT_ATTEMPTS", "many"),
    ("TOOLWRIGHT_TEMPERATURE", "nan"),
    ("TOOLWRIGHT_TOP_P", "0"),
    ("TOOLWRIGHT_MAX_TOKENS", "1e9"),
    ("TOOLWRIGHT_PREVIEW", "perhaps"),
    ("TOOLWRIGHT_MODEL", "gpt"),
    ("TOOLWRIGHT_MODEL", "together:a\nb"),
    ("TOOLWRIGHT_FALLBACKS", "together:a,b"),
    ("TOGETHER_BASE_URL", "ftp://example.org"),
    ("TOGETHER_BASE_URL", "http://"),
    ("TOOLWRIGHT_LIBRARY", "a\0b"),
    ("TOOLWRIGHT_STEP_TIMEOUT_S", "inf"),
    ("TOOLWRIGHT_GOAL_LIMIT", "0"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_named_with_what_is_allowed(name: str, value: str, tmp_path: Path) -> None:
    """The message holds the variable, the value as given and the range; the exit code is 2."""
    with pytest.raises(UsageError) as caught:
        load({}, {name: value}, tmp_path)
    message = str(caught.value)
    variable = next(one for one in VARIABLES if one.name == name)
    assert name in message
    assert repr(value) in message
    assert variable.allowed in message
    assert caught.value.exit_code == 2
    assert not message.endswith(".")


def test_a_bad_flag_is_named_as_the_flag(tmp_path: Path) -> None:
    """Who typed `--attempts 99` is told about `--attempts`, not about a variable."""
    with pytest.raises(UsageError, match="--attempts is '99', which is not allowed") as caught:
        load({"attempts": "99"}, {}, tmp_path)
    assert "--attempts" in caught.value.hint


def test_a_bad_line_of_the_file_is_named_with_its_line(tmp_path: Path) -> None:
    """A value that came from `.env` is traced back to the line."""
    write_env(tmp_path, "# first\nTOOLWRIGHT_ATTEMPTS=zero\n")
    with pytest.raises(UsageError, match=r"TOOLWRIGHT_ATTEMPTS \(.env line 2\) is 'zero'"):
        load({}, {}, tmp_path)


@pytest.mark.parametrize("key", ["sk-abc\ndef", "abc def", "schlüssel", "abc\r"])
def test_a_key_that_cannot_be_sent_is_refused_unseen(key: str, tmp_path: Path) -> None:
    """A key with a line break, a space or an umlaut is one clear sentence that does not hold the key."""
    with pytest.raises(UsageError) as caught:
        load({}, {"TOGETHER_API_KEY": key}, tmp_path)
    assert "TOGETHER_API_KEY" in str(caught.value)
    assert key not in str(caught.value)
    assert "abc" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_inside_an_address_is_not_shown(tmp_path: Path) -> None:
    """An address with user and password is refused, and the message masks them."""
    with pytest.raises(UsageError) as caught:
        load({}, {"TOGETHER_BASE_URL": "https://me:hunter22@example.org"}, tmp_path)
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize("given_url", ["http://h:1/", "http://h:1/v1", "http://h:1/v1/"])
def test_an_address_may_end_in_v1(given_url: str, tmp_path: Path) -> None:
    """The client adds `/v1` itself; both ways to write the address mean the same server."""
    assert load({}, {"TOGETHER_BASE_URL": given_url}, tmp_path).base_url == "http://h:1"


def test_a_strangers_file_cannot_redirect_the_users_key(tmp_path: Path) -> None:
    """A `.env` in somebody's folder that points the user's own key at another host is refused."""
    write_env(tmp_path, "TOGETHER_BASE_URL=https://evil.example\n")
    with pytest.raises(UsageError, match=r"\.env line 1 would send your own key .* https://evil\.example"):
        load({}, {"TOGETHER_API_KEY": "mine-12345"}, tmp_path)
    write_env(tmp_path, "TOGETHER_BASE_URL=https://own.example\nTOGETHER_API_KEY=theirs\n")
    assert load({}, {}, tmp_path).base_url == "https://own.example"
    write_env(tmp_path, "TOGETHER_BASE_URL=http://127.0.0.1:8080\n")
    assert load({}, {"TOGETHER_API_KEY": "mine-12345"}, tmp_path).base_url == "http://127.0.0.1:8080"


def test_consent_does_not_come_from_a_file(tmp_path: Path) -> None:
    """`TOOLWRIGHT_YES` in `.env` is ignored and said; in the environment it counts."""
    settings = load({}, {}, write_env(tmp_path, "TOOLWRIGHT_YES=1\n"))
    assert not settings.yes
    assert ".env line 1" in settings.notices[0]
    assert load({}, {"TOOLWRIGHT_YES": "yes"}, tmp_path).yes


def test_a_misspelt_setting_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    """An unknown TOOLWRIGHT_ name is an error that says where it stands; foreign names are not ours."""
    with pytest.raises(UsageError) as wrong:
        load({}, {"PATH": "/bin", "TOOLWRIGHT_ATEMPTS": "3"}, tmp_path)
    assert str(wrong.value) == (
        "the environment: TOOLWRIGHT_ATEMPTS is not a setting; did you mean TOOLWRIGHT_ATTEMPTS?"
    )
    assert "unset TOOLWRIGHT_ATEMPTS" in wrong.value.hint
    write_env(tmp_path, "DATABASE_URL=x\nTOOLWRIGHT_ATEMPTS=3\n")
    with pytest.raises(UsageError, match=r"^\.env line 2: TOOLWRIGHT_ATEMPTS is not a setting; did you mean"):
        load({}, {}, tmp_path)
    write_env(tmp_path, "DATABASE_URL=x\nATTEMPTS=3\nTOOLWRIGHTS=1\nTOOLWRIGHT_CANDIDATES=4\n")
    settings = load({}, {"DATABASE_URL": "y", "TOOLWRIGHT_ATEMPTS": ""}, tmp_path)
    assert (settings.candidates, settings.notices) == (4, ())


def test_an_unknown_override_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    """A front end that passes a field that does not exist hears of it at once."""
    with pytest.raises(TypeError, match="atempts"):
        load({"atempts": 3}, {}, tmp_path)


def test_fallbacks_can_be_listed_or_switched_off(tmp_path: Path) -> None:
    """A list with commas and spaces works; `none` means no fallback."""
    listed = load({}, {"TOOLWRIGHT_FALLBACKS": "together:a, ollama:b:7b"}, tmp_path)
    assert listed.fallbacks == ("together:a", "ollama:b:7b")
    assert load({"fallbacks": ()}, {}, tmp_path).fallbacks == ()


def test_every_field_has_one_variable_and_back() -> None:
    """The table and the record cannot drift apart."""
    own = {"origins", "notices"}
    assert len({variable.name for variable in VARIABLES}) == len(VARIABLES)
    assert {variable.field for variable in VARIABLES} == {
        one.name for one in dataclasses.fields(Settings) if one.name not in own
    }


def test_the_example_file_holds_every_setting_with_its_default(tmp_path: Path) -> None:
    """Uncommented, `.env.example` gives exactly the defaults."""
    text = env_example()
    switched_on = "\n".join(
        line.removeprefix("# ") for line in text.splitlines() if line.startswith(("# TOOL", "# TOG"))
    )
    settings = load({}, {}, write_env(tmp_path, switched_on))
    plain = dataclasses.replace(settings, origins={}, workspace=Path.cwd())
    assert plain == Settings()
    assert all(variable.name in text for variable in VARIABLES if variable.in_file)
    assert load({}, {}, write_env(tmp_path, text)) == Settings()


# --- the file -----------------------------------------------------------------------------------


def values(text: str) -> dict[str, str]:
    """Return what a `.env` text sets."""
    return {entry.key: entry.value for entry in env_file.parse(text)}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("  export A = b  ", "b"),
        ("A=", ""),
        ("A= # nothing", ""),
        ("A=b # comment", "b"),
        ("A=b#c", "b#c"),
        ("A=two words", "two words"),
        ("A='$x \\n # y'", "$x \\n # y"),
        ('A="say \\"hi\\"\\n"', 'say "hi"\n'),
        ('A="one\ntwo" # both', "one\ntwo"),
        ("A=b=c", "b=c"),
        ("A=it's", "it's"),
        ("A=b\r\n", "b"),
    ],
)
def test_a_line_is_read_as_written(line: str, value: str) -> None:
    """Bare, single-quoted and double-quoted values, comments and `export`."""
    assert values(f"# head\n\n{line}\nB=1") == {"A": value, "B": "1"}


@pytest.mark.parametrize(
    "line", ["just words", "=x", "1A=x", "A='open", 'A="open', "A='x' y", "A-", "export", 'A="a\0"']
)
def test_a_malformed_line_is_named_and_not_shown(line: str, tmp_path: Path) -> None:
    """File and line are named; the text of the line, which may be a secret, is not."""
    write_env(tmp_path, f"OK=1\n{line}\n")
    with pytest.raises(UsageError) as caught:
        load({}, {}, tmp_path)
    assert f"{tmp_path / '.env'} line 2" in str(caught.value)
    assert "words" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A folder called `.env`, and bytes that are no text, are usage errors."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".env").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        load({}, {}, tmp_path / "a")
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(UsageError, match="UTF-8"):
        load({}, {}, tmp_path)


@given(st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True), st.text(), max_size=5))
def test_what_is_written_in_double_quotes_comes_back(wanted: dict[str, str]) -> None:
    """Any text survives the quoting, whatever characters it holds."""
    wanted = {key: text for key, text in wanted.items() if "\0" not in text and "\r\n" not in text}
    lines = [
        f'{key}="{text.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'
        for key, text in wanted.items()
    ]
    assert values("\n".join(lines)) == wanted


@given(st.text())
def test_any_text_is_read_or_refused_clearly(text: str) -> None:
    """No file content makes the parser fail in another way than its own error."""
    try:
        found = env_file.parse(text)
    except UsageError as error:
        found, message = (), str(error)
    else:
        message = " line "
    assert " line " in message
    assert all(entry.line >= 1 for entry in found)


# --- secrets and the terminal ---------------------------------------------------------------------


def test_a_secret_shows_itself_to_nobody(tmp_path: Path) -> None:
    """Printing, formatting, records, pickling and JSON give mask or refusal, `reveal` gives the value."""
    secret = Secret("tgp_v1_value")
    settings = load({}, {"TOGETHER_API_KEY": "tgp_v1_value"}, tmp_path)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>10}", repr(settings), "%s" % secret]  # noqa: UP031  (the old way must be safe too)
    shown += [str(dataclasses.asdict(settings)), json.dumps(secret, default=str)]
    assert all("value" not in text for text in shown if "TOGETHER" not in text)
    for save in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            save(secret)
    assert copy.deepcopy(secret) is secret
    assert secret.reveal() == settings.api_key.reveal() == "tgp_v1_value"
    assert (secret == Secret("tgp_v1_value"), secret == "tgp_v1_value", bool(Secret())) == (
        True,
        False,
        False,
    )


def test_secrets_of_other_programs_are_known_too(tmp_path: Path) -> None:
    """The redactor is told about every variable that is named like a secret."""
    environ = {
        "TOGETHER_API_KEY": "own-key-123",
        "GITHUB_TOKEN": "gh-12345678",
        "HOME": "/home/me",
        "A_KEY": "1",
    }
    known = {secret.reveal() for secret in secrets(load({}, environ, tmp_path), environ)}
    assert known == {"own-key-123", "gh-12345678"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Terminal(colour=True, term="")),
        ({"TERM": "xterm", "NO_COLOR": ""}, Terminal(colour=True, term="xterm")),
        ({"TERM": "dumb", "NO_COLOR": "1"}, Terminal(colour=False, term="dumb")),
    ],
)
def test_the_terminal_is_described_by_the_environment(environ: dict[str, str], expected: Terminal) -> None:
    """NO_COLOR counts when it is not empty; no TERM or a dumb one gets plain lines."""
    assert terminal(environ) == expected
    assert expected.dumb == (expected.term != "xterm")


def test_importing_settings_is_cheap() -> None:
    """The module that every start needs imports neither rich nor the model's SDK."""
    code = "import sys, toolwright.settings; print(sorted({'rich', 'together', 'httpx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Secrets: which call gets which value, and that nothing that comes out of a call holds it."""

import base64
from urllib.parse import quote

import pytest

from toolwright.errors import SecretError, UsageError
from toolwright.redaction import Redactor, Secret
from toolwright.sandbox.process import ProcessSandbox
from toolwright.settings import secret_value
from toolwright.syntax.reading import read_library
from toolwright.types import Policy
from toolwright.vault import Sources, Vault, secret_name

VALUE = "s3cr3t/+value-of-mine"
SOURCE = '''
import base64
import sys
from urllib.parse import quote


class LeakError(Exception):
    """Tell."""


def send(token: str, how: str = "length") -> list[str]:
    """Use a token.

    Permissions: network

    Secrets: token
    """
    print("out", token)
    print("err", token, file=sys.stderr)
    if how == "raise":
        raise LeakError(f"refused {token}")
    forms = {
        "length": str(len(token)),
        "plain": f"<{token}>",
        "basic": base64.b64encode(f"user:{token}".encode()).decode(),
        "url": quote(token, safe=""),
        "hex": token.encode().hex(),
    }
    return [forms[how]]


def keep(token: str) -> str:
    """Keep a token.

    Secrets: token
    """
    return token


def echo(text: str) -> dict[str, str]:
    """Say it again."""
    return {text: text}
'''
TOOLS = {tool.name: tool for tool in read_library(SOURCE).tools}
NAMED = Policy(network=("api.example.org",))
REF = {"secret": "MY_TOKEN"}


def vault(value=VALUE, typed=None, redactor=None):
    """A vault that knows MY_TOKEN, when it has a value."""
    sources = Sources(lambda name: Secret(value if name == "MY_TOKEN" else ""), lambda _name: typed)
    return Vault(sources, redactor or Redactor())


def call(vault, name="send", policy=NAMED, **arguments):
    """One call in a real process."""
    tool = TOOLS[name]
    return vault.around(ProcessSandbox(), tool).call(SOURCE, name, arguments, policy)


def test_the_tool_gets_the_value():
    """What it computes from it is right."""
    assert call(vault(), token=REF).value == [str(len(VALUE))]


@pytest.mark.parametrize("how", ["plain", "basic", "url", "hex"])
def test_no_answer_holds_the_value(how):
    """Nor what it is encoded as; stdout and stderr neither."""
    result = call(vault(), token=REF, how=how)

    assert result.status == "returned"
    assert "***" in result.value[0]
    said = f"{result}"
    encoded = base64.b64encode(f"user:{VALUE}".encode()).decode()
    for form in (VALUE, quote(VALUE, safe=""), VALUE.encode().hex(), encoded[8:24]):
        assert form not in said
    assert "out ***" in result.stdout
    assert "err ***" in result.stderr


def test_no_exception_holds_the_value():
    """Message and traceback are masked."""
    result = call(vault(), token=REF, how="raise")

    assert (result.error_type, result.message) == ("LeakError", "refused ***")
    assert VALUE not in result.traceback


def test_what_another_tool_answers_is_masked_too():
    """It may have found the value in a file."""
    kept = vault()
    call(kept, token=REF)

    assert call(kept, "echo", text=f"a {VALUE} b").value == {"a *** b": "a *** b"}


def test_what_was_not_handed_out_is_no_secret():
    """Other tools' answers stay as they are."""
    assert call(vault(), "echo", text=VALUE).value == {VALUE: VALUE}


@pytest.mark.parametrize("network", [(), ("*",), ("raw",), ("api.example.org", "raw"), ("loopback",)])
def test_a_secret_goes_to_named_hosts_only(network):
    """No network, or any host, gets none."""
    with pytest.raises(SecretError, match="a secret goes to named hosts only") as refused:
        call(vault(), policy=Policy(network=network), token=REF)

    assert "--allow network:HOST" in refused.value.hint


def test_a_tool_without_network_is_told_apart():
    """Granting hosts would not help: the tool does not ask for any."""
    with pytest.raises(SecretError, match="declares no `Permissions: network`"):
        call(vault(), "keep", policy=Policy(), token=REF)


def test_what_is_not_set_is_asked_for_once():
    """At a terminal, for the run."""
    asked = []
    sources = Sources(lambda _name: Secret(), lambda name: asked.append(name) or Secret(VALUE))
    kept = Vault(sources, Redactor())

    assert call(kept, token=REF).value == call(kept, token=REF).value == [str(len(VALUE))]
    assert asked == ["MY_TOKEN"]


@pytest.mark.parametrize(
    ("value", "typed", "why"),
    [
        ("", None, "MY_TOKEN, which send needs for `token`, is not set, and there is nobody to ask for it"),
        ("", Secret(""), "is not set, and none was typed"),
        ("abc", None, "too short to be masked"),
    ],
)
def test_a_value_that_is_not_to_be_had(value, typed, why):
    """It is said by name, with the command that sets it."""
    with pytest.raises(SecretError, match=why) as refused:
        call(vault(value, typed), token=REF)

    assert refused.value.hint.startswith("export MY_TOKEN=")


def test_a_literal_of_the_user_is_masked_as_well():
    """It needs no name, and no hosts: the user put it there."""
    result = call(vault(), policy=Policy(), token="another-value-1", how="plain")

    assert result.value == ["<***>"]


def test_the_run_learns_what_to_mask():
    """Log and transcript know a value before any call has it."""
    redactor = Redactor()
    call(vault(redactor=redactor), token=REF)

    assert redactor.redact(f"x {VALUE} y") == "x *** y"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (REF, "MY_TOKEN"),
        ({"secret": "A", "more": 1}, ""),
        ({"secret": 1}, ""),
        ("MY_TOKEN", ""),
        (None, ""),
        ([REF], ""),
    ],
)
def test_what_names_a_secret(value, name):
    """Exactly an object with that one key."""
    assert secret_name(value) == name


def test_the_environment_wins_over_the_file(tmp_path):
    """Both are places for a secret; what is set nowhere is empty."""
    (tmp_path / ".env").write_text("MY_TOKEN=from-file\nOTHER=x\n")

    assert secret_value("MY_TOKEN", {"MY_TOKEN": "from-env"}, tmp_path).reveal() == "from-env"
    assert secret_value("MY_TOKEN", {}, tmp_path).reveal() == "from-file"
    assert not secret_value("NO_TOKEN", {}, tmp_path)


@pytest.mark.parametrize("name", ["TOGETHER_API_KEY", "TOOLWRIGHT_MODEL", "TOOLWRIGHT_ANYTHING"])
def test_the_programs_own_settings_are_given_to_no_tool(name, tmp_path):
    """Whatever a plan says."""
    with pytest.raises(UsageError, match=f"{name} belongs to Toolwright itself"):
        secret_value(name, {name: VALUE}, tmp_path)

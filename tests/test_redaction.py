"""Redaction: known secrets in every spelling, and words that look like keys."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.redaction import Redactor, Secret

LETTERS = st.characters(exclude_characters="*", exclude_categories=["Cs"])


@given(st.text(LETTERS, min_size=4), st.text(LETTERS), st.text(LETTERS))
def test_a_known_secret_is_gone_wherever_it_stands(secret: str, before: str, after: str) -> None:
    """Whatever surrounds it, and as JSON, Python or a URL writes it."""
    redactor = Redactor([Secret(secret)])
    assert secret not in redactor.redact(before + secret + after)
    quoted = (quote(secret), quote(secret, safe=""), quote_plus(secret), quote(secret, safe="").lower())
    for spelling in (json.dumps(secret)[1:-1], repr(secret)[1:-1], *quoted[: 4 if secret.islower() else 3]):
        assert spelling not in redactor.redact(f"{before}{spelling}{after}")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefghij0123456789",
        "sk-proj-abcdefghijklmnop",
        "tgp_v1_abcdefghijkl",
        "gsk_abcdefghijklmnopqrst",
        "hf_abcdefghijklmnopqrst",
        "github_pat_abcdefghijklmnopqrst",
        "AKIAABCDEFGHIJKLMNOP",
        "https://user:abcdefgh@host/path",
        "?api_key=abcdefghijk&x=1",
        '{"password": "abcdefghijk"}',
    ],
)
def test_what_looks_like_a_key_is_masked(text: str) -> None:
    """Nobody told us these values; their shape or their name gives them away."""
    redacted = Redactor().redact(f"before {text} after")
    assert "***" in redacted
    assert "abcdefgh" not in redacted.lower().replace("***", "")
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")


@pytest.mark.parametrize(
    "text",
    [
        "1,840 tokens: 30 s",
        "the secretary opened http://host:8080/a@b",
        "def task-force(sk): ...",
        "api_key=None",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """Masking must not eat what people need to read."""
    assert Redactor(["", "abc"]).redact(f"{text} abc") == f"{text} abc"


@given(st.binary(max_size=4), st.text(LETTERS, min_size=12), st.binary(max_size=4))
def test_an_encoded_secret_is_gone(before: bytes, secret: str, after: bytes) -> None:
    """In hex, and wherever it stands in a base64 text, of either alphabet: nothing of it can be decoded."""
    redactor = Redactor([Secret(secret)])
    whole = before + secret.encode() + after
    assert secret.encode().hex() not in redactor.redact(whole.hex())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        left = redactor.redact(encode(whole).decode())
        assert "***" in left
        assert len(left.replace("***", "")) <= len(encode(before + after)) + 8


def test_a_secret_can_be_learnt_later() -> None:
    """What was typed in during a run is masked from then on; `hide` leaves what only looks like a key."""
    redactor = Redactor(["first-secret"])
    redactor.learn("second-secret", Secret("third-secret"))
    text = "first-secret second-secret third-secret sk-abcdefghijklmnop"
    assert redactor.redact(text) == "*** *** *** ***"
    assert redactor.hide(text) == "*** *** *** sk-abcdefghijklmnop"

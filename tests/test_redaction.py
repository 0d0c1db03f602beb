"""Redaction: known secrets in every spelling, and words that look like keys."""

import json
from urllib.parse import quote

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
    for spelling in (json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret, safe="")):
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

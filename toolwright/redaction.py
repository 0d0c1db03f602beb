"""Secrets and the masking of them: text that may hold a key goes in, text without it comes out."""

import json
import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn
from urllib.parse import quote, quote_plus

MASK: Final = "***"
SHORTEST_SECRET: Final = 4
"""Shorter values are not masked: hiding every "a" would hide everything."""
SHORTEST_ENCODED: Final = 8
"""The same for encoded forms, whose letters stand in other words by chance."""

_KEY_SHAPES: Final = (
    r"\bsk-[\w-]{12,}",
    r"\btgp_v1_[\w-]{8,}",
    r"\b(?:gsk|hf|ghp|gho|ghs|xai|pypi)[_-]\w{16,}",
    r"\bgithub_pat_\w{16,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bAIza[\w-]{30,}",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
)
"""What the keys of well-known services look like, and tokens of web logins."""

_CARRIERS: Final = (
    r"(?i)(?<=bearer )\s*[\w.~+/=-]{16,}",
    r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
)
"""What stands in a header for the bearer of a token, and passwords inside URLs."""

_MARKS: Final = (
    "sk-", "tgp_v1_", "gsk", "hf_", "hf-", "ghp", "gho", "ghs", "xai", "pypi", "github_pat_", "akia", "aiza",
    "eyj", "bearer ", "://", "api_key", "api-key", "apikey", "secret", "passw", "token",
)  # fmt: skip
"""Of these, one at least stands in whatever one of the patterns finds: to look for them first is quick."""

_ESCAPED: Final = r"%[0-9A-F]{2}"

_NAMED_KEY: Final = r"""(?ix) ( (?:api[_-]?key|apikey|secret|password|passwd|access[_-]?token|auth[_-]?token)
                ["']? \s* [:=] \s* ["']? )
              ( [^\s"',;&]{8,} )"""
"""All of these are compiled when first used: settings hold secrets, and most runs redact nothing."""


class Secret:
    """A string that does not show itself: printed or formatted it is `***`, and it refuses to be saved."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself; only for the one place that must send it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is never pickled")


class Redactor:
    """Masks known secret values, in every spelling they may take, and whatever looks like a key."""

    __slots__ = ("_known", "_spellings")

    def __init__(self, secrets: Iterable[str | Secret] = ()) -> None:
        self._spellings: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.learn(*secrets)

    def learn(self, *secrets: str | Secret) -> None:
        """Mask these values too, from now on."""
        values = (secret.reveal() if isinstance(secret, Secret) else secret for secret in secrets)
        self._spellings |= {spelling for value in values for spelling in _spellings(value)}
        longest_first = sorted(self._spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def hide(self, text: str) -> str:
        """Return `text` with every known secret replaced by `***`; what only looks like a key stays."""
        return text if self._known is None else self._known.sub(MASK, text)

    def redact(self, text: str) -> str:
        """Return `text` with every known secret and every key-like word replaced by `***`."""
        text = self.hide(text)
        folded = text.casefold()
        if not any(mark in folded for mark in _MARKS):
            return text
        for shape in (*_CARRIERS, *_KEY_SHAPES):
            text = re.sub(shape, MASK, text)
        return re.sub(_NAMED_KEY, rf"\g<1>{MASK}", text)

    def redact_error(self, error: BaseException) -> None:
        """Mask what the texts of an exception and of its causes hold, in place."""
        seen: set[int] = set()
        cause: BaseException | None = error
        while cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            cause.args = tuple(self.redact(arg) if isinstance(arg, str) else arg for arg in cause.args)
            cause = cause.__cause__ or cause.__context__


def looks_like_key(text: str) -> bool:
    """Tell whether a text holds what the keys of well-known services look like."""
    return any(re.search(shape, text) for shape in _KEY_SHAPES)


def _spellings(value: str) -> set[str]:
    """Return `value` as it stands, as JSON, Python and URLs write it, encoded, and its lines one by one."""
    forms = {value, value.strip(), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {repr(value)[1:-1], *value.splitlines()}
    urls = {quote(value, errors="replace"), quote(value, safe="", errors="replace")}
    urls |= {quote_plus(value, errors="replace")}
    forms |= urls | {re.sub(_ESCAPED, lambda escape: escape[0].lower(), url) for url in urls}
    encoded = {form for form in _encoded(value) if len(form) >= SHORTEST_ENCODED}
    return {form for form in forms if len(form) >= SHORTEST_SECRET} | encoded


def _encoded(value: str) -> Iterator[str]:
    """Return `value` in hex, and as the part of a base64 text that it determines wherever it stands there."""
    data = value.encode("utf-8", "surrogatepass")
    yield data.hex()
    yield data.hex().upper()
    for shift, first in enumerate((0, 2, 3)):
        whole = b2a_base64(bytes(shift) + data, newline=False).decode()
        text = whole[first : (shift + len(data)) * 8 // 6]
        yield text
        yield text.replace("+", "-").replace("/", "_")

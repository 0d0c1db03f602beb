"""Secrets and the masking of them: text that may hold a key goes in, text without it comes out."""

import json
import re
from collections.abc import Iterable
from typing import Final, NoReturn
from urllib.parse import quote

MASK: Final = "***"
SHORTEST_SECRET: Final = 4
"""Shorter values are not masked: hiding every "a" would hide everything."""

_KEY_SHAPES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i)(?<=bearer )\s*[\w.~+/=-]{16,}",
        r"\bsk-[\w-]{12,}",
        r"\btgp_v1_[\w-]{8,}",
        r"\b(?:gsk|hf|ghp|gho|ghs|xai|pypi)[_-]\w{16,}",
        r"\bgithub_pat_\w{16,}",
        r"\bAKIA[0-9A-Z]{16}\b",
        r"\bAIza[\w-]{30,}",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
    )
)
"""What the keys of well-known services look like, tokens of web logins, and passwords inside URLs."""

_NAMED_KEY: Final = re.compile(
    r"""(?ix) ( (?:api[_-]?key|apikey|secret|password|passwd|access[_-]?token|auth[_-]?token)
                ["']? \s* [:=] \s* ["']? )
              ( [^\s"',;&]{8,} )"""
)


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

    __slots__ = ("_known",)

    def __init__(self, secrets: Iterable[str | Secret] = ()) -> None:
        values = (secret.reveal() if isinstance(secret, Secret) else secret for secret in secrets)
        spellings = {spelling for value in values for spelling in _spellings(value)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    def redact(self, text: str) -> str:
        """Return `text` with every known secret and every key-like word replaced by `***`."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for shape in _KEY_SHAPES:
            text = shape.sub(MASK, text)
        return _NAMED_KEY.sub(rf"\g<1>{MASK}", text)

    def redact_error(self, error: BaseException) -> None:
        """Mask what the texts of an exception and of its causes hold, in place."""
        seen: set[int] = set()
        cause: BaseException | None = error
        while cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            cause.args = tuple(self.redact(arg) if isinstance(arg, str) else arg for arg in cause.args)
            cause = cause.__cause__ or cause.__context__


def _spellings(value: str) -> set[str]:
    """Return `value` as it stands, as JSON, Python and URLs write it, and its lines one by one."""
    forms = {value, value.strip(), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {repr(value)[1:-1], quote(value, safe="", errors="replace"), *value.splitlines()}
    return {form for form in forms if len(form) >= SHORTEST_SECRET}

"""What a server said when it refused (status, body, headers) goes in; kind, sentence and wait come out."""

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from toolwright.records import dataclass
from toolwright.types import Json

_LONGEST: Final = 300
_BY_STATUS: Final = {
    401: "auth",
    402: "billing",
    403: "auth",
    404: "model",
    408: "timeout",
    409: "server",
    413: "context",
    425: "server",
    429: "rate",
    504: "timeout",
    524: "timeout",
}
# Words beat status codes: Together answers 400 for a retired model and 403 for a prompt that is too long.
_BY_WORDS: Final = (
    (
        "model",
        re.compile(
            r"model_not|non-serverless model|unable to access.* model|model .*(not found|does not exist)"
        ),
    ),
    (
        "context",
        re.compile(
            r"context_length|context (length|window|size)|max_new_tokens|maximum context|prompt is too long"
            r"|request too large|exceeds? the (available )?context|input is too long"
        ),
    ),
    (
        "billing",
        re.compile(
            r"insufficient_quota|credit limit|credit_limit|credit balance|insufficient credits"
            r"|exceeded your current quota|quota[_ ](exceeded|exhausted|reached)|(out of|not enough) credits?"
            r"|spend_limit|billing"
        ),
    ),
    ("rate", re.compile(r"rate_limit|rate limited|too many requests")),
)
_ADDRESS: Final = re.compile(r"https?://\S+")
"""Those who ask too quickly are shown the page of bills."""
_TOO_MANY: Final = 429
_FIRST_OF_SERVER: Final = 500
_FIRST_OF_CLIENT: Final = 400


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server's own account of a failure; `message` is "" when it gave none that a person can read."""

    status: int
    message: str = ""
    code: str = ""


def read_refusal(status: int, body: Json) -> Refusal:
    """Read an error body of whatever shape: `{"error": {...}}`, `{"error": "..."}`, `{"message": ...}`."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return Refusal(status, _readable(error))
    words = (error.get("code"), error.get("type"))
    code = " ".join(word for word in words if isinstance(word, str))
    return Refusal(status, _readable(error.get("message")), code)


def kind_of(refusal: Refusal, otherwise: str = "") -> str:
    """Return the `ModelError` kind; `otherwise` is for what neither the words nor the status tell."""
    said = _ADDRESS.sub("", f"{refusal.code} {refusal.message}".lower())
    if refusal.status == _TOO_MANY and "rate_limit" in refusal.code.lower():
        return "rate"  # whatever the sentence advises to buy
    if refusal.status < _FIRST_OF_SERVER and refusal.status not in {401, 402}:
        for kind, pattern in _BY_WORDS:
            if pattern.search(said):
                return kind
    if refusal.status in _BY_STATUS:
        return _BY_STATUS[refusal.status]
    if refusal.status >= _FIRST_OF_SERVER:
        return "server"
    return otherwise or ("request" if refusal.status >= _FIRST_OF_CLIENT else "protocol")


def wanted_wait(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds the server wants to be left alone; None if it does not say."""
    if (milliseconds := _number(headers.get("retry-after-ms", ""))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def plain(text: str) -> str:
    """Return a foreign text as part of one sentence: one line, printable, not long, without a full stop."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    short = line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
    return short.rstrip(". ") if short == line else short


def _readable(value: Json) -> str:
    """A message for people; markup of some gateway is none."""
    if not isinstance(value, str) or value.lstrip().startswith(("<", "{", "[")):
        return ""
    return plain(value)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None

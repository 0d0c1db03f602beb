"""Two answers of one call in, whether they are the same, and in words how they differ, out."""

import json
import re
from typing import Final

from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.wording import call_text, failure_text, short_text
from toolwright.types import CallRecord, CallResult, Json

_PORT: Final = re.compile(r"(?:(?<=localhost:)|(?<=127\.0\.0\.1:)|(?<=\[::1\]:))\d+")


def same_answer(left: CallResult, right: CallResult) -> bool:
    """Compare values, or the classes of exceptions: how one is worded is no difference.

    The port of a test's own server, which is another one each time, counts for nothing.
    """
    if left.status != right.status:
        return False
    if left.status == "returned":
        return same_json(left.value, right.value) or same_json(_portless(left.value), _portless(right.value))
    return left.error_type == right.error_type


def flip_text(record: CallRecord, again: CallResult, how: str) -> str:
    """Say what a call answered first, and what under other conditions."""
    call = call_text(record.function, record.arguments)
    return f"{call} {_said(record.result)}, but {how} it {_said(again)}"


def _said(result: CallResult) -> str:
    return f"returned {short_text(result.value)}" if result.status == "returned" else failure_text(result)


def _portless(value: Json) -> Json:
    text = json.dumps(value)
    return json.loads(_PORT.sub("0", text)) if "localhost:" in text or "127.0.0.1:" in text else value

"""A call and its result -> what the memory keeps of it: texts without secrets, and not too long."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from toolwright.types import CallResult, Json

MOST: Final = 2000
"""Characters of an argument list, a result or an error that are kept of a call outside of a run."""


def told_call(
    arguments: Mapping[str, Json], result: CallResult, redact: Callable[[str], str]
) -> dict[str, str | None]:
    """Return status, input, output and error. Input and output are JSON, long ones the beginning."""
    well = result.status == "returned"
    error = None if well else f"{result.error_type}: {result.message}".strip(": ")
    return {
        "status": result.status,
        "input": _as_text(dict(arguments), redact),
        "output": _as_text(result.value, redact) if well else None,
        "error": None if error is None else redact(error)[:MOST],
    }


def _as_text(value: Json, redact: Callable[[str], str]) -> str:
    """Return a value as JSON; it is redacted before it is cut: half a secret is not known as one."""
    text = redact(json.dumps(value))
    return text if len(text) <= MOST else json.dumps(f"{text[:MOST]}... ({len(text)} characters)")

"""Calls and how they failed in, words for a verdict out."""

from toolwright.types import CallResult, Json


def failure_text(result: CallResult) -> str:
    """Say how a call that returned nothing ended."""
    if result.status == "raised":
        return f"raised {result.error_type}: {result.message}"
    return f"ended with {result.status}: {result.message}"


def call_text(function: str, arguments: Json) -> str:
    """Write a call as in Python, on one line."""
    return f"{function}({', '.join(f'{name}={short_text(value)}' for name, value in arguments.items())})"


def short_text(value: Json) -> str:
    """Write a value within about one line."""
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."  # noqa: PLR2004 - about one line

"""`--value NAME=VALUE`, as it was typed -> the values of arguments by name."""

from collections.abc import Sequence

from toolwright.errors import UsageError


def values_of(given: Sequence[str]) -> dict[str, str]:
    """Return values by name.

    Raises:
        UsageError: one has no name.
    """
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not all(part.isidentifier() for part in name.strip().split(".")):
            raise UsageError(f"--value {text!r} does not say which argument it is", hint="--value limit=5")
        values[name.strip()] = value
    return values

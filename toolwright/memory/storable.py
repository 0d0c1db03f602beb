"""A row as it was told -> a row that every database takes: texts without NUL and half characters."""

import re
from collections.abc import Mapping
from typing import Any, Final

_STRANGE: Final = re.compile("[\x00\ud800-\udfff]")
_INSTEAD: Final = "\ufffd"


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with a replacement character for each character that cannot be kept."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    return _STRANGE.sub(_INSTEAD, value) if isinstance(value, str) else value

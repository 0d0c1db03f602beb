"""The two words every record uses: a JSON value, and the schema of one."""

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A value equal to its JSON round trip: None, bool, int, finite float, str, list, dict with str keys."""

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema (draft 2020-12), of the subset that `syntax.schema` writes."""

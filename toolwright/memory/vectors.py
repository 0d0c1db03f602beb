"""Embeddings in a table: numbers in, 32-bit floats in a file's blob or a server's vector, numbers out."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Dialect, LargeBinary, cast, literal
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from toolwright.memory import likeness


class ServerVector(UserDefinedType[str]):
    """The type of the extension pgvector, of any length; values travel as texts."""

    cache_ok = True

    def get_col_spec(self, **_how: object) -> str:
        """Return the name of the type."""
        return "vector"


class Vector(TypeDecorator[Sequence[float]]):
    """A sequence of floats."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(ServerVector() if _on_server(dialect) else LargeBinary())

    def process_bind_param(self, value: Sequence[float] | None, dialect: Dialect) -> str | bytes | None:
        """Write the numbers as the column takes them."""
        if value is None:
            return None
        return as_server(value) if _on_server(dialect) else likeness.to_bytes(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[float] | None:
        """Read the numbers; damaged bytes are none."""
        if value is None:
            return None
        return tuple(json.loads(value)) if _on_server(dialect) else likeness.from_bytes(value)


def as_server(vector: Sequence[float]) -> str:
    """Return a vector as pgvector reads it; one without numbers, which it does not know, is one 0."""
    return json.dumps([float(value) for value in vector] or [0.0])


def distance(column: ColumnElement[Any], asked: Sequence[float]) -> ColumnElement[float]:
    """Return on a server how far vectors are from one: 0 for the same direction, 1 for strangers."""
    found: ColumnElement[float] = column.op("<=>")(
        cast(literal(as_server(asked), ServerVector()), ServerVector())
    )
    return found


def _on_server(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"

"""The tables of .toolwright/memory.sqlite as they are today; the way here stands in migrations/versions."""

from typing import Final

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

REVISION: Final = "0001"
"""The newest migration."""

METADATA: Final = MetaData()

APPROVALS: Final = Table(
    "approvals",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("place", String, nullable=False),
    Column("tool", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("permission", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("given", String, nullable=False),
    UniqueConstraint("place", "tool", "fingerprint", "permission", "detail"),
    sqlite_autoincrement=True,
)
"""`place` says for which machine, user and folder an approval counts, `given` when (UTC, ISO 8601)."""

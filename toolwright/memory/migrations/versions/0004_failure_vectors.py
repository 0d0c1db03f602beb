"""Vectors of failures by the embedders that a user set, any number beside the one of each failure's words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add their table; they can be made anew, so nothing guards them."""
    on_server = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "failure_vectors",
        sa.Column("failure", sa.Integer, sa.ForeignKey("failures.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("embedder", sa.String, primary_key=True),
        *(() if on_server else [sa.Column("vector", sa.LargeBinary, nullable=False)]),
    )
    if on_server:
        op.execute("ALTER TABLE failure_vectors ADD COLUMN vector vector NOT NULL")

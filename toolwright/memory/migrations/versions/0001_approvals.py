"""The table of approvals: what the user allowed a version of a tool for good."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("tool", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("permission", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("given", sa.String, nullable=False),
        sa.UniqueConstraint("place", "tool", "fingerprint", "permission", "detail"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("approvals")

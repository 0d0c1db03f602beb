"""The tables of what happened: runs, steps, attempts, failures, admissions, executions and the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = ("runs", "steps", "attempts", "failures", "admissions", "executions", "decisions", "model_calls")


def upgrade() -> None:
    """Make the tables."""
    for make in (_runs, _steps, _attempts, _failures, _admissions, _executions, _decisions, _model_calls):
        make()


def downgrade() -> None:
    """Take them away."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("goal", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("wants", sa.String),
        sa.Column("plan_origin", sa.String),
        sa.Column("began", sa.Float, nullable=False, index=True),
        sa.Column("seconds", sa.Float),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("cost", sa.Float),
        sa.Column("failed_stage", sa.String),
        sa.Column("failed_kind", sa.String),
        sa.Column("failed_step", sa.Integer),
        sa.Column("message", sa.Text),
        sa.Column("learned", sa.String),
    )


def _steps() -> None:
    op.create_table(
        "steps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("keywords", sa.Text, nullable=False),
        sa.Column("verdict", sa.String),
        sa.Column("tool", sa.String),
        sa.Column("reason", sa.Text),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("tool", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("refused_by", sa.String, nullable=False),
        sa.Column("lessons", sa.Integer, nullable=False),
    )


def _failures() -> None:
    op.create_table(
        "failures",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("tool", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("mend", sa.Text),
        sa.Column("embedder", sa.String, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )


def _admissions() -> None:
    op.create_table(
        "admissions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("tool", sa.String, nullable=False),
        sa.Column("how", sa.String, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("lines_added", sa.Integer, nullable=False),
        sa.Column("lines_removed", sa.Integer, nullable=False),
    )


def _executions() -> None:
    op.create_table(
        "executions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("step", sa.Integer),
        sa.Column("tool", sa.String, nullable=False, index=True),
        sa.Column("input", sa.Text),
        sa.Column("output", sa.Text),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("seconds", sa.Float, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("agreed", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _model_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("cost", sa.Float),
    )

"""One schema for files and servers: calls outside of runs, changes, goals in a queue; what happened stays."""

import json
from array import array

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_HAPPENED = (
    "runs",
    "steps",
    "attempts",
    "failures",
    "admissions",
    "executions",
    "decisions",
    "model_calls",
    "changes",
)
"""Of these no row is ever changed or removed."""
_SAID = "what happened is neither changed nor removed"
_FIXED = "run, at, tool, attempt, stage, message, source, mend"
"""Columns of a failure that stay; its vector is made anew for another embedder."""


def upgrade() -> None:
    """Add columns, tables, guards and the view over all."""
    on_server = op.get_bind().dialect.name == "postgresql"
    op.add_column("runs", sa.Column("library", sa.Text))
    op.add_column("steps", sa.Column("at", sa.Float))
    op.add_column("executions", sa.Column("library", sa.Text))
    op.add_column("executions", sa.Column("line", sa.String))
    op.create_index("ix_executions_line", "executions", ["line"], unique=True)
    with op.batch_alter_table("failures") as failures:
        failures.alter_column("run", existing_type=sa.String, nullable=True)
    with op.batch_alter_table("decisions") as decisions:
        decisions.alter_column("run", existing_type=sa.String, nullable=True)
    _changes()
    _skills()
    _directives()
    if on_server:
        _vectors()
        _guard_server()
    else:
        _guard_file()
    op.execute(_view(on_server=on_server))


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("library", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("line", sa.String, unique=True),
    )


def _skills() -> None:
    op.create_table(
        "skills",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("library", sa.Text, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created", sa.Float),
        sa.Column("updated", sa.Float),
        sa.UniqueConstraint("library", "name"),
    )


def _directives() -> None:
    op.create_table(
        "directives",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("library", sa.Text, nullable=False),
        sa.Column("goal", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )


def _vectors() -> None:
    """Keep embeddings as vectors that the server compares; the extension is there (the opener looked)."""
    rows = op.get_bind().execute(sa.text("SELECT id, vector FROM failures")).all()
    op.drop_column("failures", "vector")
    op.execute("ALTER TABLE failures ADD COLUMN vector vector")
    for number, data in rows:
        known = json.dumps(array("f", bytes(data)).tolist() or [0.0])
        op.get_bind().execute(
            sa.text("UPDATE failures SET vector = CAST(:known AS vector) WHERE id = :number"),
            {"known": known, "number": number},
        )
    op.execute("ALTER TABLE failures ALTER COLUMN vector SET NOT NULL")
    op.execute(
        "CREATE INDEX failures_alike ON failures USING hnsw ((vector::vector(256)) vector_cosine_ops) "
        "WHERE embedder = 'pieces-1' AND mend IS NOT NULL AND source <> ''"
    )


def _guard_file() -> None:
    for table in _HAPPENED:
        of = f"OF {_FIXED} " if table == "failures" else ""
        for name, when in (
            ("unchanged", f"BEFORE UPDATE {of}ON {table}"),
            ("kept", f"BEFORE DELETE ON {table}"),
            # INSERT OR REPLACE removes without a word; this fires before it
            ("added", f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),  # noqa: S608 - constants
        ):
            op.execute(f"CREATE TRIGGER {table}_{name} {when} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END")


def _guard_server() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in _HAPPENED:
        of = f"OF {_FIXED} " if table == "failures" else ""
        for name, when in (
            ("unchanged", f"BEFORE UPDATE {of}ON {table} FOR EACH ROW"),
            ("kept", f"BEFORE DELETE ON {table} FOR EACH ROW"),
            ("whole", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"),
        ):
            op.execute(f"CREATE TRIGGER {table}_{name} {when} EXECUTE FUNCTION refuse_change()")


_AUDIT = """
CREATE VIEW audit AS SELECT {time} AS time, found.* FROM (
  SELECT began AS at, 'request' AS kind, id AS run, library, goal AS subject, status AS outcome,
         NULL AS reason, NULL AS input, NULL AS output, message AS error, seconds FROM runs
  UNION ALL
  SELECT coalesce(steps.at, runs.began), 'decision', run, library, description, verdict,
         reason, tool, NULL, NULL, NULL FROM steps JOIN runs ON runs.id = run WHERE verdict IS NOT NULL
  UNION ALL
  SELECT decisions.at, 'decision', run, library, kind || ' ' || subject,
         CASE WHEN agreed THEN 'yes' ELSE 'no' END, reason, NULL, NULL, NULL, NULL
    FROM decisions LEFT JOIN runs ON runs.id = run
  UNION ALL
  SELECT failures.at, 'refusal', run, library, tool, stage, failures.message, source, NULL, NULL, NULL
    FROM failures JOIN runs ON runs.id = run
  UNION ALL
  SELECT admissions.at, 'admission', run, library, tool, how, NULL, NULL, source, NULL, NULL
    FROM admissions JOIN runs ON runs.id = run
  UNION ALL
  SELECT at, 'change', NULL, library, what, NULL, NULL, NULL, NULL, NULL, NULL FROM changes
  UNION ALL
  SELECT executions.at, 'execution', run, coalesce(runs.library, executions.library), tool,
         executions.status, NULL, input, output, error, executions.seconds
    FROM executions LEFT JOIN runs ON runs.id = run
  UNION ALL
  SELECT model_calls.at, 'model call', run, library, stage || ' ' || subject, model_calls.model,
         NULL, NULL, NULL, NULL, model_calls.seconds FROM model_calls JOIN runs ON runs.id = run
) AS found
"""


def _view(*, on_server: bool) -> str:
    on_file = "strftime('%Y-%m-%dT%H:%M:%SZ', found.at, 'unixepoch')"
    server = """to_char(to_timestamp(found.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    return _AUDIT.format(time=server if on_server else on_file)

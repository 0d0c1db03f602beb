"""The tables of a memory as they are today, in a file or on a server; the way here: migrations/versions.

Besides them there is a view, `audit`, of all that happened, and triggers that keep its rows as they are.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from toolwright.memory.vectors import Vector

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

RUNS: Final = Table(
    "runs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("goal", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("model", String, nullable=False),
    Column("sandbox", String, nullable=False),
    Column("wants", String),
    Column("plan_origin", String),
    Column("began", Float, nullable=False, index=True),
    Column("seconds", Float),
    Column("calls", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost", Float),
    Column("failed_stage", String),
    Column("failed_kind", String),
    Column("failed_step", Integer),
    Column("message", Text),
    Column("learned", String),
    Column("library", Text),
)
"""Goals, and in which library (`USER@MACHINE:FOLDER`).

`status` is that of the report, `interrupted`, or `cut off` where a run could not say its end;
`began` is in seconds since the epoch, `cost` in US dollars and null where it is not known."""

STEPS: Final = Table(
    "steps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("keywords", Text, nullable=False),
    Column("verdict", String),
    Column("tool", String),
    Column("reason", Text),
    Column("at", Float),
)
"""Steps of the plans of a run, `round` from 1, with the verdict and its reason; `keywords` is JSON."""

ATTEMPTS: Final = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("step", Integer, nullable=False),
    Column("tool", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("refused_by", String, nullable=False),
    Column("lessons", Integer, nullable=False),
)
"""Versions that were written; `refused_by` is "" for what was kept, `lessons` counts failures shown."""

FAILURES: Final = Table(
    "failures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), index=True),
    Column("at", Float, nullable=False),
    Column("tool", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("stage", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("mend", Text),
    Column("embedder", String, nullable=False),
    Column("vector", Vector, nullable=False),
)
"""Refused versions: who refused, what its author was told, its code, and the version that was kept. `run` is
null for those that were imported."""

MENDED: Final = FAILURES.c.mend.is_not(None) & (FAILURES.c.source != "")
"""Failures that teach something."""

FAILURE_VECTORS: Final = Table(
    "failure_vectors",
    METADATA,
    Column("failure", Integer, ForeignKey("failures.id", ondelete="CASCADE"), primary_key=True),
    Column("embedder", String, primary_key=True),
    Column("vector", Vector, nullable=False),
)
"""What failures mean to embedders that were set, by the name of each; made anew when they are missing."""

ADMISSIONS: Final = Table(
    "admissions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("tool", String, nullable=False),
    Column("how", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("lines_added", Integer, nullable=False),
    Column("lines_removed", Integer, nullable=False),
)
"""What came into the library; `how` is `added`, `widened` or the word of the versions."""

EXECUTIONS: Final = Table(
    "executions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), index=True),
    Column("at", Float, nullable=False),
    Column("step", Integer),
    Column("tool", String, nullable=False, index=True),
    Column("input", Text),
    Column("output", Text),
    Column("status", String, nullable=False),
    Column("error", Text),
    Column("seconds", Float, nullable=False),
    Column("library", Text),
    Column("line", String, index=True, unique=True),
)
"""Calls of tools, in steps of a goal or alone (`run` null, `library` set); `input` and `output` are JSON.
`line` tells calls of the spool apart, so that none is there twice."""

DECISIONS: Final = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), index=True),
    Column("at", Float, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
)
"""What was decided besides the verdicts of steps: permissions (`read` ...), and what `judge` thinks. `run`
is null for approvals that were given or revoked outside of one."""

MODEL_CALLS: Final = Table(
    "model_calls",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("stage", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("cost", Float),
)
"""Answers of models; prompts and replies stand in .toolwright/transcripts/RUN.jsonl."""

CHANGES: Final = Table(
    "changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("library", Text),
    Column("what", Text, nullable=False),
    Column("line", String, unique=True),
)
"""What was done to the library, in words: added, taken back, removed; in a run or not."""

SKILLS: Final = Table(
    "skills",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("library", Text, nullable=False),
    Column("name", String, nullable=False),
    Column("status", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("created", Float),
    Column("updated", Float),
    UniqueConstraint("library", "name"),
)
"""Tools that are known from an imported memory.json only; `status` is `working`, `untested` or `failed`."""

DIRECTIVES: Final = Table(
    "directives",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("library", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("created", Float, nullable=False),
)
"""Goals that are known from an imported memory.json only; those that wait here are files."""

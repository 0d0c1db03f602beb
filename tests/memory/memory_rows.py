"""Rows as every revision of the memory held them, and how they must be found after all migrations."""

from array import array
from typing import Any

from sqlalchemy import select, text

_VECTOR = array("f", [0.0] * 255 + [1.0]).tobytes()

_APPROVAL = {
    "place": "p",
    "tool": "t",
    "fingerprint": "f",
    "permission": "read",
    "detail": "/d",
    "given": "2026",
}
_RUN = {"id": "r1", "goal": "a goal", "status": "done", "model": "m", "sandbox": "full", "began": 5.0}
_RUN |= {"calls": 1, "prompt_tokens": 2, "output_tokens": 3}
_FAILURE = {
    "run": "r1",
    "at": 6.0,
    "tool": "t",
    "attempt": 1,
    "stage": "verify",
    "message": "m",
    "source": "s",
}
_FAILURE |= {"mend": "d", "embedder": "pieces-1", "vector": _VECTOR}
_DECISION = {"run": "r1", "at": 7.0, "kind": "read", "subject": "t /d", "agreed": True, "reason": "once"}
_CALL = {"run": "r1", "at": 8.0, "step": 1, "tool": "t", "input": "{}", "output": "2", "status": "returned"}
_CALL |= {"seconds": 0.5}

_OLD: dict[str, list[dict[str, Any]]] = {"approvals": [_APPROVAL]}
_HAPPENED = {"runs": [_RUN], "failures": [_FAILURE], "decisions": [_DECISION], "executions": [_CALL]}
_FILLED = {"0001": _OLD, "0002": _OLD | _HAPPENED, "0003": _OLD | _HAPPENED, "0004": _OLD | _HAPPENED}

RUN = {
    revision: {
        "approvals": ["/d"],
        "runs": ["a goal"] if revision > "0001" else [],
        "failures": ["m"] if revision > "0001" else [],
        "executions": ["2"] if revision > "0001" else [],
        "vectors": [(0.0,) * 255 + (1.0,)] if revision > "0001" else [],
        "audit": ["decision", "execution", "refusal", "request"] if revision > "0001" else [],
    }
    for revision in _FILLED
}
"""By revision what is found afterwards."""


def fill(connection, revision: str) -> None:
    """Insert the rows of a revision as its program did."""
    for table, rows in _FILLED[revision].items():
        for row in rows:
            values = ", ".join(f":{name}" for name in row)
            statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"
            given = dict(row)
            if table == "failures" and revision > "0002" and connection.dialect.name == "postgresql":
                given["vector"] = str(array("f", _VECTOR).tolist())
            connection.execute(text(statement), given)


def kept_rows(connection) -> dict[str, list[Any]]:
    """Return what is found of them."""
    from toolwright.memory.schema import FAILURES

    columns = {"approvals": "detail", "runs": "goal", "failures": "message", "executions": "output"}
    found = {
        table: list(connection.execute(text(f"SELECT {column} FROM {table} ORDER BY id")).scalars())
        for table, column in columns.items()
    }
    found["vectors"] = list(connection.execute(select(FAILURES.c.vector)).scalars())
    found["audit"] = sorted(connection.execute(text("SELECT kind FROM audit")).scalars())
    return found

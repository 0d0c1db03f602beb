"""An index, evidence and tests -> how far each tool can be trusted; only files that changed are read."""

import json
import os
import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from toolwright.library.index.freshness import refresh
from toolwright.library.index.schema import meta_of
from toolwright.library.papers import Paper, Quality, Trust, judge, read_paper
from toolwright.library.place import Place
from toolwright.library.snapshot import Snapshot
from toolwright.library.standing import Standing

if TYPE_CHECKING:
    import sqlite3

_COLUMNS: Final = (
    "name, stamp, evidence, tests_sha256, packages, tests, killed, mutants, replays, made, level, "
    "verdict, why, changed, quarantine"
)
_Row: TypeAlias = tuple[Any, ...]


def filed(db: "sqlite3.Connection", place: Place, snapshot: Snapshot, settled_ns: int) -> dict[str, Trust]:
    """Return how far each kept tool can be trusted; the index is brought up to it.

    Raises:
        LibraryError: a test file cannot be read or is not UTF-8.
    """
    refresh(db, snapshot.catalogue, snapshot.sha)
    known, kept, held = snapshot.known, snapshot.kept, _held(snapshot)
    rows = {row[0]: row for row in db.execute(f"SELECT {_COLUMNS} FROM trust")}  # noqa: S608 - columns are ours
    stamps = _Stamps(place, settled_ns)
    found: dict[str, Trust] = {}
    fresh: list[_Row] = []
    for name in kept:
        row, stamp = rows.pop(name, None), stamps.of(name)
        same = row is not None and stamp != "" and row[1] == stamp
        if row is not None and same and row[11]:
            found[name] = _trust(row)
            if row[14] != held.get(name, ""):
                fresh.append((*row[:14], held.get(name, "")))
            continue
        paper = _paper(row) if row is not None and same else read_paper(place, name)
        found[name] = judge(place, known, kept, name, paper)
        fresh.append(_row(name, stamp, paper, found[name], held.get(name, "")))
    if fresh or rows:
        _write(db, snapshot.sha, fresh, list(rows))
    return found


class _Stamps:
    """What changes with the files of a tool."""

    def __init__(self, place: Place, settled_ns: int) -> None:
        self._evidence, self._tests = f"{place.evidence}/", f"{place.tests}/test_"
        self._recent = time.time_ns() - settled_ns

    def of(self, name: str) -> str:
        """Return it; "" while it cannot be relied on."""
        stamp = []
        for path in (f"{self._evidence}{name}.json", f"{self._tests}{name}.py"):
            try:
                now = os.stat(path)  # noqa: PTH116 - many thousand times
            except OSError:
                stamp.append("-")
                continue
            if now.st_ctime_ns > self._recent:  # nothing is written to a file without that
                return ""
            stamp.append(f"{now.st_mtime_ns}.{now.st_ctime_ns}.{now.st_size}.{now.st_ino}")
        return " ".join(stamp)


def _held(snapshot: Snapshot) -> dict[str, str]:
    """Say of the tools in quarantine why they are."""
    return {one.name: one.reason for one in snapshot.not_offered if one.name in snapshot.quarantined}


def _trust(row: _Row) -> Trust:
    standing = Standing(row[11], row[12], row[13])
    return Trust(standing, Quality(*row[5:11]), json.loads(row[4]) if row[4] else {})


def _paper(row: _Row) -> Paper:
    return Paper(json.loads(row[2]) if row[2] else None, row[3], Quality(*row[5:11]))


def _row(name: str, stamp: str, paper: Paper, trust: Trust, held: str) -> _Row:
    said, quality = trust.standing, trust.quality
    packages = json.dumps(trust.packages) if trust.packages else ""
    brief = "" if paper.evidence is None else json.dumps(paper.evidence)
    numbers = (quality.tests, quality.killed, quality.mutants, quality.replays, quality.made, quality.level)
    return name, stamp, brief, paper.tests, packages, *numbers, said.kind, said.why, said.changed, held


def _write(db: "sqlite3.Connection", sha: str, rows: list[_Row], gone: list[str]) -> None:
    """Write rows, unless the index was moved on to another state of the library meanwhile."""
    marks = ", ".join("?" * len(_COLUMNS.split(",")))
    db.execute("BEGIN IMMEDIATE")
    try:
        if meta_of(db).get("library") == sha:
            db.executemany("DELETE FROM trust WHERE name = ?", [(name,) for name in gone])
            db.executemany(f"INSERT OR REPLACE INTO trust VALUES ({marks})", rows)  # noqa: S608 - only marks
        db.execute("COMMIT")
    except BaseException:  # also Ctrl-C: an open transaction would keep every other writer waiting
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise

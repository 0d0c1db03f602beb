"""What the user allowed a version of a tool for good: kept, found, listed and revoked."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolwright.memory.place import REVISION, memory_file
from toolwright.records import dataclass

if TYPE_CHECKING:
    from toolwright.memory.file_database import FileDatabase


_QUICKLY_S = 1.0


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval. `id` counts from 1, `detail` is a path, a host, "*" for any public host, "" otherwise."""

    id: int
    tool: str
    fingerprint: str
    permission: str
    detail: str
    given: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was approved of an earlier version of a tool; `reached` are its texts by name, if kept."""

    given: str
    grants: tuple[tuple[str, str], ...]
    reached: Mapping[str, str] | None


class Approvals:
    """The approvals of one library. Where there is no file yet, nothing is loaded to look into it."""

    def __init__(self, library: Path, tell: Callable[[str], None] = lambda _notice: None) -> None:
        """`tell` gets a sentence when the file was damaged and was set aside."""
        self._library = library
        self._tell = tell

    def find(self, tool: str, fingerprint: str) -> Sequence[tuple[str, str]]:
        """Return the permissions and details that were approved for this version of a tool.

        Raises:
            MemoryFileError: the file cannot be read.
        """
        kept = self.all()
        return [(a.permission, a.detail) for a in kept if (a.tool, a.fingerprint) == (tool, fingerprint)]

    def before(self, tool: str, fingerprint: str) -> Earlier | None:
        """Return what was approved of another version of the tool, of the newest; None for nothing.

        Raises:
            MemoryFileError: the file cannot be read.
        """
        others = [each for each in self.all() if each.tool == tool and each.fingerprint != fingerprint]
        if not others:
            return None
        from toolwright.memory.approved_texts import ApprovedTexts

        newest = others[-1].fingerprint
        same = [each for each in others if each.fingerprint == newest]
        grants = tuple((each.permission, each.detail) for each in same)
        return Earlier(same[-1].given, grants, ApprovedTexts(self._library).find(newest))

    def all(self) -> tuple[Approval, ...]:
        """Return every approval that counts here, the oldest first.

        Raises:
            MemoryFileError: the file cannot be read.
        """
        if not memory_file(self._library).exists():
            return ()
        known = self._quickly()
        if known is not None:
            return known
        from toolwright.memory.schema import APPROVALS

        with self._database().reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(
                APPROVALS.select().where(APPROVALS.c.place == self._place()).order_by(APPROVALS.c.id)
            ).mappings()
            return tuple(_approval(row) for row in rows)

    def _quickly(self) -> tuple[Approval, ...] | None:
        """Return what `all` does, without loading what migrates and mends files: a single call waits for it.

        None where the file is none of today's, or cannot be read just so.
        """
        import sqlite3

        uri = f"{memory_file(self._library).absolute().as_uri()}?mode=rw"
        try:
            with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_QUICKLY_S)) as connection:
                if connection.execute("SELECT version_num FROM alembic_version").fetchall() != [(REVISION,)]:
                    return None
                if connection.execute("PRAGMA quick_check(approvals)").fetchall() != [("ok",)]:
                    return None
                columns = ", ".join(Approval.__slots__)
                statement = f"SELECT {columns} FROM approvals WHERE place = ? ORDER BY id"  # noqa: S608 - constants
                return tuple(Approval(*row) for row in connection.execute(statement, (self._place(),)))
        except sqlite3.Error:
            return None

    def add(
        self,
        tool: str,
        fingerprint: str,
        permission: str,
        detail: str,
        reached: Mapping[str, str] | None = None,
    ) -> None:
        """Keep an approval; one that is kept already stays as it is.

        `reached` are the texts, by name, of which the fingerprint is the hash.

        Raises:
            MemoryFileError: it cannot be kept.
        """
        from sqlalchemy.dialects.sqlite import insert

        from toolwright.memory.schema import APPROVALS

        row = {
            "place": self._place(),
            "tool": tool,
            "fingerprint": fingerprint,
            "permission": permission,
            "detail": detail,
            "given": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        with self._database().writing() as connection:
            connection.execute(insert(APPROVALS).values(row).on_conflict_do_nothing())
        if reached is not None:
            from toolwright.memory.approved_texts import ApprovedTexts

            ApprovedTexts(self._library).keep(fingerprint, reached)

    def revoke(self, ids: Sequence[int]) -> None:
        """Take approvals back; those that are gone already are fine.

        Raises:
            MemoryFileError: the file cannot be written.
        """
        if not ids or not memory_file(self._library).exists():
            return
        from toolwright.memory.schema import APPROVALS

        with self._database().writing() as connection:
            connection.execute(APPROVALS.delete().where(APPROVALS.c.id.in_(list(ids))))

    def _place(self) -> str:
        from toolwright.memory.whose import whose

        return whose(self._library)

    def _database(self) -> "FileDatabase":
        from toolwright.memory.file_database import FileDatabase

        return FileDatabase(memory_file(self._library), self._tell)


def _approval(row: Any) -> Approval:
    return Approval(**{name: row[name] for name in Approval.__slots__})

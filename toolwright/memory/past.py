"""What happened in a library, for those who ask: opened, and brought up to date, when they do."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from toolwright.errors import MemoryFileError
from toolwright.memory.place import memory_file
from toolwright.memory.recorder import ADDED_UP, LIVE, SPOOL
from toolwright.redaction import Secret

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from toolwright.memory.database import Database
    from toolwright.memory.told import Row

T = TypeVar("T")
_PARTS: Final = ("steps", "attempts", "failures", "admissions", "executions", "decisions", "model_calls")
_BLOBS: Final = frozenset({"id", "run", "vector", "embedder", "library", "line"})


class Past:
    """What happened in one library. Where nothing did, nothing is loaded to find that out."""

    def __init__(
        self,
        library: Path,
        tell: Callable[[str], None],
        *,
        server: Secret | None = None,
        keeps: bool = True,
        wait_s: float = 10.0,
    ) -> None:
        """`tell` gets a sentence, once, of what is wrong with the memory and does not keep it from use.

        `server` is the address of one that a team shares; without one the memory is a file of the library.
        Unless it `keeps`, it is only read: what waits may be for another one.
        """
        self._library = library
        self._server = server or Secret()
        self._database: Database | None = None
        self._keeps = keeps
        self._seen: tuple[object, ...] = ()
        self._listener = tell
        self._said: set[str] = set()
        self._wait_s = wait_s

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be there, as far as files tell."""
        folder = self._library / ".toolwright"
        spooled = any((folder / name).exists() for name in (*LIVE, ADDED_UP))
        return not spooled and not self.holds_more_than("")

    def holds_more_than(self, run: str) -> bool:
        """Tell whether another run can be there, as far as files tell."""
        folder = self._library / ".toolwright"
        waits = any(path.stem != run for path in (folder / SPOOL).glob("*.jsonl"))
        return waits or bool(self._server) or memory_file(self._library).exists()

    @property
    def where(self) -> str:
        """Where the memory is; of a server neither user nor password."""
        if self._server:
            from toolwright.memory.address import read_address

            return read_address(self._server).shown
        return str(memory_file(self._library))

    @property
    def shared_as(self) -> str:
        """What this library is called in a memory that others use too, "" where it has its own."""
        if not self._server:
            return ""
        from toolwright.memory.whose import named

        return named(self._library)

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has, those without any left out.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        if self.is_empty:
            return {}
        from sqlalchemy import func, select

        from toolwright.memory.schema import METADATA

        def counted(connection: "Connection") -> dict[str, int]:
            tables = METADATA.sorted_tables
            found = {
                one.name: connection.execute(select(func.count()).select_from(one)).scalar_one()
                for one in tables
            }
            return {name: number for name, number in found.items() if number}

        return self.ask(counted) or {}

    def take_in(self) -> None:
        """Bring the memory up to date; what cannot be done now is said, and waits."""
        try:
            _, behind = self._folded()
        except MemoryFileError as error:
            behind = str(error)
        if behind:
            self.say(behind)

    def ask(self, question: "Callable[[Connection], T]") -> "T | None":
        """Return the answer to a question to the database, None where there is none.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        database, behind = self._folded()
        with database.reading() as connection:
            answer = None if connection is None else question(connection)
        if behind:
            self.say(behind)
        return answer

    def told(self, question: "Callable[[Connection], T]") -> "T | None":
        """Return the answer to a question, None where there is none.

        Where the memory cannot be read that is said, and the answer is that of what waits here.

        Raises:
            MemoryFileError: the memory cannot be read, and what waits here does not tell, either.
        """
        failed: MemoryFileError | None = None
        found: T | None = None
        try:
            found = self.ask(question)
        except MemoryFileError as error:
            failed = error
        if found is not None or (failed is None and self._keeps):
            return found
        from toolwright.memory.waiting import tables_of_waiting

        with tables_of_waiting(self._library / ".toolwright") as connection:
            found = None if connection is None else question(connection)
        if failed:
            if not found:
                raise failed
            hint = f" ({failed.hint})" if failed.hint else ""
            self.say(f"{failed}; only what waits here for it is known{hint}")
        return found

    def change(self, work: "Callable[[Connection], T]") -> T:
        """Do something with the database that is kept when it ends well, all or nothing.

        Raises:
            MemoryFileError: the memory cannot be written.
        """
        with self._folded()[0].writing() as connection:
            return work(connection)

    def runs(self, most: int, *, own: bool = False) -> "Sequence[Row]":
        """Return the last runs, the newest first; one that is not over has the status `running`.

        `own` leaves out those of other libraries in a memory that a team shares.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        if self.is_empty:
            return ()
        from toolwright.memory.folding import not_taken_in
        from toolwright.memory.schema import RUNS

        mine = (RUNS.c.library == self.shared_as,) if own and self._server else ()
        newest = RUNS.select().where(*mine).order_by(RUNS.c.began.desc(), RUNS.c.id.desc())
        kept = self._rows(newest.limit(most))
        others = [told.run for told in not_taken_in(self._library / ".toolwright")]
        rows = {row["id"]: row for row in (*others, *kept)}
        return sorted(rows.values(), key=lambda row: (row["began"], row["id"]), reverse=True)[:most]

    def named(self, beginning: str) -> list[str]:
        """Return the ids of at most three runs that begin so.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        if self.is_empty:
            return []
        from toolwright.memory.folding import not_taken_in
        from toolwright.memory.schema import RUNS

        begins = RUNS.c.id.startswith(beginning, autoescape=True)
        kept = self._rows(RUNS.select().where(begins).order_by(RUNS.c.began.desc()).limit(3))
        others = [told.run for told in not_taken_in(self._library / ".toolwright")]
        return list(
            dict.fromkeys(row["id"] for row in (*kept, *others) if str(row["id"]).startswith(beginning))
        )

    def run(self, identity: str) -> "Row | None":
        """Return one run with all that is known of it, its parts by the names of the tables.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        if self.is_empty:
            return None
        from toolwright.memory.folding import not_taken_in
        from toolwright.memory.schema import METADATA, RUNS

        def whole(connection: "Connection") -> "Row | None":
            found = connection.execute(RUNS.select().where(RUNS.c.id == identity)).mappings().first()
            if found is None:
                return None
            parts = {}
            for name in _PARTS:
                table = METADATA.tables[name]
                rows = connection.execute(table.select().where(table.c.run == identity).order_by(table.c.id))
                parts[name] = [{k: v for k, v in row.items() if k not in _BLOBS} for row in rows.mappings()]
            return {**found, **parts}

        kept = self.told(whole)
        others = () if kept else not_taken_in(self._library / ".toolwright")
        return kept or next((told.run | told.rows for told in others if told.run["id"] == identity), None)

    def _rows(self, statement: Any) -> "list[Row]":
        return self.told(lambda found: [dict(row) for row in found.execute(statement).mappings()]) or []

    def say(self, said: str) -> None:
        """Tell the listener, unless it was told the same."""
        if said not in self._said:
            self._said.add(said)
            self._listener(said)

    def _folded(self) -> "tuple[Database, str]":
        """Return the database with all in it that waited, and why it is not in it, "" when it is.

        Raises:
            MemoryFileError: what speaks to servers is not installed, or the address is none.
        """
        from toolwright.memory.database import open_database
        from toolwright.memory.folding import fold

        if self._database is None:
            self._database = open_database(self._library, self._server, self.say, wait_s=self._wait_s)
        database = self._database
        if not self._keeps:
            return database, ""
        try:
            self._seen = fold(self._library / ".toolwright", database, self._seen)
        except MemoryFileError as error:
            return database, f"{error}; runs since then are not in it yet, and wait in their files"
        return database, ""

"""A memory on a PostgreSQL server with pgvector: an address in, transactions over tables of today's form out.

The tables stand in a schema of their own. When the server was out of reach once, it is not tried again for
this opener: a run would wait for it at each question.
"""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from toolwright.errors import MemoryFileError
from toolwright.memory.address import Address, read_address, why_not
from toolwright.memory.revisions import ForeignError, is_current, migrate
from toolwright.redaction import Secret

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCHEMA: Final = "toolwright"
_CONNECT_S: Final = 5
_HINT: Final = "set TOOLWRIGHT_MEMORY to a server that answers, or use --no-memory"
_PATH: Final = (
    "SELECT set_config('search_path', 'toolwright, ' || quote_ident(coalesce((SELECT nspname FROM "
    "pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'), 'public')), false)"
)


class ServerDatabase:
    """One server. Every transaction connects anew, so nothing is held while the program thinks."""

    def __init__(self, server: Secret, *, wait_s: float = 10.0) -> None:
        """`server` is `postgresql://...`; `wait_s` bounds waiting for others.

        Raises:
            MemoryFileError: psycopg is not installed, or the address is none.
        """
        self._address: Address = read_address(server)
        self._wait_ms = max(1, round(wait_s * 1000))
        self._gone: MemoryFileError | None = None
        self._is_ready = False

    @contextlib.contextmanager
    def reading(self) -> "Iterator[Connection | None]":
        """Yield a connection for reading; the tables are made where there are none.

        Raises:
            MemoryFileError: the server cannot be read; names why.
        """
        with self.writing() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> "Iterator[Connection]":
        """Yield a connection; what is done with it is kept when the block ends well, all or nothing.

        Raises:
            MemoryFileError: the server cannot be used; names why.
        """
        if self._gone:
            raise self._gone
        with self._told():
            if not self._is_ready:
                self._prepare()
            with self._begun() as connection:
                yield connection

    def _prepare(self) -> None:
        """Make the tables, or bring them up to date, in one transaction that others wait for."""
        with self._begun() as connection:
            self._is_ready = self._current(connection)
        if self._is_ready:
            return
        with self._begun() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock(hashtext('{SCHEMA}'))"))
            _make_room(connection)
        with self._begun() as connection:  # the search path is right from here on
            connection.execute(text(f"SELECT pg_advisory_xact_lock(hashtext('{SCHEMA}'))"))
            if not self._current(connection):
                migrate(connection, schema=SCHEMA)
        self._is_ready = True

    def _current(self, connection: "Connection") -> bool:
        where = self._address.shown
        return is_current(connection, where, hint="use that version, or another database", schema=SCHEMA)

    @contextlib.contextmanager
    def _begun(self) -> "Iterator[Connection]":
        engine = create_engine("postgresql+psycopg://", creator=self._connect, poolclass=NullPool)
        with engine.begin() as connection:
            yield connection

    def _connect(self) -> Any:
        import psycopg
        from psycopg.conninfo import make_conninfo

        connection = psycopg.connect(
            make_conninfo(**self._address.parts),
            connect_timeout=_CONNECT_S,
            application_name="toolwright",
            tcp_user_timeout=10_000,
            keepalives_idle=5,
            options=f"-c lock_timeout={self._wait_ms} -c statement_timeout=60000",
            autocommit=True,
        )
        try:
            connection.execute(_PATH)
        except psycopg.Error:
            connection.close()
            raise
        connection.autocommit = False
        return connection

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn every fault of the server into one sentence for the user, which holds no password."""
        try:
            yield
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            said = why_not(self._address, state, str(error.orig))
            failed = MemoryFileError(f"the memory {self._address.shown} cannot be used: {said}", hint=_HINT)
            if state is None or state.startswith(("08", "28", "3D", "57P")):
                self._gone = failed
            raise failed from None  # the cause quotes statements, and what was to be kept
        except ForeignError as error:
            raise MemoryFileError(
                f"the memory {self._address.shown} cannot be used: {error}",
                hint=f"set TOOLWRIGHT_MEMORY to a database in which no other program has a schema {SCHEMA!r}",
            ) from error


def _make_room(connection: "Connection") -> None:
    """Make schema and extension where there are none: to make them needs a right, to find them does not."""
    if connection.execute(text(f"SELECT to_regnamespace('{SCHEMA}')")).scalar() is None:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    if connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'vector'")).first() is None:
        connection.execute(text("CREATE EXTENSION vector SCHEMA public"))

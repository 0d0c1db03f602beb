"""Where a memory is -> what opens it: a file of the library, or a server that a team shares."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from toolwright.memory.place import memory_file
from toolwright.redaction import Secret

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Database(Protocol):
    """Transactions over tables of today's form; each one opens the database anew."""

    def reading(self) -> "AbstractContextManager[Connection | None]":
        """Give a connection for reading, None while there is nothing to read.

        Raises:
            MemoryFileError: it cannot be read; names why.
        """
        ...

    def writing(self) -> "AbstractContextManager[Connection]":
        """Give a connection; what is done with it is kept when the block ends well, all or nothing.

        Raises:
            MemoryFileError: it cannot be written; names why.
        """
        ...


def open_database(library: Path, server: Secret, tell: Callable[[str], None], *, wait_s: float) -> Database:
    """Return the memory of a library: on `server` if one is given. Nothing is opened yet.

    `tell` gets a sentence when a damaged file was set aside; `wait_s` bounds waiting for others.

    Raises:
        MemoryFileError: what speaks to servers is not installed, or the address is none.
    """
    if server:
        from toolwright.memory.server_database import ServerDatabase

        return ServerDatabase(server, wait_s=wait_s)
    from toolwright.memory.file_database import FileDatabase

    return FileDatabase(memory_file(library), tell, wait_s=wait_s)

"""A connection -> whether its tables are today's, and the migrations that make them so."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from toolwright.errors import MemoryFileError
from toolwright.memory.place import REVISION

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
_VERSION_TABLE: Final = "alembic_version"


class ForeignError(Exception):
    """It is no database, a damaged one, or not one of ours."""


def is_current(connection: "Connection", where: str, *, hint: str, schema: str | None = None) -> bool:
    """Tell whether the tables are today's; `where` names the database for the user.

    `schema` is where on a server the tables stand.

    Raises:
        MemoryFileError: they are tomorrow's.
        ForeignError: they are not ours.
    """
    if not inspect(connection).has_table(_VERSION_TABLE, schema):
        if inspect(connection).get_table_names(schema):
            raise ForeignError("it is a database of another program")
        return False
    table = f"{schema}.{_VERSION_TABLE}" if schema else _VERSION_TABLE
    found = set(connection.execute(text(f"SELECT version_num FROM {table}")).scalars())  # noqa: S608 - constants
    if found <= {REVISION}:
        return bool(found)
    if all(_is_older(revision) for revision in found):
        return False
    raise MemoryFileError(f"{where} was made by a newer Toolwright", hint=hint)


def _is_older(revision: str) -> bool:
    return any(path.name.startswith(f"{revision}_") for path in (MIGRATIONS / "versions").glob("*.py"))


def migrate(connection: "Connection", revision: str = "head", schema: str | None = None) -> None:
    """Bring the tables up to a revision, inside the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, schema=schema)
    command.upgrade(config, revision)

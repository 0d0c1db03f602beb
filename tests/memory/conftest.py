"""What the tests of the memory share: one PostgreSQL for all that want one."""

from collections.abc import Iterator

import pytest
from postgres import Postgres, served


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real server, started when it is first asked for and surely stopped."""
    with served() as server:
        yield server

"""One set of zygotes for all goals of these tests: to start them takes longer than most goals.

Every goal has a sandbox of its own all the same, and every call a fresh cell; that a sandbox starts and ends
its zygotes is seen in tests/sandbox_kernel, and in all tests that run the whole program.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from toolwright.sandbox.zygotes import Zygotes

Living = dict[tuple[object, ...], "Kept"]


class Kept(Zygotes):
    """Zygotes that outlive the sandbox that was given them."""

    def close(self) -> None:
        """Go on: others are served too."""

    def end(self) -> None:
        """End them."""
        super().close()


@pytest.fixture(scope="session")
def living() -> Iterator[Living]:
    """Zygotes by what was asked for; they end with the session."""
    found: Living = {}
    yield found
    for kept in found.values():
        kept.end()


@pytest.fixture(scope="module", autouse=True)
def _same_zygotes(living: Living) -> Iterator[None]:
    def get(level: Any, site: Sequence[str], without: Sequence[str], _launched: None = None) -> Kept:
        asked = (level, tuple(site), tuple(without))
        if asked not in living:
            living[asked] = Kept(level, site, without)
        return living[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolwright.sandbox.confined.Zygotes", get)
        yield

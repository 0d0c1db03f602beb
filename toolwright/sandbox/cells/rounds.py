"""A pytest plugin that runs chosen tests many times in one session, each time against another tool."""

from collections.abc import Callable
from typing import Any

from toolwright.sandbox.cells.wire import encode, send_frame

Rounds = list[list[str]]


class RoundLoop:
    """Takes the place of pytest's own loop. A round ends with the first test of it that fails."""

    def __init__(self, answer_fd: int, rounds: Rounds, name_of: Callable[[str], str]) -> None:
        self._answer_fd = answer_fd
        self._rounds = rounds
        self._name_of = name_of
        self._failed = False

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run every round; what tests share is made anew for each of them."""
        if session.testsfailed:
            return True
        items = {self._name_of(item.nodeid): item for item in session.items}
        for number, names in enumerate(self._rounds):
            send_frame(self._answer_fd, encode({"kind": "round", "number": number}))
            self._failed = False
            for name in names:
                if name in items and not self._failed:
                    item = items[name]
                    # no next one: everything is torn down
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember a failure."""
        self._failed = self._failed or not report.passed

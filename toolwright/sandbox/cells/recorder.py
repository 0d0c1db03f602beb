"""A pytest plugin that sends what happens as frames: collection, starts and reports of tests."""

import linecache
import os
from typing import Any

from toolwright.sandbox.cells.wire import encode, send_frame

_MESSAGE_CHARS = 3000
_REASON_CHARS = 300
_SETTINGS = "_hypothesis_internal_use_settings"  # hypothesis has no public name for it
_SEED = "_hypothesis_internal_use_seed"  # nor for this


class Recorder:
    """Hooks of one session. Each test starts in an empty folder of its own below the first one."""

    def __init__(self, answer_fd: int, file: str, max_examples: int, skip: Any, seed: int) -> None:
        self._answer_fd = answer_fd
        self._file = file
        self._max_examples = max_examples
        self._skip = frozenset(skip)
        self._seed = seed
        self._started = 0
        self._home = os.getcwd()  # noqa: PTH109 - a plain string is needed

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out what need not run again."""
        items[:] = [item for item in items if name_of(item.nodeid) not in self._skip]

    def pytest_collection_finish(self, session: Any) -> None:
        """Send the tests' names; the file itself is not needed any more and nobody else shall read it."""
        for item in session.items:
            self._limit_examples(item)
            self._fix_examples(item)
        with open(self._file, encoding="utf-8") as file:  # noqa: PTH123 - no pathlib in the cells
            text = file.read()
        # no modification time: tracebacks then never look at the disk again
        linecache.cache[self._file] = (len(text), None, text.splitlines(keepends=True), self._file)
        os.unlink(self._file)  # noqa: PTH108 - as above
        self._send({"kind": "collected", "names": [name_of(item.nodeid) for item in session.items]})

    def pytest_collectreport(self, report: Any) -> None:
        """A module that is skipped or cannot be loaded ends it."""
        if not report.passed:
            self._send({"kind": "collection_error", "message": self._message(report)})

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which test's calls follow."""
        self._started += 1
        folder = f"{self._home}/{self._started}"  # the same one each time: it may be in arguments
        os.mkdir(folder)  # noqa: PTH102 - no pathlib in the cells
        os.chdir(folder)
        self._send({"kind": "start", "name": name_of(nodeid)})

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Send the outcome of one phase of a test."""
        record = {
            "kind": "report",
            "name": name_of(report.nodeid),
            "when": report.when,
            "outcome": report.outcome,
            "xfail": hasattr(report, "wasxfail"),
        }
        if not report.passed or record["xfail"]:
            record |= {"message": self._message(report), "reason": _reason(report)}
        self._send(record)

    def _limit_examples(self, item: Any) -> None:
        """Also hold tests with settings of their own to the number of examples that processes allow."""
        test = getattr(item, "obj", None)
        test = getattr(test, "__func__", test)
        chosen = getattr(test, _SETTINGS, None)
        if chosen is not None and chosen.max_examples > self._max_examples:
            from hypothesis import settings

            setattr(test, _SETTINGS, settings(chosen, max_examples=self._max_examples))

    def _fix_examples(self, item: Any) -> None:
        """Let a test of hypothesis draw what it draws with `--hypothesis-seed`, unless it has a seed."""
        test: Any = getattr(item, "obj", None)
        test = getattr(test, "__func__", test)
        if getattr(test, "is_hypothesis_test", False) and getattr(test, _SEED, None) is None:
            from hypothesis import seed

            seed(self._seed)(test)

    def _message(self, report: Any) -> str:
        text = report.longreprtext.replace(os.path.dirname(self._file) + "/", "")  # noqa: PTH120 - as above
        if len(text) > _MESSAGE_CHARS:
            text = text[: _MESSAGE_CHARS // 3] + "\n...\n" + text[-_MESSAGE_CHARS * 2 // 3 :]
        return _clean(text)

    def _send(self, record: dict[str, Any]) -> None:
        send_frame(self._answer_fd, encode(record))


def name_of(nodeid: str) -> str:
    """Say a test's name as it travels: without its file."""
    return _clean(nodeid.partition("::")[2] or nodeid)


def _reason(report: Any) -> str:
    if isinstance(report.longrepr, tuple):  # a skip: file, line, reason
        return _clean(str(report.longrepr[2]))[:_REASON_CHARS]
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = [line.strip() for line in str(getattr(crash, "message", "")).splitlines() if line.strip()]
    return _clean(" ".join(lines[:2]))[:_REASON_CHARS]


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()

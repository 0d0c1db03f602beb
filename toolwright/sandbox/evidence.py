"""The calls that tests really made: each with its result in, bounded records out."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from toolwright.sandbox.cells.wire import encode
from toolwright.types import CallRecord, CallResult, Json

_MAX_BYTES: Final = 8 << 20


class Evidence:
    """Collects calls. `count` is of all calls, `called` holds the functions that running tests called."""

    def __init__(self) -> None:
        self.count = 0
        self.called: set[str] = set()
        self._records: list[CallRecord] = []
        self._numbers: Counter[str] = Counter()
        self._last: dict[str, CallRecord] = {}
        self._bytes = 0

    def start_test(self) -> None:
        """Count the calls of each function from 0 again."""
        self._numbers.clear()

    def next_number(self, function: str) -> int:
        """Say how many calls of a function this test has made before."""
        self._numbers[function] += 1
        return self._numbers[function] - 1

    def add(
        self,
        test: str,
        function: str,
        arguments: Mapping[str, Json],
        result: CallResult,
        effects: tuple[str, ...],
    ) -> None:
        """Take in one call; `test` is "" for one made while the file was loaded, which proves nothing."""
        self.count += 1
        record = CallRecord(function, arguments, result, effects, test)
        if test:
            self.called.add(function)
            self._last = {test: record}
        self._bytes += (
            len(encode(arguments)) + len(encode(result.value)) + len(result.stdout) + len(result.stderr)
        )
        if self._bytes <= _MAX_BYTES:
            self._records.append(record)

    def calls(self) -> tuple[CallRecord, ...]:
        """The records in the order of the calls, as many as fit into 8 MiB."""
        return tuple(self._records)

    def last(self, test: str) -> CallRecord | None:
        """The latest call, if this test made it."""
        return self._last.get(test)

"""What a judge says while it runs rounds of tests in, the test that failed first in each round out."""

from toolwright.types import Json


class RoundRecords:
    """Collects what one judge says. `running` names the test that runs now, "" between tests.

    `begun` is the round that began last, -1 before the first; `finished` says that the judge came to its end.
    """

    def __init__(self) -> None:
        self.running = ""
        self.begun = -1
        self.finished = False
        self._failed: dict[int, str] = {}

    def add(self, record: Json) -> None:
        """Take in one record."""
        match record:
            case {"kind": "round", "number": int(number)}:
                self.begun, self.running = number, ""
            case {"kind": "start", "name": str(name)}:
                self.running = name
            case {"kind": "report", "name": str(name), "when": str(when), "outcome": str(outcome)}:
                if outcome != "passed" or record.get("xfail"):
                    self._failed.setdefault(self.begun, name)
                if when == "teardown":
                    self.running = ""
            case {"kind": "finish"}:
                self.finished = True

    def annotate(self, name: str, text: str) -> None:
        """Nobody reads the messages of rounds."""

    def failed(self, number: int) -> str:
        """The test that failed in a round, or in which everything ended; "" when there is none."""
        if number == self.begun and not self.finished:
            return self._failed.get(number) or self.running
        return self._failed.get(number, "")

"""How much a run may ask of its proxy: the numbers, and the budget that all its connections share."""

import threading

from toolwright.records import dataclass
from toolwright.sandbox.proxy.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes, seconds and plain counts.

    `head_s` is for a whole head, from its connection on; `idle_s` is how long nothing may move; `parallel`
    connections are served at once (more wait to be accepted), `connections` in the whole run.
    """

    head_bytes: int = 32 << 10
    head_s: float = 10.0
    idle_s: float = 30.0
    connect_s: float = 10.0
    total_bytes: int = 256 << 20
    parallel: int = 64
    connections: int = 1000


class Budget:
    """Counts down the bytes of a run, both ways together; any thread may take from it."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._left = total
        self._lock = threading.Lock()

    def take(self, count: int) -> None:
        """Take some bytes before they are forwarded.

        Raises:
            RefusedError: so many are not left; the budget is then empty.
        """
        with self._lock:
            enough = count <= self._left
            self._left = self._left - count if enough else 0
        if not enough:
            raise RefusedError(413, f"the run moved more than {self._total} bytes over the network")

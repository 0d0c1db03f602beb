"""A model goes in, a model comes out that tries again when a fault may pass, and knows when to stop."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from toolwright.errors import ModelError
from toolwright.events import Listener, ModelRetried
from toolwright.protocols import Model
from toolwright.records import dataclass, field, replace
from toolwright.types import Prompt, Reply, Usage

TRIES: Final[Mapping[str, int]] = {
    "rate": 5,
    "server": 4,
    "network": 4,
    "protocol": 3,
    "timeout": 2,  # each costs minutes
    "empty": 2,  # each was paid for
}
"""How often a call is made at most when it fails like this; kinds not named are never tried again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When to stop: all in seconds, from the start of the call where nothing else is said.

    Waits double from `first_wait_s` on, unless the server names one; one longer than
    `longest_wait_s` ends the call at once. No try begins after `total_s`, nor when the network has
    been failing for `outage_s`: then it is down, and saying so soon is worth more than another try.
    """

    tries: Mapping[str, int] = field(default_factory=lambda: TRIES)
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    total_s: float = 600.0
    outage_s: float = 4.0


class PatientModel:
    """Tries `inner` again after transient faults; the only retry loop, the SDK's own is switched off."""

    def __init__(
        self,
        inner: Model,
        emit: Listener,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sleep` and `clock` are for those who do not want to wait, or to wait elsewhere."""
        self._inner = inner
        self._emit = emit
        self._patience = patience or Patience()
        self._sleep = sleep
        self._clock = clock

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._inner.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt; `events.ModelRetried` is emitted before each wait.

        Raises:
            ModelError: the last fault, with the number of tries in its text if there were several.
        """
        trying = _Trying(self._patience, self._clock())
        while True:
            try:
                reply = self._inner.complete(prompt)
            except ModelError as error:
                wait = trying.wait_after(error, self._clock())
                if wait is None:
                    raise trying.last_word(error) from None
                self._emit(ModelRetried(str(error), wait, trying.failed, trying.of(error)))
                self._sleep(wait)
            else:
                return replace(reply, usage=reply.usage + Usage(0, *trying.tokens))


@dataclass(slots=True)
class _Trying:
    """One call while it is being tried; `tokens` were paid for answers that were of no use."""

    patience: Patience
    began: float
    failed: int = 0
    first_failure: float | None = None
    tokens: tuple[int, int] = (0, 0)

    def of(self, error: ModelError) -> int:
        return self.patience.tries.get(error.kind, 1)

    def wait_after(self, error: ModelError, now: float) -> float | None:
        """Return how long to wait before the next try, None to give up."""
        self.failed += 1
        self.tokens = (self.tokens[0] + error.tokens[0], self.tokens[1] + error.tokens[1])
        self.first_failure = now if self.first_failure is None else self.first_failure
        wait = self._wait(error)
        if self.failed >= self.of(error) or wait > self.patience.longest_wait_s:
            return None
        if now + wait > self.began + self.patience.total_s:
            return None
        if error.kind == "network" and now + wait > self.first_failure + self.patience.outage_s:
            return None
        return wait

    def last_word(self, error: ModelError) -> ModelError:
        """Return the error to end with: what failed, how often, and what the server wants."""
        message, hint = str(error), error.hint
        if error.retry_after is not None and error.retry_after > self.patience.longest_wait_s:
            message += f"; it wants to be left alone for {error.retry_after:.0f} s"
            hint = f"run the same command again in {error.retry_after:.0f} s"
        if self.failed > 1:
            message += f" (tried {self.failed} times)"
        last = ModelError(error.kind, message, retry_after=error.retry_after, hint=hint)
        last.tokens, last.calls = self.tokens, error.calls
        return last

    def _wait(self, error: ModelError) -> float:
        if error.retry_after is not None:
            return error.retry_after
        return min(self.patience.first_wait_s * 2.0 ** (self.failed - 1), self.patience.longest_wait_s)

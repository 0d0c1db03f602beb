"""Goals, a ledger, an executor -> outcomes as they come; one goal that fails harms no other."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

from toolwright.batch.goals import Goal
from toolwright.batch.ledger import Ledger
from toolwright.batch.outcome import Outcome, outcome_of, outcome_of_error
from toolwright.errors import ToolwrightError
from toolwright.events import Listener
from toolwright.protocols import Executor
from toolwright.types import Report

_LOOK_S = 0.05


class Stopped(BaseException):
    """Somebody ended the batch while this goal ran; threads get no KeyboardInterrupt."""


class Batch:
    """Runs goals side by side; `work` takes a goal, the id for its run and a listener that must hear all."""

    def __init__(
        self,
        ledger: Ledger,
        executor: Executor,
        work: Callable[[Goal, str, Listener], Report],
        new_run: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._executor = executor
        self._work = work
        self._new_run = new_run
        self._stop = threading.Event()
        self._running = 0
        self._lock = threading.Lock()

    def run(self, goals: Sequence[Goal]) -> Iterator[tuple[Goal, Outcome]]:
        """Yield every goal with its outcome as it is done.

        Raises:
            ToolwrightError: what is done cannot be noted.
            Exception: what no goal should raise, when all others are done.
        """
        broken: list[BaseException] = []
        for place, future in self._executor.each(self._one, goals):
            outcome = _outcome(future, broken)
            if outcome is not None:
                yield goals[place], outcome
        if broken:
            raise broken[0]

    def stop(self, wait_s: float) -> bool:
        """End every goal that runs as soon as it does something; False if some still runs after `wait_s`."""
        self._stop.set()
        until = time.monotonic() + wait_s
        while self._running and time.monotonic() < until:
            time.sleep(_LOOK_S)
        return not self._running

    def _one(self, goal: Goal) -> Outcome:
        self._check()
        with self._lock:
            self._running += 1
        try:
            return self._noted(goal)
        finally:
            with self._lock:
                self._running -= 1

    def _noted(self, goal: Goal) -> Outcome:
        run = self._new_run()
        self._ledger.begin(goal, run)
        try:
            outcome = outcome_of(self._work(goal, run, lambda _event: self._check()))
        except ToolwrightError as error:
            outcome = outcome_of_error(run, error)
        self._ledger.end(goal, outcome)
        return outcome

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped


def _outcome(future: "Future[Outcome]", broken: list[BaseException]) -> Outcome | None:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, ToolwrightError):  # of the ledger: nothing more can be noted
        raise error
    broken.append(error)
    return None

"""Pieces of work -> their results, side by side; what each of them tells comes out as if they ran in turn.

Events of the first piece are passed on as they happen, those of the next are kept until all before it are
done. So screen, log and memory hear one story, in the same order however the pieces were timed.
"""

import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from toolwright.events import Event, Listener, ModelProgress
from toolwright.records import dataclass, field

T = TypeVar("T")

_SLICE_S: Final = 0.1
"""How long a wait is that a Ctrl-C may have to wait for."""


class LaneStoppedError(BaseException):
    """The run was interrupted: work that goes on in a thread ends where it next tells something."""


@dataclass(slots=True, eq=False)
class _Group:
    """Pieces that run side by side, maybe inside of a piece of others."""

    parent: "_Lane | None"
    width: int
    stopped: bool = False
    lanes: "list[_Lane]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Lane:
    """One piece. `open` once all before it are done; what it tells before that is `held`."""

    group: _Group
    open: bool = False
    done: bool = False
    held: list[Event] = field(default_factory=list)


_LANE: Final[contextvars.ContextVar["_Lane | None"]] = contextvars.ContextVar("lane", default=None)
"""Where this thread is, or the thread that it works for."""


@dataclass(slots=True)
class _Outcome(Generic[T]):
    """What a piece came to. As a context it takes what is raised, for the thread that waits to raise it."""

    value: T | None = None
    error: BaseException | None = None
    ran: bool = False

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        self.error, self.ran = error, error is None
        return True


def check_wanted() -> None:
    """Notice, in a piece of work that waits for something, that it is not wanted any more.

    Raises:
        LaneStoppedError: the run was interrupted.
    """
    _check(_LANE.get())


class Lanes:
    """Runs pieces of work in at most `jobs` threads, and stands between them and who is told."""

    def __init__(self, tell: Listener, jobs: int = 1) -> None:
        """`tell` is called by one thread at a time."""
        self._tell = tell
        self._jobs = jobs
        self._changed = threading.Condition(threading.RLock())

    @property
    def jobs(self) -> int:
        """How many pieces can run at the same time from here."""
        lane = _LANE.get()
        return self._jobs if lane is None else max(1, self._jobs // lane.group.width)

    def tell(self, event: Event) -> None:
        """Pass an event on, now or when its turn comes."""
        lane = _LANE.get()
        with self._changed:
            _check(lane)
            self._pass(lane, event)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until all before this piece are done: who asks the user asks in turn."""
        lane = _LANE.get()
        with self._changed:
            while not _is_open(lane):
                self._changed.wait(_SLICE_S)
                _check(lane)
        yield

    def side_by_side(
        self, works: Sequence[Callable[[], T]], enough: Callable[[T], bool] = lambda _result: False
    ) -> list[T]:
        """Return the results in order. Nothing new begins after one that is `enough`: then fewer come back.

        Raises:
            BaseException: what the first of them raised; the others have ended, or soon will after Ctrl-C.
        """
        if self.jobs == 1 or len(works) == 1:
            return _in_turn(works, enough)
        group = _Group(_LANE.get(), min(self.jobs, len(works)))
        group.lanes = [_Lane(group, open=index == 0) for index in range(len(works))]
        outcomes: list[_Outcome[T]] = [_Outcome() for _ in works]
        waiting = deque(zip(group.lanes, works, outcomes, strict=True))

        contexts = {lane: contextvars.copy_context() for lane in group.lanes}

        ended: SimpleQueue[None] = SimpleQueue()

        def work() -> None:
            while waiting and not group.stopped:
                try:
                    lane, piece, outcome = waiting.popleft()
                except IndexError:
                    break
                contexts[lane].run(_run, lane, piece, outcome)
                if outcome.error is not None or (outcome.ran and enough(outcome.value)):  # type: ignore[arg-type]  # it ran
                    waiting.clear()
                self._finish(lane)
            ended.put(None)

        try:
            for _ in range(group.width):
                threading.Thread(target=work, name="toolwright-lane", daemon=True).start()
            for _ in range(group.width):
                _wait_for(ended)
        except BaseException:  # Ctrl-C comes to this thread only: the others must hear of it
            group.stopped = True
            raise
        return _results(outcomes)

    def _finish(self, lane: _Lane) -> None:
        """Let the next pieces be heard that could not be so far."""
        with self._changed:
            lane.done = True
            lanes = lane.group.lanes
            for before, after in pairwise(lanes):
                if before.open and before.done and not after.open:
                    after.open = True
                    held, after.held = after.held, []
                    for event in held:
                        self._pass(after, event)
            self._changed.notify_all()

    def _pass(self, lane: _Lane | None, event: Event) -> None:
        if lane is None:
            self._tell(event)
        elif lane.group.stopped:
            return
        elif lane.open:
            self._pass(lane.group.parent, event)
        elif not isinstance(event, ModelProgress):  # of a moment that is over when its turn comes
            lane.held.append(event)


def _wait_for(ended: "SimpleQueue[None]") -> None:
    """Wait in slices: a Ctrl-C that comes just before a lock is taken is noticed only after it."""
    while True:
        with contextlib.suppress(Empty):
            return ended.get(timeout=_SLICE_S)


def _run(lane: _Lane, piece: Callable[[], T], outcome: _Outcome[T]) -> None:
    _LANE.set(lane)
    with outcome:
        outcome.value = piece()


def _check(lane: _Lane | None) -> None:
    while lane is not None:
        if lane.group.stopped:
            raise LaneStoppedError
        lane = lane.group.parent


def _is_open(lane: _Lane | None) -> bool:
    while lane is not None:
        if not lane.open:
            return False
        lane = lane.group.parent
    return True


def _in_turn(works: Sequence[Callable[[], T]], enough: Callable[[T], bool]) -> list[T]:
    results: list[T] = []
    for work in works:
        results.append(work())
        if enough(results[-1]):
            break
    return results


def _results(outcomes: Sequence[_Outcome[T]]) -> list[T]:
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return [outcome.value for outcome in outcomes if outcome.ran]  # type: ignore[misc]  # those that ran have one


def waves(needed: Mapping[int, Collection[int]]) -> list[list[int]]:
    """Sort numbers into waves: each needs only numbers of earlier waves. What is needed must be smaller."""
    wave_of: dict[int, int] = {}
    for number in sorted(needed):
        wave_of[number] = 1 + max((wave_of[other] for other in needed[number]), default=-1)
    last = max(wave_of.values(), default=-1)
    return [[number for number in sorted(needed) if wave_of[number] == wave] for wave in range(last + 1)]

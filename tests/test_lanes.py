"""Work side by side: results and what is told come in order, questions in turn, and Ctrl-C ends all."""

import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.events import ModelProgress, Notice
from toolwright.lanes import Lanes, waves


def told(jobs: int, works: int) -> tuple[list[str], list[int], int]:
    """Run works of which the first take longest; return what was told, the results, and how many met."""
    said: list[str] = []
    lanes = Lanes(lambda event: said.append(event.message) if isinstance(event, Notice) else None, jobs)
    here, most, turn, met = [0], [0], threading.Lock(), threading.Barrier(jobs)

    def work(number: int) -> int:
        with turn:
            here[0] += 1
            most[0] = max(most[0], here[0])
        if number < jobs:
            met.wait(90)
        for part in range(3):
            lanes.tell(Notice(f"{number}.{part}"))
            lanes.tell(ModelProgress(1, 1))
            time.sleep(0.01 * (works - number))
        inner = lanes.side_by_side(
            [lambda n=n: lanes.tell(Notice(f"{number}.inner{n}")) or n for n in (0, 1)]
        )
        with turn:
            here[0] -= 1
        return number * 10 + len(inner)

    results = lanes.side_by_side([lambda n=n: work(n) for n in range(works)])
    return said, results, most[0]


def test_what_is_told_comes_in_order_however_long_things_take() -> None:
    """Four at once tell the same story as one after the other, and give the same results."""
    said, results, met = told(4, 4)
    assert (said, results) == told(1, 4)[:2]
    assert met == 4
    assert told(2, 5)[2] == 2


def test_nothing_begins_after_a_result_that_is_enough() -> None:
    """What is under way then is finished, so that nothing that was paid for is lost."""
    lanes, begun, both = Lanes(lambda _event: None, 2), [], threading.Barrier(2)

    def work(number: int) -> int:
        begun.append(number)
        both.wait(90)
        time.sleep(0.05 if number else 0)
        return number

    assert lanes.side_by_side([lambda n=n: work(n) for n in range(5)], lambda n: n == 0) == [0, 1]
    assert sorted(begun) == [0, 1]
    assert Lanes(lambda _event: None).side_by_side([lambda: 1, lambda: 2], lambda n: n == 1) == [1]


def test_the_first_error_is_raised_and_questions_are_asked_in_turn() -> None:
    """An error of the second piece comes when all have ended; whoever asks waits for those before."""
    lanes, asked = Lanes(lambda _event: None, 3), []

    def ask(number: int) -> None:
        time.sleep(0.03 * (2 - number))
        with lanes.turn():
            asked.append(number)
        if number:
            raise ValueError(number)

    with pytest.raises(ValueError, match="1"):
        lanes.side_by_side([lambda n=n: ask(n) for n in range(3)])
    assert asked == [0, 1, 2]


_INTERRUPTED = """
import _thread, signal, threading, time
from toolwright.events import Notice
from toolwright.lanes import Lanes

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
said, ended = [], threading.Event()
lanes = Lanes(said.append, 2)

def first():
    time.sleep(0.2)
    _thread.interrupt_main()
    time.sleep(3)

def endless():
    try:
        while True:
            lanes.tell(Notice("still here"))
            time.sleep(0.01)
    finally:
        ended.set()

try:
    lanes.side_by_side([first, endless])
except KeyboardInterrupt:
    print(ended.wait(30), said)
"""


def test_an_interrupt_ends_every_piece_where_it_next_tells_something() -> None:
    """The thread that waits leaves at once; the others tell nothing any more, and end."""
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED], capture_output=True, timeout=60, check=True)
    assert done.stdout == b"True []\n"


def _needs(count: int) -> st.SearchStrategy[tuple[set[int], ...]]:
    return st.tuples(*[st.sets(st.integers(0, i - 1)) if i else st.just(set()) for i in range(count)])


@given(st.integers(1, 8).flatmap(_needs))
def test_waves_hold_everything_once_and_after_what_it_needs(needed: tuple[set[int], ...]) -> None:
    """Each number is in one wave, all it needs are in earlier ones, and no wave is later than it must be."""
    found = waves(dict(enumerate(needed)))
    place = {number: wave for wave, numbers in enumerate(found) for number in numbers}
    assert sorted(place) == list(range(len(needed)))
    for number, others in enumerate(needed):
        assert place[number] == max((place[other] + 1 for other in others), default=0)

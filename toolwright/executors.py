"""Independent pieces of work -> their futures as they are done; where they run is the executor's matter."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


class Threads:
    """Runs pieces of work in threads of this process; what is heavy in them runs in cells of the sandbox."""

    def __init__(self, jobs: int) -> None:
        """`jobs` is how many run at the same time."""
        self._jobs = jobs

    def each(
        self, work: Callable[[Item], Done], items: Sequence[Item]
    ) -> "Iterator[tuple[int, Future[Done]]]":
        """Yield the place of each item with its future, which is done.

        Who stops asking, also by an exception, calls off what has not begun; what runs is not waited for.
        """
        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="work")
        try:
            waiting = {pool.submit(work, item): place for place, item in enumerate(items)}
            for future in as_completed(waiting):
                yield waiting[future], future
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

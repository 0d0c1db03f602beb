"""Functions or commands -> their times, in turn, so that a slow moment of the machine hits all of them."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence


def timed(functions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Call every function once a round, in turn; return the median of each in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            began = time.perf_counter()
            function()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def command(words: Sequence[str]) -> Callable[[], object]:
    """Return a function that runs a command to its end, with byte code cached as on a user's machine."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> object:
        return subprocess.run(
            words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )

    run()  # the first run writes the byte code
    return run

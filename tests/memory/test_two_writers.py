"""Two processes that keep runs at once, and are killed, lose none that was told; on either database."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from toolwright.memory.past import Past
from toolwright.memory.schema import ATTEMPTS, RUNS
from toolwright.redaction import Secret

ROOT = Path(__file__).resolve().parents[2]

_WRITER = """
import sys
from collections import Counter
from pathlib import Path
from run_events import events
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder
from toolwright.redaction import Secret
library, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
server = Secret(sys.argv[4])
for number in range(count):
    with Recorder(library / ".toolwright", f"{name}-{number}", {}, str, print) as record:
        told = list(events(f"{name}-{number}"))
        for event in told if number % 10 == 0 else told[::len(told) - 1]:
            record(event)
    print(number, flush=True)
    if number % 50 == 49:
        Past(library, lambda said: None, server=server).runs(1)
"""


def _writer(library, name, count, url):
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(library), name, str(count), url],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("place", ["file", "server"])
def test_two_writers_and_kill_9_lose_no_run(tmp_path, request, place):
    """Two processes keep 2,000 runs at once, are killed again and again; all that was told is there, once."""
    url = request.getfixturevalue("postgres").new_database() if place == "server" else ""
    left, kept, restarts = {"a": 1000, "b": 1000}, set(), 0
    while any(left.values()):
        restarts += 1
        titles = {name: f"{name}{restarts}" for name in left if left[name]}
        writers = {name: _writer(tmp_path, titles[name], left[name], url) for name in titles}
        for name, process in writers.items():
            patience = 150 if restarts < 6 else 1000
            lines = [line for _, line in zip(range(patience), process.stdout, strict=False)]
            process.kill()
            told = [*lines, *process.communicate()[0].split()]
            kept |= {f"{titles[name]}-{int(number)}" for number in told}
            left[name] -= len(told)
    past = Past(tmp_path, print, server=Secret(url))
    found = past.ask(lambda c: c.execute(select(RUNS.c.id, RUNS.c.status)).all())
    assert len(kept) == 2000
    assert kept <= {run for run, _ in found}
    assert {status for run, status in found if run in kept} == {"done"}
    assert len(found) - len(kept) <= 2 * restarts
    whole = {run for run in kept if int(run.rpartition("-")[2]) % 10 == 0}
    attempts = past.ask(lambda c: c.execute(select(ATTEMPTS.c.run)).scalars().all())
    assert all(times == 2 for run, times in Counter(attempts).items() if run in whole)
    assert whole <= set(attempts)
    if place == "file":
        assert past.ask(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar_one()) == "ok"

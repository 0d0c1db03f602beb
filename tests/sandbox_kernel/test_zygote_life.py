"""The life of a zygote: started when needed, restarted when killed, gone with its program, nothing left."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.levels import Found, find_level, try_level
from toolwright.sandbox.zygote.launch import launch
from toolwright.types import Limits, Policy

SUM = "def f(a, b):\n    return a + b\n"
POLICY = Policy(limits=Limits(wall_s=20))
pytestmark = pytest.mark.skipif(bool(try_level("full")), reason="level full does not work here")


def processes(top=0):
    """Numbers of the zygotes' processes below a process, this one when it is left out."""
    children, named = {}, set()
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            with contextlib.suppress(OSError):
                parent = int((place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(place.name))
                if b"zygote/start.py" in (place / "cmdline").read_bytes():
                    named.add(int(place.name))
    found, todo = set(), [top or os.getpid()]
    while todo:
        more = children.get(todo.pop(), [])
        found.update(more)
        todo += more
    return found & named


def alive(pids):
    """Those that are more than zombies."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
                found.add(pid)
    return found


def wait_until(condition):
    """Look for up to a minute."""
    for _ in range(3000):
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_nothing_runs_before_the_first_call():
    """Making a sandbox starts nothing; closing it ends what a call has started."""
    before = processes()
    box = ConfinedSandbox("full")
    assert processes() <= before
    assert box.call(SUM, "f", {"a": 1, "b": 2}, POLICY).value == 3
    assert processes() - before
    box.close()
    assert not processes() - before


def test_a_process_launched_ahead_becomes_the_zygote_or_leaves_nothing():
    """It takes the first calls, ends with its sandbox, and where none wants it, when it is let go."""
    before = processes()
    idle, used = launch(), launch()
    assert wait_until(lambda: len(processes() - before) == 2)
    (first,) = {pid for pid in processes() - before if pid == used._pid}
    with ConfinedSandbox("full", launched=used) as box:
        assert box.call(SUM, "f", {"a": 1, "b": 2}, POLICY).value == 3
        assert first in processes()
    assert first not in processes()
    assert idle.end(5) == ""
    assert idle.end(5) == ""
    assert not processes() - before


def test_a_launched_process_goes_with_a_program_that_is_killed():
    """Kill -9 of a program that has told it nothing yet ends it too."""
    code = (
        "import time\n"
        "from toolwright.sandbox.zygote.launch import launch\n"
        "waiting = launch()\n"
        "print(waiting._pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path.cwd())
    with program:
        launched = {int(program.stdout.readline())}
        assert alive(launched) == launched
        program.kill()
    assert wait_until(lambda: not alive(launched))


def test_a_killed_zygote_costs_one_retried_call():
    """Whichever of its processes is killed, the next call is answered."""
    with ConfinedSandbox("full") as box:
        for victim in (0, -1):
            before = processes()
            assert box.call(SUM, "f", {"a": 1, "b": 2}, POLICY).value == 3
            own = sorted(processes() - before) or sorted(processes())
            os.kill(own[victim], signal.SIGKILL)
            assert box.call(SUM, "f", {"a": 1, "b": 2}, POLICY).value == 3


def test_a_zygote_goes_with_a_program_that_is_killed():
    """Kill -9 of the program ends zygote and running cell."""
    code = (
        "from toolwright.sandbox.confined import ConfinedSandbox\n"
        "from toolwright.types import Policy\n"
        "box = ConfinedSandbox('full')\n"
        "print(box.call('def f(): return 1', 'f', {}, Policy()).value, flush=True)\n"
        "box.call('import time\\ndef f(): time.sleep(60)', 'f', {}, Policy())\n"
    )
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path.cwd())
    with program:
        assert program.stdout.readline() == b"1\n"
        time.sleep(0.2)
        own = processes(program.pid)
        program.kill()
    assert len(own) >= 4  # warden, zygote, and a cell's
    assert wait_until(lambda: not alive(own))


@pytest.mark.slow
def test_many_calls_at_once_leave_nothing(tmp_path, monkeypatch):
    """Eight threads of honest and hostile calls: every answer right, no process, descriptor or file left."""
    hostile = "import os, threading\ndef f(a, b):\n    open('x', 'w').write('y' * 5000)\n    os._exit(a)\n"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    wrong = []

    def work(box, number):
        for turn in range(12):
            if box.call(SUM, "f", {"a": number, "b": turn}, POLICY).value != number + turn:
                wrong.append((number, turn))
            if box.call(hostile, "f", {"a": 0, "b": 0}, POLICY).status != "crashed":
                wrong.append((number, "hostile"))

    with ConfinedSandbox("full") as box:
        box.call(SUM, "f", {"a": 1, "b": 2}, POLICY)
        gc.collect()  # what other tests forgot
        idle, descriptors = processes(), len(list(Path("/proc/self/fd").iterdir()))
        threads = [threading.Thread(target=work, args=(box, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert wait_until(lambda: not processes() - idle)
        gc.collect()
        assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    assert list(tmp_path.iterdir()) == []


def test_a_verification_uses_confined_calls():
    """Test and tool share files; a tool that needs more than it was granted fails its test."""
    save = "def save(path, text):\n    with open(path, 'w') as file:\n        return file.write(text)\n"
    tests = (
        "from tools import save\n"
        "def test_save(tmp_path):\n"
        "    assert save(str(tmp_path / 'a'), 'hey') == 3\n"
        "    assert (tmp_path / 'a').read_text() == 'hey'\n"
    )
    fork = "import os\ndef save(path, text):\n    if os.fork() == 0: os._exit(0)\n    return 3\n"
    with ConfinedSandbox("full") as box:
        good = box.verify(save, tests, Policy(), function="save")
        bad = box.verify(fork, tests, Policy(), function="save")

    assert (good.passed, good.why, good.level) == (True, "", "full")
    assert not bad.passed
    assert "Operation not permitted" in bad.why


def test_the_level_is_found_by_trying(tmp_path):
    """A level whose layers are left out is not believed; what was found is kept for this system only."""
    assert "fork" in try_level("full", without=("seccomp", "landlock"))
    cache = tmp_path / "level.json"

    assert find_level(cache) == Found("full")
    text = cache.read_text(encoding="utf-8")
    cache.write_text(text.replace('"full"', '"landlock"'), encoding="utf-8")
    assert find_level(cache).level == "landlock"
    cache.write_text(text.replace('"key": ["1"', '"key": ["0"'), encoding="utf-8")
    assert find_level(cache).level == "full"


def test_below_the_minimum_nothing_runs(tmp_path):
    """A sandbox that finds less than it is asked for refuses, and says why."""
    cache = tmp_path / "level.json"
    find_level(cache)
    text = cache.read_text(encoding="utf-8").replace('"full"', '"landlock"')
    cache.write_text(text.replace('"missing": []', '"missing": [["full", "unshare: no"]]'), encoding="utf-8")

    with pytest.raises(SandboxError, match="unshare: no"):
        ConfinedSandbox("best", minimum="full", cache=cache).call(SUM, "f", {"a": 1, "b": 2}, POLICY)

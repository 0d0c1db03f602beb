"""2 000 cells, honest and hostile, from 8 threads: every answer is right and nothing of them is left."""

import contextlib
import gc
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest

from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.levels import try_level
from toolwright.types import Limits, Policy

CELLS, THREADS = 2000, 8
POLICY = Policy(limits=Limits(wall_s=30, memory_mb=256))
SHORT = Policy(limits=Limits(wall_s=0.3, memory_mb=256))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(try_level("full")), reason="level full does not work here"),
]

HONEST = "def f(a, b):\n    return [a, b, sorted([b, a])]\n"
FILES = (
    "import os\ndef f(a, b):\n    os.makedirs(f'{a}/{b}', exist_ok=True)\n"
    "    open(f'{a}/{b}/x', 'w').write('y' * 5000)\n    return len(os.listdir(f'{a}'))\n"
)
HOSTILE = {
    "crashed": (
        "import os\ndef f(a, b):\n    os.open('/dev/null', 0)\n    os._exit(0)\n",
        "import os\ndef f(a, b):\n    os.kill(os.getpid(), 9)\n",
        "import ctypes\ndef f(a, b):\n    ctypes.string_at(0)\n",
    ),
    "raised": (
        "import os\ndef f(a, b):\n    os.fork()\n",
        "import socket\ndef f(a, b):\n    socket.socket()\n",
        "def f(a, b):\n    open('/etc/shadow')\n",
    ),
    "limit": (
        "import os\ndef f(a, b):\n    os.write(4, b'garbage' * 9)\n    os._exit(0)\n",
        "def f(a, b):\n    return bytearray(1 << 30)\n",
        "def f(a, b):\n    while True: print('x' * 10000)\n",
        "import os\ndef f(a, b):\n    os.makedirs('w/.git')\n    return 1\n",
    ),
    "returned": (
        (
            "import threading, time\ndef f(a, b):\n    for _ in range(5):\n"
            "        threading.Thread(target=time.sleep, args=(60,)).start()\n    return 1\n"
        ),
        "import os\ndef f(a, b):\n    for n in range(40): os.open('/dev/null', 0)\n    return 1\n",
    ),
}


def descendants(top):
    """Return the processes below one, zombies too."""
    children = {}
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            with contextlib.suppress(OSError):
                parent = int((place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(place.name))
    found, todo = set(), [top]
    while todo:
        more = children.get(todo.pop(), [])
        found.update(more)
        todo += more
    return found


def memory(pids):
    """Return the kilobytes that processes hold of their own, apart from what they share with files."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("RssAnon"):
                total += int(line.split()[1])
    return total


def mounts(pids):
    """Return the number of mounts that each process sees."""
    return {pid: len(Path(f"/proc/{pid}/mountinfo").read_bytes().splitlines()) for pid in pids}


def wait_until(condition):
    """Look for up to a minute."""
    for _ in range(3000):
        if condition():
            return True
        time.sleep(0.02)
    return False


def one(box, folder, number):
    """Run one cell; return what is wrong with its answer, "" for nothing."""
    if number % 100 == 99:
        result = box.call("def f(a, b):\n    while True: pass\n", "f", {"a": 1, "b": 2}, SHORT)
        return "" if result.status == "timeout" else f"loop: {result}"
    if number % 3 == 0:
        result = box.call(HONEST, "f", {"a": number, "b": "x" * (number % 7)}, POLICY)
        expected = "raised"  # a number and a text have no order
        return "" if result.status == expected and "TypeError" in result.error_type else f"honest: {result}"
    if number % 3 == 1:
        policy = Policy(workspace=str(folder), write=(str(folder),), limits=POLICY.limits)
        result = box.call(FILES, "f", {"a": number % 16, "b": number}, policy)
        return "" if isinstance(result.value, int) and result.value >= 1 else f"files: {result}"
    status = list(HOSTILE)[number % len(HOSTILE)]
    source = HOSTILE[status][number // len(HOSTILE) % len(HOSTILE[status])]
    policy = POLICY
    if "makedirs" in source:
        own = folder.parent / f"own{number}"
        own.mkdir()
        policy = Policy(workspace=str(own), write=(str(own),), limits=POLICY.limits)
    result = box.call(source, "f", {"a": 1, "b": 2}, policy)
    return "" if result.status == status else f"{source!r}: {result}"


def run(box, folder, numbers):
    """Run cells from all threads; return what was wrong."""
    wrong, turn = [], threading.Lock()
    waiting = iter(numbers)

    def work():
        while True:
            with turn:
                number = next(waiting, None)
            if number is None:
                return
            fault = one(box, folder, number)
            if fault:
                wrong.append(fault)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_thousand_cells_leave_nothing(tmp_path, monkeypatch):
    """No process, descriptor, mount or file; the zygote does not grow, and a killed one costs a retry."""
    temporary, folder = tmp_path / "temporary", tmp_path / "work"
    temporary.mkdir()
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    gc.collect()
    others = descendants(os.getpid())  # of other tests in this process
    with ConfinedSandbox("full") as box:
        assert run(box, folder, range(200)) == []
        gc.collect()
        assert wait_until(lambda: len(descendants(os.getpid()) - others) <= 2)  # the warden and its zygote
        idle = descendants(os.getpid()) - others
        before, seen = memory(idle), mounts({os.getpid(), *idle})
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        theirs = {pid: len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in idle}

        assert run(box, folder, range(200, CELLS)) == []

        assert wait_until(lambda: descendants(os.getpid()) - others == idle)
        gc.collect()
        assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
        assert {pid: len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in idle} == theirs
        assert mounts({os.getpid(), *idle}) == seen
        assert memory(idle) <= before + 512
        os.kill(max(idle), signal.SIGKILL)
        assert box.call("def f():\n    return 1\n", "f", {}, POLICY).value == 1
    assert list(temporary.iterdir()) == []
    assert wait_until(lambda: not descendants(os.getpid()) & idle)
    assert not list(tmp_path.rglob(".git"))

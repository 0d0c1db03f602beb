"""What one confined call costs, against a fresh interpreter that does the same in bubblewrap."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from timing import timed

from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.types import Policy

METHOD = (
    "in turn, median of 100; the zygote runs; the subprocess gets the same source and gives the same JSON"
)
SOURCE = "def add(a: int, b: int) -> int:\n    return a + b\n"
ARGUMENTS = {"a": 40, "b": 2}
ROUNDS = 100
SECONDS = 2.0
CLIENTS = (1, 2, 4)
FILES = 100_000
FOLDERS = 1_000
SETTLES_S = 2.5

WORKER = """
import json, sys
request = json.loads(sys.stdin.read())
module = {"__name__": "tools"}
exec(compile(request["source"], "tools.py", "exec"), module)
print(json.dumps(module[request["function"]](**request["arguments"]), allow_nan=False))
"""


def plain() -> Callable[[], object]:
    """Return a call as one fresh `python -I -S`, without any confinement."""
    return _subprocess([sys.executable, "-I", "-S", "-c", WORKER])


def bubblewrapped() -> Callable[[], object]:
    """Return a call as one fresh `python -I -S` in bubblewrap: all namespaces, own scratch, no network."""
    shown = {
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        os.path.realpath(sys.base_prefix),
        os.path.realpath(sys.prefix),
    }
    binds = [word for path in sorted(shown) for word in ("--ro-bind-try", path, path)]
    places = ["--dev", "/dev", "--tmpfs", "/scratch", "--chdir", "/scratch"]
    ends = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    python = str(Path(sys.executable))
    return _subprocess(["bwrap", *binds, *places, *ends, python, "-I", "-S", "-c", WORKER])


def _subprocess(words: list[str]) -> Callable[[], object]:
    request = json.dumps({"source": SOURCE, "function": "add", "arguments": ARGUMENTS})

    def call() -> object:
        done = subprocess.run(words, input=request, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    if call() != sum(ARGUMENTS.values()):
        raise RuntimeError(f"{words[0]} gives a wrong answer")
    return call


def confined(box: ConfinedSandbox) -> Callable[[], object]:
    """Return a call through the warm zygote."""

    def call() -> object:
        result = box.call(SOURCE, "add", ARGUMENTS, Policy())
        if result.value != sum(ARGUMENTS.values()):
            raise RuntimeError(f"the sandbox gives a wrong answer: {result}")
        return result

    call()
    return call


def calls_per_second(call: Callable[[], object], clients: int) -> float:
    """Let so many threads call for a while."""
    counts = [0] * clients
    deadline = time.monotonic() + SECONDS

    def work(number: int) -> None:
        while time.monotonic() < deadline:
            call()
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - began)


def in_large_workspace(box: ConfinedSandbox) -> tuple[float, float]:
    """Return the milliseconds of the first and of a later call in a workspace of 100 000 files."""
    with tempfile.TemporaryDirectory() as top:
        for number in range(FOLDERS):
            folder = Path(top, f"{number % 50}", f"{number}")
            folder.mkdir(parents=True)
            for name in range(FILES // FOLDERS):
                (folder / f"{name}.txt").touch()
        time.sleep(SETTLES_S)  # a folder that has just changed is looked at again
        policy = Policy(workspace=top, write=(top,))

        def call() -> object:
            return box.call(SOURCE, "add", ARGUMENTS, policy).value

        began = time.perf_counter()
        call()
        first = (time.perf_counter() - began) * 1000
        return first, timed({"later": call}, rounds=ROUNDS // 5)["later"]


def measure() -> list[tuple[str, str]]:
    """Return rows of (what, figure)."""
    with ConfinedSandbox() as box:
        call = confined(box)
        compared: dict[str, Callable[[], object]] = {"confined": call, "plain": plain()}
        if shutil.which("bwrap"):
            compared["bwrap"] = bubblewrapped()
        times = timed(compared, rounds=ROUNDS)
        rates = {clients: calls_per_second(call, clients) for clients in CLIENTS}
        first, later = in_large_workspace(box)
        level = box.level
    rows = [("fresh `python -I -S`, not confined", f"{times['plain']:.1f} ms")]
    ratio = f", {times['confined'] / times['plain']:.2f}x of it"
    if "bwrap" in times:
        rows.append(("the same in bubblewrap", f"{times['bwrap']:.1f} ms"))
        ratio += f", {times['confined'] / times['bwrap']:.2f}x of the one in bubblewrap"
    rows.append((f"confined call, level {level}", f"{times['confined']:.1f} ms{ratio}"))
    rows += [
        (f"confined calls from {clients} threads", f"{rate:.0f} a second") for clients, rate in rates.items()
    ]
    what = f"the same with a granted workspace of {FILES:,} files in {FOLDERS:,} folders".replace(",", " ")
    rows += [(what, f"{later:.1f} ms, the first call {first:.0f} ms")]
    return rows


if __name__ == "__main__":
    for what, figure in measure():
        print(f"{what:40} {figure}")

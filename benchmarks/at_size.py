"""One operation on one library, in a process of its own -> its times and the peak of memory, as JSON.

`python at_size.py OPERATION FOLDER`; the folder holds tools.py and what the index kept of it.
"""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import corpus

if TYPE_CHECKING:
    from toolwright.library.store import Store

ROOT = Path(__file__).resolve().parent.parent
QUERIES = (
    "group the records of a ledger by a key",
    "count words in a text",
    "find names in order",
    "sum of prices per day",
    "rename the columns of a spreadsheet",
    "which events are in the calendar",
    "convert dates to a schedule",
    "drop rows without a value",
    "measure the length of routes",
    "merge two tables",
)
Time: TypeAlias = tuple[float, float]
"""Milliseconds: of processor time, and on the clock."""
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def build(folder: Path) -> list[Time]:
    """Read the library and build its index from nothing."""
    _warm()
    return _times(lambda: _store(folder).read(), 1, before=lambda: _forget(folder))


def read(folder: Path) -> list[Time]:
    """Read the library, as every command does, with an index that is right."""
    _store(folder).read()
    return _times(lambda: _store(folder).read(), 5)


def reindex(folder: Path) -> list[Time]:
    """Read the library, by a process that knows nothing of it, after somebody edited one function."""
    _store(folder).read()
    return _times(lambda: _store(folder).read(), 5, before=lambda: _edit(folder))


def reread(folder: Path) -> list[Time]:
    """Read the library again in the process that read it, after somebody edited one function."""
    store = _store(folder)
    store.read()
    return _times(store.read, 5, before=lambda: _edit(folder))


def search_cold(folder: Path) -> list[Time]:
    """Search once, by an index that is opened for it."""
    from toolwright.library.index import Index

    return [one for text in QUERIES for one in _times(lambda: Index(_store(folder)).search(text), 2)]  # noqa: B023 - called at once


def search_warm(folder: Path) -> list[Time]:
    """Search again and again."""
    from toolwright.library.index import Index

    index = Index(_store(folder))
    index.search(QUERIES[0])
    return [one for text in QUERIES for one in _times(lambda: index.search(text), 10)]  # noqa: B023 - called at once


def merge(folder: Path) -> list[Time]:
    """Merge one function, text to text, into a library that was read; the first merge loads LibCST."""
    from toolwright.library.merge import add_tool

    text = _store(folder).read().text
    add_tool("", _new(0))
    return _times(lambda: add_tool(text, _new(1)), 5)


def commit(folder: Path) -> list[Time]:
    """Keep one function: merge, lock, journal, tests, evidence, history, all synced to the disk."""
    from toolwright.types import Admission, Candidate, Verdict

    store = _store(folder)
    store.read()
    times = []
    for number in range(4):
        candidate = Candidate(corpus.name_of(99_990 + number), _new(number), "def test_it(): pass\n")
        admission = Admission(candidate, Verdict(True), "step", "goal", "model")
        times += _times(lambda: store.commit(admission, store.merged(candidate)), 1)  # noqa: B023 - called at once
    return times[1:]


def libcst_rewrite(folder: Path) -> list[Time]:
    """Add one function the plain way: parse the whole file with LibCST, append, write it all."""
    import libcst

    text = (folder / "tools.py").read_text(encoding="utf-8")

    def rewrite() -> None:
        module = libcst.parse_module(text)
        added = libcst.parse_module(_new(1))
        code = module.with_changes(body=[added.body[0], *module.body, *added.body[1:]]).code
        (folder / "rewritten").write_text(code, encoding="utf-8")

    return _times(rewrite, 1)


def import_plain(folder: Path) -> list[Time]:
    """Start Python and import the library where there is no byte code."""
    return _times(_run(folder, "-B", "-c", "import tools"), 3, before=lambda: _forget_bytecode(folder))


def import_ours(folder: Path) -> list[Time]:
    """Start Python and import the library with the byte code that a run leaves behind."""
    from toolwright.library.bytecode import refresh_bytecode
    from toolwright.library.place import Place

    sys.dont_write_bytecode = False
    _forget_bytecode(folder)
    refresh_bytecode(Place(folder))
    return _times(_run(folder, "-B", "-c", "import tools"), 5)


def bytecode(folder: Path) -> list[Time]:
    """Write that byte code: once after a run, outside the lock."""
    from toolwright.library.bytecode import refresh_bytecode
    from toolwright.library.place import Place

    sys.dont_write_bytecode = False
    return _times(lambda: refresh_bytecode(Place(folder)), 1, before=lambda: _forget_bytecode(folder))


def bare(folder: Path) -> list[Time]:
    """Start Python and do nothing."""
    return _times(_run(folder, "-B", "-c", "pass"), 5)


def execute_tool(folder: Path) -> list[Time]:
    """Call the last tool of the library from a shell, confined."""
    name = (folder / "last").read_text(encoding="utf-8")
    words = [str(ROOT / "agent.py"), "--library", str(folder), "--execute-tool", name, '{"rows": []}']
    run = _run(folder, *words)
    run()
    return _times(run, 7)


def list_tools(folder: Path) -> list[Time]:
    """List the library: `agent.py tools`."""
    return _times(_run(folder, str(ROOT / "agent.py"), "--library", str(folder), "tools"), 2)


def _warm() -> None:
    """Load what is loaded once."""
    with tempfile.TemporaryDirectory() as small:
        corpus.write_library(Path(small), 120)
        _store(Path(small)).read()


def _store(folder: Path) -> "Store":
    from toolwright.library.store import Store

    return Store(folder)


def _new(number: int) -> str:
    return "import csv\n\n\n" + corpus.function(99_990 + number)


def _edit(folder: Path) -> None:
    tools = folder / "tools.py"
    text = tools.read_text(encoding="utf-8")
    middle = text.index("How many at most", len(text) // 2)
    text = text[:middle] + f"How many, {time.monotonic_ns()}, at most" + text[middle + 16 :]
    tools.write_text(text, encoding="utf-8")


def _forget(folder: Path) -> None:
    shutil.rmtree(folder / ".toolwright", ignore_errors=True)


def _forget_bytecode(folder: Path) -> None:
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)


def _run(folder: Path, *words: str) -> Callable[[], object]:
    def run() -> object:
        return subprocess.run(
            [sys.executable, *words], cwd=folder, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, check=True
        )

    return run


def _times(work: Callable[[], object], rounds: int, before: Callable[[], object] | None = None) -> list[Time]:
    times = []
    for _ in range(rounds):
        if before:
            before()
        began, used = time.perf_counter(), _processor_s()
        work()
        times.append(((_processor_s() - used) * 1000, (time.perf_counter() - began) * 1000))
    return times


def _processor_s() -> float:
    """Return the processor time of this process and of those it waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


@contextlib.contextmanager
def _restored(folder: Path) -> Iterator[None]:
    data = (folder / "tools.py").read_bytes()
    yield
    (folder / "tools.py").write_bytes(data)


OPERATIONS = {
    work.__name__: work
    for work in (
        build,
        read,
        reindex,
        reread,
        search_cold,
        search_warm,
        merge,
        commit,
        libcst_rewrite,
        bare,
        import_plain,
        import_ours,
        bytecode,
        execute_tool,
        list_tools,
    )
}


def peak_mb() -> float:
    """Return the most memory that this process, or one that it started, had at once."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    operation, place = sys.argv[1], Path(sys.argv[2])
    with _restored(place):
        measured = OPERATIONS[operation](place)
    ms, clock = ([time[which] for time in measured] for which in (0, 1))
    print(json.dumps({"ms": ms, "clock_ms": clock, "peak_mb": peak_mb()}))

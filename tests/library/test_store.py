"""toolwright.library.store: reading, committing and what stands in the way of both."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import filelock
import pytest
from library_admissions import add, admission, candidate, files

from toolwright.errors import (
    LibraryBusyError,
    LibraryChangedError,
    LibraryError,
    LibrarySyntaxError,
    LibraryWriteError,
    MergeClashError,
)
from toolwright.library.evidence import MAX_BYTES
from toolwright.library.lock import locked
from toolwright.library.store import BANNER, Store
from toolwright.types import CallRecord, CallResult


def edit(path, old, new):
    """Do what somebody with an editor does."""
    path.write_text(path.read_text().replace(old, new))


def test_the_first_commit_makes_a_library(tmp_path):
    """Banner, function, tests, evidence, conftest and a `.toolwright/` that git ignores; pytest passes."""
    store = Store(tmp_path)
    assert store.read().text == ""
    assert store.read().tools == {}

    commit = add(store, before="import csv")

    text = (tmp_path / "tools.py").read_text()
    assert text.startswith(BANNER)
    assert (commit.tool, commit.replaced, commit.lines_removed) == ("count_rows", False, 0)
    assert commit.lines_added == len(text.splitlines())
    assert store.read().text == text
    assert list(store.read().tools) == ["count_rows"]
    assert store.tests_of("count_rows") == candidate().tests
    assert store.tests_passed("count_rows") == 1
    assert set(files(tmp_path)) == {
        "tools.py",
        "tool_tests/conftest.py",
        "tool_tests/test_count_rows.py",
        "tool_tests/evidence/count_rows.json",
    }
    assert (tmp_path / ".toolwright/.gitignore").read_text() == "*\n"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", tmp_path], cwd="/", capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_evidence_travels_with_the_tool(tmp_path):
    """Schemas, verdict, calls, hashes and origin stand in the evidence file."""
    store = Store(tmp_path)
    add(store)
    said = store.evidence_of("count_rows")
    assert said["parameters"]["required"] == ["text"]
    assert said["returns"] == {"type": "integer"}
    assert said["verdict"]["passed"] is True
    assert said["verdict"]["tests"] == [{"name": "test_count_rows", "outcome": "passed"}]
    assert said["verdict"]["controls"] == [
        {"name": "values", "noticed": ["test_count_rows"]},
        {"name": "none", "noticed": []},
    ]
    assert said["calls"] == [
        {"function": "count_rows", "arguments": {"text": "a\nb"}, "value": 2},
        {
            "function": "count_rows",
            "arguments": {"text": ""},
            "status": "raised",
            "error_type": "ValueError",
            "message": "empty",
        },
    ]
    assert said["origin"]["goal"] == "how many rows has sales.csv"
    assert len(said["source_sha256"]) == len(said["tests_sha256"]) == 64


def test_evidence_is_never_large(tmp_path):
    """The largest recorded calls are left out, and counted; damaged evidence is no evidence."""
    store = Store(tmp_path)
    wanted = candidate()
    calls = [CallRecord("count_rows", {"text": "ü" * n * 1000}, CallResult("returned", n)) for n in range(40)]
    store.commit(admission(wanted, calls=calls), store.merged(wanted))
    path = tmp_path / "tool_tests/evidence/count_rows.json"
    assert path.stat().st_size <= MAX_BYTES
    said = store.evidence_of("count_rows")
    assert 0 < said["calls_left_out"] < 40
    assert len(said["calls"]) + said["calls_left_out"] == 42
    assert max(call.get("value", 0) for call in said["calls"]) < 30

    odd = [
        CallRecord("odd", {"text": value}, CallResult("returned", 1))
        for value in (float("nan"), {1: {()}}, "ok")
    ]
    wanted = candidate(name="odd")
    store.commit(admission(wanted, calls=odd), store.merged(wanted))
    assert store.evidence_of("odd")["calls_left_out"] == 1

    for damaged in (b"{", b"[1]", b"\xff", b'{"verdict": 3}', b'{"verdict": {"tests": [1]}}'):
        path.write_bytes(damaged)
        assert store.tests_passed("count_rows") == 0
    path.write_bytes(b"{")
    assert store.evidence_of("count_rows") is None
    assert store.evidence_of("nothing") is None
    assert store.tests_of("nothing") is None


def test_types_of_the_file_are_in_the_schema(tmp_path):
    """A TypedDict elsewhere in the library is found when the schema is written."""
    (tmp_path / "tools.py").write_text(
        "from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    n: int\n\n\n"
        "def other(a: int) -> _Row:\n    return {'n': a}\n"
    )
    store = Store(tmp_path)
    wanted = candidate(before="from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    n: int\n")
    wanted = type(wanted)(wanted.name, wanted.source.replace("-> int", "-> list[_Row]"), wanted.tests)
    add(store, wanted)
    assert store.evidence_of("count_rows")["returns"]["items"]["properties"] == {"n": {"type": "integer"}}
    assert (tmp_path / "tools.py").read_text().count("class _Row") == 1


def test_reading_is_cached_until_the_file_changes(tmp_path):
    """The same snapshot comes back while nothing changed, and a new one after any save, however quick."""
    path = tmp_path / "tools.py"
    path.write_text("def a(x: int) -> int:\n    return x\n")
    os.utime(path, (1, 1))
    store = Store(tmp_path)
    time.sleep(0.15)  # so long its times are not trusted
    assert store.read() is store.read()
    for name in "bcdefgh":
        path.write_text(f"def {name}(x: int) -> int:\n    return x\n")
        assert list(store.read().tools) == [name]
    path.unlink()
    assert store.read().tools == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = 1\ny = '\xff'\n", "tools.py, line 2: byte 0xff is not UTF-8"),
        (b"# -*- coding: latin-1 -*-\n", "tools.py, line 1: the file says that it is latin-1"),
        (b"x = 1\ndef f(:\n", "tools.py, line 2: "),
        (b"x = '\0'\n", "null byte"),
    ],
)
def test_a_broken_library_is_named_and_left_alone(tmp_path, content, said):
    """What is not UTF-8 or not Python is said with file and line, by every operation; never overwritten."""
    (tmp_path / "tools.py").write_bytes(content)
    store = Store(tmp_path)
    for operation in (
        store.read,
        lambda: store.merged(candidate()),
        lambda: store.commit(admission(candidate()), ""),
    ):
        with pytest.raises(LibraryError) as caught:
            operation()
        assert said in str(caught.value)
    assert files(tmp_path) == {"tools.py": content}


def test_odd_places(tmp_path):
    """A missing directory, a file for a directory, a directory or a pipe for tools.py: one sentence each."""
    with pytest.raises(LibraryError, match="does not exist") as caught:
        Store(tmp_path / "none").read()
    assert "mkdir" in caught.value.hint
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="is not a directory"):
        Store(tmp_path / "file").read()
    (tmp_path / "folder/tools.py").mkdir(parents=True)
    with pytest.raises(LibraryError, match="is a directory"):
        Store(tmp_path / "folder").read()
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/tools.py")
    with pytest.raises(LibraryError, match="not a regular file"):
        Store(tmp_path / "pipe").read()
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop/tools.py").symlink_to("tools.py")
    with pytest.raises(LibraryError, match="cannot be read"):
        Store(tmp_path / "loop").read()
    with pytest.raises(LibraryError, match="does not exist"):
        add(Store(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_bytes_of_the_file_survive(tmp_path):
    """BOM, CRLF and a missing final newline are as they were, before and after."""
    old = b"\xef\xbb\xbfimport os\r\n\r\n\r\ndef f():\r\n\treturn '\xc3\xbc'"
    (tmp_path / "tools.py").write_bytes(old)
    add(Store(tmp_path))
    new = (tmp_path / "tools.py").read_bytes()
    assert new.startswith(old + b"\r\n\r\n\r\ndef count_rows")
    assert new.endswith(b"splitlines())")


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o755])
def test_the_mode_is_kept(tmp_path, mode):
    """A rewritten file has the mode it had; a new one what the umask says."""
    path = tmp_path / "tools.py"
    path.write_text("")
    path.chmod(mode)
    old = os.umask(0o027)
    try:
        add(Store(tmp_path))
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert stat.S_IMODE((tmp_path / "tool_tests/test_count_rows.py").stat().st_mode) == 0o640


def test_a_write_protected_library_is_respected(tmp_path):
    """Nobody's chmod is walked over by a rename."""
    (tmp_path / "tools.py").write_text("")
    (tmp_path / "tools.py").chmod(0o444)
    with pytest.raises(LibraryWriteError, match="write-protected"):
        add(Store(tmp_path))
    assert files(tmp_path) == {"tools.py": b""}


def test_a_link_stays_a_link(tmp_path):
    """A symlinked tools.py is written through, even where its target is not there yet."""
    library, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    library.mkdir()
    elsewhere.mkdir()
    (library / "tools.py").symlink_to("../elsewhere/real.py")
    store = Store(library)
    add(store)
    add(store, name="count_more")
    assert (library / "tools.py").is_symlink()
    assert list(store.read().tools) == ["count_rows", "count_more"]
    assert [path.name for path in elsewhere.iterdir()] == ["real.py"]


def test_an_editor_is_merged_with(tmp_path):
    """What was saved between verifying and committing is kept, if it is unrelated to the candidate."""
    path = tmp_path / "tools.py"
    path.write_text("import re\n\n\ndef other(x: int) -> int:\n    return x\n")
    store = Store(tmp_path)
    wanted = candidate()
    verified = store.merged(wanted)
    edit(path, "import re", "import re  # patterns\nimport csv")
    edit(path, "return x", "return -x")

    commit = store.commit(admission(wanted), verified)

    text = path.read_text()
    assert "return -x" in text
    assert "import re  # patterns\nimport csv" in text
    assert "def count_rows" in text
    assert commit.lines_added == verified.count("\n") - 5


CALLER = {"body": "return other(len(text)) + len(re.findall('a', text))", "before": "import re\n"}
LIBRARY = (
    "import re\n\n_N = 1\n\n\ndef other(x: int) -> int:\n    return _step(x)\n\n\n"
    "def _step(x):\n    return x + _N\n"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return _step(x)", "return -_step(x)"),
        ("return x + _N", "return x - _N"),
        ("_N = 1", "_N = 2"),
        ("import re\n", "import re\n\n\ndef len(x):\n    return 3\n"),
        ("def other", "def another"),
    ],
)
def test_what_the_candidate_reaches_must_not_change(tmp_path, old, new):
    """If an editor changed what the candidate calls, however indirectly, it is verified again."""
    path = tmp_path / "tools.py"
    path.write_text(LIBRARY)
    store = Store(tmp_path)
    wanted = candidate(**CALLER)
    verified = store.merged(wanted)
    edit(path, old, new)
    before = files(tmp_path)
    with pytest.raises(LibraryChangedError):
        store.commit(admission(wanted), verified)
    assert files(tmp_path) == before
    store.commit(admission(wanted), store.merged(wanted))
    assert "count_rows" in store.read().tools


def test_a_name_taken_meanwhile(tmp_path):
    """A function of the same name that came in between is not overwritten."""
    store, other = Store(tmp_path), Store(tmp_path)
    wanted = candidate()
    verified = store.merged(wanted)
    add(other, candidate(body="return 1"))
    with pytest.raises(MergeClashError, match="already in the library"):
        store.commit(admission(wanted), verified)


@pytest.mark.parametrize("what", ["tool", "tests", "caller"])
def test_a_widened_tool_must_not_change_meanwhile(tmp_path, what):
    """An edit of the old function, of its tests or of a caller between verify and commit is not lost."""
    store = Store(tmp_path)
    add(store)
    add(store, name="uses_it", body="return count_rows(text)")
    wanted = candidate(body="return len(text.split())")
    verified = store.merged(wanted, "count_rows")
    if what == "tool":
        edit(tmp_path / "tools.py", "splitlines()", "splitlines(True)")
    elif what == "tests":
        edit(tmp_path / "tool_tests/test_count_rows.py", "== 2", "== 1 + 1")
    else:
        edit(tmp_path / "tools.py", "return count_rows(text)", "return 1 + count_rows(text)")
    before = files(tmp_path)
    with pytest.raises(LibraryChangedError):
        store.commit(admission(wanted, "count_rows"), verified)
    assert files(tmp_path) == before
    commit = store.commit(admission(wanted, "count_rows"), store.merged(wanted, "count_rows"))
    assert (commit.replaced, commit.lines_added, commit.lines_removed) == (True, 1, 1)


def test_who_holds_the_lock_is_said(tmp_path):
    """A writer that waits too long says who it waits for, and does not care about a dead one."""
    store = Store(tmp_path, wait_s=0.1)
    add(store)
    with filelock.FileLock(tmp_path / ".toolwright/lock"):
        note, pid, now = tmp_path / ".toolwright/lock.owner", os.getpid(), time.time()
        said = json.loads(note.read_text())
        assert (said["pid"], said["host"]) == (pid, os.uname().nodename)
        assert 0 <= now - said["since"] < 60
        for changed, expected in (
            (
                {"since": now},
                rf"\(process {pid}\) has been writing to .* since \d\d:\d\d:\d\d, and",
            ),
            ({"since": 10**9}, rf"\(process {pid}\) .* since 2001-09-0[89] \d\d:\d\d:\d\d, and"),
            ({"host": "other"}, rf"\(process {pid} on other\) has"),
            ({"pid": 2**22 + 1}, "^another program has been writing to"),  # no process has such a number
            ({"since": "x"}, "^another program has"),
        ):
            note.write_text(json.dumps({**said, **changed}))
            with pytest.raises(LibraryBusyError, match=expected) as caught:
                add(store, name="second")
            assert (f"kill {pid}" in caught.value.hint) == ("since" in changed and changed["since"] != "x")
        note.write_text("{")
        with pytest.raises(LibraryBusyError, match="another program has"):
            store.undo()
    add(store, name="second")


def test_a_killed_holder_is_no_obstacle(tmp_path):
    """Whoever was killed with the lock in hand holds nobody up."""
    store = Store(tmp_path, wait_s=0)
    add(store)
    child = os.fork()
    if child == 0:
        with locked(store.place, 0):
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert json.loads((tmp_path / ".toolwright/lock.owner").read_text())["pid"] == child
    add(store, name="second")


def test_two_processes_add_different_tools_at_once(tmp_path):
    """Neither is lost, whoever comes first; the tests of both pass together."""
    script = (
        "import sys; from pathlib import Path; from library_admissions import add\n"
        "from toolwright.errors import LibraryChangedError\n"
        "from toolwright.library.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in range(6):\n"
        "    while True:\n"
        "        imports = 'import csv' if n % 2 else 'import json'\n"
        "        try: add(store, name=f'{sys.argv[2]}_{n}', before=imports); break\n"
        "        except LibraryChangedError: pass\n"
    )
    path = os.pathsep.join([str(Path(__file__).parent), str(Path.cwd())])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, tmp_path, name], env={**os.environ, "PYTHONPATH": path}
        )
        for name in ("left", "right")
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    text = (tmp_path / "tools.py").read_text()
    assert sorted(Store(tmp_path).read().tools) == [
        f"{side}_{n}" for side in ("left", "right") for n in range(6)
    ]
    assert text.count("import csv\n") == text.count("import json\n") == 1
    assert len(list((tmp_path / "tool_tests").glob("test_*.py"))) == 12


def test_threads_share_a_store(tmp_path):
    """One store used by several threads loses nothing either."""
    store = Store(tmp_path)

    def work(name):
        while True:
            try:
                add(store, name=name)
                return
            except LibraryChangedError:
                continue

    threads = [threading.Thread(target=work, args=(f"tool_{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(store.read().tools) == [f"tool_{n}" for n in range(6)]


def test_a_readers_import_never_fails(tmp_path):
    """While tools are added, another process that imports the library over and over always can."""
    add(Store(tmp_path), name="first")
    script = (
        "import importlib, sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True\n"
        "import tools\n"
        "print('ready', flush=True)\n"
        "while 'tool_29' not in vars(tools): tools = importlib.reload(tools); tools.first('a')\n"
    )
    reader = subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "ready\n"
    for n in range(30):
        add(Store(tmp_path), name=f"tool_{n}")
    assert reader.wait(30) == 0
    reader.stdout.close()


def test_what_the_package_loads():
    """Importing the library and its store loads neither LibCST nor SQLite nor filelock."""
    script = (
        "import sys, toolwright.library\n"
        "from toolwright.library import index, merge, store, undoing\n"
        "print([name for name in ('libcst', 'sqlite3', 'filelock', 'pytest') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_syntax_error_has_its_own_class(tmp_path):
    """Callers can tell a broken tools.py from other troubles."""
    (tmp_path / "tools.py").write_text("def")
    with pytest.raises(LibrarySyntaxError):
        Store(tmp_path).read()

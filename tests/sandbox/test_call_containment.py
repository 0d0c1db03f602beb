"""What a call leaves behind and what it can see: no process, descriptor, file or secret."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Limits, Policy

BOX = ProcessSandbox()
ROOT = Path(__file__).parents[2]


def call(source, policy=None, /, **arguments):
    """One call of `f` of a dedented source."""
    return BOX.call(textwrap.dedent(source), "f", arguments, policy or Policy(limits=Limits(wall_s=30)))


def alive(pid):
    """Whether a process exists and is more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


DESCENDANTS = """\
    import os, subprocess, sys, time

    CHILD = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"

    def f(folder, hang):
        start = lambda name, **how: subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", CHILD, folder + "/pid." + name], **how)
        start("child")
        start("session", start_new_session=True)
        if os.fork() == 0:                      # the classic daemon: fork, setsid, fork
            os.setsid()
            if os.fork() == 0:
                open(folder + "/pid.daemon", "w").write(str(os.getpid()))
                time.sleep(60)
            os._exit(0)
        while len([name for name in os.listdir(folder) if os.path.getsize(folder + "/" + name)]) < 3:
            time.sleep(0.01)
        if hang:
            time.sleep(60)
        return True
    """


@pytest.mark.only("process")
@pytest.mark.skipif(sys.platform != "linux", reason="daemons are found through /proc")
@pytest.mark.parametrize("hang", [False, True])
def test_children_and_daemons_die_with_the_call(tmp_path, hang):
    """After a return and after a timeout alike, in whatever session a descendant hides."""
    result = call(
        DESCENDANTS, Policy(limits=Limits(wall_s=3 if hang else 30)), folder=str(tmp_path), hang=hang
    )
    assert result.status == ("timeout" if hang else "returned")
    pids = {path.name: int(path.read_text(encoding="ascii")) for path in tmp_path.iterdir()}
    assert sorted(pids) == ["pid.child", "pid.daemon", "pid.session"]
    assert [name for name, pid in pids.items() if alive(pid)] == []


@pytest.mark.only("process")
def test_a_descendant_that_keeps_the_output_open_does_not_keep_the_call(tmp_path):
    """The call ends with its process, not with its pipes."""
    started = time.monotonic()
    result = call(
        "import subprocess\ndef f():\n    subprocess.Popen(['sleep', '60']); print('x'); return 1\n"
    )
    assert (result.value, result.stdout) == (1, "x\n")
    assert time.monotonic() - started < 45  # and not the minute of the descendant


def test_threads_left_behind_do_not_keep_the_call():
    """A tool's forgotten thread ends with its answer."""
    result = call(
        """\
        import threading, time
        def f():
            threading.Thread(target=time.sleep, args=(60,)).start()
            return 1
        """
    )
    assert result.value == 1
    assert result.seconds < 5


def test_nothing_of_the_parents_environment_is_seen(monkeypatch, backend):
    """A key in the parent's environment is neither in os.environ nor in the process's memory of it."""
    monkeypatch.setenv("TOGETHER_API_KEY", "planted-secret-value")
    source = """\
        import ctypes, os
        def f():
            memory = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
            count = next(number for number in range(999) if memory[number] is None)
            raw = b" ".join(memory[number] for number in range(count)).decode()
            return [dict(os.environ), raw, os.getcwd()]
        """
    environment, raw, folder = call(source).value
    assert "planted" not in raw + json.dumps(environment)
    assert "PATH=/usr/bin" in raw
    mark = ["TOOLWRIGHT_CELL"] if backend == "process" else []
    assert sorted(environment) == ["HOME", "LANG", "PATH", "TMPDIR", *mark]
    assert environment["HOME"] == environment["TMPDIR"] == folder
    assert environment["PATH"] == "/usr/bin:/bin"


@pytest.mark.only("process")
def test_no_descriptor_of_the_parent_is_inherited(tmp_path):
    """Open files of the parent, inheritable ones too, are closed in the child and its children."""
    source = """\
        import os, subprocess
        def _open():
            return [fd for fd in range(64) if os.path.exists(f"/proc/self/fd/{fd}")]
        def f():
            listed = subprocess.run(["/bin/ls", "/proc/self/fd"], capture_output=True, text=True)
            own = [os.readlink(f"/proc/self/fd/{fd}").split(":")[0] for fd in _open()]
            return [own, listed.stdout.split()]
        """
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        own, childs = call(source).value
    assert own == ["/dev/null", "pipe", "pipe", "pipe"]  # stdin, stdout, stderr, the answer
    assert childs == ["0", "1", "2", "3"]  # 3 is the folder that ls reads


@pytest.mark.only("process", "full")  # at landlock no tool may change rights
def test_the_scratch_folder_goes_with_the_call():
    """Also when the tool took away its own rights to what is in it."""
    result = call(
        """\
        import os
        def f():
            os.makedirs("a/b")
            open("a/b/c", "w")
            os.chmod("a", 0)
            return os.getcwd()
        """
    )
    assert result.status == "returned"
    assert not Path(result.value).exists()


def test_given_folders_are_used_and_kept(tmp_path):
    """Relative paths start in the workspace; temporary files go to the given scratch folder."""
    workspace, scratch = tmp_path / "w", tmp_path / "s"
    workspace.mkdir()
    scratch.mkdir()
    source = "import tempfile\ndef f():\n    open('x', 'w').close(); return tempfile.mkdtemp()\n"
    result = call(source, Policy(str(workspace), str(scratch), write=(str(workspace),)))
    assert (workspace / "x").exists()
    assert Path(result.value).parent == scratch


def _traces(temporary):
    children = (
        Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(encoding="ascii").split()
    )
    return len(list(Path("/proc/self/fd").iterdir())), children, list(temporary.iterdir())


def test_fifty_calls_leave_nothing(tmp_path, monkeypatch):
    """No descriptor, zombie or temporary folder, however the calls end."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bodies = ["return 1", "raise ValueError", "import os; os._exit(3)", "print('x' * 10**6)", "return {1}"]
    call("def f(): return 1")
    before = _traces(tmp_path)
    for turn in range(50):
        call(f"def f():\n    {bodies[turn % 5]}\n")
    assert _traces(tmp_path) == before


def test_eight_threads_call_at_once():
    """Answers do not get mixed up, nor do output and folders."""
    source = "import os\ndef f(n):\n    open('mine', 'x').close(); print(n); return [n, os.listdir()]\n"
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: call(source, n=number), range(40)))
    assert [result.value for result in results] == [[number, ["mine"]] for number in range(40)]
    assert [result.stdout for result in results] == [f"{number}\n" for number in range(40)]


@pytest.mark.only("process")
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_kills_the_tool_and_its_children(tmp_path):
    """The parent's KeyboardInterrupt goes on after everything is dead."""
    script = textwrap.dedent(f"""\
        from toolwright.sandbox.process import ProcessSandbox
        from toolwright.types import Limits, Policy
        source = {textwrap.dedent(DESCENDANTS)!r}
        policy = Policy(limits=Limits(wall_s=60))
        try:
            ProcessSandbox().call(source, "f", {{"folder": {str(tmp_path)!r}, "hang": True}}, policy)
        except KeyboardInterrupt:
            print("interrupted")
        """)
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent:
        deadline = time.monotonic() + 50
        while (
            len([path for path in tmp_path.iterdir() if path.stat().st_size]) < 3
            and time.monotonic() < deadline
        ):
            time.sleep(0.02)
        time.sleep(0.1)
        parent.send_signal(signal.SIGINT)
        assert parent.communicate(timeout=50)[0] == "interrupted\n"
    pids = [int(path.read_text(encoding="ascii")) for path in tmp_path.iterdir()]
    assert len(pids) == 3
    assert [pid for pid in pids if alive(pid)] == []


@pytest.mark.only("process")
def test_importing_the_sandbox_loads_nothing_heavy():
    """The parent of a call never loads pytest, ast or the judge."""
    code = (
        "import sys; from toolwright.sandbox.process import ProcessSandbox\n"
        "from toolwright.types import Policy\n"
        "assert ProcessSandbox().call('def f(): return 1', 'f', {}, Policy()).value == 1\n"
        "print({'pytest', 'toolwright.sandbox.judging', 'libcst', 'httpx', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

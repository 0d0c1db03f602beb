"""The judge's cell: tests can do what tests do, and reach nothing of the host; its zygote comes and goes."""

import os
import signal
import socket
import textwrap
import threading
import time
from pathlib import Path

import pytest

from toolwright.sandbox.confined import ConfinedSandbox, JudgeBounds
from toolwright.sandbox.levels import try_level
from toolwright.types import Policy

ADD = "def add(a, b):\n    return a + b\n"
GOOD = "from tools import add\ndef test_a(): assert add(1, 2) == 3\n"
LEVELS = ("full", "landlock")


@pytest.fixture(scope="module", params=LEVELS)
def box(request):
    """One sandbox at each level that works here."""
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    with ConfinedSandbox(request.param, bounds=JudgeBounds(wall_s=30)) as made:
        yield made


def judge(box, body, **places):
    """Verify with one test whose body asserts that an attack is refused, next to a benign call."""
    lines = textwrap.indent(textwrap.dedent(body).format(**places), "    ")
    tests = (
        f"import os, pytest\nfrom tools import add\ndef test_attack():\n    assert add(1, 2) == 3\n{lines}\n"
    )
    return box.verify(ADD, tests, Policy(), function="add")


REFUSED = {
    "fork": "with pytest.raises(OSError): os.fork()",
    "execute": "with pytest.raises(OSError): os.posix_spawn('/bin/true', ['true'], {{}})",
    "read": "with pytest.raises(OSError): open({secret!r})",
    "write": "with pytest.raises(OSError): open({drop!r}, 'w')",
    "list": "with pytest.raises(OSError): os.listdir({folder!r})",
    "connect": """\
        import socket
        with pytest.raises(OSError): socket.create_connection(('127.0.0.1', {port}), 2)
        """,
    "look at the parent": "with pytest.raises(OSError): open(f'/proc/{{os.getppid()}}/environ')",
    "look at the environment": "assert not [name for name in os.environ if 'CANARY' in name]",
    "change the interpreter": "with pytest.raises(OSError): open(os.__file__, 'a')",
    "change pytest": "with pytest.raises(OSError): open(pytest.__file__, 'a')",
}


@pytest.mark.parametrize("attack", REFUSED)
def test_tests_reach_nothing_of_the_host(box, attack, tmp_path, monkeypatch):
    """Each attack runs in the judge beside a call that works, is refused there, and nothing has happened."""
    monkeypatch.setenv("CANARY_KEY", "canary")
    tmp_path.chmod(0o777)
    secret = tmp_path / "secret"
    secret.write_text("canary", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        places = {
            "secret": str(secret),
            "drop": str(tmp_path / "drop"),
            "folder": str(tmp_path),
            "port": listener.getsockname()[1],
        }
        verdict = judge(box, REFUSED[attack], **places)
        with pytest.raises(BlockingIOError):
            listener.accept()

    assert (verdict.passed, verdict.why, verdict.level) == (True, "", box.level), verdict.tests
    assert not (tmp_path / "drop").exists()


def test_the_attacks_are_real(tmp_path):
    """Where nothing confines, the same attacks are not refused: their tests fail for that reason."""
    from toolwright.sandbox.process import ProcessSandbox

    tmp_path.chmod(0o777)
    (tmp_path / "secret").write_text("canary", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        places = {
            "secret": str(tmp_path / "secret"),
            "drop": str(tmp_path / "drop"),
            "folder": str(tmp_path),
            "port": listener.getsockname()[1],
        }
        plain = ProcessSandbox()
        for attack in ("read", "write", "list", "connect", "execute"):
            verdict = judge(plain, REFUSED[attack], **places)
            assert "DID NOT RAISE" in verdict.why, (attack, verdict.why)
    assert (tmp_path / "drop").exists()


def test_one_verification_finds_nothing_of_another(box):
    """What a test leaves in modules, files and the environment is gone when the next file is judged."""
    litter = (
        "import json, os, pytest, tempfile\nfrom tools import add\njson.LITTER = pytest.LITTER = 1\n"
        "os.environ['LITTER'] = '1'\nopen(os.path.join(tempfile.gettempdir(), 'litter'), 'w').close()\n"
        "def test_a(): assert add(1, 2) == 3\n"
    )
    looks = (
        "import json, os, pytest, tempfile\nfrom tools import add\n"
        "def test_a():\n    assert add(1, 2) == 3\n"
        "    assert not hasattr(json, 'LITTER') and not hasattr(pytest, 'LITTER')\n"
        "    assert 'LITTER' not in os.environ\n"
        "    assert not os.path.exists(os.path.join(tempfile.gettempdir(), 'litter'))\n"
        "    assert tempfile.gettempdir() == os.environ['TMPDIR']\n"
    )
    assert box.verify(ADD, litter, Policy(), function="add").why == ""
    assert box.verify(ADD, looks, Policy(), function="add").why == ""


def test_a_tool_cannot_reach_the_judge(box):
    """A tool sees neither the judge's modules nor its file, nor any process but its own."""
    nosy = (
        "import os, sys\ndef add(a, b):\n"
        "    seen = [name for name in ('pytest', '_pytest', 'hypothesis') if name in sys.modules]\n"
        "    here = [name for name in os.listdir('.') if 'test' in name]\n"
        "    return a + b if not seen and not here else [seen, here]\n"
    )
    assert box.verify(nosy, GOOD, Policy(), function="add").why == ""


def test_limits_of_the_tests_are_named():
    """Endless tests, too much output of one and too many files end the judge, and the verdict says so."""
    with ConfinedSandbox("full", bounds=JudgeBounds(wall_s=2)) as short:
        endless = short.verify(ADD, GOOD + "def test_b():\n    while add: pass\n", Policy(), function="add")
        memory = short.verify(
            ADD, GOOD + "def test_b(): assert bytearray(1 << 33)\n", Policy(), function="add"
        )
    assert endless.why == "the tests ran longer than 2 s in total (in test_b)"
    assert memory.why.startswith("test_b failed: MemoryError")


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
def test_a_killed_judge_zygote_costs_one_retry(level):
    """Killed between two verifications or in the middle of one: the verdict is right all the same."""
    if try_level(level):
        pytest.skip(f"level {level} does not work here")
    slow = GOOD + "import time\ndef test_slow():\n    time.sleep(1)\n    assert add(2, 2) == 4\n"
    with ConfinedSandbox(level, bounds=JudgeBounds(wall_s=20)) as box:
        assert box.verify(ADD, GOOD, Policy(), function="add").passed
        for victims in ([0], [-1]):
            own = zygotes(box)
            for victim in victims:
                os.kill(own[victim], signal.SIGKILL)
            assert box.verify(ADD, GOOD, Policy(), function="add").why == ""
        victim = judge_zygote(box)
        timer = threading.Timer(0.6, os.kill, (victim, signal.SIGKILL))
        timer.start()
        verdict = box.verify(ADD, slow, Policy(), function="add")
        timer.join()
        assert verdict.why == ""
        assert judge_zygote(box) != victim


def test_closing_ends_both_zygotes():
    """The judge's zygote is not there before the first tests, and gone with the sandbox."""
    with ConfinedSandbox("full") as box:
        assert box.call(ADD, "add", {"a": 1, "b": 2}, Policy()).value == 3
        one = zygotes(box)
        assert box.verify(ADD, GOOD, Policy(), function="add").passed
        two = zygotes(box)
        began = time.monotonic()
    assert len(two) == len(one) + 1
    assert time.monotonic() - began < 20  # it ended by itself
    assert not [pid for pid in two if Path(f"/proc/{pid}").exists()]


def children(pid):
    """Processes that a process has started, oldest first."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def zygotes(box):
    """Processes of a sandbox at rest: those it started, and below a warden its zygotes, oldest first."""
    tops = [zygote._process._pid for zygote in box._zygotes._living.values()]
    return tops + ([child for top in tops for child in children(top)] if box.level == "full" else [])


def judge_zygote(box):
    """The process that judges are forked from."""
    return zygotes(box)[-1]

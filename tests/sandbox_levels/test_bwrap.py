"""Level bwrap: the attacks of the tables against cells inside bubblewrap, and what it cannot do."""

import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "sandbox_kernel"))

from attack_runs import ATTACKS, BENIGN
from canaries import SECRET, Canaries

from toolwright.errors import SandboxError
from toolwright.sandbox.levels import try_level
from toolwright.sandbox.wrapped import WrappedSandbox
from toolwright.types import Limits, Policy

NOT_COVERED = {"executable memory mapped from its own file"}
"""bwrap mounts nothing noexec; security.md says so."""

GROUPS = {"files", "network", "syscall"}

HELD = [
    attack
    for attack in ATTACKS
    if attack.group in GROUPS
    and not attack.policy.network
    and not attack.policy.execute
    and attack.name not in NOT_COVERED
]
TOOL = "def add(a: int, b: int) -> int:\n    return a + b\n"
TESTS = "from tools import add\n\n\ndef test_add(tmp_path):\n    assert add(1, 2) == 3\n"


@pytest.fixture(scope="module")
def box():
    """A sandbox at this level."""
    fault = try_level("bwrap")
    if fault:
        pytest.skip(f"level bwrap does not work here: {fault}")
    return WrappedSandbox("bwrap")


@pytest.mark.slow
def test_attacks_are_contained(box):
    """After a harmless call, each attack ran, reached nothing outside, and its secret did not come out."""
    canaries = Canaries(-1)
    failed = {}
    try:
        assert box.call(BENIGN, "f", {"a": 3, "b": 2}, Policy()).value == [2, 3]
        for attack in HELD:
            arguments = {"victim": canaries.victim.pid} if attack.victim else {}
            source = attack.source({**canaries.places, "LEVEL": "full"})
            for _ in range(1 + attack.twice):
                result = box.call(source, "f", arguments, attack.policy)
            wrong = [] if attack.holds(result) else [f"{result.status} {result.value} {result.message}"]
            wrong += ["the secret came out"] if SECRET in f"{result}" else []
            if wrong + canaries.disturbed():
                failed[attack.name] = wrong + canaries.disturbed()
    finally:
        canaries.close()
    assert len(HELD) >= 50
    assert failed == {}


def test_a_verification_runs_wrapped(box):
    """Judge and tool run inside, files are shared between them, a wrong tool is refused."""
    good = box.verify(TOOL, TESTS, Policy(), function="add")
    bad = box.verify(TOOL.replace("+", "-"), TESTS, Policy(), function="add")
    assert (good.passed, good.why, good.level) == (True, "", "bwrap")
    assert not bad.passed


def test_grants_and_masks(box, tmp_path):
    """What is granted can be read and written; secrets in it, and what lies outside, cannot."""
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    for name in (".env", ".git/config", "a.txt"):
        (work / name).write_text(f"text of {name}", encoding="utf-8")
    (tmp_path / "outside").write_text("text of outside", encoding="utf-8")
    (work / "link").symlink_to(tmp_path / "outside")
    source = (
        "def look(path):\n    return open(path).read()\n"
        "def save(path):\n    return open(path, 'w').write('new')\n"
    )
    policy = Policy(workspace=str(work), write=(str(work),))
    assert box.call(source, "look", {"path": "a.txt"}, policy).value == "text of a.txt"
    assert box.call(source, "save", {"path": "b.txt"}, policy).value == 3
    assert (work / "b.txt").stat().st_uid == os.getuid()
    for path in (".env", ".git/config", "link", "../outside", str(tmp_path / "outside")):
        assert "text of" not in f"{box.call(source, 'look', {'path': path}, policy).value}"
        box.call(source, "save", {"path": path}, policy)
    assert (work / ".env").read_text(encoding="utf-8") == "text of .env"
    assert (tmp_path / "outside").read_text(encoding="utf-8") == "text of outside"
    read_only = Policy(workspace=str(work))
    assert box.call(source, "save", {"path": "a.txt"}, read_only).status == "raised"


def test_processes_may_be_granted_and_end_with_the_call(box):
    """With execute a shell runs; without, it does not; what it leaves behind dies with the cell."""
    source = (
        "import subprocess\n"
        "def f():\n"
        "    subprocess.Popen(['/bin/sleep', '51473'])\n"
        "    return subprocess.run(['/bin/echo', 'hey'], capture_output=True, text=True).stdout\n"
    )
    limits = Limits(wall_s=20, processes=64)
    assert box.call(source, "f", {}, Policy(execute=True, limits=limits)).value == "hey\n"
    assert box.call(source, "f", {}, Policy()).error_type == "PermissionError"
    left = [p for p in Path("/proc").iterdir() if p.name.isdecimal() and b"51473" in _words(p)]
    assert left == []


def test_a_signal_is_told_as_one(box):
    """What bwrap says as 128 + N is a signal: the result names it, and a loop ends in time."""
    crash = "import ctypes\ndef f():\n    ctypes.string_at(0)\n"
    assert "SIGSEGV" in box.call(crash, "f", {}, Policy()).message
    loop = "def f():\n    while True: pass\n"
    assert box.call(loop, "f", {}, Policy(limits=Limits(wall_s=1))).status == "timeout"


@pytest.mark.parametrize("network", [("example.org",), ("*",), ("raw",), ("loopback",)])
def test_network_tools_are_not_admitted(box, network):
    """Neither a call nor a verification gets a network; the error says which level it takes."""
    with pytest.raises(SandboxError, match="at level bwrap") as refused:
        box.verify(TOOL, TESTS, Policy(network=network), function="add")
    assert "level full" in refused.value.hint
    with pytest.raises(SandboxError, match="at level bwrap"):
        box.call(TOOL, "add", {"a": 1, "b": 2}, Policy(network=network))


def _words(process):
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""

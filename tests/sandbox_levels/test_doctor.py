"""`doctor` as a user starts it: one page, no secrets, and an exit code that says whether goals can run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolwright.library.disk import Disk
from toolwright.library.quarantine import put_in
from toolwright.library.store import Store

ROOT = Path(__file__).resolve().parents[2]
POOR = Path(__file__).parent / "poor_machine.py"
KEY = "tgp_v1_doctor0123456789"
TOOL = '"""Tools."""\n\n\ndef add(a: int, b: int) -> int:\n    """Add."""\n    return a + b\n'


@pytest.fixture
def library(tmp_path):
    """A library with one tool."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "tools.py").write_text(TOOL, encoding="utf-8")
    return folder


def doctor(library, *words, key=KEY, poor="", **environment):
    """Run it with a home of its own; return the ended process."""
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(library.parent / "home"),
        "LANG": "C.UTF-8",
        **environment,
    }
    base |= {"TOGETHER_API_KEY": key} if key else {}
    start = [sys.executable, str(POOR), poor] if poor else []
    command = [*start, sys.executable, str(ROOT / "agent.py"), "doctor", "--library", str(library), *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=base, cwd=library, timeout=120, check=False
    )


def test_one_page_says_it_all(library):
    """Level, layers, versions, model, key and library are there; the key itself is not."""
    done = doctor(library)
    for part in (
        "level",
        "seccomp",
        "Landlock",
        "Python 3.",
        "pytest",
        "DeepSeek-R1",
        "TOGETHER_API_KEY is set",
    ):
        assert part in done.stdout
    assert KEY not in done.stdout + done.stderr
    assert len(done.stdout.splitlines()) <= 50
    assert str(library) in done.stdout


def test_json_holds_the_same(library):
    """One object, whose level is that of the machine, with every layer and its reason."""
    said = json.loads(doctor(library, "--json").stdout)
    assert said["library"]["tools"] == "1"
    assert said["library"]["without evidence"] == "1: add"
    assert said["status"] == "done"
    assert all(set(layer) == {"works", "why"} for layer in said["layers"].values())
    assert KEY not in json.dumps(said)


def test_without_a_key_it_says_what_to_set(library):
    """Goals cannot run: exit 1, and the first thing to mend is the key; with --json stdout is one object."""
    done = doctor(library, "--json", key="")
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "failed"
    assert "hint: export TOGETHER_API_KEY=" in done.stderr


def test_a_broken_library_is_named(library):
    """A tools.py that is no Python is the first thing to mend."""
    (library / "tools.py").write_text("def (", encoding="utf-8")
    done = doctor(library)
    assert done.returncode == 1
    assert "tools.py" in done.stderr


def test_a_tool_that_was_changed_is_stale(library):
    """Evidence for another text is told, and is no reason not to run."""
    evidence = library / "tool_tests" / "evidence"
    evidence.mkdir(parents=True)
    (evidence / "add.json").write_text('{"source_sha256": "0"}', encoding="utf-8")
    done = doctor(library)
    assert done.returncode == 0
    assert "verify add" in done.stdout


def test_tools_in_quarantine_are_listed(library):
    """They are named, with the command that lets them out; a tool that is offered is not among them."""
    store = Store(library)
    put_in(store.place, Disk(), TOOL, "add", "failed its tests")
    done = doctor(library)
    assert done.returncode == 0
    assert "1: add" in done.stdout
    assert "in quarantine, so not offered: add" in done.stdout
    said = json.loads(doctor(library, "--json").stdout)
    assert (said["library"]["quarantined"], said["library"]["tools"]) == ("1: add", "0")


def test_an_interrupted_change_is_told(library):
    """A journal that was left over is seen, and left alone."""
    journal = library / ".toolwright" / "journal"
    journal.mkdir(parents=True)
    (journal / "decided.json").write_text("{}", encoding="utf-8")
    said = json.loads(doctor(library, "--json").stdout)
    assert said["library"]["interrupted change"].startswith("yes")
    assert (journal / "decided.json").exists()


def test_a_poorer_machine_is_told_what_is_missing(library):
    """In a container: landlock, the errno, the layers that are refused, one command; and goals can run."""
    done = doctor(library, "--json", poor="container")
    said = json.loads(done.stdout)
    assert (done.returncode, said["level"]) == (0, "landlock")
    assert "EPERM" in said["shortfall"]
    assert "to mend it: " in said["shortfall"]
    assert not said["layers"]["a user of its own (user namespace)"]["works"]
    assert said["layers"]["files by path (Landlock)"]["works"]


def test_where_nothing_confines_it_names_that_first(library):
    """Below the minimum: exit 1, the sentence and a command; with --unsafe it says none and goals can run."""
    done = doctor(library, poor="container+no-landlock")
    assert done.returncode == 1
    assert "--sandbox-minimum landlock" in done.stderr
    assert "hint: " in done.stderr
    done = doctor(library, "--json", "--unsafe", poor="container+no-landlock")
    assert (done.returncode, json.loads(done.stdout)["level"]) == (0, "none")


def test_a_stricter_minimum_is_held(library):
    """Landlock is not enough for who asks for full."""
    done = doctor(library, poor="container", TOOLWRIGHT_SANDBOX_MINIMUM="full")
    assert done.returncode == 1
    assert "--sandbox-minimum full" in done.stderr

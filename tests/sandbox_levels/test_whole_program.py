"""The whole program, from a goal to its result, on machines and for users that may do less."""

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path

import pytest
from test_container import ORDINARY, python_for

from toolwright.sandbox.levels import try_level
from toolwright.temporary.removing import remove_tree

ROOT = Path(__file__).resolve().parents[2]
POOR = Path(__file__).parent / "poor_machine.py"
pytestmark = pytest.mark.slow


@pytest.fixture
def place():
    """A folder that an ordinary user reaches, with a home and a folder for temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="whole-", dir="/tmp"))
    folder.chmod(0o755)
    for name in ("home", "tmp", "library"):
        (folder / name).mkdir()
        (folder / name).chmod(0o1777)
    yield folder
    remove_tree(str(folder))


def run(place, flags, *words):
    """Run the program on such a machine; return the ended process."""
    python = python_for(flags)
    packages = sysconfig.get_path("purelib")
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": packages,
    }
    who = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    if "user" in flags:
        probe = [python, "-c", "import pytest, sqlalchemy, libcst"]
        may = who if os.getuid() == 0 else {}
        if subprocess.run(probe, env=environment, capture_output=True, check=False, **may).returncode:
            pytest.skip("an ordinary user has no Python with the program's packages here")
    command = [python, str(POOR), flags, python, str(ROOT / "agent.py"), *words]
    return subprocess.run(
        command, cwd=place / "library", env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("flags", "level"), [("container", "landlock"), ("user", "full")])
def test_goals_reach_their_results(place, flags, level):
    """Three goals: functions are written, proven, merged and run at the level there is."""
    if try_level(level):
        pytest.skip(f"level {level} does not work here: {try_level(level)}")
    done = run(place, flags, "--demo", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    runs = json.loads(done.stdout)["runs"]
    assert [run["status"] for run in runs] == ["done", "done", "done"]
    levels = {step["result"]["level"] for run in runs for step in run["steps"]}
    assert levels == {level}
    [library] = (place / "tmp").iterdir()
    assert library.name.startswith("toolwright-demo-")
    workspace = library / "workspace" if level == "landlock" else library
    assert json.loads((workspace / "totals.json").read_text())
    assert {path.lstat().st_uid for path in library.rglob("*")} == {library.stat().st_uid}


def test_an_ordinary_user_verifies_the_library(place):
    """The tests of kept tools pass in the sandbox without any rights of root."""
    if try_level("full"):
        pytest.skip(f"level full does not work here: {try_level('full')}")
    library = place / "library"
    shutil.copy(ROOT / "tools.py", library)
    shutil.copytree(ROOT / "tool_tests", library / "tool_tests", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (library, *library.rglob("*")):
        if os.getuid() == 0:
            os.chown(path, ORDINARY, ORDINARY)
    done = run(place, "user", "verify", "--all", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert said["status"] == "done"
    assert set(said["tools"]) == {"health_check", "list_dir", "read_file"}
    assert list((place / "tmp").iterdir()) == []

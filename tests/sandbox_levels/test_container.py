"""Machines that grant less, simulated: what is opened there, what is said, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ORDINARY = 1234


def python_for(flags):
    """A Python that whoever the flags name may start with this checkout; skips when there is none."""
    if "user" not in flags or os.getuid() != 0:
        return sys.executable
    who = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    script = f"import sys; sys.path.insert(0, {str(HERE.parents[1])!r}); import toolwright.types"
    for python in filter(None, (sys.executable, shutil.which("python3"), "/usr/bin/python3")):
        try:
            if (
                subprocess.run([python, "-Ic", script], capture_output=True, check=False, **who).returncode
                == 0
            ):
                return python
        except OSError:
            continue
    pytest.skip("no Python here can be started, with this checkout, by an ordinary user")


def opened(flags, *words, before=()):
    """What `open_here.py` says on such a machine."""
    python = python_for(flags)
    poor = [python, str(HERE / "poor_machine.py"), flags] if flags else []
    done = subprocess.run(
        [*before, *poor, python, str(HERE / "open_here.py"), *words],
        capture_output=True, text=True, cwd="/", env={"PATH": "/usr/bin:/bin"}, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("flags", ["container", "container+user"])
def test_without_namespaces_it_works_at_landlock(flags):
    """As root and as an ordinary user: calls work, a file outside stays closed, the level is told once."""
    said = opened(flags)
    assert (said["user"] != 0) == ("user" in flags or os.getuid() != 0)
    assert (said["level"], said["added"], said["message"], said["read"]) == ("landlock", 3, "", "raised")
    assert len(said["told"]) == 1
    assert "level landlock" in said["told"][0]
    assert "EPERM" in said["told"][0]


@pytest.mark.parametrize(
    "flags", ["container+no-landlock", "container+no-landlock+user", "container+no-filters"]
)
def test_with_nothing_left_it_refuses(flags):
    """The refusal names every level with the primitive that failed; nothing was run."""
    said = opened(flags)
    assert "level" not in said
    assert said["told"] == []
    for part in ("--sandbox-minimum landlock", "full:", "landlock:", "bwrap:", "unshare", "EPERM"):
        assert part in said["error"]
    assert "--unsafe" in said["hint"]


def test_unsafe_runs_and_says_so():
    """Asked for, the call is made, at level none; the file is open, and what that means is told."""
    said = opened("container+no-landlock", "--unsafe")
    assert (said["level"], said["added"], said["read"]) == ("none", 3, "returned")
    assert "not confined" in said["told"][0]
    assert "read your files and keys" in said["told"][0]


def test_a_machine_whose_namespaces_are_used_up():
    """With user.max_user_namespaces at 0, as on hardened systems: landlock, and the switch is named."""
    shell = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    before = ["unshare", "--user", "--map-root-user", "sh", "-c", shell, "sh"]
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no user namespace can be made here to simulate one without")
    said = opened("", before=before)
    assert (said["level"], said["added"], said["read"]) == ("landlock", 3, "raised")
    assert "user.max_user_namespaces=" in said["told"][0]

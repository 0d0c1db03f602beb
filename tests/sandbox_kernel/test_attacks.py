"""Every attack of the tables is contained, as root and as an ordinary user, and most are shown to be real."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from attack_runs import ATTACKS, Arena, fitting

from toolwright.sandbox.levels import try_level

RUNS = Path(__file__).with_name("attack_runs.py")
ORDINARY = 60577


@cache
def missing(level):
    """What keeps a level from working here, "" for nothing."""
    return try_level(level)


@cache
def ordinary_python():
    """A Python that an ordinary user may start, "" when there is none."""
    who = {} if os.getuid() else {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    check = f"import sys; sys.path.insert(0, {str(RUNS.parents[2])!r}); import toolwright.types"
    for path in (sys.executable, *map(shutil.which, ("python3", "python3.11", "python3.12", "python3.13"))):
        for each in (path, "/usr/bin/python3"):
            try:
                if (
                    each
                    and subprocess.run(
                        [each, "-I", "-c", check], capture_output=True, check=False, **who
                    ).returncode
                    == 0
                ):
                    return each
            except PermissionError:
                continue
    return ""


def run_as_ordinary_user(what):
    """The report of a run of the attacks by a process that never was root, or no longer is."""
    python = ordinary_python()
    if not python:
        pytest.skip("no Python here can be started, with this checkout, by an ordinary user")
    who = {} if os.getuid() else {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    done = subprocess.run(
        [python, "-I", str(RUNS), what],
        capture_output=True,
        text=True,
        timeout=240,
        cwd="/",
        env={},
        check=False,
        **who,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def arena():
    """A sandbox at level full, started by whoever runs the tests."""
    if missing("full"):
        pytest.skip(f"level full does not work here: {missing('full')}")
    arena = Arena("full")
    yield arena
    arena.close()


@pytest.mark.parametrize("attack", fitting("full"), ids=lambda attack: f"{attack.group}: {attack.name}")
def test_an_attack_is_contained(arena, attack):
    """After a benign call worked, the attack ran, reached nothing outside and left nothing."""
    assert arena.judge(attack) == ""


@pytest.mark.slow
@pytest.mark.parametrize("level", ["full", "landlock"])
def test_an_ordinary_user_is_as_safe(level):
    """Started by an ordinary user, the same attacks are contained, at landlock all that it promises."""
    report = run_as_ordinary_user(level)

    assert report["user"] != 0
    assert report["count"] == len(fitting(level))
    assert report["failed"] == {}


@pytest.mark.slow
def test_attacks_are_real():
    """Without any layer, and never as root, each attack with a positive control does what it says."""
    report = run_as_ordinary_user("controls")

    assert report["user"] != 0
    assert report["count"] == sum(attack.control for attack in ATTACKS)
    assert report["failed"] == {}


def test_an_ordinary_user_can_grant_as_much():
    """Started by an ordinary user, hosts, raw networks and programs work where they are granted."""
    if missing("full"):
        pytest.skip(f"level full does not work here: {missing('full')}")
    report = run_as_ordinary_user("grants")

    assert report["user"] != 0
    assert report["count"] == 3
    assert report["failed"] == {}


def test_the_tables_are_as_large_as_promised():
    """There are at least 110 attacks, and no name is there twice."""
    names = [attack.name for attack in ATTACKS]

    assert len(names) >= 110
    assert len(names) == len(set(names))

"""The demo: without a key, with written replies, everything else real."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict], str, Path]:
    """Run the demo once; return its three reports, what it said, and its scratch library."""
    scratch = tmp_path_factory.mktemp("demo")
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(scratch), "HOME": str(scratch)}
    command = [sys.executable, str(ROOT / "agent.py"), "--demo", "--json"]
    done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [library] = scratch.glob("toolwright-demo-*")
    return json.loads(done.stdout)["runs"], done.stderr, library


@pytest.mark.slow
def test_it_says_that_its_replies_were_written_and_names_its_library(demo: tuple) -> None:
    """Nobody can take the demo for a recorded model, and its files can be looked at."""
    _, said, library = demo
    assert "written by hand; no model was asked" in said
    assert str(library) in said


@pytest.mark.slow
def test_the_first_goal_makes_three_functions_and_widens_one(demo: tuple) -> None:
    """A candidate is refused by review, one by its tests, and one tool is made more generic."""
    [first, _, _], _, library = demo
    assert [step["action"] for step in first["steps"]] == ["written", "widened", "written", "written"]
    assert first["steps"][1]["verdict"] == "EXISTS_BUT_SPECIFIC"
    refusals = [refusal for step in first["steps"] for refusal in step["refusals"]]
    assert [refusal.partition(":")[0] for refusal in refusals] == ["review", "verify"]
    assert all(step["tests_passed"] >= 4 for step in first["steps"])
    totals = json.loads((library / "totals.json").read_text(encoding="utf-8"))
    assert totals[0] == {"name": "East", "value": 4905.0}
    assert len(totals) == 5


@pytest.mark.slow
def test_the_second_time_generates_nothing(demo: tuple) -> None:
    """The same goal again: no function is generated, and at most two model calls are made (in fact none)."""
    [_, second, _], _, _ = demo
    assert [step["action"] for step in second["steps"]] == ["reused"] * 4
    assert second["usage"]["calls"] == 0


@pytest.mark.slow
def test_the_sibling_goal_writes_only_what_is_missing(demo: tuple) -> None:
    """Three of four steps are reused."""
    [_, _, sibling], _, library = demo
    assert [step["action"] for step in sibling["steps"]] == ["reused", "reused", "reused", "written"]
    assert (library / "units.csv").read_text(encoding="utf-8").startswith("name,value\nStanding desk,")


def test_the_transcript_agrees_with_the_text_that_people_edit() -> None:
    """demo.jsonl is what build_demo.py makes of demo_replies.md."""
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        from build_demo import build
    finally:
        sys.path.pop(0)
    replies = (ROOT / "examples" / "demo_replies.md").read_text(encoding="utf-8")
    assert (ROOT / "examples" / "demo.jsonl").read_text(encoding="utf-8") == build(replies)


@pytest.mark.slow
def test_plain_pytest_runs_the_tests_of_the_made_tools(demo: tuple) -> None:
    """What the demo made are ordinary files: pytest needs nothing of ours to run them."""
    _, _, library = demo
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tool_tests"]
    done = subprocess.run(command, cwd=library, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

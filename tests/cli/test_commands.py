"""`tools`, `verify`, `undo` and `models`: what they print, in words and as JSON, and exit codes."""

import re
from pathlib import Path

import pytest
from command_line import GOAL, KEY, Ended, environment, library_of, run
from scripted_author import Author
from scripted_server import ScriptedServer


def test_tools_lists_what_there_is(grown: Path) -> None:
    """One line a tool; functions that are not offered stand below with the reason."""
    path = grown / "tools.py"
    path.write_text(path.read_text() + "\n\nasync def later(n: int) -> int:\n    return n\n")
    listed = run("tools", cwd=grown)
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.startswith("apply_op_1  Apply op operation number 1 to a number.\napply_op_2  ")
    assert "later  is async" in listed.out
    told = run("tools", "--json", cwd=grown).json
    assert [tool["name"] for tool in told["tools"]] == ["apply_op_1", "apply_op_2"]
    assert [other["name"] for other in told["not_offered"]] == ["later"]
    refused = run("tools", "show", "later", cwd=grown)
    assert (refused.code, "not offered as a tool: is async" in refused.problem) == (1, True)


def test_tools_show_gives_source_and_evidence(grown: Path) -> None:
    """One tool: its source, where it stands, what it passed, and a command that calls it."""
    shown = run("tools", "show", "apply_op_2", cwd=grown)
    assert shown.code == 0
    for part in (
        "return number * 2 + 2",
        "tests: 2 passed",
        f"made for: {GOAL}",
        "--execute-tool apply_op_2",
    ):
        assert part in shown.out
    told = run("tools", "show", "apply_op_2", "--json", cwd=grown).json
    assert told["parameters"]["properties"] == {
        "number": {"type": "integer", "description": "Any whole number."}
    }
    assert told["evidence"]["origin"]["goal"] == GOAL


def test_damaged_evidence_costs_only_the_evidence(grown: Path) -> None:
    """Evidence is a file that anybody may edit: whatever it holds, the tool is shown."""
    path = grown / "tool_tests" / "evidence" / "apply_op_1.json"
    texts = ['{"verdict": 1, "calls": {"a": 1}, "origin": 3}', "[1]", "{"]
    texts += ['{"verdict": {"tests": 1, "level": 2}}', '{"verdict": {"tests": [1], "level": []}}']
    for text in texts:
        path.write_text(text)
        shown = run("tools", "show", "apply_op_1", cwd=grown)
        assert shown.code == 0
        assert "return number * 2 + 1" in shown.out


@pytest.mark.slow
def test_verify_runs_the_tests_again(grown: Path) -> None:
    """A table on stdout; a tool that fails makes the exit code 1 and is named; JSON is one object."""
    first = run("verify", "apply_op_1", cwd=grown)
    assert (first.code, first.err) == (0, "")
    assert re.search(r"^ *apply_op_1 +passed +2 of 2 +values +(\d+) of \1 ", first.out, re.MULTILINE)
    path = grown / "tools.py"
    path.write_text(path.read_text().replace("return number * 2 + 2", "return number * 3 + 2"))
    before = library_of(grown)
    failed = run("verify", "--all", "-q", cwd=grown)
    assert (failed.code, failed.problem) == (1, "1 of 2 tools failed: apply_op_2")
    assert failed.out.startswith("✗ apply_op_2: test_small_numbers failed")
    assert "apply_op_1" not in failed.out
    told = run("verify", "--all", "--json", cwd=grown)
    assert told.code == 1
    assert {name: verdict["passed"] for name, verdict in told.json["tools"].items()} == {
        "apply_op_1": True,
        "apply_op_2": False,
    }
    assert told.json["error"]["message"] == failed.problem
    (control,) = told.json["tools"]["apply_op_1"]["controls"]
    assert control == {"name": "values", "noticed": ["test_small_numbers", "test_negative_numbers"]}
    assert told.json["tools"]["apply_op_2"]["controls"] == []
    assert library_of(grown) == before


def test_undo_takes_back_one_admission_after_the_other(grown: Path) -> None:
    """The last tool goes first, with its tests; when nothing is left, that is an error."""
    assert run("undo", cwd=grown) == Ended(0, "apply_op_2 was taken out of the library again\n", "")
    assert "def apply_op_2(" not in (grown / "tools.py").read_text()
    assert not (grown / "tool_tests" / "test_apply_op_2.py").exists()
    assert "apply_op_1" in run("undo", "--json", cwd=grown).json["undone"]
    before = library_of(grown)
    last = run("undo", cwd=grown)
    assert (last.code, last.out) == (1, "")
    assert "there is nothing to undo" in last.problem
    assert library_of(grown) == before


def test_undo_does_not_touch_an_edited_tool(grown: Path) -> None:
    """A tool that was edited by hand since is the user's own: undo refuses and changes nothing."""
    path = grown / "tools.py"
    path.write_text(path.read_text().replace("return number * 2 + 2", "return 2 + number * 2"))
    before = library_of(grown)
    refused = run("undo", cwd=grown)
    assert refused.code == 1
    assert "`apply_op_2` was edited" in refused.problem
    assert library_of(grown) == before


def test_models_lists_what_the_server_offers(tmp_path: Path) -> None:
    """One SERVER:NAME a line, ready for --model; a key that is refused is an error in both forms."""
    offered = [{"id": "vendor/one", "type": "chat"}, {"id": "vendor/two", "type": "chat"}]
    with ScriptedServer(reply=Author(1), models=offered) as server:
        listed = run("models", cwd=tmp_path, env=environment(server))
        assert listed == Ended(0, "together:vendor/one\ntogether:vendor/two\n", "")
        told = run("models", "--json", cwd=tmp_path, env=environment(server)).json
        assert told == {"models": ["together:vendor/one", "together:vendor/two"]}
        assert {request.headers["Authorization"] for request in server.requests} == {f"Bearer {KEY}"}


@pytest.mark.slow
def test_a_tool_that_fails_goes_into_quarantine_and_out_again(grown: Path) -> None:
    """In quarantine a tool stays in the file and is listed, but not offered or called; passing frees it."""
    path = grown / "tools.py"
    good = path.read_text()
    path.write_text(good.replace("return number * 2 + 2", "return number * 3 + 2"))
    entered = run("verify", "--all", "--jobs", "2", "--quarantine", cwd=grown)
    assert (entered.code, entered.problem) == (1, "1 of 2 tools failed: apply_op_2")
    assert re.search(r"^ *apply_op_2 +failed, quarantined +0 of 2 ", entered.out, re.MULTILINE)
    listed = run("tools", "--json", cwd=grown).json
    assert [tool["name"] for tool in listed["tools"]] == ["apply_op_1"]
    assert listed["not_offered"][0]["name"] == "apply_op_2"
    assert "is in quarantine: test_small_numbers failed" in listed["not_offered"][0]["reason"]
    called = run("--execute-tool", "apply_op_2", '{"number": 1}', cwd=grown)
    assert called.code == 1
    assert "apply_op_2 is in quarantine (test_small_numbers failed" in called.out
    assert "verify apply_op_2 lets it out" in called.out
    assert run("tools", "show", "apply_op_2", cwd=grown).code == 0
    again = run("verify", "--json", cwd=grown).json  # it is the one that wants it
    assert {name: tool["quarantined"] for name, tool in again["tools"].items()} == {"apply_op_2": True}
    assert again["not_run"] == ["apply_op_1"]

    path.write_text(good)
    assert run("--execute-tool", "apply_op_2", '{"number": 1}', cwd=grown).code == 0
    left = run("verify", "apply_op_2", cwd=grown)
    assert re.search(r"^ *apply_op_2 +passed, released +2 of 2 ", left.out, re.MULTILINE)
    assert not list((grown / "tool_tests" / "evidence").glob("*.quarantine.json"))


def test_jobs_is_a_number(grown: Path) -> None:
    """What is no number of tools is an error that quotes it."""
    for said in ("0", "x", "65", "-1", "²"):
        refused = run("verify", f"--jobs={said}", cwd=grown)
        assert (refused.code, refused.problem) == (2, f"--jobs takes a number from 1 to 64, not {said!r}")

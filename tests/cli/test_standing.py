"""Hand edits are the user's right: noticed, kept, shown, and verified again when asked for."""

import json
import re
import sys
from pathlib import Path

import pytest
from command_line import environment, run

NAME = "apply_op_1"


def standing(folder: Path, name: str = NAME) -> dict[str, str]:
    """What `tools show --json` says of a tool."""
    return json.loads(run("tools", "show", name, "--json", cwd=folder).out)["standing"]


def edit(folder: Path, old: str, new: str, file: str = "tools.py") -> None:
    """Edit a file by hand."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
def test_a_tool_as_it_was_admitted_is_verified(grown: Path) -> None:
    """Nothing was touched: nothing is said of it in the list."""
    assert standing(grown) == {"kind": "verified", "why": ""}
    assert "not verified" not in run("tools", cwd=grown).out


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("tools.py", "number * 2 + 1", "1 + number * 2", "its text was edited"),
        ("tool_tests/test_apply_op_1.py", "(0) == 1", "(0) == 0 + 1", "its tests were edited"),
    ],
)
def test_an_edit_is_shown_kept_and_verified_when_asked_for(
    grown: Path, file: str, old: str, new: str, why: str
) -> None:
    """The list says `edited, not verified`; `verify` keeps the edit and makes new evidence of it."""
    origin = json.loads((grown / "tool_tests" / "evidence" / f"{NAME}.json").read_text())["origin"]
    edit(grown, old, new, file)
    assert standing(grown)["kind"] == "edited"
    assert why in standing(grown)["why"]
    assert "(edited, not verified)" in run("tools", cwd=grown).out
    assert standing(grown, "apply_op_2")["kind"] == "verified"

    done = run("verify", NAME, cwd=grown)
    assert done.code == 0
    assert new in (grown / file).read_text()
    assert standing(grown)["kind"] == "verified"
    assert json.loads((grown / "tool_tests" / "evidence" / f"{NAME}.json").read_text())["origin"] == origin

    assert (grown / ".toolwright" / "versions" / NAME / "0002.json").exists()
    first, second = run("tools", "log", NAME, cwd=grown).out.splitlines()
    assert ("added by together:" in first, "(in tools.py)" in first) == (True, False)
    assert "  edited by hand, verified  " in second
    assert second.endswith("(in tools.py)")


def test_an_edit_that_breaks_its_tests_is_reported_and_stays(grown: Path) -> None:
    """`verify` reports and reverts nothing."""
    edit(grown, "number * 2 + 1", "number * 3")
    assert run("verify", NAME, cwd=grown).code == 1
    assert "number * 3" in (grown / "tools.py").read_text()
    assert standing(grown)["kind"] == "edited"
    assert "  edited by hand, not verified  " in run("tools", "log", NAME, cwd=grown).out


@pytest.mark.slow
def test_tests_that_notice_little_are_a_warning(grown: Path) -> None:
    """Weak tests are the user's right: `verify` names the faults by line and the file, the score is kept."""
    path = grown / "tool_tests" / f"test_{NAME}.py"
    path.write_text(f"from tools import {NAME}\n\n\ndef test_one():\n    assert {NAME}(0) == 1\n")
    quick = run("verify", NAME, "--quick", "--json", cwd=grown)
    assert (quick.code, quick.json["tools"][NAME]["mutants"]) == (0, None)
    assert f"{NAME}: its tests were not challenged yet\n" in run("verify", cwd=grown).out

    told = run("verify", NAME, "--json", cwd=grown)
    assert (told.code, told.json["weak"]) == (0, [NAME])
    score = told.json["tools"][NAME]["mutants"]
    line = (grown / "tools.py").read_text().splitlines().index("    return number * 2 + 1") + 1
    assert all(fault.startswith(f"line {line}: ") for fault in score["survivors"])
    assert f"its tests notice only {score['killed']} of {score['of']} deliberate faults" in told.err
    assert f"tests that notice more can be added to {path}" in told.err
    assert f"not noticed: tools.py line {line}: " in told.err
    shown = run("tools", "show", NAME, cwd=grown).out
    assert f"broken copies: {score['killed']} of {score['of']} were noticed by the tests" in shown
    edit(grown, "(0) == 1", "(0) == 1\n    assert apply_op_1(5) == 11", f"tool_tests/test_{NAME}.py")
    again = run("verify", "--json", cwd=grown).json
    assert (again["weak"], again["tools"][NAME]["stale"]) == (
        [],
        "its tests were edited since it was verified",
    )


def test_evidence_of_another_python_is_said(grown: Path) -> None:
    """After an upgrade of Python the list says so, until everything is verified again."""
    path = grown / "tool_tests" / "evidence" / f"{NAME}.json"
    said = json.loads(path.read_text())
    said["origin"]["python"] = "3.9"
    path.write_text(json.dumps(said))
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"(not verified since Python 3.9 became {here})" in run("tools", cwd=grown).out
    said = run("verify", cwd=grown)
    assert said.code == 0
    assert said.out.startswith(f"{NAME}: it was verified with Python 3.9, and this is {here}\n")
    assert "apply_op_2" not in said.out
    assert "not verified" not in run("tools", cwd=grown).out
    fresh = run("verify", cwd=grown)
    assert (fresh.code, fresh.out[:46]) == (0, "each of the 2 tools is verified as it is; pyth")


def test_a_function_written_by_hand_has_no_standing(grown: Path) -> None:
    """What a person wrote is offered and said to be unproven."""
    with (grown / "tools.py").open("a") as file:
        file.write('\n\ndef mine(text: str) -> str:\n    """Do mine."""\n    return text\n')
    assert "(written by hand, not verified)" in run("tools", cwd=grown).out
    assert standing(grown, "mine")["kind"] == "unproven"


def test_uses_callers_and_callees_are_shown(grown: Path) -> None:
    """`tools show` counts calls from the shell, and knows who calls whom."""
    with (grown / "tools.py").open("a") as file:
        file.write('\n\ndef mine(number: int) -> int:\n    """Do mine."""\n    return apply_op_1(number)\n')
    for arguments in ('{"number": 1}', '{"number": 2}'):
        assert run("--execute-tool", "mine", arguments, cwd=grown).code == 0
    shown = json.loads(run("tools", "show", "mine", "--json", cwd=grown).out)
    assert (shown["uses"]["calls"], shown["uses"]["success_rate"]) == (2, 1.0)
    assert shown["callees"] == [NAME]
    text = run("tools", "show", NAME, cwd=grown).out
    assert "called by: mine" in text
    assert "used: 1 time, 100 % succeeded" in text  # by the goal that made it
    assert "tests noticed: false values" in text
    assert "tests passed a control that told them the truth" in text
    assert re.search(r"broken copies: (\d+) of \1 were noticed by the tests", text)


def test_a_goal_that_uses_an_edited_tool_says_so(grown: Path) -> None:
    """The edited tool is used all the same: it is the user's."""
    edit(grown, "number * 2 + 1", "1 + number * 2")
    from scripted_author import Author
    from scripted_server import ScriptedServer

    with ScriptedServer(reply=Author(2)) as server:
        ended = run("Apply the operations to 1", "--fresh", cwd=grown, env=environment(server))
    assert ended.code == 0
    assert f"`{NAME}` is edited, not verified" in ended.err

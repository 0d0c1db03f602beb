"""`check` proves a library for CI in formats that machines read; `why` tells from the files in git."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from command_line import run, tree
from hypothesis import given
from hypothesis import strategies as st

from toolwright.screen.remarks import RULES, Proved, Remark, github, junit, sarif
from toolwright.types import TestOutcome, Verdict

ROOT = Path(__file__).resolve().parents[2]
NAME = "apply_op_1"
TOOLS = '''
def double(n: int) -> int:
    """Double a number."""
    return n + n


def bad(n: int) -> int:
    """Add one."""
    return n


def untested(n: int) -> int:
    """Subtract one."""
    return n - 1
'''
_LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
                },
                "region": {
                    "required": ["startLine"],
                    "properties": {"startLine": {"type": "integer", "minimum": 1}},
                },
            },
        }
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id"],
                                            "properties": {"shortDescription": {"required": ["text"]}},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "message": {"required": ["text"], "properties": {"text": {"type": "string"}}},
                                "locations": {"type": "array", "items": _LOCATION},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What SARIF 2.1.0 asks of the parts that are written."""
COMMAND = re.compile(r"::(error|warning) file=([^,:\n]+),line=([1-9]\d*),title=([^,:\n]*)::([^\r\n]*)")

texts = st.text(st.characters(codec="utf-8"), max_size=30)
remarks = st.builds(
    Remark,
    st.sampled_from(list(RULES)),
    st.sampled_from(["error", "warning"]),
    texts,
    texts,
    texts.map(lambda text: f"x{text}"),
    st.integers(1, 10**6),
)


@given(st.lists(remarks, max_size=4), texts)
def test_every_format_holds_whatever_stands_in_the_remarks(found: list[Remark], text: str) -> None:
    """Messages with line breaks, markup and control characters leave the formats whole, and come back."""
    said = github(found)
    assert [bool(COMMAND.fullmatch(line)) for line in said.split("\n")] == [True] * len(found) or said == ""

    log = json.loads(sarif(found, "1"))
    jsonschema.validate(log, SARIF)
    assert log["$schema"].endswith("sarif-2.1.0.json")  # GitHub takes no log without it
    assert all(each["partialFingerprints"] for each in log["runs"][0]["results"])
    assert [
        each["message"]["text"].endswith(one.message)
        for each, one in zip(log["runs"][0]["results"], found, strict=True)
    ] == [True] * len(found)

    verdict = Verdict(
        passed=False, why=text, tests=(TestOutcome(text, "failed", text), TestOutcome("b", "passed"))
    )
    root = ET.fromstring(junit([Proved(text, verdict), Proved("none", None)], found).encode())
    suites = root.findall("testsuite")
    for element in [root, *suites]:
        inner = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(inner)
        assert int(element.attrib["failures"]) == sum(case.find("failure") is not None for case in inner)
        assert int(element.attrib["skipped"]) == sum(case.find("skipped") is not None for case in inner)
    assert all({"classname", "name"} <= case.attrib.keys() for case in root.iter("testcase"))


def test_a_library_is_proven_without_a_model_and_left_as_it_is(tmp_path: Path) -> None:
    """A tool that fails is an error at its line, one without tests a warning; nothing is written."""
    (tmp_path / "tools.py").write_text(TOOLS)
    tests = tmp_path / "tool_tests"
    tests.mkdir()
    (tests / "test_double.py").write_text(
        "from tools import double\n\n\ndef test_double():\n    assert [double(0), double(4)] == [0, 8]\n"
    )
    (tests / "test_bad.py").write_text("from tools import bad\n\n\ndef test_bad():\n    assert bad(1) == 2\n")
    before = tree(tmp_path)
    done = run("check", "--quick", "--format", "sarif", cwd=tmp_path)
    assert done.code == 1
    assert done.problem == "1 of 3 tools failed: bad"
    log = json.loads(done.out)
    jsonschema.validate(log, SARIF)
    results = {each["ruleId"]: each for each in log["runs"][0]["results"]}
    assert results.keys() == {"failed", "untested", "stale"}
    assert results["failed"]["level"] == "error"
    place = results["failed"]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("tools.py", 7)
    assert tree(tmp_path) == before

    (tmp_path / "tools.py").write_text("def broken(:\n")
    broken = run("check", "--format", "github", cwd=tmp_path)
    assert broken.code == 1
    assert COMMAND.fullmatch(broken.out.strip())
    assert run("check", "--format", "junti", cwd=tmp_path).problem.endswith("did you mean junit?")


def test_what_cannot_be_checked_is_said_in_the_format_that_was_asked_for(tmp_path: Path) -> None:
    """Files are named from the top of the repository; JSON is JSON then too; that nothing is kept is said."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "my lib"
    folder.mkdir()
    (folder / "tools.py").write_text("import os\n\ndef broken(:\n")
    assert "file=my lib/tools.py,line=3," in run("check", "--format", "github", cwd=folder).out
    log = json.loads(run("check", "--format=sarif", cwd=folder).out)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("my%20lib/tools.py", 3)
    told = run("check", "--format", "json", cwd=folder)
    assert (told.code, told.json["error"]["kind"]) == (1, "library_syntax")
    assert run("check", "--json", "--format", "junit", cwd=folder).code == 2
    (folder / "tools.py").write_text("")
    nothing = run("check", cwd=folder)
    assert (nothing.code, nothing.out) == (0, "tools.py holds no tools\n")


def test_the_hook_for_pre_commit_runs_check() -> None:
    """The hook names an entry that the program has, and the files of a library."""
    said = dict(
        re.findall(r"^[- ] (\w+): (.+)$", (ROOT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE)
    )
    assert said["entry"] == "toolwright check --quick"
    assert said["pass_filenames"] == "false"
    wanted = ["tools.py", "a/tools.py", "tool_tests/test_a.py", "tool_tests/evidence/a.json"]
    assert all(re.search(said["files"], path) for path in wanted)
    assert not re.search(said["files"], "mytools.py")


def test_why_tells_from_the_files_in_git_alone(grown: Path) -> None:
    """Goal, author, tests, controls, faults and stability, without `.toolwright/`; an edit is told."""
    shutil.rmtree(grown / ".toolwright")
    said = run("why", NAME, cwd=grown)
    assert said.code == 0
    for part in (
        'by together:deepseek-ai/DeepSeek-R1 for "Apply the operations to 1"',
        f"in tool_tests/test_{NAME}.py",
        "The tests were told lies, and noticed wrong answers",
        "deliberate fault",
        "replays",
        "Nothing has changed since",
    ):
        assert part in said.out
    path = grown / "tools.py"
    path.write_text(path.read_text().replace("number * 2 + 1", "1 + number * 2"))
    changed = run("why", NAME, "--json", cwd=grown).json
    assert changed["standing"]["kind"] == "edited"
    assert "its text was edited since it was verified" in changed["why"][-2]
    assert changed["why"][-1].endswith(f"verify {NAME}")


@pytest.mark.parametrize(
    "broken",
    [
        "[]",
        '{"verdict": 3, "origin": [], "calls": {}}',
        '{"verdict": {"tests": [3], "mutants": {"of": "x"}, "controls": 1}}',
    ],
)
def test_why_reads_any_evidence(grown: Path, broken: str) -> None:
    """Evidence that somebody spoilt leads to no crash, and to no trust."""
    (grown / "tool_tests" / "evidence" / f"{NAME}.json").write_text(broken)
    said = run("why", NAME, cwd=grown)
    assert said.code == 0
    assert "Nothing has changed" not in said.out

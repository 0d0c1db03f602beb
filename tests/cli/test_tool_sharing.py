"""`tools pack` and `tools install`: tools go from one library to another, through the gate."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run


@pytest.mark.slow
def test_tools_go_from_one_library_to_another(grown: Path, tmp_path: Path) -> None:
    """They pass there by plain pytest; again they are there already; an edited one is refused."""
    there, file = tmp_path / "there", str(tmp_path / "two.zip")
    there.mkdir()
    packed = run("tools", "pack", "apply_op_2", "-o", file, cwd=grown)
    assert (packed.code, packed.out) == (0, f"1 tool packed into {file}\n")
    first = run("tools", "install", "../two.zip", "--json", cwd=there)
    assert first.code == 0, first
    assert first.json["installed"]["apply_op_2"]["tests_passed"] > 0
    assert "permissions: none; says of itself: " in first.err
    evidence = json.loads((there / "tool_tests" / "evidence" / "apply_op_2.json").read_text())
    assert evidence["origin"]["how"] == "installed"
    assert evidence["origin"]["model"].startswith("together:")
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tool_tests"]
    assert subprocess.run(tests, cwd=there, capture_output=True, check=False).returncode == 0

    # the other library's is edited: its tests do not hold any more, and its name is taken
    path = grown / "tools.py"
    path.write_text(path.read_text().replace("return number * 2 + 2", "return number * 2 + 7"))
    before = (there / "tools.py").read_bytes()
    clash = run("tools", "install", str(grown), "apply_op_2", "--json", cwd=there)
    assert (clash.code, "has another apply_op_2" in clash.json["refused"]["apply_op_2"]) == (1, True)
    wrong = run("tools", "install", str(grown), "apply_op_2", "--as", "apply_other", cwd=there)
    assert (wrong.code, wrong.out[:30]) == (1, "apply_other was not installed:"), wrong
    assert (there / "tools.py").read_bytes() == before
    assert not (there / "tool_tests" / "test_apply_other.py").exists()
    anew = run("tools", "install", "../two.zip", "apply_op_2", "--as", "apply_other", cwd=there)
    assert (anew.code, anew.out[:26]) == (0, "apply_other was installed:"), anew
    again = run("tools", "install", "../two.zip", cwd=there)
    assert (again.code, again.out) == (0, "apply_op_2 was there already, word for word\n")


def test_tests_that_come_along_are_held_to_the_rules_for_tests(tmp_path: Path) -> None:
    """A test that starts a program, or replaces the tool, is refused with its line, and nothing is kept."""
    came = tmp_path / "came"
    (came / "tool_tests").mkdir(parents=True)
    function = 'def add_one(n: int) -> int:\n    """Add one to a number."""\n    return n + 1\n'
    (came / "tools.py").write_text(function)
    (tmp_path / "here").mkdir()
    test = "from tools import add_one\n\n\ndef test_one():\n    assert add_one(1) == 2\n"
    for hostile, said in {
        "import os\nos.system('touch gone')\n": "line 2: `os.system` starts a program",
        "import sys\nsys.modules.pop('tools')\n": "line 2: `sys.modules`",
    }.items():
        (came / "tool_tests" / "test_add_one.py").write_text(hostile + test)
        refused = run("tools", "install", "came", "--library", "here", "--json", cwd=tmp_path)
        assert (refused.code, said in refused.json["refused"]["add_one"]) == (1, True), refused
        assert not (tmp_path / "here" / "tool_tests").exists()

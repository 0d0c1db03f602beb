"""The commands `tools log`, `diff`, `rollback` and `remove`: versions as a user meets them."""

from pathlib import Path

import pytest
from command_line import run


@pytest.mark.slow
def test_a_version_is_listed_compared_and_brought_back(grown: Path) -> None:
    """A hand edit is a version; the one before comes back through the gate, and undo gives the edit back."""
    path = grown / "tools.py"
    edited = path.read_text().replace("return number * 2 + 2", "return number * 3 + 2")
    path.write_text(edited)
    rows = run("tools", "log", "apply_op_2", "--json", cwd=grown).json["versions"]
    assert [(row["version"], row["how"], row["in_library"]) for row in rows] == [
        (1, "added", False),
        (2, "edited", True),
    ]
    assert rows[0]["evidence"]["verdict"]["passed"]
    assert rows[0]["contract"].startswith("def apply_op_2(")
    assert "def test_" in rows[0]["tests"]
    changed = run("tools", "diff", "apply_op_2", "1", "2", cwd=grown)
    assert "-    return number * 2 + 2\n+    return number * 3 + 2" in changed.out

    back = run("tools", "rollback", "apply_op_2", "1", cwd=grown)
    assert (back.code, back.out[:29]) == (0, "apply_op_2 is version 1 again"), back
    assert "return number * 2 + 2" in path.read_text()
    assert "edited" not in run("tools", cwd=grown).out
    again = run("tools", "rollback", "apply_op_2", "1", cwd=grown)
    assert (again.code, again.out) == (2, "")
    assert run("undo", cwd=grown).out == "apply_op_2 is again what it was before it was rolled back\n"
    assert path.read_text() == edited

    refused = run("tools", "rollback", "apply_op_2", "2", cwd=grown)
    assert "is what stands in tools.py" in refused.problem
    unknown = run("tools", "log", "apply_op_3", cwd=grown)
    assert (unknown.code, unknown.problem[:37]) == (1, "there is no tool 'apply_op_3' in the ")
    assert "it has 1, 2" in run("tools", "diff", "apply_op_2", "1", "9", cwd=grown).problem


@pytest.mark.slow
def test_the_gate_refuses_a_version_that_fails(grown: Path) -> None:
    """A version whose tests fail does not come back; the library stays as it is."""
    path = grown / "tools.py"
    good = path.read_text()
    path.write_text(good.replace("return number * 2 + 2", "return number * 3 + 2"))
    assert run("tools", "remove", "apply_op_2", cwd=grown).code == 0
    before = path.read_bytes()
    refused = run("tools", "rollback", "apply_op_2", "2", cwd=grown)
    assert refused.code == 1
    assert "version 2 was not brought back, and nothing was changed" in refused.problem
    assert path.read_bytes() == before
    assert run("tools", "rollback", "apply_op_2", "1", cwd=grown).code == 0
    assert path.read_text() == good


def test_a_tool_that_is_called_is_not_removed_alone(grown: Path) -> None:
    """Callers are named; with --cascade they go too, and undo brings everything back."""
    path = grown / "tools.py"
    path.write_text(path.read_text() + "\n\ndef mine(x):\n    return apply_op_1(x)\n")
    before = path.read_bytes()
    refused = run("tools", "remove", "apply_op_1", cwd=grown)
    assert (refused.code, refused.problem) == (1, "`apply_op_1` is used by `mine`, so it was not removed")
    assert path.read_bytes() == before
    gone = run("tools", "remove", "apply_op_1", "--cascade", "--json", cwd=grown)
    assert gone.json["removed"] == ["apply_op_1", "mine"]
    assert not (grown / "tool_tests" / "test_apply_op_1.py").exists()
    assert run("undo", cwd=grown).code == 0
    assert path.read_bytes() == before

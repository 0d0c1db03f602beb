"""Policies of the gate, held by the kernel: what a tool did not declare, or nobody allowed, it cannot do."""

import pytest
from library_of_grants import SOURCE, TOOLS

from toolwright.memory.approvals import Approvals
from toolwright.permissions.allowed import Allowed
from toolwright.permissions.blocked import Blocked
from toolwright.permissions.gate import Gate
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.levels import LEVELS, try_level
from toolwright.types import Limits, Policy


@pytest.fixture(scope="module", params=LEVELS)
def box(request):
    """A sandbox at each level that works here."""
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    with ConfinedSandbox(request.param) as box:
        yield box


@pytest.fixture
def place(tmp_path):
    """A workspace with a file, and a folder with one outside."""
    for name in ("work", "data"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"text of {name}")
    return tmp_path


def called(box, place, tool, allowed=None, **arguments):
    """Call a tool under the policy that the gate gives it."""
    gate = Gate(allowed or Allowed(str(place / "work")), Blocked(), Approvals(place))
    policy = gate.permit(SOURCE, TOOLS[tool], [arguments], Policy(limits=Limits(wall_s=20)))
    return box.call(SOURCE, tool, arguments, policy)


def test_a_declared_read_reads_the_workspace(box, place):
    """Relative and absolute; a tool that reads through another one too. It does not write."""
    for path in ("a.txt", str(place / "work" / "a.txt")):
        assert called(box, place, "read_text", path=path).value == "text of work"
    assert called(box, place, "count_lines", path="a.txt").value == 1


def test_a_tool_that_declares_nothing_sees_an_empty_folder(box, place):
    """It starts in the workspace, whose files it can neither list nor read, by any name."""
    for path in (".", str(place / "work"), ".."):
        result = called(box, place, "names", path=path)
        assert "a.txt" not in f"{result.value}{result.message}"
        assert result.status == "raised" or result.value in ([], ["work"])
    undeclared = SOURCE.replace("Permissions: read\n", "\n")
    policy = Gate(Allowed(str(place / "work")), Blocked(), Approvals(place)).permit(
        undeclared, TOOLS["upper"], [{}], Policy()
    )
    for path in ("a.txt", str(place / "work" / "a.txt")):
        assert box.call(undeclared, "read_text", {"path": path}, policy).status == "raised"


def test_without_write_nothing_is_written(box, place):
    """The policy of a reader lets the same code write nothing; that of a writer does."""
    gate = Gate(Allowed(str(place / "work")), Blocked(), Approvals(place))
    for reader in ("read_text", "upper"):
        policy = gate.permit(SOURCE, TOOLS[reader], [{}], Policy())
        assert box.call(SOURCE, "write_text", {"path": "new.txt", "text": "x"}, policy).status == "raised"
    assert not (place / "work" / "new.txt").exists()
    assert called(box, place, "write_text", path="new.txt", text="x").value == 1
    assert (place / "work" / "new.txt").read_text() == "x"


def test_what_is_allowed_outside_is_exactly_that(box, place):
    """A granted file can be read and not written, and nothing beside it is there."""
    path = str(place / "data" / "a.txt")
    (place / "data" / "b.txt").write_text("text of b")
    allowed = Allowed(str(place / "work"), read=(path,))
    gate = Gate(allowed, Blocked(), Approvals(place))
    policy = gate.permit(SOURCE, TOOLS["copy_text"], [{"source": path, "target": "copy.txt"}], Policy())
    assert box.call(SOURCE, "copy_text", {"source": path, "target": "copy.txt"}, policy).value == 12
    assert (place / "work" / "copy.txt").read_text() == "text of data"
    for target in (path, str(place / "data" / "new.txt")):
        done = box.call(SOURCE, "copy_text", {"source": path, "target": target}, policy)
        assert done.status == "raised"
    beside = {"path": str(place / "data" / "b.txt")}
    assert box.call(SOURCE, "read_text", beside, policy).status == "raised"
    assert (place / "data" / "a.txt").read_text() == "text of data"


_FORGE = """
import os
import sqlite3

def forge(path: str) -> int:
    \"\"\"Approve itself.\"\"\"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS approvals (id INTEGER, tool TEXT)")
    connection.execute("INSERT INTO approvals (tool) VALUES ('forged')")
    connection.close()
    return 1
"""


def test_a_tool_cannot_approve_itself(box, place):
    """Where the library is in the workspace, a writer can write everywhere but into the approvals."""
    work = place / "work"
    Approvals(work).add("fetch", "v", "network", "*")
    kept = work / ".toolwright" / "memory.db"
    before = kept.read_bytes()
    inner = "workspace/" if box.level == "landlock" else ""  # the grant where nothing can be covered
    policy = Policy(workspace=str(work), write=(str(work),), limits=Limits(wall_s=20))
    for path in (".toolwright/memory.db", str(kept), f"../{work.name}/.toolwright/memory.db"):
        box.call(_FORGE, "forge", {"path": path}, policy)
        assert kept.read_bytes() == before
    done = box.call(_FORGE, "forge", {"path": "sub/memory.db"}, policy)  # the attack itself works
    assert done.value == 1
    assert (work / f"{inner}sub/memory.db").exists()

"""Which files a confined tool sees: what was granted, less what is hidden, owned by the user."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.levels import LEVELS, try_level
from toolwright.types import Policy

SOURCE = """
import os

def look(path):
    return open(path, encoding="utf-8").read()

def names(path):
    return sorted(os.listdir(path))

def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        return file.write(text)

def move(path, to):
    os.rename(path, to)
    return True
"""


@pytest.fixture(scope="module", params=LEVELS)
def box(request):
    """A sandbox at each level that works here."""
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    with ConfinedSandbox(request.param) as box:
        yield box


@pytest.fixture
def work(tmp_path):
    """A workspace with secrets in it and a secret beside it."""
    work = tmp_path / "work"
    for folder in (".git", ".toolwright", "deep/er"):
        (work / folder).mkdir(parents=True)
    for name in (".env", ".env.local", "deep/er/.env", ".git/config", ".toolwright/x", "deep/a.txt", "a.txt"):
        (work / name).write_text(f"text of {name}", encoding="utf-8")
    (tmp_path / "outside").write_text("text of outside", encoding="utf-8")
    (work / "out").symlink_to(tmp_path / "outside")
    (work / "secret").symlink_to(".env")
    return work


def here(box, work, *, write=False):
    """A grant of the workspace that is the same at each level: by its path where it would become another."""
    paths = (str(work),)
    if box.level == "full":
        return Policy(workspace=str(work), write=paths if write else ())
    plain = work.parent / "plain"
    plain.mkdir(exist_ok=True)
    return Policy(workspace=str(plain), read=paths, write=paths if write else ())


def call(box, policy, function, **arguments):
    """One call of the source."""
    return box.call(SOURCE, function, arguments, policy)


def test_the_workspace_can_be_read(box, tmp_path):
    """Relative and absolute paths work, at any depth."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("text", encoding="utf-8")
    policy = Policy(workspace=str(tmp_path))

    assert call(box, policy, "look", path="deep/a.txt").value == "text"
    assert call(box, policy, "look", path=str(tmp_path / "deep" / "a.txt")).value == "text"


@pytest.mark.parametrize(
    "path", [".env", ".env.local", "deep/er/.env", ".git/config", ".toolwright/x", "secret", "./deep/../.env"]
)
def test_secrets_are_hidden_in_a_grant(box, work, path):
    """What is masked can be read by no name, also where the grant lets the tool write."""
    for policy in (here(box, work), here(box, work, write=True)):
        result = call(box, policy, "look", path=str(work / path))
        assert "text of" not in f"{result.value}"
        assert call(box, policy, "write", path=str(work / path), text="x").status == "raised"
    assert "text of" in (work / path).read_text(encoding="utf-8")
    assert call(box, policy, "look", path=str(work / "deep" / "a.txt")).value == "text of deep/a.txt"


@pytest.mark.parametrize("path", ["../outside", "out", "/etc/passwd", "deep/../../outside"])
def test_no_way_leads_out(box, work, path):
    """Parents, absolute paths and links out of the grant reach nothing."""
    policy = here(box, work, write=True)

    assert call(box, policy, "look", path=str(work / path)).status == "raised"
    assert call(box, policy, "write", path=str(work / path), text="x").status == "raised"
    assert (work.parent / "outside").read_text(encoding="utf-8") == "text of outside"


def test_reading_is_not_writing(box, work):
    """A workspace that is not in `write` stays as it is."""
    result = call(box, here(box, work), "write", path=str(work / "a.txt"), text="x")

    assert result.status == "raised"
    assert (work / "a.txt").read_text(encoding="utf-8") == "text of a.txt"


def test_what_a_tool_writes_belongs_to_the_owner(box, tmp_path):
    """A new file in a granted folder has the folder's owner, also when root runs the program."""
    folder = tmp_path / "granted"
    folder.mkdir()

    result = call(box, Policy(write=(str(folder),)), "write", path=str(folder / "new"), text="hello")

    assert (result.value, result.message) == (5, "")
    assert (folder / "new").read_text(encoding="utf-8") == "hello"
    assert (folder / "new").stat().st_uid == folder.stat().st_uid


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_grants_work_for_other_owners(box, tmp_path):
    """Root may grant a folder of somebody else: what is written there is theirs."""
    if box.level == "landlock":
        call(box, Policy(), "names", path=".")
        if box._zygotes.get().user < 0:
            pytest.skip("this Python is in root's home, so the tool stays root and owns nothing of others")
    folder = Path("/tmp") / f"toolwright-owner-{os.getpid()}"
    folder.mkdir()
    os.chown(folder, 60570, 60570)
    try:
        result = call(box, Policy(write=(str(folder),)), "write", path=str(folder / "new"), text="hello")
        assert (result.value, result.message) == (5, "")
        assert (folder / "new").stat().st_uid == 60570
    finally:
        (folder / "new").unlink(missing_ok=True)
        folder.rmdir()


def test_a_folder_inside_may_be_written_alone(box, work):
    """A written folder inside a read one: only the inner one changes."""
    policy = replace(here(box, work), write=(str(work / "deep" / "er"),))

    assert call(box, policy, "write", path=str(work / "deep" / "b"), text="x").status == "raised"
    assert call(box, policy, "look", path=str(work / "a.txt")).value == "text of a.txt"


def test_a_shared_scratch_keeps_its_files(box, tmp_path):
    """Two calls with the same scratch folder see the same files, at the same path."""
    policy = Policy(scratch=str(tmp_path))

    assert call(box, policy, "write", path="note", text="kept").value == 4
    assert call(box, policy, "look", path=str(tmp_path / "note")).value == "kept"


@pytest.mark.parametrize("path", ["/", "/proc", "/sys/kernel", "/no/such/folder"])
def test_some_paths_are_never_granted(box, path):
    """The whole system, the kernel's folders and what is not there are refused before anything runs."""
    with pytest.raises(SandboxError, match=path):
        call(box, Policy(read=(path,)), "names", path=path)


def test_protected_paths_are_hidden(work):
    """The library and the log, wherever they lie, are hidden like secrets."""
    if try_level("full"):
        pytest.skip("level full does not work here")
    with ConfinedSandbox("full", protected=[str(work / "a.txt"), str(work / "deep")]) as box:
        policy = Policy(workspace=str(work), write=(str(work),))
        assert call(box, policy, "look", path="a.txt").value == ""
        assert call(box, policy, "names", path="deep").value == []
        assert call(box, policy, "move", path="deep", to="away").status == "raised"
        with pytest.raises(SandboxError, match="never shown"):
            call(box, Policy(read=(str(work / "deep"),)), "names", path="deep")


def test_an_argument_may_name_a_granted_path_through_a_link(box, tmp_path):
    """A link of the user's to the workspace, or to a folder around it; other links open nothing more."""
    work, private = tmp_path / "real" / "work", tmp_path / "private"
    for folder in (work, private):
        folder.mkdir(parents=True)
    (work / "a").write_text("text", encoding="utf-8")
    (private / "b").write_text("secret", encoding="utf-8")
    for link, aim in (("to-work", work), ("around", work.parent), ("to-private", private), ("all", "/")):
        (tmp_path / link).symlink_to(aim)
    policy = Policy(workspace=str(work), write=(str(work),))
    source = "def f(paths):\n    return [open(path).read() for path in paths]\n"

    for path in (tmp_path / "to-work" / "a", tmp_path / "around" / "work" / "a"):
        result = box.call(source, "f", {"paths": [str(path)]}, policy)
        assert (result.value, result.message) == (["text"], "")
    written = box.call(
        "def g(path):\n    open(path, 'w').write('new')\n", "g", {"path": f"{tmp_path}/to-work/n"}, policy
    )
    assert (written.status, (work / "n").read_text()) == ("returned", "new")
    for path in (tmp_path / "to-private" / "b", tmp_path / "all" / str(private / "b")[1:]):
        assert box.call(source, "f", {"paths": [str(path)]}, policy).status == "raised"

"""What a tool that may write in a folder cannot do there: make, change, replace or move guarded names."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import SandboxError
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.guarded_names import HIDDEN, KEPT, guard
from toolwright.sandbox.levels import LEVELS, try_level
from toolwright.sandbox.survey import Survey
from toolwright.types import Limits, Policy

ACT = """
import os

def act(code, top):
    os.chdir(top)
    found = {"os": os}
    exec(code, found)
    return found.get("answer", True)
"""


@pytest.fixture(scope="module", params=LEVELS)
def box(request):
    """A sandbox at each level that works here."""
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    with ConfinedSandbox(request.param) as box:
        yield box


def act(box, top, code, **more):
    """Run code in a folder that the tool may write in."""
    policy = Policy(write=(str(top),), limits=Limits(wall_s=20), **more)
    return box.call(ACT, "act", {"code": code, "top": str(top)}, policy)


PLANTS = {
    "a file": "open('.env', 'w').write('x')",
    "a folder": "os.mkdir('.git')",
    "a name without a dot": "open('pyproject.toml', 'w').write('x')",
    "a worktree's file": "open('.git', 'w').write('gitdir: x')",
    "a nested file": "os.makedirs('a/b/c'); open('a/b/c/.env.local', 'w').write('x')",
    "a rename of a file": "open('x', 'w').write('x'); os.rename('x', '.bashrc')",
    "a rename of a folder": "os.rename('data', '.git')",
    "a link": "os.symlink('data', '.ssh')",
    "a link to nothing": "os.symlink('/no/where', '.toolwright')",
    "a hard link": "os.link('data/a.txt', '.netrc')",
    "in a made package": "os.mkdir('v'); open('v/pyvenv.cfg', 'w'); os.mkdir('v/.git')",
    "in a made node_modules": "os.makedirs('node_modules/x/.git')",
    "in a closed folder": "os.makedirs('shut/.git'); os.chmod('shut', 0)",
    "in other letters": "os.mkdir('.GIT')",
    "of two parts": "os.makedirs('.config/autostart'); open('.config/autostart/x', 'w')",
    "by a moved folder": "os.makedirs('x/autostart'); os.rename('x', '.config')",
    "then a crash": "open('.env', 'w').write('x'); os._exit(0)",
    "then time out": "open('.env', 'w').write('x')\nwhile True: pass",
}


@pytest.mark.parametrize("how", PLANTS)
def test_no_guarded_name_can_be_made(box, tmp_path, how):
    """The call fails, says what was made, and the name is gone; the contents are kept under another name."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("mine", encoding="utf-8")
    limits = Limits(wall_s=1 if "time" in how else 20)
    policy = Policy(write=(str(tmp_path),), limits=limits)

    result = box.call(ACT, "act", {"code": PLANTS[how], "top": str(tmp_path)}, policy)

    shut = tmp_path / "shut"
    if shut.exists():
        assert os.getuid() == 0
    assert result.status == "limit", result
    assert "made what no tool may make" in result.message
    assert "is called refused-" in result.message
    names = [name for folder in os.walk(tmp_path) for name in (*folder[1], *folder[2])]
    assert any(name.startswith("refused-") for name in names)
    assert not [
        path for folder, *more in os.walk(tmp_path) for each in more for path in each if guard(path, folder)
    ]


def test_many_plants_are_told_in_few_words(box, tmp_path):
    """All are moved, some are named."""
    result = act(box, tmp_path, "for n in range(40): os.makedirs(f'd{n}/.git')")

    assert "and 35 more" in result.message
    assert not list(tmp_path.glob("*/.git"))


def test_what_is_there_is_not_taken_for_a_plant(box, tmp_path):
    """Guarded names that were there before do not fail a call, also when their folder was moved."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".env").write_text("secret", encoding="utf-8")
    code = "open('new', 'w').write('x')" if box.level == "full" else "answer = os.listdir('.')"
    result = act(box, tmp_path, code)
    assert result.status == "returned", result

    if box.level == "full":
        moved = act(box, tmp_path, "os.rename('deep', 'away'); answer = open('away/.env').read()")
        assert (moved.status, moved.value) == ("returned", "")
        swapped = act(box, tmp_path, "os.rename('away', 'x'); os.mkdir('away'); open('away/.env', 'w')")
        assert "made what no tool may make" in swapped.message
        assert (tmp_path / "x" / ".env").read_text(encoding="utf-8") == "secret"


KEEPING = {
    "write": "open('{name}', 'w').write('x')",
    "append": "open('{name}', 'a').write('x')",
    "unlink": "os.unlink('{name}')",
    "rename": "os.rename('{name}', 'other')",
    "replace": "open('x', 'w').close(); os.replace('x', '{name}')",
    "link": "os.link('{name}', 'other'); open('other', 'a').write('x')",
    "mode": "os.chmod('{name}', 0o777)",
    "truncate": "os.truncate('{name}', 0)",
}


@pytest.mark.parametrize("how", KEEPING)
@pytest.mark.parametrize("name", [".env", ".bashrc", "link/.env", ".netrc"])
def test_what_is_guarded_cannot_be_changed(box, tmp_path, how, name):
    """By no means, by no name; nor can a link that bears such a name be replaced."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for each in (".env", ".bashrc", "link/.env", "netrc"):
        (tmp_path / each).write_text("mine", encoding="utf-8")
    (tmp_path / ".netrc").symlink_to("netrc")
    before = {path: (path.lstat().st_ino, path.lstat().st_mode) for path in tmp_path.rglob("*")}

    result = act(box, tmp_path, KEEPING[how].format(name=name))

    assert result.status in {"raised", "returned"}, result
    after = {path: (path.lstat().st_ino, path.lstat().st_mode) for path in tmp_path.rglob("*")}
    assert {path: after.get(path) for path in before} == before
    for each in (".env", ".bashrc", "link/.env", "netrc"):
        assert (tmp_path / each).read_text(encoding="utf-8") == "mine"


def test_kept_things_can_be_read(box, tmp_path):
    """Startup files are shown, secrets are not."""
    (tmp_path / ".bashrc").write_text("alias a=b", encoding="utf-8")
    (tmp_path / ".env").write_text("KEY=1", encoding="utf-8")

    assert act(box, tmp_path, "answer = open('.bashrc').read()").value == "alias a=b"
    assert act(box, tmp_path, "answer = open('.env').read()").value != "KEY=1"


def test_other_names_of_a_hidden_file_are_hidden(tmp_path):
    """A hard link beside a secret shows no more than the secret."""
    if try_level("full"):
        pytest.skip("level full does not work here")
    (tmp_path / ".env").write_text("KEY=1", encoding="utf-8")
    os.link(tmp_path / ".env", tmp_path / "copy")
    with ConfinedSandbox("full") as box:
        assert act(box, tmp_path, "answer = open('copy').read()").value == ""


def test_installed_packages_cannot_be_changed(tmp_path):
    """They are not looked through, so nothing can be planted in them."""
    if try_level("full"):
        pytest.skip("level full does not work here")
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "node_modules").mkdir()
    with ConfinedSandbox("full") as box:
        for place in ("venv", "node_modules"):
            assert act(box, tmp_path, f"os.mkdir('{place}/.git')").status == "raised"
        moved = act(box, tmp_path, "os.mkdir('d')")
        assert moved.status == "returned"


def test_the_library_cannot_be_planted(tmp_path):
    """What belongs to the program cannot be made either when it is not there yet."""
    if try_level("full"):
        pytest.skip("level full does not work here")
    protected = [str(tmp_path / name) for name in ("tools.py", "tool_tests", "agent.log", "lib/tools.py")]
    with ConfinedSandbox("full", protected=protected) as box:
        for code in ("open('tools.py', 'w')", "os.mkdir('tool_tests')", "os.symlink('x', 'agent.log')"):
            assert "made what no tool may make" in act(box, tmp_path, code).message
        (tmp_path / "lib").mkdir()
        (tmp_path / "lib" / "tools.py").write_text("mine", encoding="utf-8")
        swap = "os.rename('lib', 'away'); os.mkdir('lib'); open('lib/tools.py', 'w').write('evil')"
        assert "lib/tools.py" in act(box, tmp_path, swap).message
    assert not (tmp_path / "lib" / "tools.py").exists()
    assert (tmp_path / "away" / "tools.py").read_text(encoding="utf-8") == "mine"


def test_at_landlock_the_inner_workspace_is_the_grant(tmp_path):
    """Where nothing can be covered, a workspace with secrets in it becomes another; it is said once."""
    if try_level("landlock"):
        pytest.skip("level landlock does not work here")
    (tmp_path / ".env").write_text("KEY=1", encoding="utf-8")
    (tmp_path / "a.txt").write_text("outer", encoding="utf-8")
    notices = []
    with ConfinedSandbox("landlock", on_notice=notices.append) as box:
        policy = Policy(workspace=str(tmp_path), write=(str(tmp_path),))
        source = "import os\ndef f(path):\n    open(path, 'w').write('x')\n    return os.getcwd()\n"
        made = box.call(source, "f", {"path": "new"}, policy)
        outer = box.call(source, "f", {"path": str(tmp_path / "a.txt")}, policy)
    assert (made.status, made.value) == ("returned", str(tmp_path / "workspace"))
    assert outer.status == "raised"
    assert (tmp_path / "workspace" / "new").read_text(encoding="utf-8") == "x"
    assert len(notices) == 1
    assert str(tmp_path / "workspace") in notices[0]


def test_a_planted_workspace_link_is_not_followed(tmp_path):
    """The inner workspace must be a folder of its own."""
    if try_level("landlock"):
        pytest.skip("level landlock does not work here")
    (tmp_path / "work" / ".git").mkdir(parents=True)
    (tmp_path / "work" / "workspace").symlink_to(tmp_path)
    with ConfinedSandbox("landlock") as box, pytest.raises(SandboxError, match="is not a folder"):
        box.call("def f(): pass", "f", {}, Policy(workspace=str(tmp_path / "work")))


def test_a_survey_sees_every_change(tmp_path):
    """What is remembered is right also a moment after a change and long after it."""
    survey = Survey()
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    old = time.time() - 100
    os.utime(inner, (old, old))

    assert not survey.look(str(tmp_path)).guarded
    for turn in range(20):
        (inner / ".env").write_text(str(turn), encoding="utf-8")
        assert list(survey.look(str(tmp_path)).guarded) == [str(inner / ".env")]
        (inner / ".env").unlink()
        assert not survey.look(str(tmp_path)).guarded


def test_a_survey_does_not_read_settled_folders_again(tmp_path, monkeypatch):
    """A folder that has long been the same is only looked at, not read."""
    (tmp_path / "a" / ".git").mkdir(parents=True)
    survey = Survey()
    monkeypatch.setattr("toolwright.sandbox.survey._SETTLED_NS", -1)  # as if the folders were old
    before = survey.look(str(tmp_path))
    monkeypatch.setattr("os.scandir", lambda _path: pytest.fail("read again"))

    assert survey.look(str(tmp_path)) == before


def test_a_folder_too_deep_for_a_path_is_refused(box, tmp_path):
    """What cannot be looked through is not granted; the tool that made it is told."""
    code = "for n in range(30):\n    os.mkdir('d' * 200); os.chdir('d' * 200)\nos.mkdir('.git')"
    made = act(box, tmp_path, code)
    assert made.status == "limit"
    assert "too deep" in made.message
    with pytest.raises(SandboxError, match="too deep"):
        act(box, tmp_path, "pass")


@given(st.sampled_from(sorted(HIDDEN | KEPT)), st.sampled_from(["", "/folder", "/.git"]), st.booleans())
def test_every_name_of_the_table_is_guarded(name, folder, upper):
    """Wherever it stands and however it is written."""
    first, _, last = f"{folder}/{name}".rpartition("/")
    expected = "hidden" if name in HIDDEN else "kept"

    assert guard(last.upper() if upper else last, first) == expected


@pytest.mark.parametrize("name", ["env", "git", "a.env", "bin", "fish", ".gitignore", ".", "..", "", ".ENVx"])
def test_other_names_are_not(name):
    """Only the names of the table are."""
    assert guard(name, "/folder") == ("hidden" if name == ".ENVx" else None)


def test_guarded_names_that_are_odd_are_moved_too(box, tmp_path):
    """Names that are not UTF-8 are no way around."""
    result = act(box, os.fsdecode(bytes(tmp_path)), "os.makedirs(b'caf\\xe9/.git')")

    assert "made what no tool may make" in result.message
    assert not [name for _, names, _ in os.walk(bytes(tmp_path)) for name in names if name == b".git"]
    assert stat.S_ISDIR(os.lstat(bytes(tmp_path) + b"/caf\xe9").st_mode)


def test_the_program_itself_cannot_be_changed(tmp_path):
    """Started in its own checkout, the program is no file of a tool's: not changed, replaced, nor moved."""
    here = Path(__file__).parents[2]
    top = tmp_path / "work"
    for name in ("toolwright", "agent.py", "pyproject.toml"):
        copy = shutil.copytree if (here / name).is_dir() else shutil.copy
        (top / "checkout").mkdir(parents=True, exist_ok=True)
        copy(here / name, top / "checkout" / name)
    attempts = {
        "change": "open('checkout/agent.py', 'a').write('#')",
        "add": "open('checkout/toolwright/json.py', 'w')",
        "replace": "open('x', 'w'); os.replace('x', 'checkout/toolwright/errors.py')",
        "plant": (
            "os.rename('checkout', 'old'); os.makedirs('checkout/toolwright'); "
            "open('checkout/agent.py', 'w').write('print(1)')"
        ),
    }
    run = (
        "import json, sys\nfrom toolwright.sandbox.confined import ConfinedSandbox\n"
        "from toolwright.errors import SandboxError\nfrom toolwright.types import Policy\n"
        "source, top, attempts = json.load(sys.stdin)\n"
        "def call(code, top):\n"
        "    return box.call(source, 'act', {'code': code, 'top': top}, Policy(write=(top,)))\n"
        "def said(result):\n"
        "    return f'{result.status}: {result.message}'\n"
        "with ConfinedSandbox() as box:\n"
        "    assert call('open(\"data\", \"w\")', top).status == 'returned'\n"
        "    told = {name: said(call(code, top)) for name, code in attempts.items()}\n"
        "    try:\n"
        "        call('1', top + '/old/toolwright')\n"
        "    except SandboxError as error:\n"
        "        told['grant'] = str(error)\n"
        "json.dump(told, sys.stdout)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", run],
        input=json.dumps([ACT, str(top), attempts]),
        capture_output=True,
        text=True,
        cwd=top / "checkout",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert not any(text.startswith("returned") for text in told.values()), told
    assert "made what no tool may make" in told["plant"]
    assert (top / "old/agent.py").read_text() == (here / "agent.py").read_text()
    assert not (top / "checkout/agent.py").exists()

"""Packages of a library: installed whole or not at all, exactly as they were shown and are recorded."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from wheels import make_wheel, offline, open_shelf

from toolwright.errors import PackageError
from toolwright.packages.installing import Change
from toolwright.packages.obtaining import Packages
from toolwright.packages.pins import Pin, Pins, read_pins, write_pins
from toolwright.packages.uv import Uv
from toolwright.sandbox.process import ProcessSandbox
from toolwright.settings import installer_environment
from toolwright.syntax.requirements import requirements
from toolwright.types import Policy

USES = "def value(name):\n    import importlib\n    return importlib.import_module(name).VALUE\n"

pytestmark = pytest.mark.skipif(shutil.which("uv") is None, reason="uv, which installs packages, is not here")


@pytest.fixture
def index(tmp_path):
    """Wheels: cheese needs milk and rennet, py-holes has another module name."""
    index = tmp_path / "index"
    make_wheel(index, "cheese", "2.0", needs=["milk>=1", "rennet", "knife; extra == 'cut'"])
    make_wheel(index, "cheese", "1.5", needs=["milk"])
    make_wheel(index, "milk")
    make_wheel(index, "rennet", "0.3")
    make_wheel(index, "knife")
    make_wheel(index, "py-holes", module="holes")
    return index


@pytest.fixture
def library(tmp_path):
    """A library directory."""
    library = tmp_path / "library"
    library.mkdir()
    return library


def add(shelf, *names):
    """Install packages; return what came."""
    change = shelf.preview(requirements(names))
    shelf.apply(change)
    return [str(pin) for pin in change.added]


def imported(shelf, name, *entries):
    """What a tool in a cell sees that requires `entries`."""
    policy = shelf.grant(Policy(), entries)
    result = ProcessSandbox().call(USES, "value", {"name": name}, policy)
    return result.value if result.status == "returned" else result.message


def sets(library):
    """The folders in which something is installed, or was to be."""
    folder = library / ".toolwright" / "packages"
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def test_a_package_comes_with_what_it_needs(library, index):
    """It is shown before, recorded with exact versions and hashes, and a tool can import it."""
    shelf = open_shelf(library, index)
    change = shelf.preview(requirements(["cheese"]))

    assert [str(pin) for pin in change.added] == ["cheese 2.0", "milk 1.0", "rennet 0.3"]
    assert not (library / "tool_tests").exists()
    shelf.apply(change)

    assert imported(shelf, "cheese", "cheese") == "cheese 2.0"
    assert imported(shelf, "milk", "cheese") == "milk 1.0"
    said = json.loads((library / "tool_tests" / "packages.json").read_text())
    assert said["asked"] == ["cheese"]
    assert [(p["name"], p["version"], p["via"]) for p in said["packages"]] == [
        ("cheese", "2.0", []),
        ("milk", "1.0", ["cheese"]),
        ("rennet", "0.3", ["cheese"]),
    ]
    assert all(p["hashes"][0].startswith("sha256:") for p in said["packages"])
    assert str(index) not in (library / "tool_tests" / "packages.json").read_text()


def test_a_version_can_be_named(library, index):
    """That one is taken, and a later package does not change it."""
    shelf = open_shelf(library, index)

    assert add(shelf, "cheese==1.5") == ["cheese 1.5", "milk 1.0"]
    assert add(shelf, "rennet") == ["rennet 0.3"]
    assert imported(shelf, "cheese", "cheese") == "cheese 1.5"
    assert add(shelf, "cheese==2.0") == ["cheese 2.0"]


def test_a_module_finds_its_distribution(library, index):
    """A tool may declare either name; only what it declares is offered."""
    shelf = open_shelf(library, index)
    add(shelf, "py-holes", "milk")

    assert imported(shelf, "holes", "py-holes") == "py-holes 1.0"
    assert imported(shelf, "holes", "py-holes (holes)") == "py-holes 1.0"
    assert imported(shelf, "milk", "py-holes") == "'milk' is not declared under Requires"


@pytest.mark.parametrize(
    ("entry", "allowed", "why"),
    [
        ("cheese", (), "the package cheese is needed, but not on the list of allowed packages"),
        ("cheese", ("cheese",), "the package cheese is needed, but not installed"),
        ("together", (), "the package together is needed, but not on the list"),
    ],
)
def test_what_is_not_ready_is_named(library, index, entry, allowed, why):
    """With the command that helps."""
    with pytest.raises(PackageError, match=why) as refused:
        open_shelf(library, index, allowed).grant(Policy(), [entry])

    assert f"python agent.py packages add {entry}" in refused.value.hint


def test_an_allowed_package_of_the_programs_environment_is_ready(library, index):
    """`requests` for one, with all that it imports; extras that nobody asked for are not."""
    granted = open_shelf(library, index, ["requests"]).grant(Policy(), ["requests>=2"])

    assert {"requests", "urllib3", "certifi", "idna", "charset_normalizer"} <= set(granted.packages)
    assert not {"together", "socks", "pytest"} & set(granted.packages)
    assert imported(open_shelf(library, index), "json") == "module 'json' has no attribute 'VALUE'"


@pytest.mark.parametrize("linked", [".toolwright", ".toolwright/packages", ""])
def test_packages_are_not_taken_through_a_link(library, index, tmp_path, linked):
    """Somebody else's library must not make its tools see a folder of the user's."""
    shelf = open_shelf(library, index)
    add(shelf, "milk")
    place = library / linked if linked else Path(shelf.installed)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PackageError, match="packages are not taken from there"):
        shelf.grant(Policy(), ["milk"])
    with pytest.raises(PackageError, match="packages are not taken from there"):
        shelf.restore()


def test_a_librarys_own_configuration_names_no_index(library, index, tmp_path, monkeypatch):
    """A folder that was cloned brings none, wherever the program is started."""
    make_wheel(tmp_path / "theirs", "milk", "6.6")
    (library / "uv.toml").write_text(f'[pip]\nfind-links = ["{tmp_path / "theirs"}"]\n')
    monkeypatch.chdir(library)
    shelf = open_shelf(library, index)

    assert add(shelf, "milk") == ["milk 1.0"]


def test_a_fresh_clone_installs_what_is_recorded(library, index, tmp_path):
    """The record travels, the folder does not; until it is installed, that is said."""
    shelf = open_shelf(library, index)
    add(shelf, "cheese==1.5")
    clone = tmp_path / "clone"
    shutil.copytree(library / "tool_tests", clone / "tool_tests")
    there = open_shelf(clone, index)

    with pytest.raises(PackageError, match="recorded for this library, but not installed here") as refused:
        there.grant(Policy(), ["cheese"])
    assert refused.value.hint == "python agent.py packages install"
    assert [str(pin) for pin in there.restore().pins] == ["cheese 1.5", "milk 1.0"]
    assert imported(there, "cheese", "cheese") == "cheese 1.5"


def test_what_a_folder_of_somebody_else_records_is_not_installed_unasked(library, index, tmp_path):
    """A question names it whole; nobody there, or a no, installs nothing; AUTO_APPROVE does it unasked."""
    add(open_shelf(library, index), "cheese==1.5")
    clone = tmp_path / "clone"
    shutil.copytree(library / "tool_tests", clone / "tool_tests")
    there, asked, told = open_shelf(clone, index), [], []
    with pytest.raises(PackageError, match="not installed here"):
        Packages(there).obtain("name_cheese", ["cheese"])
    assert "do without" in Packages(there, lambda said: bool(asked.append(said))).obtain("f", ["cheese"])
    (question,) = asked
    assert question.startswith("f needs cheese: install wheels of cheese 1.5, and with it milk 1.0, ")
    assert question.endswith("as recorded for this library, into .toolwright/packages?")
    assert sets(clone) == []
    assert Packages(there, None, told.append, agree=True).obtain("f", ["cheese"]) == ""
    assert told[0].startswith("installed cheese 1.5, milk 1.0 into")


def test_a_wheel_that_is_not_the_recorded_one_is_refused(library, index, tmp_path):
    """Same name, same version, other bytes: nothing is installed."""
    add(open_shelf(library, index), "milk")
    clone = tmp_path / "clone"
    shutil.copytree(library / "tool_tests", clone / "tool_tests")
    make_wheel(tmp_path / "other" / "index", "milk", code="raise SystemExit\n")

    with pytest.raises(PackageError, match=r"(?i)milk 1.0 cannot be installed.*hash"):
        open_shelf(clone, tmp_path / "other" / "index").restore()
    assert sets(clone) == []


def test_removing_takes_what_nothing_else_needs(library, index):
    """What another package needs stays; the last one takes the record with it."""
    shelf = open_shelf(library, index)
    add(shelf, "cheese==2.0", "milk")
    before = shelf.pins

    shelf.apply(Change(before, before.without("cheese")))
    assert [str(pin) for pin in shelf.pins.pins] == ["milk 1.0"]
    assert imported(shelf, "milk", "milk") == "milk 1.0"
    shelf.apply(Change(shelf.pins, shelf.pins.without("milk")))
    assert shelf.pins == Pins()
    assert not (library / "tool_tests" / "packages.json").exists()


def test_a_running_set_is_never_changed(library, index):
    """Who began with the set before finds it as it was."""
    shelf = open_shelf(library, index)
    add(shelf, "milk")
    granted = shelf.grant(Policy(), ["milk"])
    add(shelf, "rennet")

    assert ProcessSandbox().call(USES, "value", {"name": "milk"}, granted).value == "milk 1.0"
    assert len(sets(library)) == 2
    add(shelf, "knife")
    assert len(sets(library)) == 2


@pytest.mark.parametrize("names", [["nowhere"], ["cheese==9"], ["milk", "milk==0.1"]])
def test_what_does_not_exist_changes_nothing(library, index, names):
    """The name is in the sentence."""
    shelf = open_shelf(library, index)
    with pytest.raises(PackageError, match=names[-1].partition("==")[0]):
        add(shelf, *names)

    assert sets(library) == []
    assert shelf.pins == Pins()


def test_source_distributions_are_not_built(library, tmp_path):
    """Building one would run its code here."""
    import tarfile

    source = tmp_path / "evil-1.0"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (tmp_path / "index").mkdir()
    with tarfile.open(tmp_path / "index" / "evil-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "evil-1.0")

    with pytest.raises(PackageError, match="no wheels were found for evil"):
        add(open_shelf(library, tmp_path / "index"), "evil")
    assert not (tmp_path / "ran").exists()


def test_several_at_once_end_well(library, index):
    """Each is there at the end, or was told that another one was quicker."""
    said = []

    def work(name):
        try:
            said.append(add(open_shelf(library, index), name))
        except PackageError as error:
            said.append(str(error))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("milk", "rennet", "knife")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    shelf = open_shelf(library, index)
    done = [entry for entry in said if isinstance(entry, list)]
    told = [entry for entry in said if isinstance(entry, str)]
    assert done
    assert all("changed by somebody else meanwhile" in text for text in told)
    assert len(shelf.pins.asked) == len(done)
    assert shelf.installed


def test_a_killed_installation_leaves_nothing_half(library, index, tmp_path):
    """The record and the set it names stay; the next installation tidies up."""
    shelf = open_shelf(library, index)
    add(shelf, "milk")
    slow = tmp_path / "bin"
    slow.mkdir()
    real = shutil.which("uv")
    (slow / "uv").write_text(
        f'#!/bin/sh\ncase "$2" in install) {real} "$@"; sleep 60;; *) exec {real} "$@";; esac\n'
    )
    (slow / "uv").chmod(0o755)
    program = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from pathlib import Path\nfrom wheels import open_shelf\n"
        "from toolwright.syntax.requirements import requirements\n"
        "shelf = open_shelf(Path(sys.argv[3]), Path(sys.argv[4]))\n"
        "shelf.apply(shelf.preview(requirements(['rennet'])))\n"
    )
    root = Path(__file__).resolve().parents[2]
    words = [str(root), str(root / "tests"), str(library), str(index)]
    environment = {**os.environ, "PATH": f"{slow}:{os.environ['PATH']}"}
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words], env=environment, start_new_session=True
    )
    folder = library / ".toolwright" / "packages"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not any(p.name.startswith(".new-") for p in folder.iterdir()):
        time.sleep(0.02)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    assert [str(pin) for pin in shelf.pins.pins] == ["milk 1.0"]
    assert imported(shelf, "milk", "milk") == "milk 1.0"
    assert add(shelf, "rennet") == ["rennet 0.3"]
    assert not any(p.name.startswith(".new-") for p in folder.iterdir())


def test_a_full_disk_changes_nothing(library, index, tmp_path):
    """It is said, and what was installed still works."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    make_wheel(index, "large", code=f"TEXT = '{'x' * 3_000_000}'\n")
    disk = library / ".toolwright"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        shelf = open_shelf(library, index)
        add(shelf, "milk")
        with pytest.raises(PackageError, match=r"large 1\.0"):
            add(shelf, "large")
        assert shelf.pins.asked == ("milk",)
        assert imported(shelf, "milk", "milk") == "milk 1.0"
        assert len(sets(library)) == 1
    finally:
        subprocess.run(["umount", disk], check=True)


def recorded(**changes):
    """A record of one package, of which something is changed."""
    pin = {"name": "a", "version": "1", "via": [], "hashes": []} | changes
    return json.dumps({"format": 1, "asked": ["a"], "packages": [pin]})


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"format": 2, "asked": [], "packages": []}',
        '{"format": 1, "asked": ["--index-url=x"], "packages": []}',
        recorded(name="a @ file:///x"),
        recorded(version="1\n-r x"),
        recorded(version="1 --index-url=x"),
        recorded(hashes=["x y"]),
        recorded(hashes=["sha256:00 --index-url=x"]),
        recorded(via=["../x"]),
        recorded(via=None),
    ],
)
def test_a_record_that_somebody_spoilt_is_refused(library, index, text):
    """Nothing in it can become an option of the installer, or another place to install from."""
    (library / "tool_tests").mkdir()
    (library / "tool_tests" / "packages.json").write_text(text)

    with pytest.raises(PackageError, match="cannot be used"):
        open_shelf(library, index).restore()


def test_a_record_is_read_as_it_was_written(tmp_path):
    """Sorted, with one entry a package."""
    pins = Pins.of(["b"], [Pin("b", "1", (), ("sha256:" + "0" * 64,)), Pin("a", "2!1.0+x", ("b",))])
    write_pins(tmp_path / "new" / "packages.json", pins)

    assert read_pins(tmp_path / "new" / "packages.json") == pins


def test_a_missing_uv_is_said(library, index, tmp_path):
    """With the command that installs it."""
    uv = Uv({"PATH": str(tmp_path)})
    with pytest.raises(PackageError, match="`uv`, which is not installed") as refused:
        uv.resolve(requirements(["milk"]))

    assert refused.value.hint == "python -m pip install uv"


def test_no_secret_reaches_the_installer():
    """What configures it stays."""
    environ = {
        "PATH": "/bin",
        "TOGETHER_API_KEY": "a",
        "GITHUB_TOKEN": "b",
        "TOOLWRIGHT_MODEL": "c",
        "UV_INDEX_MINE_PASSWORD": "d",
    }
    assert installer_environment(environ) == {"PATH": "/bin", "UV_INDEX_MINE_PASSWORD": "d"}
    assert offline(Path("a"), Path("b")).keys() <= {"UV_OFFLINE", "UV_FIND_LINKS", "UV_CACHE_DIR"}

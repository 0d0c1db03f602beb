"""Parcels of tools: the same tools give the same bytes, and what is made to harm is refused in a sentence."""

import io
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from toolwright.errors import LibraryError
from toolwright.library.packing import packed
from toolwright.library.parcel import MEMBER
from toolwright.library.store import Store
from toolwright.library.unpacking import open_parcel
from toolwright.syntax.renamed_tool import renamed_source, renamed_tests

LIBRARY = '''"""A library."""

import math

_LIMIT = 3


class TooFarError(ValueError):
    """Too far."""


def _clipped(x: int) -> int:
    if x > 9:
        raise TooFarError
    return min(x, _LIMIT)


def add_one(x: int) -> int:
    """Add one.

    Example:
        >>> add_one(1)
        2
    """
    return _clipped(x) + 1


def add_two(x: int) -> int:
    """Add two."""
    return add_one(add_one(x))


def area(r: float) -> float:
    """Say how large a circle is."""
    return math.pi * r * r
'''


def library(folder: Path) -> Store:
    """Write a library with tests, evidence and a former version of `add_one`."""
    (folder / "tool_tests" / "evidence").mkdir(parents=True)
    (folder / "tools.py").write_text(LIBRARY)
    for name in ("add_one", "add_two"):
        (folder / "tool_tests" / f"test_{name}.py").write_text(f"from tools import {name}\n")
    evidence = {"origin": {"goal": "count\x1b[2J", "model": "m"}, "examples": [], "verdict": {"passed": True}}
    (folder / "tool_tests" / "evidence" / "add_one.json").write_text(json.dumps(evidence))
    versions = folder / ".toolwright" / "versions" / "add_one"
    versions.mkdir(parents=True)
    former = {
        "source": "def add_one(x): ...\n",
        "tests": None,
        "how": "added",
        "time": "2026-01-02T03:04:05+00:00",
    }
    (versions / "0001.json").write_text(json.dumps(former | {"evidence": {"verdict": {"passed": True}}}))
    return Store(folder)


def test_a_parcel_is_a_library_and_always_the_same(tmp_path: Path) -> None:
    """It holds the tools, what they reach and nothing else; unpacked or not, it reads the same."""
    store = library(tmp_path / "one")
    once = packed(store.place, store.read(), ["add_one", "add_two"])
    os.utime(tmp_path / "one" / "tools.py", (1, 1))
    assert packed(store.place, Store(tmp_path / "one").read(), ["add_one", "add_two"]) == once
    file = tmp_path / "two.zip"
    file.write_bytes(once)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    assert names == sorted(names)
    assert "area" not in (tmp_path / "unpacked" / "tools.py").read_text()
    for parcel in (open_parcel(file), open_parcel(tmp_path / "unpacked")):
        assert parcel.order(["add_two"]) == ("add_one", "add_two")
        one = parcel.enclosed("add_one")
        assert "_LIMIT = 3" in one.source
        assert "class TooFarError" in one.source
        assert (one.origin, one.calls) == (("count [2J", "m"), ())
        assert [(each.how, each.evidence) for each in one.earlier] == [("added", None)]
        assert parcel.enclosed("add_two").calls == ("add_one",)


def archive_of(*members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in members:
            archive.writestr(name, data, method)
    return written.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    """Return a member that is a symbolic link."""
    member = zipfile.ZipInfo(name)
    member.create_system, member.external_attr = 3, 0o120777 << 16
    return member


GOOD = ("tools.py", LIBRARY.encode())
HARMFUL = {
    "is no zip file": b"PK\x03\x04 and no more",
    "which would lie outside": archive_of(GOOD, ("../../escaped.py", b"x")),
    "'/etc/passwd', which would lie outside": archive_of(GOOD, ("/etc/passwd", b"x")),
    "which is a link or a device": archive_of(GOOD, (link("tool_tests/test_add_one.py"), b"/etc/passwd")),
    "holds no tools.py": archive_of(("else.py", b"x")),
    "is larger than 2000000 bytes": archive_of(GOOD, ("tool_tests/test_bomb.py", b"\0" * 3_000_000)),
    "unusual way": archive_of(GOOD, method=zipfile.ZIP_BZIP2),
    "damaged one: Bad CRC": archive_of(GOOD, method=zipfile.ZIP_STORED).replace(b"_LIMIT = 3", b"_LIMIT = 4"),
    "lists more files": archive_of(GOOD)[:-10] + b"\xff\xff\xff\x7f" + archive_of(GOOD)[-6:],
    "tools.py, line 1: byte 0xff is not UTF-8": archive_of(("tools.py", b"\xff")),
    "line 1": archive_of(("tools.py", b"def (:\n")),
}


@pytest.mark.parametrize("said", HARMFUL)
def test_a_harmful_file_is_refused(said: str, tmp_path: Path) -> None:
    """Each is one sentence, and nothing is written anywhere."""
    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "bad.zip"
    file.write_bytes(HARMFUL[said])
    with pytest.raises(LibraryError, match=re.escape(said)) as refused:
        open_parcel(file)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.rglob("*")) == [tmp_path / "inner", file]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("tool_tests/evidence/add_one.json", b"[" * 100_000),
        ("tool_tests/evidence/add_one.json", b"[]"),
        (".toolwright/versions/add_one/0001.json", b"{}"),
        (
            ".toolwright/versions/add_one/0001.json",
            b'{"source":"","tests":"","how":"\\u001b[2J","time":"2026"}',
        ),
        ("tool_tests/test_add_one.py", b"\xff"),
    ],
)
def test_what_comes_with_a_tool_is_not_believed(path: str, data: bytes, tmp_path: Path) -> None:
    """Evidence that is no object, a version that is none, tests that are no text: named, and refused."""
    file = tmp_path / "odd.zip"
    file.write_bytes(archive_of(GOOD, (path, data)))
    with pytest.raises(LibraryError, match=re.escape(path)):
        open_parcel(file).enclosed("add_one")


def test_a_folder_with_links_is_refused(tmp_path: Path) -> None:
    """What a link leads to is not read, be it the folder of the tests."""
    library(tmp_path / "one")
    tests = tmp_path / "one" / "tool_tests"
    tests.rename(tmp_path / "elsewhere")
    tests.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LibraryError, match="holds the link tool_tests"):
        open_parcel(tmp_path / "one")
    with pytest.raises(LibraryError, match="cannot be read: No such file"):
        open_parcel(tmp_path / "none.zip")
    assert not MEMBER.fullmatch("tool_tests/evidence/add_one.quarantine.json")


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to, and a device without end, are said to be what they are."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(LibraryError, match="is neither a file nor a folder; nothing was installed"):
            open_parcel(path)


def test_a_tool_is_renamed_with_its_examples_and_in_its_tests() -> None:
    """Calls in the docstring follow, other words do not; tests import it by its new name."""
    source = 'def old(x: int) -> int:\n    """Be old.\n\n    >>> old(1)\n    """\n    return x or old(x)\n'
    assert renamed_source(source, "old", "new") == (
        'def new(x: int) -> int:\n    """Be old.\n\n    >>> new(1)\n    """\n    return x or new(x)\n'
    )
    tests = "import tools\nfrom tools import é, old\n\n\ndef test_old():\n    assert old(1) == tools.old(1)\n"
    assert renamed_tests(tests, "old", "new") == tests.replace("é, old", "é, new as old").replace(
        "tools.old", "tools.new"
    )

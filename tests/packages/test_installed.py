"""What distributions bring: modules of any name, and what they need, read off their metadata."""

from pathlib import Path

import pytest

from toolwright.packages.installed import Site
from toolwright.syntax.requirements import Requirement, read_requirement


def distribution(folder: Path, name: str, record: str, needs: tuple[str, ...] = (), top: str = "") -> None:
    """Write the metadata of an installed distribution."""
    about = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    about.mkdir(parents=True)
    lines = "".join(f"Requires-Dist: {each}\n" for each in needs)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{lines}")
    (about / "RECORD").write_text(record)
    if top:
        (about / "top_level.txt").write_text(top)


def test_modules_are_read_off_the_list_of_files(tmp_path: Path) -> None:
    """Packages, single files, extensions of odd names; programs, data and metadata are no modules."""
    record = (
        "alpha/__init__.py,sha256=x,1\nalpha/inner/deep.py,,\n_beta.py,,\ngamma.cpython-311-x86_64-linux-gnu.so,,\n"
        '"delta/a,b.py",,\nbin/run,,\nalpha-1.0.dist-info/METADATA,,\nalpha.libs/libx.so.1,,\n'
        "__pycache__/_beta.cpython-311.pyc,,\nshare/doc/readme.txt,,\n../../../bin/other,,\n"
    )
    distribution(tmp_path, "alpha", record, top="81d2__mypyc\n")

    assert Site([str(tmp_path)]).modules_of(["alpha"]) == {"alpha", "_beta", "gamma", "delta", "81d2__mypyc"}


def test_what_a_distribution_needs_comes_along(tmp_path: Path) -> None:
    """All the way down, in circles too; extras only where somebody asks for them."""
    distribution(
        tmp_path, "top", "top.py,,\n", ("Middle_One>=1; python_version > '3'", "gone", "x; extra == 'x'")
    )
    distribution(tmp_path, "middle-one", "middle.py,,\n", ("bottom[fast]<2", "top"))
    distribution(tmp_path, "bottom", "bottom.py,,\n", ("speed; extra == 'fast'", "luxury; extra == 'slow'"))
    for name in ("speed", "luxury", "x"):
        distribution(tmp_path, name, f"{name}.py,,\n")

    assert Site([str(tmp_path)]).modules_of(["top"]) == {"top", "middle", "bottom", "speed"}


def test_the_first_folder_wins(tmp_path: Path) -> None:
    """What is installed for the library comes before what the program has."""
    distribution(tmp_path / "own", "alpha", "mine.py,,\n")
    distribution(tmp_path / "ours", "alpha", "theirs.py,,\n")

    assert Site([str(tmp_path / "own"), str(tmp_path / "ours")]).modules_of(["alpha"]) == {"mine"}


@pytest.mark.parametrize(("entry", "found"), [("holes", "py-holes"), ("py_holes", "py-holes"), ("other", "")])
def test_a_distribution_is_found_by_either_name(tmp_path: Path, entry: str, found: str) -> None:
    """By its own, or by the module it brings."""
    distribution(tmp_path, "py-holes", "holes/__init__.py,,\n")

    assert Site([str(tmp_path)]).providing(read_requirement(entry) or Requirement("")) == found

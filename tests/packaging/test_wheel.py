"""The wheel holds what an installed program needs."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it where nothing of the checkout is."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
def test_the_installed_program_runs_the_demo(installed: Path, tmp_path: Path) -> None:
    """Away from any checkout, the demo reaches its result with what the wheel brought along."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "TMPDIR": str(tmp_path), "NO_COLOR": "1"}
    demo = [sys.executable, "-m", "toolwright", "--demo", "--json"]
    done = subprocess.run(demo, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"status": "done"' in done.stdout
    assert str(installed / "toolwright") not in done.stderr


def test_the_wheel_holds_types_prompts_and_nothing_else_of_the_checkout(installed: Path) -> None:
    """Prompt texts and the marker for type checkers are in; tests, benchmarks and caches are not."""
    [wheel] = installed.parent.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "toolwright/py.typed" in names
    assert "toolwright/prompts/texts/decompose.md" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"toolwright"}
    assert not [name for name in names if "__pycache__" in name or ".toolwright" in name]

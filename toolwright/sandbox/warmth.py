"""The tables that hypothesis makes once: made in a cell of ours, kept in memory, copied for each judge."""

import json
import threading
from pathlib import Path
from typing import Final

from toolwright.sandbox.calling import wire_limits
from toolwright.sandbox.spawn import Bounds, Cell, run_cell
from toolwright.temporary.folders import fresh_folder
from toolwright.types import Limits

STORAGE: Final = "HYPOTHESIS_STORAGE_DIRECTORY"
_LIMITS: Final = Limits(wall_s=60, cpu_s=60)


class HypothesisTables:
    """Without them each test that draws text would spend seconds; a judge may spoil its own copy only."""

    def __init__(self, site: tuple[str, ...]) -> None:
        self._site = site
        self._files: dict[str, bytes] | None = None
        self._turn = threading.Lock()

    def copy_to(self, folder: Path) -> None:
        """Write the tables into a storage folder, which is made; the first call makes the tables as well.

        Raises:
            SandboxError: no process could be started.
        """
        with self._turn:
            if self._files is None:
                self._files = self._make()
        for name, data in self._files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def _make(self) -> dict[str, bytes]:
        request = json.dumps({"site": self._site, "limits": wire_limits(_LIMITS)}).encode()
        with fresh_folder("warm") as folder:
            storage = Path(folder, "storage")
            cell = Cell("warm_cell", folder, folder, {STORAGE: str(storage)})
            run_cell(cell, request, Bounds(_LIMITS.wall_s, _LIMITS.output_kb * 1024, 1024), lambda _: None)
            made = sorted(path for path in storage.rglob("unicode_data/**/*") if path.is_file())
            return {str(path.relative_to(storage)): path.read_bytes() for path in made}

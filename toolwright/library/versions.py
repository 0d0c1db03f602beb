"""Every version of a tool that was kept or replaced -> `.toolwright/versions/NAME/NNNN.json`, and back."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from toolwright.errors import LibraryError
from toolwright.library.evidence import EDITED
from toolwright.library.place import Place, listed, read_bytes, sha
from toolwright.records import asdict, dataclass
from toolwright.types import Json

_FORMAT: Final = 1
_FILE: Final = re.compile(r"(\d+)\.json")
_HASH_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a tool: `source` is the function with the helpers and imports it uses.

    `how` says in a word where it comes from: added, widened, fixed, adopted, composed, rolled back,
    installed, edited or found. `contract` is the stub that was promised, `tests` its test file (None: it had
    none), `evidence` what it was kept on (None: nothing). `number` counts from 1.
    """

    number: int
    name: str
    how: str
    time: str
    source: str
    tests: str | None
    contract: str = ""
    goal: str = ""
    model: str = ""
    evidence: Mapping[str, Json] | None = None

    @property
    def sha256(self) -> str:
        """What tells versions apart: the hash of text and tests together."""
        return version_hash(self.source, self.tests)

    @property
    def short(self) -> str:
        """The beginning of the hash, for people."""
        return self.sha256[:_HASH_LENGTH]


def version_hash(source: str, tests: str | None) -> str:
    """Hash what makes a version, whatever the order of a function and its helpers."""
    return sha(json.dumps([sorted(source.rstrip().split("\n\n\n")), tests]).encode())


def version_now(
    name: str, source: str, tests: str | None, evidence: Mapping[str, Json] | None, how: str = ""
) -> Version:
    """Describe a function as it stands in the library; goal, model and time are those of its evidence.

    `how` is that of the evidence too, unless it is given. What was edited by hand is of no model.
    """
    origin, verified = ((evidence or {}).get(key) for key in ("origin", "verified"))
    said = dict(origin) if isinstance(origin, dict) else {}
    if isinstance(verified, dict) and verified.get("how") == EDITED:
        said |= {"how": EDITED, "model": "", "time": verified.get("time")}
    time = said.get("time") or datetime.now(UTC).isoformat(timespec="seconds")
    goal, model, contract = (str(said.get(key) or "") for key in ("goal", "model", "contract"))
    how = how or str(said.get("how") or "added")
    return Version(0, name, how, str(time), source, tests, contract, goal, model, evidence)


def read_versions(place: Place, name: str) -> tuple[Version, ...]:
    """Return the kept versions of a tool, oldest first; a file that cannot be read is left out."""
    found = ((number, _read(path, number, name)) for number, path in sorted(_numbers(place, name).items()))
    return tuple(version for _, version in found if version)


def known_names(place: Place) -> tuple[str, ...]:
    """Return the names of which versions are kept."""
    try:
        return tuple(sorted(entry.name for entry in place.versions.iterdir() if entry.is_dir()))
    except OSError:
        return ()


def version_path(place: Place, name: str, number: int) -> Path:
    """Return where a version is kept."""
    return place.versions / name / f"{number:04}.json"


def next_number(place: Place, name: str) -> int:
    """Return the number of the next version."""
    return max(_numbers(place, name), default=0) + 1


def to_json(version: Version) -> bytes:
    """Write a version down."""
    return json.dumps({"format": _FORMAT, "sha256": version.sha256, **asdict(version)}, indent=1).encode()


def _numbers(place: Place, name: str) -> dict[int, Path]:
    found = ((_FILE.fullmatch(path.name), path) for path in listed(place.versions / name))
    return {int(match.group(1)): path for match, path in found if match}


def _read(path: Path, number: int, name: str) -> Version | None:
    try:
        said = json.loads(read_bytes(path) or b"")
    except (LibraryError, ValueError, RecursionError):
        return None
    match said:
        case {"source": str(source), "tests": str() | None as tests, "how": str(how), "time": str(time)}:
            contract, goal, model = (str(said.get(key) or "") for key in ("contract", "goal", "model"))
            evidence = said.get("evidence")
            kept = evidence if isinstance(evidence, dict) else None
            return Version(number, name, how, time, source, tests, contract, goal, model, kept)
    return None

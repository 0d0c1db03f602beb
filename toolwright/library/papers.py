"""The evidence and the tests of a tool -> how far it can be trusted: its standing, and its quality."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from toolwright.library.bindings import Bindings
from toolwright.library.evidence import read_evidence, score_in
from toolwright.library.place import Place, decode, read_bytes, sha
from toolwright.library.standing import Standing, reach_hash, standing
from toolwright.records import dataclass, field
from toolwright.types import Json, Tool

_HASHES: Final = ("source_sha256", "reach_sha256", "tests_sha256")
_MOMENTS: Final = ("origin", "verified")


@dataclass(frozen=True, slots=True)
class Quality:
    """How much the evidence of a tool says.

    `tests` passed; of `mutants` broken copies they noticed `killed`, None when there was no challenge;
    `replays` calls and tests went the same under other conditions. It was last verified, or made, at `made`,
    in seconds since the epoch; 0 when that is not known. Tools were confined at `level` then.
    """

    tests: int = 0
    killed: int | None = None
    mutants: int | None = None
    replays: int = 0
    made: float = 0.0
    level: str = ""

    @property
    def said(self) -> str:
        """Return it as a few words, "" when nothing is known."""
        parts = [f"{self.tests} test{'' if self.tests == 1 else 's'} passed"] if self.tests else []
        if self.mutants is not None:
            parts.append(f"{self.killed} of {self.mutants} broken copies noticed")
        if self.replays:
            parts.append(f"{self.replays} replays the same")
        return ", ".join(parts)

    @property
    def order(self) -> tuple[float, int, int]:
        """Return what the worse of two tools has less of: share of copies noticed, then tests, replays."""
        share = (self.killed or 0) / self.mutants if self.mutants else -1.0 if self.mutants is None else 1.0
        return share, self.tests, self.replays

    def as_json(self) -> dict[str, Json]:
        """Return it for programs."""
        return {
            "tests": self.tests,
            "mutants_noticed": self.killed,
            "mutants": self.mutants,
            "replays": self.replays,
        }


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a tool can be trusted; `packages` are the versions that its evidence was given with."""

    standing: Standing
    quality: Quality = field(default_factory=Quality)
    packages: Mapping[str, Json] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """Return it for programs."""
        said = self.standing
        return {"standing": said.kind, "why": said.why, "quality": self.quality.as_json()}


@dataclass(frozen=True, slots=True)
class Paper:
    """What the files of a tool say: `evidence` has of its evidence what standing needs, None without any.

    `tests` is the hash of its test file, None when it has none.
    """

    evidence: Mapping[str, Json] | None = None
    tests: str | None = None
    quality: Quality = field(default_factory=Quality)


def read_paper(place: Place, name: str) -> Paper:
    """Read the files of a tool.

    Raises:
        LibraryError: its test file cannot be read or is not UTF-8.
    """
    evidence = read_evidence(place, name)
    path = place.test_of(name)
    data = read_bytes(path)
    if data is not None:
        decode(data, path)
    tests = None if data is None else sha(data)
    return (
        Paper(_brief(evidence), tests, quality_in(evidence)) if evidence is not None else Paper(tests=tests)
    )


def quality_in(evidence: Mapping[str, Json] | None) -> Quality:
    """Return what evidence, whoever wrote it, says of the quality of a tool."""
    verdict = (evidence or {}).get("verdict")
    if evidence is None or not isinstance(verdict, dict):
        return Quality(made=made_in(evidence))
    tests, replays = verdict.get("tests"), verdict.get("replays")
    listed = tests if isinstance(tests, list) else []
    passed = sum(isinstance(test, dict) and test.get("outcome") == "passed" for test in listed)
    killed, of = score_in(evidence) or (None, None)
    again = replays if isinstance(replays, int) else 0
    level = verdict.get("level")
    return Quality(passed, killed, of, again, made_in(evidence), level if isinstance(level, str) else "")


def made_in(evidence: Mapping[str, Json] | None) -> float:
    """Return when a tool was last verified or made, in seconds since the epoch; 0 when that is not known."""
    found = 0.0
    for key in _MOMENTS:
        said = (evidence or {}).get(key)
        moment = said.get("time") if isinstance(said, dict) else None
        try:
            found = max(found, datetime.fromisoformat(str(moment)).timestamp())
        except (ValueError, OverflowError, OSError):
            continue
    return found


def judge(
    place: Place, known: Bindings, kept: Mapping[str, Tool], name: str, paper: Paper | None = None
) -> Trust:
    """Hold a kept tool against its files, which are read unless they are given; nothing is said of packages.

    Raises:
        LibraryError: as for `read_paper`.
    """
    paper = read_paper(place, name) if paper is None else paper
    found = standing(paper.evidence, kept[name], paper.tests, reach_hash(known, name, kept))
    return Trust(found, paper.quality, packages_in(paper.evidence))


def packages_in(evidence: Mapping[str, Json] | None) -> Mapping[str, Json]:
    """Return the versions of packages that evidence was given with, by name."""
    verdict = (evidence or {}).get("verdict")
    seen = verdict.get("packages") if isinstance(verdict, dict) else None
    return seen if isinstance(seen, dict) else {}


def _brief(evidence: Mapping[str, Json]) -> dict[str, Json]:
    """Return of evidence what `standing` reads."""
    kept: dict[str, Json] = {key: evidence[key] for key in _HASHES if isinstance(evidence.get(key), str)}
    for key in _MOMENTS:
        said = evidence.get(key)
        if isinstance(said, dict):
            kept[key] = {"python": said.get("python")}
    if packages_in(evidence):
        kept["verdict"] = {"packages": dict(packages_in(evidence))}
    return kept

"""toolwright.library.fusion: by meaning where words differ, by words where they meet or after a fault."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from toolwright.errors import ModelError
from toolwright.library.fusion import FusedIndex
from toolwright.library.store import Store

TOOLS = {
    "delete_folder": "Remove a directory with everything in it.",
    "move_files": "Bring files to another place.",
    "age_in_years": "Return how old somebody is.",
}
SUBJECTS = {
    "delete": 0,
    "erase": 0,
    "folder": 0,
    "wipe": 0,
    "files": 1,
    "transport": 1,
    "old": 2,
    "birthday": 2,
}


class BySubject:
    """An embedder that counts which of three subjects a text speaks of; it fails when it is told to."""

    name = "test:subjects"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return a vector for each text."""
        if self.fails:
            raise ModelError("network", "there is no server", hint="start one")
        self.asked += texts
        return tuple(self._vector(text) for text in texts)

    def _vector(self, text: str) -> tuple[float, ...]:
        counts = [0.01, 0.01, 0.01]
        for word in text.lower().replace("_", " ").replace(".", " ").split():
            if word in SUBJECTS:
                counts[SUBJECTS[word]] += 1
        length = sum(count * count for count in counts) ** 0.5
        return tuple(count / length for count in counts)


def write(folder: Path, tools: dict[str, str]) -> None:
    """Write a library."""
    text = "".join(
        f'def {name}(path: str) -> str:\n    """{summary}"""\n    return path\n\n\n'
        for name, summary in tools.items()
    )
    (folder / "tools.py").write_text(text)


@pytest.fixture
def said() -> list[str]:
    """What the user was told."""
    return []


@pytest.fixture
def embedder() -> BySubject:
    """An embedder that counts what it is asked."""
    return BySubject()


@pytest.fixture
def index(tmp_path: Path, embedder: BySubject, said: list[str]) -> FusedIndex:
    """The search over three tools, by words and by subject."""
    write(tmp_path, TOOLS)
    return FusedIndex(Store(tmp_path), embedder, said.append)


def test_other_words_find_by_meaning_and_same_words_still_count(index: FusedIndex) -> None:
    """No word in common: cosine decides. Words in common: they lift a tool, and say why."""
    best = index.search("wipe")[0]
    assert best.tool.name == "delete_folder"
    assert (best.share, dict(best.why)) == (0.0, {})
    assert best.cosine is not None
    assert best.cosine > 0.9
    lifted = index.search("how old")[0]
    assert lifted.tool.name == "age_in_years"
    assert lifted.why["docstring"] == ("old",)
    assert lifted.cosine is not None
    assert lifted.score > lifted.cosine
    assert len(index.search("wipe", k=2)) == 2
    assert index.search("wipe", k=0) == ()


def test_only_changes_are_embedded_again(tmp_path: Path, index: FusedIndex, embedder: BySubject) -> None:
    """Vectors are kept by hash across processes; a changed tool costs one text, a damaged file all."""
    index.search("wipe")
    assert len(embedder.asked) == len(TOOLS) + 1
    again = FusedIndex(Store(tmp_path), embedder, print)
    embedder.asked.clear()
    again.search("wipe")
    assert embedder.asked == ["wipe"]
    write(tmp_path, TOOLS | {"move_files": "Transport files."})
    again.search("transport", ("haul",))
    assert [text.partition(":")[0] for text in embedder.asked[1:]] == ["transport (haul)", "move files"]
    (tmp_path / ".toolwright" / "vectors.db").write_bytes(b"no database " * 100)
    embedder.asked.clear()
    for _ in range(2):
        assert FusedIndex(Store(tmp_path), embedder, print).search("wipe")[0].tool.name == "delete_folder"
    assert len(embedder.asked) == len(TOOLS) + 2


def test_after_a_fault_words_decide_and_it_is_said_once(
    index: FusedIndex, embedder: BySubject, said: list[str]
) -> None:
    """A server that is gone costs the meaning, not the search."""
    embedder.fails = True
    assert [hit.tool.name for hit in index.search("old")] == ["age_in_years"]
    assert index.search("wipe") == ()
    assert said == ["search goes by words only: there is no server (start one)"]


def test_another_model_of_the_same_name_is_noticed_by_its_size(tmp_path: Path, index: FusedIndex) -> None:
    """Kept vectors of another size are made anew, never compared."""
    index.search("wipe")

    class Wider(BySubject):
        def _vector(self, text: str) -> tuple[float, ...]:
            return (0.0, 0.0, *super()._vector(text))

    wider = Wider()
    assert FusedIndex(Store(tmp_path), wider, print).search("wipe")[0].tool.name == "delete_folder"
    assert len(wider.asked) == len(TOOLS) + 1
    assert FusedIndex(Store(tmp_path), wider, print).search("wipe")[0].tool.name == "delete_folder"
    assert len(wider.asked) == len(TOOLS) + 2

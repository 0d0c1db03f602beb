"""What mended a failure is told to the author of a similar one, and to nobody else."""

import sqlite3

import pytest
from run_events import events

from toolwright.memory.lessons import Lessons
from toolwright.memory.likeness import failure_text, from_bytes, likeness, pieces, to_bytes
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder

WHY = "test_two_words failed: assert 7 == 2"
STRANGERS = (
    (
        "review",
        "line 25: `csv` is used but neither defined, imported nor built in",
        "def rows(path):\n    pass",
    ),
    (
        "verify",
        "test_missing_file failed: FileNotFoundError: no such file",
        "def load(path):\n    open(path)",
    ),
    ("verify", "test_sorted failed: assert [2, 1] == [1, 2]", "def order(numbers):\n    return numbers"),
    ("challenge", "the tests notice 3 of 9 deliberate faults", "def area(width, height):\n    return width"),
    ("contract", "the docstring has no Raises section", "def median(values):\n    return values[0]"),
)


def keep(library, run="r1", **how):
    """Keep a run in which a version was refused and mended."""
    with Recorder(library / ".toolwright", run, {}, str, print) as recorder:
        for event in events(run, **how):
            recorder(event)


def teach(library, run="now", said=None):
    """Those who know, asked by a run."""
    return Lessons(Past(library, (said if said is not None else []).append, wait_s=0.1), run)


def test_the_mend_of_a_similar_failure_is_found(tmp_path):
    """Of another function too, with what was said, the code and the version that was kept."""
    keep(tmp_path)
    code = "def count_lines(text: str) -> int:\n    return len(text)\n"
    [lesson] = teach(tmp_path)("verify", "test_two_lines failed: assert 9 == 2\nsaid", code)
    assert (lesson.tool, lesson.stage) == ("count_words", "verify")
    assert "len(text.split())" in lesson.mend


def test_nothing_is_found_for_strangers(tmp_path):
    """Below the threshold there is no hint, so that the prompt is what it is without a memory."""
    keep(tmp_path)
    for stranger in STRANGERS:
        assert list(teach(tmp_path)(*stranger)) == []


def test_the_same_mend_is_told_once(tmp_path):
    """A failure that came in many runs is one lesson."""
    for number in range(4):
        keep(tmp_path, f"r{number}")
    assert (
        len(teach(tmp_path)("verify", WHY, "def count_words(text: str) -> int:\n    return len(text)\n")) == 1
    )


def test_no_database_is_opened_for_the_first_run(tmp_path):
    """Where only the run that asks has happened, nothing is made."""
    with Recorder(tmp_path / ".toolwright", "now", {}, str, print) as recorder:
        recorder(next(events("now")))
        assert list(teach(tmp_path)("verify", WHY, "")) == []
    assert [path.name for path in (tmp_path / ".toolwright").iterdir()] == ["runs"]


def test_a_memory_that_is_no_use_teaches_nothing(tmp_path):
    """Locked or damaged, it is said once, and the run goes on."""
    keep(tmp_path)
    assert len(Past(tmp_path, print).runs(5)) == 1
    keep(tmp_path, "r2")
    said = []
    asked = teach(tmp_path, said=said)
    holder = sqlite3.connect(tmp_path / ".toolwright" / "memory.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        asked("verify", WHY, "")
    holder.close()
    assert len(said) == 1
    (tmp_path / ".toolwright" / "memory.db").write_bytes(b"no database " * 999)
    assert len(asked("verify", WHY, "def count_words(text: str) -> int:\n    return len(text)\n")) == 1
    assert len(said) == 2


@pytest.mark.parametrize("text", ["", "12 34", "a KeyError in text_of", "\ud800 wörter"])
def test_a_vector_is_of_length_one_and_survives_being_kept(text):
    """Its likeness to itself is 1; of a text without words everything is 0."""
    vector = from_bytes(to_bytes(pieces(text)))
    assert likeness(vector, vector) == pytest.approx(1.0 if any(vector) else 0.0, abs=1e-6)


def test_what_was_said_counts_more_than_the_code():
    """The same error in other code is more alike than another error in the same code."""
    code, other = (
        "def total(rows):\n    return sum(rows)",
        "def names(people):\n    return [p.name for p in people]",
    )
    why, another = "KeyError: 'date' is not in the row", "assert the result is sorted by size"
    one = pieces(failure_text("verify", why, code))
    assert likeness(one, pieces(failure_text("verify", why, other))) > likeness(
        one, pieces(failure_text("verify", another, code))
    )

"""Failures compared by an embedder: its vectors are kept by its name, made in a run only, not missed."""

import sqlite3

import pytest
from run_events import BROKEN, WHY, events
from topics import Topics

from toolwright.memory.lessons import Lessons
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder

OTHER = ("verify", "test_pair failed: assert 7 == 2", "def pairs(rows):\n    return rows\n")
"""It shares hardly a word with the failure of a run."""


def keep(library, *runs):
    """Keep runs in which a version was refused and mended."""
    for run in runs:
        with Recorder(library / ".toolwright", run, {}, str, print) as recorder:
            for event in events(run, tool=f"count_{run}"):
                recorder(event)


def ask(library, embedder, said=None, failure=OTHER):
    """What a run of its own is told."""
    past = Past(library, (said if said is not None else []).append, wait_s=0.1)
    return [lesson.tool for lesson in Lessons(past, "now", embedder)(*failure)]


def kept(library):
    """How many vectors there are by embedder."""
    with sqlite3.connect(library / ".toolwright" / "memory.db") as memory:
        rows = memory.execute("SELECT embedder, count(*) FROM failure_vectors GROUP BY 1").fetchall()
    memory.close()
    return dict(rows)


def test_meaning_finds_what_words_do_not(tmp_path):
    """The mend comes although hardly a word is shared; what means something else is not told."""
    keep(tmp_path, "r1")
    assert ask(tmp_path, None) == []
    assert ask(tmp_path, Topics("7 == 2")) == ["count_r1"]
    assert ask(tmp_path, Topics("7 == 2"), failure=("verify", "KeyError: 'x'", BROKEN)) == []


def test_vectors_are_made_once_for_each_embedder(tmp_path):
    """In one batch for those that have none; who goes back to an embedder finds its vectors there."""
    keep(tmp_path, "r1", "r2")
    first, second = Topics("7 == 2", name="test:a"), Topics("7 == 2", name="test:b", size=80)
    ask(tmp_path, first)
    assert len(first.asked) == 1
    assert sum("count" in text or "f(text" in text for text in first.asked[0]) == 1  # the two are one text
    ask(tmp_path, second)
    assert kept(tmp_path) == {"test:a": 2, "test:b": 2}
    keep(tmp_path, "r3")
    again = Topics("7 == 2", name="test:a")
    past = Past(tmp_path, print)
    lessons = Lessons(past, "now", again)
    assert len(lessons(*OTHER)) == 2
    lessons(*OTHER)
    assert kept(tmp_path) == {"test:a": 3, "test:b": 2}
    assert len(again.asked) == 2
    assert len(again.asked[1]) == 1


def test_nobody_is_asked_for_nothing(tmp_path):
    """Where nothing was mended yet no request is made; nor by those who only read or bring it up to date."""
    embedder = Topics()
    assert ask(tmp_path, embedder) == []
    keep(tmp_path, "r1")
    past = Past(tmp_path, print)
    past.take_in()
    assert past.runs(5)
    assert kept(tmp_path) == {}
    assert embedder.asked == []


@pytest.mark.parametrize("failure", [("verify", WHY, BROKEN), OTHER])
def test_words_do_where_the_embedder_fails(tmp_path, failure):
    """It is said once, with what helps, and it is not asked a second time."""
    keep(tmp_path, "r1")
    said, embedder = [], Topics(fails=True)
    lessons = Lessons(Past(tmp_path, said.append), "now", embedder)
    for _ in range(2):
        assert [lesson.tool for lesson in lessons(*failure)] == ["count_r1"] * (failure != OTHER)
    assert said == ["failures are compared by words only: nobody answers (start it)"]
    assert len(embedder.asked) == 1


def test_another_model_under_the_name_is_noticed(tmp_path):
    """Vectors of another size are made anew and never compared."""
    keep(tmp_path, "r1")
    ask(tmp_path, Topics("7 == 2"))
    other = Topics("7 == 2", size=80)
    ask(tmp_path, other)
    assert ask(tmp_path, other) == ["count_r1"]
    assert kept(tmp_path) == {"test:topics": 1}

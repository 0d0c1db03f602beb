"""memory.json: what is taken out can be brought in, once; a wrong place is named; no secret travels."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_events import BROKEN, WHY, events

from toolwright.cli.arguments import parse_arguments
from toolwright.cli.commands import usages
from toolwright.cli.memory import run
from toolwright.errors import ToolwrightError, UsageError
from toolwright.memory.directives import Directives
from toolwright.memory.exchange import bring_in, taken_out
from toolwright.memory.memory_json import Directive, Failed, MemoryJson, Skill, read, write
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder
from toolwright.redaction import MASK, Redactor

KEY = "tgp_v1_exchange0123456789"

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NAMES = TEXTS.filter(str.strip)
TIMES = st.integers(0, 4_000_000_000_000).map(lambda milliseconds: milliseconds / 1000)
MEMORIES = st.builds(
    MemoryJson,
    st.lists(
        st.builds(
            Skill,
            NAMES,
            st.sampled_from(["working", "untested", "failed"]),
            TEXTS,
            st.none() | TIMES,
            st.none() | TIMES,
        ),
        max_size=3,
        unique_by=lambda one: one.name,
    ).map(lambda some: tuple(sorted(some, key=lambda one: one.name))),
    st.lists(st.builds(Failed, NAMES, TEXTS, TEXTS, TIMES), max_size=3, unique=True).map(
        lambda some: tuple(sorted(some, key=lambda one: (one.at, one.skill, one.error, one.code)))
    ),
    st.lists(
        st.builds(Directive, NAMES, NAMES, TIMES), max_size=3, unique_by=lambda one: (one.goal, one.created)
    ).map(lambda some: tuple(sorted(some, key=lambda one: (one.created, one.goal)))),
)


def plain(text):
    """Nothing is masked."""
    return text


@pytest.fixture(scope="module")
def emptied(tmp_path_factory):
    """A memory of which every example takes what it brought in back."""
    past = Past(tmp_path_factory.mktemp("library"), print)
    past.change(lambda _connection: None)
    return past


@settings(max_examples=20, deadline=None)
@given(MEMORIES)
def test_what_is_brought_in_comes_out_again(emptied, memory):
    """Text to records, records to rows, and back: all the same; a second time nothing is added."""
    text = write(memory, plain)
    assert read(text, "f", plain) == memory
    library = emptied._library

    class _UndoneError(Exception):
        pass

    def there_and_back(connection):
        added = bring_in(connection, library, memory)
        assert list(added.values()) == [len(memory.skills), len(memory.failures), len(memory.directives)]
        assert taken_out(connection, library, ()) == memory
        assert set(bring_in(connection, library, memory).values()) == {0}
        assert taken_out(connection, library, ()) == memory
        raise _UndoneError

    with pytest.raises(_UndoneError):
        emptied.change(there_and_back)


_SKILL = {"name": "t", "status": "working", "description": "", "created_at": None, "updated_at": 5}
_FAILURE = {"skill": "t", "error": "e", "code_snippet": "c", "timestamp": "2026-01-31T12:00:00+01:00"}
_DIRECTIVE = {"goal": "g", "status": "done", "created_at": "2026-01-31"}
_RIGHT = {"version": 1, "skills": [_SKILL], "failures": [_FAILURE], "directives": [_DIRECTIVE]}

WRONG = {
    "the whole of it is [], but must be an object": [],
    'version is "2", but must be 1': {**_RIGHT, "version": "2"},
    "version is true": {**_RIGHT, "version": True},
    "directives is missing": {"version": 1, "skills": [], "failures": []},
    "skills is {}, but must be a list": {**_RIGHT, "skills": {}},
    "skills[1] is null, but must be an object": {**_RIGHT, "skills": [_SKILL, None]},
    'skills[1].status is "well", but must be one of working, untested, failed': {
        **_RIGHT,
        "skills": [_SKILL, {**_SKILL, "status": "well"}],
    },
    "skills[0].name is empty": {**_RIGHT, "skills": [{**_SKILL, "name": " "}]},
    "failures[0].error is 3, but must be a text": {**_RIGHT, "failures": [{**_FAILURE, "error": 3}]},
    'failures[0].timestamp is "soon", but must be a time': {
        **_RIGHT,
        "failures": [{**_FAILURE, "timestamp": "soon"}],
    },
    "directives[0].created_at is 1e+300, but must be a time": {
        **_RIGHT,
        "directives": [{**_DIRECTIVE, "created_at": 1e300}],
    },
    "directives[0].created_at is missing": {**_RIGHT, "directives": [{"goal": "g", "status": "done"}]},
}


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_place_is_named_by_its_path(why):
    """One sentence, with what stands there and what should."""
    with pytest.raises(UsageError) as caught:
        read(json.dumps(WRONG[why]), "memory.json", plain)
    assert f"memory.json is no memory.json: {why}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"version": NaN}', "\ufeff{}"])
def test_what_is_no_json_is_refused(text):
    """Without a trace of Python."""
    with pytest.raises(UsageError, match=r"f is no memory\.json: "):
        read(text, "f", plain)


def test_other_fields_are_named_and_times_are_read_in_any_zone():
    """What nobody here knows is left out, not silently; seconds and dates are times too."""
    said = read(json.dumps({**_RIGHT, "skills": [{**_SKILL, "tests": []}], "more": 1}), "f", plain)
    assert said.left_out == ("more", "skills[0].tests")
    assert (said.skills[0].updated, said.failures[0].at) == (5.0, 1769857200.0)
    assert read(write(said, plain), "f", plain) == MemoryJson(said.skills, said.failures, said.directives)


def test_runs_and_the_queue_are_directives_once(tmp_path):
    """A goal that was queued and ran is one of them; what was refused in it is a failure."""
    with Recorder(tmp_path / ".toolwright", "r1", {}, str, print) as record:
        for event in events("r1", goal="first"):
            record(event)
    past = Past(tmp_path, print)
    waiting = [Directive("second", "queued", 4_000_000_000.0)]
    found = past.ask(lambda connection: taken_out(connection, tmp_path, (), waiting))
    assert [(one.goal, one.status) for one in found.directives] == [("first", "done"), ("second", "queued")]
    assert [(one.skill, one.error, one.code) for one in found.failures] == [
        ("count_words", f"{WHY}\nsaid", BROKEN)
    ]
    again = read(write(found, plain), "f", plain)
    added = past.change(lambda connection: bring_in(connection, tmp_path, again, waiting))
    assert set(added.values()) == {0}


def test_the_later_word_on_a_skill_counts_and_the_library_is_right(tmp_path):
    """An older file changes nothing; a tool that is there is what it is there."""
    past = Past(tmp_path, print)

    def bring(status, updated):
        said = MemoryJson(skills=(Skill("t", status, "", None, updated),))
        return past.change(lambda connection: bring_in(connection, tmp_path, said))["skills"]

    assert [bring("untested", 5.0), bring("failed", 4.0), bring("working", 6.0)] == [1, 0, 1]
    own = Skill("t", "failed", "mine", 1.0, 2.0)
    for known, status in (((), "working"), ((own,), "failed")):
        found = past.ask(lambda connection, known=known: taken_out(connection, tmp_path, known))
        assert [one.status for one in found.skills] == [status]


def memory(capsys, library, *words):
    """Do a command and return what it prints."""
    run(parse_arguments(["--library", str(library), "memory", *words], usages(), ""))
    return capsys.readouterr().out


def test_the_commands(tmp_path, capsys, monkeypatch):
    """Out of one library, into another; what is no export is not written over; keys are masked both ways."""
    monkeypatch.chdir(tmp_path)
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "memory.json"
    here.mkdir()
    there.mkdir()
    (here / "tools.py").write_text('def one() -> int:\n    """Return 1."""\n    return 1\n')
    Directives(here / ".toolwright", str).add("wait for me")
    file.write_text(json.dumps({**_RIGHT, "directives": [{**_DIRECTIVE, "goal": f"ask with {KEY}"}]}))
    assert memory(capsys, here, "import", "memory.json") == "added 1 skill · 1 failure · 1 directive\n"
    assert memory(capsys, here, "import", "memory.json") == "added 0 skills · 0 failures · 0 directives\n"
    assert KEY.encode() not in (here / ".toolwright" / "memory.db").read_bytes()
    assert json.loads(memory(capsys, here, "export", "memory.json", "--json")) == {"written": "memory.json"}
    said = json.loads(file.read_text())
    assert json.loads(memory(capsys, here, "export", "--json")) == said
    assert said["directives"][0]["goal"] == f"ask with {MASK}"
    assert [(one["name"], one["status"], one["description"]) for one in said["skills"]] == [
        ("one", "untested", "Return 1."),
        ("t", "working", ""),
    ]
    assert [one["status"] for one in said["directives"]] == ["done", "queued"]
    added = {"skills": 2, "failures": 1, "directives": 2}
    assert json.loads(memory(capsys, there, "import", "memory.json", "--json")) == {"added": added}
    assert "1 failures" in memory(capsys, here)
    for words, why in (
        (("export", "here/tools.py"), r"here/tools\.py is no memory\.json"),
        (("export", "a", "b"), "memory takes nothing, export"),
        (("import", "nowhere.json"), r"nowhere\.json cannot be read: No such file"),
    ):
        with pytest.raises(UsageError, match=why):
            memory(capsys, here, *words)
    with pytest.raises(ToolwrightError, match="there is no folder"):
        memory(capsys, tmp_path / "none", "import", "memory.json")


def test_redaction_of_a_file_masks_known_secrets():
    """Also those that look like nothing."""
    redact = Redactor(["plain-looking-words"]).redact
    said = MemoryJson(failures=(Failed("t", "plain-looking-words", "x = 'plain-looking-words'", 5.0),))
    assert "plain-looking" not in write(said, redact)
    assert "plain-looking" not in str(read(write(said, plain), "f", redact))

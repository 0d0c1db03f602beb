"""Transcripts survive the round trip, are private, and say precisely what is wrong with them."""

import json
import os
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolwright.errors import TranscriptError
from toolwright.events import Notice
from toolwright.models.transcripts import Exchange, Transcript, TranscriptWriter
from toolwright.types import Reply, Usage

HEADER = '{"toolwright_transcript": 1, "note": "n"}'
GOOD = '{"stage": "bind", "subject": "all", "reply": "x"}'
EXCHANGE = Exchange("bind", "all", "p" * 50, Reply("x"))

TEXT = st.text(max_size=20) | st.sampled_from(["\u2028\x85\r\n\x00", "\ud800", '"\\'])
EXCHANGES = st.builds(
    Exchange,
    TEXT,
    TEXT,
    TEXT,
    st.builds(
        Reply,
        TEXT,
        TEXT,
        TEXT,
        st.builds(Usage, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.floats(0, 9)),
        TEXT,
    ),
)


def as_it_is(text):
    """Redact nothing."""
    return text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exchanges=st.lists(EXCHANGES, min_size=1, max_size=3), note=TEXT, goal=TEXT)
def test_what_is_written_is_read_again(tmp_path, exchanges, note, goal):
    """Any text survives, line separators and half characters included."""
    path = tmp_path / os.urandom(8).hex()
    writer = TranscriptWriter(path, note, as_it_is, goal=goal)
    for exchange in exchanges:
        writer.add(exchange)
    assert Transcript.read(path) == Transcript(str(path), note, goal, tuple(exchanges))


def test_the_file_is_private_and_made_with_the_first_exchange(tmp_path):
    """Nothing is written before there is something to keep; then only the owner can read it."""
    writer = TranscriptWriter(tmp_path / "a" / "b.jsonl", "n", as_it_is)
    assert list(tmp_path.iterdir()) == []
    writer.add(EXCHANGE)
    assert writer.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("", 0, "is empty"),
        ("\n \n", 0, "is empty"),
        ("not json", 1, "not JSON"),
        ("[1]", 1, "not a JSON object"),
        ("{}", 1, "no transcript header"),
        (GOOD, 1, "no transcript header"),
        ('{"toolwright_transcript": 2}', 1, "version 2"),
        ('{"toolwright_transcript": true}', 1, "version True"),
        ('{"toolwright_transcript": 1, "note": 3}', 1, "'note'"),
        (f"{HEADER}\n{GOOD}\n\n{{", 4, "not JSON"),
        (f"{HEADER}\n" + '{"stage": "bind", "subject": "all"}', 2, "the field 'reply' is missing"),
        (f"{HEADER}\n" + '{"stage": "bind", "reply": "x"}', 2, "the field 'subject' is missing"),
        (f"{HEADER}\n" + GOOD.replace('"x"', "7"), 2, "the field 'reply' holds 7"),
        (f"{HEADER}\n" + GOOD.replace('"x"', "null"), 2, "the field 'reply' is missing"),
        (f"{HEADER}\n" + GOOD.replace('"x"', '"x", "usage": []'), 2, "'usage'"),
        (f"{HEADER}\n" + GOOD.replace('"x"', '"x", "usage": {"calls": true}'), 2, "'calls'"),
        (f"{HEADER}\n" + "[" * 100_000, 2, ""),
    ],
)
def test_a_malformed_transcript_is_told_with_file_and_line(tmp_path, content, line, says):
    """One sentence names the file, the line and what is wrong there."""
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(TranscriptError) as caught:
        Transcript.read(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert not line or f"line {line} " in str(caught.value)
    assert caught.value.hint


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    """A missing file, a folder, and bytes that are no text."""
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(TranscriptError, match="cannot read the transcript"):
            Transcript.read(path)
    (tmp_path / "latin").write_bytes(HEADER.encode() + b"\n\xe4")
    with pytest.raises(TranscriptError, match=r"line 2 .* not UTF-8 text"):
        Transcript.read(tmp_path / "latin")


def test_a_transcript_may_be_written_by_hand(tmp_path):
    """Only stage, subject and reply are required; other fields may be left out or added."""
    (tmp_path / "hand.jsonl").write_text(f'{HEADER}\r\n{GOOD[:-1]}, "more": 1}}\r\n')
    assert Transcript.read(tmp_path / "hand.jsonl").exchanges == (Exchange("bind", "all", "", Reply("x")),)


def test_a_place_that_cannot_be_written_is_told_once(tmp_path):
    """Recording never stops a run: one notice, and silence from then on."""
    (tmp_path / "file").write_text("in the way")
    emitted = []
    writer = TranscriptWriter(tmp_path / "file" / "run.jsonl", "n", as_it_is, emit=emitted.append)
    writer.add(EXCHANGE)
    writer.add(EXCHANGE)
    assert len(emitted) == 1
    assert isinstance(emitted[0], Notice)
    assert "is not recorded" in emitted[0].message


def test_a_full_disk_leaves_what_was_recorded_readable(tmp_path):
    """On a really full disk the exchange that does not fit leaves no half line behind."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=False)
    if mounted.returncode:
        pytest.skip("mounting a tmpfs is not permitted here")
    try:
        emitted = []
        writer = TranscriptWriter(tmp_path / "run.jsonl", "n", as_it_is, emit=emitted.append)
        writer.add(EXCHANGE)
        writer.add(Exchange("bind", "all", "p" * 100_000, Reply("x")))
        assert len(emitted) == 1
        assert "No space left" in emitted[0].message
        assert Transcript.read(writer.path).exchanges == (EXCHANGE,)
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_each_line_is_one_json_object(tmp_path):
    """The file is for other programs too: header first, one object a line, readable in any script."""
    writer = TranscriptWriter(tmp_path / "t.jsonl", "n", as_it_is)
    writer.add(Exchange("bind", "größe", "世界", Reply("x")))
    first, second = (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(first) == {"toolwright_transcript": 1, "note": "n", "goal": ""}
    assert set(json.loads(second)) == {
        "stage",
        "subject",
        "prompt",
        "reply",
        "reasoning",
        "finish",
        "model",
        "usage",
    }
    assert "世界" in second

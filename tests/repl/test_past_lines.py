"""The history of the prompt: masked, private, bounded, and never a reason to fail."""

import os
import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from toolwright.redaction import Redactor
from toolwright.repl.past_lines import LONGEST, MOST_LINES, PastLines


def past(library: Path, **how: bool) -> PastLines:
    """Open the history of a library."""
    return PastLines(library, Redactor(["hush-1234"]).redact, **how)


def kept(library: Path) -> Path:
    """Return the file."""
    return library / ".toolwright" / "prompt_history"


def test_lines_come_back_masked_and_only_the_user_reads_them(tmp_path: Path) -> None:
    """Several lines are one entry, a line that is repeated is kept once, and no secret is written."""
    for line in ("first", "a\nb", "a\nb", "with hush-1234 inside", "password=correct-horse", "  "):
        past(tmp_path).add(line)
    assert past(tmp_path).read() == ["first", "a\nb", "with *** inside", "password=***"]
    assert stat.S_IMODE(kept(tmp_path).stat().st_mode) == 0o600
    assert (tmp_path / ".toolwright" / ".gitignore").read_text() == "*\n"
    assert b"hush" not in kept(tmp_path).read_bytes()


def test_what_was_typed_and_not_run_is_not_written(tmp_path: Path) -> None:
    """Only that one line is left out, and only once."""
    lines = past(tmp_path)
    lines.leave_out("half a")
    lines.add("half a")
    lines.add("half a")
    assert lines.read() == ["half a"]


def test_the_file_does_not_grow_beyond_its_bound(tmp_path: Path) -> None:
    """The newest lines stay; what is much too long is left out."""
    kept(tmp_path).parent.mkdir()
    kept(tmp_path).write_text("".join(f'"line {number}"\n' for number in range(MOST_LINES)))
    past(tmp_path).add("the newest")
    past(tmp_path).add("x" * (LONGEST + 1))
    lines = past(tmp_path).read()
    assert len(lines) == MOST_LINES // 2 + 1
    assert lines[-2:] == [f"line {MOST_LINES - 1}", "the newest"]
    assert sorted(path.name for path in kept(tmp_path).parent.iterdir()) == [".gitignore", "prompt_history"]


def test_no_history_is_no_reason_to_fail(tmp_path: Path) -> None:
    """A link, a pipe, rubbish, a missing folder and --no-memory: nothing is read, followed or made."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text('"not ours"\n')
    kept(tmp_path).parent.mkdir()
    kept(tmp_path).symlink_to(elsewhere)
    past(tmp_path).add("goal")
    assert (past(tmp_path).read(), elsewhere.read_text()) == ([], '"not ours"\n')
    kept(tmp_path).unlink()
    os.mkfifo(kept(tmp_path))
    past(tmp_path).add("goal")
    assert past(tmp_path).read() == []
    kept(tmp_path).unlink()
    kept(tmp_path).write_bytes(b'\xff\n{"a": 1}\n"good"\n[')
    assert past(tmp_path).read() == ["good"]
    past(tmp_path / "gone").add("goal")
    assert not (tmp_path / "gone").exists()
    other = tmp_path / "other"
    other.mkdir()
    past(other, keeps=False).add("goal")
    assert list(other.iterdir()) == []


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_text_comes_back(tmp_path_factory, lines: list[str]) -> None:
    """Also with line breaks, controls and lone surrogates, which a terminal can send."""
    library = tmp_path_factory.mktemp("library")
    history = PastLines(library, str)
    expected: list[str] = []
    for line in [*lines, "end\udc80"]:
        history.add(line)
        expected += [line] if line.strip() and expected[-1:] != [line] else []
    assert history.read() == expected

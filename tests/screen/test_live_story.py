"""The live screen on real streams: a terminal, a pipe, a dumb terminal, a closed one, Ctrl-C."""

import itertools
import os
import re
import subprocess
import sys
import textwrap
import threading
import time

import pexpect
import pytest
from screens import ESCAPE, STORY, holds_when_not_disturbed, pipe, pseudo_terminal, seen

from toolwright.events import (
    CandidateRefused,
    ModelAnswered,
    ModelAsked,
    ModelProgress,
    ModelRetried,
    Notice,
    PhaseStarted,
    RunStarted,
    StepStarted,
)
from toolwright.screen.live import Screen
from toolwright.settings import Terminal
from toolwright.types import Usage

COLOURS = Terminal(colour=True, term="xterm-256color")
MONO = Terminal(colour=False, term="xterm-256color")
DUMB = Terminal(colour=True, term="dumb")


def tell(screen: Screen, *events: object) -> None:
    """Send events to a screen, as the pipeline does."""
    for event in events:
        screen(event)  # type: ignore[arg-type]


def test_the_phases_are_told_as_they_happen() -> None:
    """Plan, verdicts, each making stage, the refusal with its attempt, and the runs: in this order."""
    with pipe() as (stream, reader), Screen(0, stream) as screen:
        tell(screen, *STORY)
        stream.close()
        reader.join()
    told = reader.text
    marks = [
        "Goal: Sum the sales per region",
        "Planning",
        "✓ 2 steps",
        "1 Read the rows of a CSV file",
        "Looking in the library",
        "1 reuse read_csv EXISTS_AND_GENERIC: reads any CSV file",
        "2 write NOT_EXISTS: nothing in the library groups rows",
        "Step 2 of 2: Group rows by a column and sum another",
        "✓ contract",
        "✓ write group_rows",
        "✗ review group_rows · attempt 1 of 5: name 'x' is not defined (+1 more)",
        "✓ review group_rows",
        "✓ test group_rows: 6 tests passed in 0.4 s · sandbox full",
        "its tests notice wrong answers, files left as they were\n",
        "✓ challenge group_rows: 9 of 10 deliberate faults noticed (1 without difference) · 20 replays",
        "✓ added group_rows to tools.py, +42 -0 lines",
        "Running",
        "✓ 1 read_csv · 0.2 s",
        "✓ 2 group_rows · 0.2 s",
    ]
    position = 0
    for mark in marks:
        position = told.find(mark, position)
        assert position >= 0, f"{mark!r} is missing or too early in\n{told}"
    assert "def group_rows" not in told
    assert "I think" not in told


def test_verbose_shows_function_tests_thoughts_and_all_reasons() -> None:
    """With verbosity 1 nothing that was hidden stays hidden."""
    with pseudo_terminal() as (stream, reader), Screen(1, stream, COLOURS) as screen:
        tell(screen, *STORY)
        stream.close()
        reader.join()
    told = "\n".join(seen(reader.text))
    for words in ("def group_rows", "test_5 passed", "then I know", "no docstring"):
        assert words in told
    assert re.search(r"\x1b\[[0-9;]*mdef", reader.text), "the function is not highlighted"


def test_quiet_is_silent() -> None:
    """With verbosity -1 a run that goes well writes nothing at all to stderr."""
    with pipe() as (stream, reader), Screen(-1, stream) as screen:
        tell(screen, *STORY, Notice("x"))
        time.sleep(0.3)
        stream.close()
        reader.join()
    assert reader.text == ""


def test_a_terminal_sees_life_while_nothing_comes_in() -> None:
    """The line moves every fraction of a second: stage, tokens, seconds, and since when no data came."""
    holds_when_not_disturbed(_sees_life)


def _sees_life() -> None:
    with pseudo_terminal(100) as (stream, reader), Screen(0, stream, COLOURS) as screen:
        tell(
            screen,
            PhaseStarted("generate", "group_rows", 2, 1, 5),
            ModelAsked("generate", "group_rows", "together:r1"),
        )
        screen(ModelProgress(4000, 0))
        lengths = []
        for _ in range(8):
            time.sleep(0.8)
            lengths.append(len(reader.text))
        live = ESCAPE.sub("", reader.text).split("\r")
    assert all(after > before for before, after in itertools.pairwise(lengths))
    assert any(
        "writing group_rows (attempt 1 of 5)" in line and "thinking, ~1,000 tokens" in line for line in live
    )
    assert any("no data for 6 s" in line for line in live)
    assert not any("no data for 4 s" in line for line in live)


def test_a_pipe_is_told_within_a_second_and_then_at_the_heartbeat() -> None:
    """Plain lines only: the first before one second is over, later ones not more often than asked for."""
    holds_when_not_disturbed(_is_told)


def _is_told() -> None:
    with pipe() as (stream, reader), Screen(0, stream, heartbeat_s=1.0) as screen:
        tell(screen, PhaseStarted("verify", "group_rows", 2))
        time.sleep(3.2)
        waits = [line for line in reader.text.splitlines() if line.startswith("  ...")]
    assert re.fullmatch(r"  \.\.\. testing group_rows · 0\.\d s", waits[0])
    assert 2 <= len(waits) <= 4
    assert "\r" not in reader.text


@pytest.mark.parametrize(("terminal", "moves"), [(DUMB, False), (MONO, True)])
def test_no_escape_codes_without_colour(terminal: Terminal, moves: bool) -> None:
    """NO_COLOR and dumb terminals get no escape code; only the dumb one gets no redraws either."""
    with pseudo_terminal() as (stream, reader), Screen(1, stream, terminal) as screen:
        tell(screen, *STORY[:4])
        time.sleep(0.5)
        tell(screen, *STORY[4:])
        stream.close()
        reader.join()
    assert "\x1b" not in reader.text
    assert ("\r" in reader.text.replace("\r\n", "")) == moves


def test_the_live_line_leaves_nothing_behind() -> None:
    """What stays on a terminal is what a pipe gets, without the heartbeats."""
    with pseudo_terminal() as (stream, reader), Screen(0, stream, COLOURS) as screen:
        for event in STORY:
            screen(event)
            time.sleep(0.06)
        stream.close()
        reader.join()
    lines = seen(reader.text)
    assert "  ✓ added group_rows to tools.py, +42 -0 lines" in lines
    assert not any(sign in line for line in lines for sign in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    assert lines[-1] == ""


def test_a_retry_is_said_at_once_with_its_reason() -> None:
    """Who waits for a rate limit reads why, how long and which attempt it is."""
    with pipe() as (stream, reader), Screen(0, stream) as screen:
        tell(
            screen,
            PhaseStarted("decompose"),
            ModelAsked("decompose", "", "together:r1"),
            ModelRetried("the server is overloaded (503)", 4.0, 2, 5),
        )
        stream.close()
        reader.join()
    assert "! the server is overloaded (503), again in 4.0 s (attempt 2 of 5)" in reader.text


NASTY = "\x1b]0;pwned\x07\x1b[2J[bold red]x[/] \u202egnp.exe \x9b31m \ud800"


@pytest.mark.parametrize("verbosity", [0, 1])
def test_foreign_text_cannot_steer_the_terminal(verbosity: int) -> None:
    """Escape sequences, markup, reordering controls and lone surrogates are shown, not obeyed."""
    with pseudo_terminal(200) as (stream, reader), Screen(verbosity, stream, MONO) as screen:
        tell(
            screen,
            RunStarted("r", NASTY, NASTY, NASTY, 1, NASTY),
            PhaseStarted("contract", NASTY, 1, 1, 5),
            ModelAsked("contract", NASTY, NASTY),
        )
        time.sleep(0.3)
        tell(
            screen,
            ModelAnswered("contract", NASTY, Usage(1, 1, 1), NASTY),
            CandidateRefused("verify", NASTY, 1, 5, (NASTY, NASTY)),
            Notice(NASTY),
        )
        stream.close()
        reader.join()
    assert not set(reader.text) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert r"\x1b]0;pwned\x07\x1b[2J[bold red]x[/] \u202egnp.exe \x9b31m \ud800" in reader.text


@pytest.mark.parametrize("columns", [20, 40, 200])
def test_any_script_and_width_can_be_shown(columns: int) -> None:
    """Wide, combining and right-to-left letters and emoji neither crash nor overflow the live line."""
    goal = "本地のファイルを数える מספר השורות e\u0301 👩‍👩‍👧 " * 6
    with pseudo_terminal(columns) as (stream, reader), Screen(0, stream, MONO) as screen:
        tell(screen, RunStarted("r", goal, "m:x", "lib", 0, "full"), PhaseStarted("contract", goal, 1))
        time.sleep(0.35)
        stream.close()
        reader.join()
    assert "本地" in reader.text
    from rich.cells import cell_len

    redrawn = [line for line in reader.text.split("\r") if "describing" in line]
    assert redrawn
    assert all(cell_len(line) < columns for line in redrawn)


@pytest.mark.parametrize(("encoding", "tick"), [("ascii", "ok"), ("latin-1", "ok"), ("utf-8", "✓")])
def test_ticks_fall_back_where_the_alphabet_is_small(encoding: str, tick: str) -> None:
    """A stream that cannot carry the signs gets words, and foreign letters become escapes."""
    with pipe(encoding) as (stream, reader), Screen(0, stream) as screen:
        tell(screen, *STORY, Notice("数"))
        stream.close()
        reader.join()
    assert f"  {tick} added group_rows" in reader.text
    assert ("数" in reader.text) == (encoding == "utf-8")


def test_a_reader_that_goes_away_does_not_stop_the_run() -> None:
    """With stderr in a pipe that nobody reads any more, events go on without an error."""
    source, sink = os.pipe()
    stream = os.fdopen(sink, "w", encoding="utf-8")
    os.close(source)
    with Screen(0, stream) as screen:
        tell(screen, *STORY)
    assert screen.display.broken
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_questions_are_not_drawn_over() -> None:
    """While somebody is asked, the live line keeps away; afterwards it is back."""
    holds_when_not_disturbed(_keeps_away)


def _keeps_away() -> None:
    with pseudo_terminal() as (stream, reader), Screen(0, stream, COLOURS) as screen:
        tell(screen, StepStarted(1, "read_csv"))
        time.sleep(0.3)
        with screen.paused():
            time.sleep(0.2)
            before = reader.text
            time.sleep(0.4)
            during = reader.text
        time.sleep(0.4)
        after = reader.text
    assert before == during
    assert len(after) > len(during)
    assert seen(before)[-1] == ""


def test_leaving_stops_the_timer() -> None:
    """However a run ends, no thread of the screen stays behind."""
    with pipe() as (stream, _):
        screen = Screen(0, stream)
        with screen:
            tell(screen, PhaseStarted("verify", "x", 1))
            assert [thread for thread in threading.enumerate() if thread.name == "toolwright-screen"]
    assert not [thread for thread in threading.enumerate() if thread.name == "toolwright-screen"]


def test_ctrl_c_leaves_a_clean_terminal() -> None:
    """Interrupted while the model thinks: the live line is gone, the cursor was never hidden."""
    code = textwrap.dedent(
        """
        import time
        from toolwright.events import ModelAsked, PhaseStarted
        from toolwright.screen.live import Screen
        from toolwright.settings import Terminal
        try:
            with Screen(0, terminal=Terminal(term="xterm")) as screen:
                screen(PhaseStarted("decompose"))
                screen(ModelAsked("decompose", "", "together:r1"))
                time.sleep(60)
        except KeyboardInterrupt:
            print("stopped")
        """
    )
    child = pexpect.spawn(sys.executable, ["-c", code], encoding="utf-8", timeout=90)
    child.expect("waiting for the first word")
    child.sendintr()
    child.expect(pexpect.EOF)
    rest = child.before or ""
    child.close()
    assert child.exitstatus == 0
    assert seen(rest)[-2].strip().endswith("stopped")
    assert "planning" not in seen(rest)[-2]
    assert "\x1b[?25l" not in rest


def test_importing_the_screen_is_cheap() -> None:
    """Rich is loaded when something is shown, not before."""
    modules = "live, receipt, plan, result, problem, bug_report"
    code = f"import sys; from toolwright.screen import {modules}; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

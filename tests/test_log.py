"""The log: one JSON object a line, whoever writes at the same time; no key in it; never a reason to stop."""

import json
import logging
import multiprocessing
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from toolwright.errors import LibraryWriteError, ModelError
from toolwright.events import (
    CandidateRefused,
    CandidateVerified,
    Event,
    HostsAsked,
    ModelAnswered,
    ModelAsked,
    ModelProgress,
    ModelRetried,
    Notice,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunStarted,
    StepFailed,
    StepFinished,
    StepsMatched,
    StepStarted,
    ToolCommitted,
)
from toolwright.log import RunLog
from toolwright.log.lines import described
from toolwright.log.shared_file import SharedFile
from toolwright.redaction import Redactor, Secret
from toolwright.types import (
    CallResult,
    Commit,
    Exchange,
    Failure,
    Match,
    Plan,
    Report,
    Step,
    StepReport,
    TestOutcome,
    Usage,
)

EXCHANGE = Exchange(
    "GET",
    "api.example",
    443,
    "/private-path",
    "192.0.2.1",
    allowed=True,
    why="",
    sent=10,
    received=20,
    seconds=0.1,
)
KEY = "tgp_v1_verysecretvalue"
TWO_LINES = 'quo"te\nkey'
STEP = Step(1, "Read the rows of a CSV file")
MATCH = Match(STEP, "NOT_EXISTS", reason="nothing does this")
FAILED_CALL = CallResult("raised", error_type="KeyError", message=f"'date' {KEY}", seconds=0.1)
STORY: tuple[tuple[Event, str], ...] = (
    (RunStarted("r1", f"sum the sales {KEY}", "together:x", "lib", 3, "full"), "run.started"),
    (PhaseStarted("decompose"), "phase.started"),
    (ModelAsked("decompose", "", "together:x"), "model.asked"),
    (ModelRetried(f"429 for Bearer {KEY}", 2.0, 2, 5), "model.retried"),
    (ModelAnswered("decompose", "", Usage(1, 10, 20, 3.0), "long thoughts"), "model.answered"),
    (PlanMade(Plan("sum", (STEP,))), "plan.made"),
    (StepsMatched((MATCH,)), "steps.matched"),
    (PhaseStarted("review", "read_rows", 1, 1, 5), "phase.started"),
    (CandidateRefused("review", "read_rows", 1, 5, (f"key {KEY} is a literal",)), "candidate.refused"),
    (
        CandidateVerified("read_rows", (TestOutcome("test_a", "passed"),), 4, 0.5, "full"),
        "candidate.verified",
    ),
    (ToolCommitted(Commit("read_rows", 12, 0), "def read_rows(): ..."), "tool.committed"),
    (StepStarted(1, "read_rows"), "step.started"),
    (HostsAsked(1, "read_rows", (EXCHANGE,)), "network.exchange"),
    (StepFinished(StepReport(STEP, MATCH, "read_rows", "written", result=FAILED_CALL)), "step.finished"),
    (Notice("the index was rebuilt"), "notice"),
    (StepFailed(2, "no version was good enough"), "step.failed"),
    (RunFinished(Report("sum", "failed", "r1", failure=Failure("execute", f"no {KEY}"))), "run.finished"),
)


def lines(path: Path) -> list[dict[str, object]]:
    """Return the objects of a log file; fails when a line is not one."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_a_run_leaves_one_object_a_line_with_stable_names(tmp_path: Path) -> None:
    """Every event but the progress of the model is a line with time, level, run, step and event."""
    with RunLog(tmp_path / "agent.log", "", Redactor([KEY]).redact) as log:
        for event, _ in STORY:
            log(event)
            log(ModelProgress(10, 20))
    written = lines(tmp_path / "agent.log")
    assert [line["event"] for line in written] == [name for _, name in STORY]
    for line in written:
        assert list(line)[:5] == ["time", "level", "run", "step", "event"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(line["time"]))
        assert line["run"] == "r1"
    by_name = {str(line["event"]): line for line in written}
    assert by_name["candidate.refused"]["level"] == "warning"
    assert by_name["run.finished"]["level"] == by_name["step.finished"]["level"] == "error"
    assert by_name["tool.committed"]["step"] == 1
    assert "long thoughts" not in (tmp_path / "agent.log").read_text()


def test_each_exchange_is_one_line_with_its_decision(tmp_path: Path) -> None:
    """Host, port, whether it was allowed and why; neither path nor query, and no header."""
    refused = replace(EXCHANGE, host="evil.example", allowed=False, why="evil.example is not allowed")
    with RunLog(tmp_path / "agent.log", "r1", Redactor().redact) as log:
        log(HostsAsked(2, "read_rows", (EXCHANGE, refused)))
    written = lines(tmp_path / "agent.log")
    said = [{name: line[name] for name in list(line)[1:]} for line in written]
    common = {"run": "r1", "step": 2, "event": "network.exchange", "tool": "read_rows"}
    decided = {"allowed": False, "why": "evil.example is not allowed"}
    assert said == [
        {"level": "info", **common, "host": "api.example", "port": 443, "allowed": True, "why": ""},
        {"level": "warning", **common, "host": "evil.example", "port": 443, **decided},
    ]
    assert "private-path" not in (tmp_path / "agent.log").read_text()


def test_no_key_is_ever_written(tmp_path: Path) -> None:
    """Neither in texts, nor inside lists, nor in what exceptions say about their causes."""
    with RunLog(tmp_path / "agent.log", "r1", Redactor([Secret(KEY), TWO_LINES]).redact) as log:
        for event, _ in STORY:
            log(event)
        error = ModelError("network", f"no answer for {KEY!r} and {TWO_LINES!r}")
        error.__cause__ = OSError(f"connect with {KEY} failed")
    log.failed(error)
    text = (tmp_path / "agent.log").read_text()
    assert "run.broken" in text
    assert "connect with ***" in text
    assert "verysecret" not in text
    assert "te\\nkey" not in text


def test_the_answer_of_a_held_out_example_is_not_written() -> None:
    """What an example led to is logged, what it should have led to is not, whatever both look like."""
    told = "the example slugify(title='a, not b') returned 'Held-Out', not 'held, not out'"
    _, name, fields = described(CandidateRefused("examples", "slugify", 1, 5, (told,)))[0]
    assert name == "candidate.refused"
    assert "held, not out" not in str(fields)
    assert "the example slugify(" in str(fields)


def test_a_long_text_is_shortened_after_it_was_redacted(tmp_path: Path) -> None:
    """A secret at the cut is masked whole instead of being halved, and the line stays small."""
    with RunLog(tmp_path / "agent.log", "r1", Redactor([KEY]).redact) as log:
        log(Notice("x" * 1990 + KEY + "y" * 50_000))
    text = (tmp_path / "agent.log").read_text()
    assert "tgp_" not in text
    assert len(text) < 2500
    assert "characters)" in text


@pytest.mark.parametrize("value", ["\x1b[31m", "a\u2028b\nc", "\ud800", "日本語"])
def test_any_text_stays_on_one_line(value: str, tmp_path: Path) -> None:
    """Line separators, escape sequences and lone surrogates are escaped; the text comes back."""
    with RunLog(tmp_path / "agent.log", "r1", Redactor().redact) as log:
        log(Notice(value))
    (line,) = (tmp_path / "agent.log").read_text().splitlines()
    assert json.loads(line)["message"] == value


@pytest.mark.parametrize("place", ["missing/agent.log", "folder", "file/agent.log"])
def test_an_unwritable_place_does_not_stop_the_run(
    place: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No folder, a folder instead of a file, a file instead of a folder: silent, and said in `problem`."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with RunLog(tmp_path / place, "r1", Redactor().redact) as log:
        for event, _ in STORY:
            log(event)
    assert log.problem
    log.close()
    assert capfd.readouterr() == ("", "")


def test_the_file_is_rotated_at_one_megabyte_and_three_are_kept(tmp_path: Path) -> None:
    """Old lines move to .1, .2, .3 and then go; no file is much over the limit."""
    with RunLog(tmp_path / "agent.log", "r1", Redactor().redact) as log:
        for number in range(2700):
            log(Notice(f"{number} " + "x" * 1800))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["agent.log", "agent.log.1", "agent.log.2", "agent.log.3"]
    assert all(path.stat().st_size <= 1_000_000 for path in tmp_path.iterdir())
    assert str(lines(tmp_path / "agent.log")[-1]["message"]).startswith("2699 ")


def write_many(path: Path, worker: int, count: int) -> None:
    """Write `count` lines that name their writer; runs in a process of its own."""
    with RunLog(path, f"w{worker}", Redactor().redact) as log:
        for number in range(count):
            log(Notice(f"{number} " + "x" * 700))


def test_processes_that_write_and_rotate_at_once_neither_tear_nor_lose_lines(tmp_path: Path) -> None:
    """Three processes write 3.3 MB into one log: every line of every writer is there, once and whole."""
    path, count = tmp_path / "agent.log", 1300
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, number, count)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    found = [line for file in tmp_path.iterdir() for line in lines(file)]
    seen = [(line["run"], int(str(line["message"]).split()[0])) for line in found]
    assert sorted(seen) == sorted((f"w{number}", index) for number in range(3) for index in range(count))
    assert len(list(tmp_path.iterdir())) == 4


def rotate_often(path: Path, worker: int, count: int) -> None:
    """Write `count` short lines into a file that holds ten of them; runs in a process of its own."""
    file = SharedFile(path)
    file.maxBytes, file.backupCount = 400, 200
    for number in range(count):
        file.handle(logging.makeLogRecord({"msg": f"w{worker} {number:04} {'x' * 28}"}))
        assert file.problem == ""
    file.close()


def test_two_processes_never_rotate_the_same_file_twice(tmp_path: Path) -> None:
    """With a rotation every tenth line, by three writers at once, no line gets lost on the way."""
    count = 400
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=rotate_often, args=(tmp_path / "log", n, count)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    found = [line[:7] for file in tmp_path.iterdir() for line in file.read_text().splitlines()]
    assert sorted(found) == sorted(f"w{n} {index:04}" for n in range(3) for index in range(count))


def test_a_full_disk_swallows_only_what_did_not_fit() -> None:
    """On a device that is always full the run goes on and the reason is kept."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with RunLog(Path("/dev/full"), "r1", Redactor().redact) as log:
        log(Notice("x"))
    assert "No space left" in log.problem


def test_the_log_needs_only_the_standard_library() -> None:
    """Importing it loads neither rich nor anything else from outside."""
    code = "import sys, toolwright.log; print(sorted({'rich', 'httpx', 'libcst'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_causes_are_listed_once(tmp_path: Path) -> None:
    """What ended a run is logged with its chain of causes."""
    with RunLog(tmp_path / "agent.log", "r1", Redactor().redact) as log:
        error = LibraryWriteError("tools.py could not be written")
        error.__cause__ = PermissionError(13, "Permission denied", "tools.py")
    log.failed(error)
    (line,) = lines(tmp_path / "agent.log")
    assert line["errors"] == [
        "LibraryWriteError: tools.py could not be written",
        "PermissionError: [Errno 13] Permission denied: 'tools.py'",
    ]

"""stdout and errors: the result and nothing else, valid JSON for every value, one shape for every error."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from screens import REPORT, pipe, pseudo_terminal, text_of

from toolwright.errors import LibraryWriteError, ModelError, UsageError
from toolwright.redaction import Redactor
from toolwright.screen.bug_report import write_bug_report
from toolwright.screen.display import Display
from toolwright.screen.problem import show_bug, show_problem
from toolwright.screen.result import error_json, json_text, report_json, show_result, write_line
from toolwright.settings import Terminal
from toolwright.types import Failure, Json

KEY = "tgp_v1_verysecretvalue"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)


def strict(text: str) -> Json:
    """Read JSON as other programs do: NaN and the like are errors."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_a_string_is_printed_as_it_is() -> None:
    """A text result ends with one line break and has no quotes; into a pipe nothing is changed."""
    with pipe() as (stream, reader):
        show_result("två\n\x1b[1mrows\n", stream)
        show_result("x", stream)
        stream.close()
        reader.join()
    assert reader.text == "två\n\x1b[1mrows\nx\n"


def test_everything_else_is_readable_json() -> None:
    """Objects and lists are indented, letters stay letters."""
    assert text_of(lambda stream: show_result({"städte": ["北京", 1.5]}, stream)) == (
        '{\n  "städte": [\n    "北京",\n    1.5\n  ]\n}\n'
    )


def test_a_result_cannot_steer_the_terminal() -> None:
    """On a terminal the escape sequences of a text are shown instead of obeyed."""
    with pseudo_terminal() as (stream, reader):
        show_result("a\x1b[2Jb\u202e", stream)
        show_result(["\x9b2J"], stream)
        stream.close()
        reader.join()
    assert r"a\x1b[2Jb\u202e" in reader.text
    assert not set(reader.text) & {"\x1b", "\x9b", "\u202e"}


def test_stdout_that_is_full_is_an_error() -> None:
    """A result that could not be written must not look like success."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    code = (
        "from toolwright.screen.result import show_result\n"
        "from toolwright.screen.problem import show_problem\n"
        "from toolwright.errors import ToolwrightError\n"
        "try: show_result('x')\n"
        "except ToolwrightError as error: show_problem(error)\n"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.stderr.decode().splitlines()[:2] == [
        "error: the result could not be written to the standard output",
        "  cause: No space left on device",
    ]


def test_a_reader_that_had_enough_is_no_error() -> None:
    """`agent.py ... | head -1` ends without a message."""
    code = (
        "from toolwright.screen.result import show_result\nfor _ in range(9): show_result(list(range(99999)))"
    )
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -c "{code}" | head -1'], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("[\n", "")


@given(VALUES)
def test_a_report_is_valid_json_for_every_value(value: Json) -> None:
    """NaN, infinities, lone surrogates, control characters: one line, strict JSON, UTF-8."""
    text = report_json(replace(REPORT, output=value, goal=str(value)))
    assert len(text.splitlines()) == 1
    data = strict(text.encode("utf-8").decode())
    assert (data["status"], data["run"]) == ("done", "r1")


@given(st.text(st.characters()), st.sampled_from(["ascii", "latin-1", "utf-8", "cp1252"]))
def test_json_survives_every_alphabet_of_stdout(text: str, encoding: str) -> None:
    """Where stdout cannot carry a letter its JSON escape is written, and the same text comes back."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    write_line(json_text([text]), stream)
    stream.seek(0)
    again = strict(stream.read())[0]
    assert again == text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def test_extreme_values_do_not_break_the_report() -> None:
    """Deep nesting and integers that Python refuses to write are cut off, not a crash."""
    deep: Json = []
    for _ in range(5000):
        deep = [deep]
    data = strict(report_json(replace(REPORT, output={"deep": deep, "big": 10**5000, "bytes": b"x"})))
    assert "nested deeper" in json.dumps(data["output"]["deep"])
    assert data["output"]["big"].startswith("0x")


def test_a_failed_report_holds_the_error() -> None:
    """The status is failed, there is an error with kind, message, step, tool and hint, and no output."""
    failure = Failure(
        "execute", "it broke", "raised", 2, "group_rows", {"rows": float("nan")}, ("why",), "do that"
    )
    data = strict(report_json(replace(REPORT, status="failed", failure=failure)))
    assert data["status"] == "failed"
    assert "output" not in data
    assert data["error"] == {
        "kind": "raised",
        "message": "it broke",
        "causes": ["why"],
        "hint": "do that",
        "stage": "execute",
        "step": 2,
        "tool": "group_rows",
        "arguments": {"rows": None},
        "exit_code": 1,
    }
    assert data["steps"][1]["verdict"] == "NOT_EXISTS"
    assert data["stages"]["decompose"]["calls"] == 2


def test_an_error_before_the_run_has_the_same_shape() -> None:
    """--json also speaks JSON when nothing was started."""
    error = UsageError("--attempts is 'x'", hint="set --attempts")
    assert strict(error_json(error)) == {
        "status": "failed",
        "error": {"kind": "usage", "message": "--attempts is 'x'", "causes": [], "hint": "set --attempts"},
    }
    assert strict(error_json(KeyError("a")))["error"]["kind"] == "bug"


# --- problems -----------------------------------------------------------------------------------


def full_disk() -> LibraryWriteError:
    """Return an error with causes of three sorts."""
    error = LibraryWriteError(
        "tools.py could not be written", hint="free some space, then: python agent.py tools"
    )
    error.__cause__ = ValueError("internal")
    error.__cause__.__cause__ = OSError(28, "No space left on device", "lib/.tools.py.new")
    return error


def test_every_error_has_one_shape() -> None:
    """error, indented causes that a user understands, a blank line, the hint."""
    text = text_of(lambda stream: show_problem(full_disk(), Display(stream)))
    assert text.splitlines() == [
        "error: tools.py could not be written",
        "  cause: No space left on device: lib/.tools.py.new",
        "",
        "hint: free some space, then: python agent.py tools",
    ]


def test_an_error_without_cause_and_hint_is_one_line() -> None:
    """Nothing is printed that has nothing to say; a message of several lines becomes one."""
    text = text_of(lambda stream: show_problem(ModelError("server", "it\nbroke \x1b[2J"), Display(stream)))
    assert text == "error: it broke \\x1b[2J\n"


def test_on_a_terminal_the_words_are_coloured_and_the_text_is_the_same() -> None:
    """Colour is added, not content; without colour there is no escape code."""
    for terminal, coloured in ((Terminal(term="xterm"), True), (Terminal(colour=False, term="xterm"), False)):
        with pseudo_terminal(40) as (stream, reader):
            show_problem(full_disk(), Display(stream, terminal))
            stream.close()
            reader.join()
        assert ("\x1b[1;31merror:\x1b[0m" in reader.text) == coloured
        assert "free some space, then: python agent.py tools\r\n" in reader.text


def test_plain_errors_need_no_rich() -> None:
    """An error can be said when the very package for the screen is missing."""
    code = (
        "import sys\nsys.modules['rich'] = None\n"
        "from toolwright.errors import UsageError\nfrom toolwright.screen.problem import show_problem\n"
        "show_problem(UsageError('no rich', hint='uv sync'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "error: no rich\n\nhint: uv sync\n"


# --- bug reports --------------------------------------------------------------------------------


def raised() -> Exception:
    """Return a real exception with a traceback and a cause, both with a key in their texts."""
    try:
        {}[f"Authorization: Bearer {KEY}"]
    except KeyError as error:
        error.__cause__ = OSError(f"GET https://me:hunter2222@host/?api_key={KEY}")
        return error
    raise AssertionError


def test_a_bug_report_holds_what_helps_and_no_secret(tmp_path: Path) -> None:
    """Traceback with causes, versions, platform and command line; keys masked; only for its owner."""
    argv = ["agent.py", "--model", "x", f"use {KEY} and my-own-token-1"]
    path = write_bug_report(raised(), Redactor(["my-own-token-1"]), tmp_path, argv)
    text = path.read_text()
    assert "Traceback (most recent call last)" in text
    assert "direct cause" in text
    assert "toolwright:" in text
    assert "python: 3." in text
    assert "--model" in text
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o077 == 0
    for secret in ("verysecret", "hunter2222", "my-own-token"):
        assert secret not in text


def test_a_bug_report_goes_elsewhere_when_the_folder_is_missing(tmp_path: Path) -> None:
    """The folder for temporary files takes it; the folder that was asked for is not made."""
    path = write_bug_report(raised(), Redactor(), tmp_path / "none", [])
    try:
        assert path.exists()
        assert not (tmp_path / "none").exists()
    finally:
        path.unlink()


def test_a_bug_is_said_in_the_shape_of_errors(tmp_path: Path) -> None:
    """One sentence without the key, the path of the report as the hint, exit code 3."""
    with pipe() as (stream, reader):
        code = show_bug(raised(), [], redactor=Redactor([KEY]), directory=tmp_path, display=Display(stream))
        stream.close()
        reader.join()
    (report,) = tmp_path.iterdir()
    assert code == 3
    assert reader.text.startswith("error: a bug in Toolwright, KeyError:")
    assert f"hint: read it, then attach it to an issue: {report}" in reader.text
    assert "verysecret" not in reader.text


def test_two_bugs_in_one_second_are_two_reports(tmp_path: Path) -> None:
    """A report never overwrites another one; the second goes to the folder for temporary files."""
    first = write_bug_report(raised(), Redactor(), tmp_path, [])
    second = write_bug_report(raised(), Redactor(), tmp_path, [])
    try:
        assert first != second
    finally:
        if second.parent != tmp_path:
            second.unlink()

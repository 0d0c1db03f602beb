"""Plan, table, receipt and next commands: what a person reads before and after a run."""

import shlex
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from screens import GROUP, MATCHES, READ, REPORT, pseudo_terminal, seen, text_of

from toolwright.screen.commands import call_commands, command, next_commands, sample
from toolwright.screen.display import Display
from toolwright.screen.plan import show_plan
from toolwright.screen.receipt import show_receipt
from toolwright.settings import Terminal
from toolwright.types import Commit, Docstring, Failure, Plan, Report, Step, StepReport, Tool, Usage

MONO = Terminal(colour=False, term="xterm")
TOOL = Tool(
    "group_rows",
    "(rows: list, by: str = 'id')",
    "",
    Docstring(),
    {
        "type": "object",
        "properties": {"rows": {"type": "array"}, "path": {"type": "string"}, "by": {"default": "id"}},
        "required": ["rows", "path"],
    },
    {},
)


def receipt(report: Report, **how: object) -> str:
    """Return a receipt as it goes into a pipe."""
    return text_of(lambda stream: show_receipt(report, Display(stream), **how))  # type: ignore[arg-type]


def test_the_table_holds_every_column_and_sums_up() -> None:
    """Step, verdict, tool, tests, time, calls, tokens; planning is a row, so that the columns add up."""
    rows = [line.split() for line in receipt(REPORT).splitlines()]
    heads = next(row for row in rows if row[:1] == ["step"])
    assert heads == ["step", "verdict", "tool", "passed", "time", "calls", "tokens"]
    assert ["1", *READ.description.split(), *["reused", "read_csv", "3", "0.2", "s", "0", "0"]] in rows
    assert ["2", *GROUP.description.split(), *["new", "group_rows", "6", "12", "s", "3", "3,000"]] in rows
    assert ["planning", "8.0", "s", "2", "1,000"] in rows
    assert ["total", "33", "s", "5", "4,000"] in rows


def test_the_receipt_says_why_and_on_what_evidence() -> None:
    """Each step: reused, widened or new, the reason, tests and sandbox, lines, and earlier refusals."""
    text = receipt(REPORT)
    assert "1 reused read_csv: reads any CSV file · 3 tests passed (sandbox full)" in text
    assert (
        "2 new group_rows: nothing in the library groups rows · 6 tests passed (sandbox full) · "
        "+42 -0 lines in tools.py · 1 candidate refused before: review: name 'x' is not defined"
    ) in text
    assert "Done in 33 s · 5 model calls · 4,000 tokens · cost unknown · +42 -0 lines in tools.py" in text


def test_the_next_commands_can_be_copied() -> None:
    """Look, repeat and undo, quoted for a shell; the library is named when it is another folder."""
    text = receipt(REPORT)
    assert "look    python agent.py tools show group_rows" in text
    assert "repeat  python agent.py 'Sum the sales per region'" in text
    assert "undo    python agent.py undo" in text
    assert "--library" not in text
    elsewhere = receipt(REPORT, library=Path("/my tools"))
    assert "python agent.py --library '/my tools' undo" in elsewhere
    assert "repeat  python agent.py --library '/my tools' 'Sum the sales per region'" in elsewhere


def test_what_was_never_made_is_not_offered_to_look_at() -> None:
    """A run that failed names no tool that is not there."""
    unmade = replace(REPORT.steps[0], commit=None, result=None, action="none", tool="not_there")
    failed = replace(REPORT, steps=(unmade,), failure=Failure("verify", "no version was good enough"))
    assert "look" not in dict(next_commands(failed))


def test_a_remembered_goal_shows_what_it_saved() -> None:
    """The second time: no model call, nothing generated, nothing to undo."""
    again = replace(REPORT, steps=REPORT.steps[:1], usage=Usage(), plan_origin="remembered")
    text = receipt(again)
    assert "0 model calls, nothing was generated: this goal ran before" in text
    assert "tools.py unchanged" in text
    assert "undo" not in text
    assert "look    python agent.py tools show read_csv" in text


def test_what_was_not_made_is_not_offered_to_be_looked_at() -> None:
    """There is no such tool."""
    steps = (replace(REPORT.steps[1], action="none", commit=None),)
    assert "tools show" not in receipt(replace(REPORT, status="failed", steps=steps))


def test_made_tools_end_with_how_to_call_them() -> None:
    """From the shell with a sample that fits the parameters, and from Python."""
    text = receipt(replace(REPORT, status="made", steps=REPORT.steps[1:]), tools={"group_rows": TOOL})
    assert """python agent.py --execute-tool group_rows '{"rows": [], "path": "..."}'""" in text
    assert "from tools import group_rows" in text


def test_a_failed_run_says_step_tool_arguments_reason_and_what_was_kept() -> None:
    """The problem comes last, in the shape of all errors, with its hint."""
    failure = Failure(
        "execute",
        "step 2, group_rows, raised KeyError: 'date'",
        step=2,
        tool="group_rows",
        arguments={"rows": [{"day": "\x1b[2J"}], "by": "date"},
        details=("line 3: return row['date']",),
        hint="python agent.py tools show group_rows",
    )
    lines = receipt(replace(REPORT, status="failed", failure=failure)).splitlines()
    start = lines.index("error: step 2, group_rows, raised KeyError: 'date'")
    assert lines[start + 1 :] == [
        "  step: 2 Group rows by a column and sum another",
        "  tool: group_rows",
        r"  arguments: rows=[{'day': '\x1b[2J'}], by='date'",
        "  cause: line 3: return row['date']",
        "  kept: group_rows in tools.py (1 tested tool)",
        "",
        "hint: python agent.py tools show group_rows",
    ]
    nothing = replace(REPORT, status="failed", failure=Failure("decompose", "no answer"), steps=())
    assert "kept: nothing was changed in tools.py" in receipt(nothing)


@pytest.mark.parametrize("columns", [20, 40, 60, 72, 80, 120])
def test_every_number_is_readable_at_any_width(columns: int) -> None:
    """No number is cut, however narrow the window; below 72 columns the table becomes paragraphs."""
    report = replace(
        REPORT, steps=(*REPORT.steps, replace(REPORT.steps[1], tool="数える" * 8, usage=Usage(1, 9, 9)))
    )
    with pseudo_terminal(columns) as (stream, reader):
        show_receipt(report, Display(stream, MONO))
        stream.close()
        reader.join()
    text = " ".join(" ".join(seen(reader.text)).split())
    for number in ("3,000", "4,000", "12 s", "33 s"):
        assert number in text
    assert "…" not in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_the_table_stays_straight_in_a_small_alphabet(encoding: str) -> None:
    """Escapes for foreign letters are counted in: all rows of the table are equally long."""
    odd = replace(REPORT.steps[0], step=Step(3, "数を数える"))
    report = replace(REPORT, steps=(*REPORT.steps, odd))
    with pseudo_terminal(110, encoding) as (stream, reader):
        show_receipt(report, Display(stream, MONO))
        stream.close()
        reader.join()
    rows = [line for line in seen(reader.text) if line.startswith(("|", "+"))]
    assert len({len(line) for line in rows}) == 1
    assert "\\u6570" in "".join(rows)


def test_the_plan_shows_steps_verdicts_and_what_it_would_write() -> None:
    """Before anything is written: each step, what will be done for it, and the sum."""
    plan = Plan("Sum the sales per region", (READ, GROUP))
    text = text_of(lambda stream: show_plan(plan, MATCHES, Display(stream)))
    assert text.splitlines() == [
        "Plan for: Sum the sales per region",
        "  1 Read the rows of a CSV file",
        "      reuse read_csv EXISTS_AND_GENERIC: reads any CSV file",
        "  2 Group rows by a column and sum another",
        "      write NOT_EXISTS: nothing in the library groups rows",
        "1 of 2 steps already in the library, 0 to widen, 1 to write",
    ]


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ("sum the sales", ["sum the sales"]),
        ("history", ["--", "history"]),
        ("--help me", ["--", "--help me"]),
        ("say 'hi' to $HOME", ["say 'hi' to $HOME"]),
        ("it's done", ["it's done"]),
        ("two\nlines of it", ["two\nlines of it"]),
    ],
)
def test_the_repeated_goal_is_the_same_goal(goal: str, words: list[str]) -> None:
    """A shell takes the line apart into exactly the goal; one word or a dash gets `--` before it."""
    line = dict(next_commands(replace(REPORT, goal=goal)))["repeat"]
    assert shlex.split(line) == ["python", "agent.py", *words]


@pytest.mark.parametrize("goal", ["\x1b[2J all", "x" * 501])
def test_a_goal_that_cannot_be_copied_is_not_repeated(goal: str) -> None:
    """Escape sequences and very long goals are left out instead of being shown wrongly."""
    assert "repeat" not in dict(next_commands(replace(REPORT, goal=goal)))


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=4))
def test_any_word_survives_the_shell(words: list[str]) -> None:
    """What is quoted comes back as it was, for every text."""
    assert shlex.split(command(*words)) == ["python", "agent.py", *words]


SCHEMAS = [
    {"type": "string"},
    {"type": "array", "items": {"type": "integer"}},
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    {"enum": ["asc", "desc"]},
    {"const": 3},
    {"type": ["number", "null"]},
    {"type": "object", "additionalProperties": {"type": "string"}},
    {
        "$ref": "#/$defs/Row",
        "$defs": {"Row": {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}},
    },
    TOOL.parameters,
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_sample_fits_its_schema(schema: dict[str, object]) -> None:
    """The arguments of the printed call would be accepted."""
    jsonschema.validate(sample(schema), schema)


def test_odd_reports_do_not_break_the_receipt() -> None:
    """No step, a step without a tool, a long name: there is always a receipt."""
    bare = StepReport(READ, MATCHES[1])
    long = StepReport(READ, MATCHES[0], "t" * 200, "widened", commit=Commit("t" * 200, 1, 1, replaced=True))
    assert "Done in" in receipt(replace(REPORT, steps=()))
    assert "not made" in receipt(replace(REPORT, steps=(bare,)))
    assert "t" * 200 in receipt(replace(REPORT, steps=(long,)))


def test_a_call_that_is_offered_names_its_secrets() -> None:
    """No place for a value: what stands in a command, shells keep."""
    tool = replace(TOOL, docstring=Docstring(secrets=("path",)))
    (_, line), _ = call_commands("group_rows", tool)
    assert """'{"rows": [], "path": {"secret": "PATH"}}'""" in line

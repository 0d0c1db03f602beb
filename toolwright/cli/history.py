"""`history` and `history ID`: the goals that ran, and one of them stage by stage, with what was said."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.streams import write_stderr
from toolwright.earlier_run import foreign
from toolwright.errors import ToolwrightError, TranscriptError, UsageError
from toolwright.memory.past import Past
from toolwright.models.transcripts import Exchange, Transcript
from toolwright.records import asdict
from toolwright.redaction import Redactor
from toolwright.remembering import STATE, open_past
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, duration, joined, one_line, visible
from toolwright.settings import Settings, load, secrets
from toolwright.types import Json
from toolwright.types.cost import PICODOLLARS, cost_words, dollars

MOST: Final = 50
"""Runs that are listed."""
_EVERY: Final = 1_000_000
_HEAD: Final = ("ID", "WHEN (UTC)", "STATUS", "CALLS", "TIME", "COST", "GOAL")


def run(arguments: Arguments) -> int:
    """List the goals of a library, or tell one in full."""
    settings = load(arguments.overrides)
    past = past_of(settings)
    match arguments.words[1:]:
        case ():
            rows = past.runs(_EVERY) if arguments.every else past.runs(MOST, own=True)
            _list(rows, past.shared_as, settings, as_json=arguments.json)
        case (identity,):
            _tell(found(past, identity, settings), settings, as_json=arguments.json)
        case _:
            raise UsageError(
                "history takes nothing, or the id of one run",
                hint=f"{command('history', library=settings.library)}, or -- before it when it is a goal",
            )
    return 0


def past_of(settings: Settings) -> Past:
    """Return the memory of the library; what is wrong with it is said on stderr."""
    return open_past(settings, lambda said: write_stderr(f"! {said}\n"))


def found(past: Past, identity: str, settings: Settings) -> dict[str, Any]:
    """Return the run that is meant by an id, its beginning, or `last`.

    Raises:
        ToolwrightError: there is none, or there are several.
    """
    names = [row["id"] for row in past.runs(1, own=True)] if identity == "last" else past.named(identity)
    row = past.run(names[0]) if len(names) == 1 or identity in names else None
    if row is None:
        several = f"several runs begin with {identity!r}: {', '.join(names)}" if names else ""
        raise ToolwrightError(
            several or f"there is no run {identity!r}{_nearest(past, identity)}",
            hint=command("history", library=settings.library),
        )
    return row


def found_here(past: Past, identity: str, settings: Settings) -> dict[str, Any]:
    """Return the run that is meant, which must be one of this library: it is to go again.

    Raises:
        ToolwrightError: there is none, there are several, or it is of another library.
    """
    row = found(past, identity, settings)
    why = foreign(row, past)
    if why:
        raise ToolwrightError(why, hint=command("history", row["id"], library=settings.library))
    return row


def _nearest(past: Past, identity: str) -> str:
    """Offer the run that was meant perhaps."""
    import difflib

    known = [str(row["id"]) for row in past.runs(MOST)]
    if identity == "last" or not known:
        return "; no goal has run here"
    nearest = difflib.get_close_matches(identity, [*known, "last"], n=1, cutoff=0.5)
    return f"; did you mean {nearest[0]}?" if nearest else f"; the last one is {known[0]}"


def _list(rows: Sequence[Mapping[str, Any]], own: str, settings: Settings, *, as_json: bool) -> None:
    """Print the runs; `own` is what this library is called where others keep theirs, too."""
    if as_json:
        write_line(json_text({"runs": [dict(row) for row in rows]}))
        return
    if not rows:
        others = "; --all lists those of other libraries" if own else ""
        write_line(f"no goal has run in {settings.library.absolute()}{others}")
        return
    whose = [row["library"] or own for row in rows]
    table: list[tuple[str, ...]] = [_HEAD, *(_cells(row) for row in rows)]
    if own and {*whose} != {own}:  # whose they are is of interest
        names = ("LIBRARY", *whose)
        table = [(*cells[:-1], name, cells[-1]) for cells, name in zip(table, names, strict=True)]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for cells in table:
        write_line("  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip())


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(row["id"]),
        _when(row["began"]),
        str(row["status"]),
        str(row["calls"]),
        "-" if row["seconds"] is None else duration(row["seconds"]),
        _cost(row),
        one_line(str(row["goal"]), 60),
    )


def _when(began: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(began))


def _cost(row: Mapping[str, Any]) -> str:
    """Say what a run cost: nothing without a call, and nobody knows where no price is known."""
    if row["cost"] is None:
        return "unknown" if row["calls"] else "0"
    return dollars(round(row["cost"] * PICODOLLARS))


def _tell(row: Mapping[str, Any], settings: Settings, *, as_json: bool) -> None:
    redact = Redactor(secrets(settings)).redact
    said, exchanges = _exchanges(settings.library / STATE / "transcripts" / f"{row['id']}.jsonl", row)
    if as_json:
        spoken = [{**asdict(exchange), "reply": asdict(exchange.reply)} for exchange in exchanges]
        write_line(redact(json_text({**row, "exchanges": spoken})))
        return
    lines = [*_head(row), *_plan(row["steps"]), *_spoken(exchanges), *_made(row), *_ran(row)]
    write_line(redact(visible("\n".join([*lines, *([said] if said else [])]))))


def _exchanges(path: Path, row: Mapping[str, Any]) -> tuple[str, tuple[Exchange, ...]]:
    """Return prompts and replies, or why there are none; a run that asked no model has none."""
    if not path.exists():
        return f"prompts and replies are not here: there is no {path}" if row["calls"] else "", ()
    try:
        return "", Transcript.read(path).exchanges
    except TranscriptError as error:
        return f"prompts and replies cannot be shown: {error}", ()


def _head(row: Mapping[str, Any]) -> list[str]:
    seconds = "" if row["seconds"] is None else duration(row["seconds"])
    used = joined(row["status"], seconds, count(row["calls"], "model call"), f"cost {_cost(row)}")
    about = joined(_when(row["began"]) + " UTC", row["model"], f"sandbox {row['sandbox']}")
    head = [row["goal"], f"run {row['id']}", about, used]
    if row["message"]:
        head.append(f"failed in {row['failed_stage'] or 'this run'}: {row['message']}")
    return head


def _plan(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["", "PLAN"] if steps else []
    for step in steps:
        again = f" (plan {step['round']})" if step["round"] > 1 else ""
        lines.append(f"  {step['number']}. {step['description']}{again}")
        if step["verdict"]:
            lines.append(f"     {joined(step['verdict'], step['tool'] or '', step['reason'] or '')}")
    return lines


def _spoken(exchanges: Sequence[Exchange]) -> list[str]:
    lines = []
    for exchange in exchanges:
        usage = exchange.reply.usage
        tokens, price = count(usage.tokens, "token"), cost_words(usage.cost)
        cost = joined(exchange.reply.model, tokens, price, duration(usage.seconds))
        lines += ["", f"{exchange.stage.upper()} {one_line(exchange.subject, 80)}".rstrip(), f"  {cost}"]
        lines += ["  prompt:", _indented(exchange.prompt), "  reply:", _indented(exchange.reply.text)]
    return lines


def _made(row: Mapping[str, Any]) -> list[str]:
    lines = ["", "VERSIONS"] if row["attempts"] or row["admissions"] else []
    for attempt in row["attempts"]:
        how = "kept" if attempt["refused_by"] == "" else f"refused by {attempt['refused_by']}"
        hints = count(attempt["lessons"], "similar failure") + " shown" if attempt["lessons"] else ""
        lines.append(f"  {attempt['tool']}, version {attempt['number']}: {joined(how, hints)}")
    for failure in row["failures"]:
        lines += [f"  {failure['tool']}, version {failure['attempt']}:", _indented(failure["message"])]
    for kept in row["admissions"]:
        changed = f"+{kept['lines_added']} -{kept['lines_removed']} lines"
        lines.append(f"  {kept['tool']} {kept['how']}, {changed}")
    return lines


def _ran(row: Mapping[str, Any]) -> list[str]:
    lines = ["", "CALLS"] if row["executions"] or row["decisions"] else []
    for decided in row["decisions"]:
        word = "yes" if decided["agreed"] else "no"
        lines.append(f"  {decided['kind']} {decided['subject']}: {word} ({decided['reason']})")
    for call in row["executions"]:
        outcome: Json = call["output"] if call["status"] == "returned" else call["error"]
        shown = one_line(str(outcome), 200)
        given = one_line(call["input"] or "", 200)
        lines.append(f"  {call['step']}. {call['tool']} {given}".rstrip() + f" -> {shown}")
    return lines


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())

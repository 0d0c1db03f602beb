"""`stats`: what the past of a library comes to in numbers, for people, as JSON, or as a page."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.commands import takes_nothing
from toolwright.cli.history import past_of
from toolwright.cli.tool_list import seconds_of
from toolwright.errors import ToolwrightError, UsageError
from toolwright.memory.past import Past
from toolwright.remembering import measured
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import visible
from toolwright.settings import load
from toolwright.types import Json
from toolwright.types.metrics import Metrics

_RATES: Final = ("reuse_rate", "pass_rate", "versions_per_tool")
_MADE: Final = "%Y-%m-%d %H:%M UTC"


def run(arguments: Arguments) -> int:
    """Tell the numbers of a library."""
    takes_nothing(arguments)
    if arguments.json and arguments.html:
        raise UsageError("--json and --html contradict each other", hint="stats --html FILE")
    settings = load(arguments.overrides)
    since = time.time() - seconds_of(arguments.since, "--since") if arguments.since else 0.0
    past = past_of(settings)
    own = "" if arguments.every else past.shared_as
    metrics = measured(past, since, own)
    if arguments.json:
        write_line(json_text({"library": own or None, **_fields(metrics)}))
    elif arguments.html:
        _write_page(Path(arguments.html), metrics, _title(past, settings.library, every=arguments.every))
    elif metrics == Metrics():
        write_line(f"nothing has happened in {settings.library.absolute()}{_others(own)}")
    else:
        show(metrics, _whose(past, every=arguments.every))
    return 0


def _fields(metrics: Metrics) -> dict[str, Json]:
    """Return what was counted, and the rates that follow from it."""
    return {name: getattr(metrics, name) for name in (*Metrics.__match_args__, *_RATES)}


def show(metrics: Metrics, whose: str = "") -> None:
    """Write the numbers for people; `whose` says of which libraries they are."""
    from toolwright.screen.stats import stats_lines

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    lines = [*([whose] if whose else []), *stats_lines(metrics, unicode=unicode, width=width)]
    write_line(visible("\n".join(lines)))


def _whose(past: Past, *, every: bool) -> str:
    """Say whose numbers these are where a memory holds those of several libraries."""
    if not past.shared_as:
        return ""
    return "all libraries" if every else f"library   {past.shared_as}{_others(past.shared_as)}"


def _others(own: str) -> str:
    return "; --all counts every library of this memory" if own else ""


def _title(past: Past, library: Path, *, every: bool) -> str:
    return "all libraries" if every and past.shared_as else library.absolute().name


def _write_page(path: Path, metrics: Metrics, name: str) -> None:
    """Write the page in one piece: who looks at an older one never sees half of it.

    Raises:
        ToolwrightError: it cannot be written.
    """
    from toolwright.screen.stats_page import stats_page

    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(
            stats_page(metrics, name, time.strftime(_MADE, time.gmtime())),
            encoding="utf-8",
            errors="backslashreplace",
        )
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ToolwrightError(
            f"cannot write {str(path)!r} ({error.strerror})",
            hint="stats --html PATH, in a folder that is there",
        ) from error
    write_line(f"wrote {path}")

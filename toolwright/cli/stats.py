"""`stats`: what the past of a library comes to in numbers, for people, as JSON, or as a page."""

import os
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
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import visible
from toolwright.settings import load
from toolwright.types.metrics import Metrics

_MADE: Final = "%Y-%m-%d %H:%M UTC"


def run(arguments: Arguments) -> int:
    """Tell the numbers of a library."""
    takes_nothing(arguments)
    if arguments.json and arguments.html:
        raise UsageError("--json and --html contradict each other", hint="stats --html FILE")
    settings = load(arguments.overrides)
    since = time.time() - seconds_of(arguments.since, "--since") if arguments.since else 0.0
    metrics = measured(past_of(settings), since)
    if arguments.json:
        write_line(json_text(metrics))
    elif arguments.html:
        _write_page(Path(arguments.html), metrics, settings.library.absolute().name)
    elif metrics == Metrics():
        write_line(f"nothing has happened in {settings.library.absolute()}")
    else:
        show(metrics)
    return 0


def measured(past: Past, since: float = 0.0) -> Metrics:
    """Return the numbers of what a library remembers.

    Raises:
        MemoryFileError: the memory cannot be read.
    """
    if past.is_empty:
        return Metrics()
    from toolwright.memory.metrics import measure

    return past.ask(lambda connection: measure(connection, since)) or Metrics()


def show(metrics: Metrics) -> None:
    """Write the numbers for people."""
    from toolwright.screen.stats import stats_lines

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    write_line(visible("\n".join(stats_lines(metrics, unicode=unicode))))


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

"""`memory`, `memory export [FILE]`, `memory import FILE`: where what happened stands, and memory.json."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.memory_shown import show_memory
from toolwright.cli.streams import write_stderr
from toolwright.errors import ToolwrightError, UsageError
from toolwright.redaction import Redactor
from toolwright.remembering import STATE, open_past
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, joined
from toolwright.settings import Settings, load, secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from toolwright.memory.memory_json import Directive, MemoryJson
    from toolwright.memory.past import Past

_LARGEST: Final = 200_000_000


def run(arguments: Arguments) -> int:
    """Show where the memory is and what it holds, or export or import it."""
    settings = load(arguments.overrides)
    past = open_past(settings, lambda said: write_stderr(f"! {said}\n"))
    match arguments.words[1:]:
        case ():
            return show_memory(settings, as_json=arguments.json)
        case ("export",):
            write_line(_exported(past, settings).rstrip("\n"))
        case ("export", file):
            _write(Path(file), _exported(past, settings), as_json=arguments.json)
        case ("import", file):
            _bring(past, settings, Path(file), as_json=arguments.json)
        case _:
            raise UsageError(
                "memory takes nothing, export with or without a FILE, or import with a FILE",
                hint=f"{command('memory', library=settings.library)}, or -- before it when it is a goal",
            )
    return 0


def _exported(past: "Past", settings: Settings) -> str:
    from toolwright.cli.skills import own_skills
    from toolwright.memory.exchange import taken_out
    from toolwright.memory.memory_json import MemoryJson, write

    own = own_skills(settings.library.absolute())
    library = settings.library.absolute()
    waiting = _waiting(library)
    empty = MemoryJson(tuple(sorted(own, key=lambda one: one.name)), directives=tuple(waiting))
    found = None
    if not past.is_empty:
        shared = bool(past.shared_as)
        found = past.ask(lambda connection: taken_out(connection, library, own, waiting, shared=shared))
    return write(found or empty, Redactor(secrets(settings)).redact)


def _waiting(library: Path) -> "list[Directive]":
    """Return the goals of the queue that no run was made of yet."""
    from toolwright.memory.directives import Directives
    from toolwright.memory.memory_json import Directive

    queue = Directives(library / STATE, str).all()
    return [Directive(one.goal, one.status, one.created) for one in queue if not one.run]


def _write(file: Path, text: str, *, as_json: bool) -> None:
    """Write a file in one piece; only an export may be written over."""
    if file.exists():
        _read(file, lambda said: said)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ToolwrightError(
            f"{file} cannot be written: {error.strerror}", hint=f"ls -ld {file.parent}"
        ) from error
    write_line(json_text({"written": str(file)}) if as_json else f"written: {file}")


def _bring(past: "Past", settings: Settings, file: Path, *, as_json: bool) -> None:
    from toolwright.memory.exchange import bring_in

    said = _read(file, Redactor(secrets(settings)).redact)
    library = settings.library.absolute()
    if not library.is_dir():
        raise ToolwrightError(f"there is no folder {library}", hint=f"mkdir -p {library}")
    added = past.change(lambda connection: bring_in(connection, library, said, _waiting(library)))
    if said.left_out:
        write_stderr(
            f"note: nobody here knows these fields, which were left out: {', '.join(said.left_out)}\n"
        )
    if as_json:
        write_line(json_text({"added": added}))
    else:
        write_line(f"added {joined(*(count(number, name[:-1]) for name, number in added.items()))}")


def _read(file: Path, redact: "Callable[[str], str]") -> "MemoryJson":
    from toolwright.memory.memory_json import read

    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(
                f"{file} is no memory.json: it has more than {_LARGEST} bytes", hint=f"ls -l {file}"
            )
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is no memory.json: it is not a UTF-8 text (byte {error.start + 1})", hint=f"file {file}"
        ) from error
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", hint=f"ls -l {file}") from error
    return read(text, str(file), redact)

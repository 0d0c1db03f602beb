"""The commands that come next: a report goes in, lines that can be copied into a shell come out."""

import json
import shlex
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.screen.program import program
from toolwright.types import Json, Report, Schema, Tool

LONGEST_GOAL: Final = 500
"""Characters; a longer goal is not repeated on the screen."""
MOST_LOOKS: Final = 3
DEEPEST: Final = 8
_SAMPLES: Final[Mapping[str, Json]] = {
    "string": "...",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "null": None,
    "array": [],
}


def command(*words: str, library: Path = Path()) -> str:
    """Return the program with WORDS, quoted for a shell; `--library` is named unless it is this folder."""
    where = () if _is_current(library) else ("--library", str(library))
    return " ".join([program(), *map(_quoted, (*where, *words))])


def next_commands(
    report: Report, library: Path = Path(), allow: Sequence[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Return (what for, command) to look at what was made, to take up or repeat the run and to undo it.

    `allow` holds the values of --allow without which the run could not be repeated.
    """
    changed = [step.tool for step in report.steps if step.commit]
    used = changed or [step.tool for step in report.steps if step.action != "none"]
    rows = [
        ("look", command("tools", "show", name, library=library))
        for name in list(dict.fromkeys(used))[:MOST_LOOKS]
    ]
    if report.failure and report.steps and _is_recorded(report.run, library):
        allowed = [word for grant in allow for word in ("--allow", grant)]
        rows.append(("retry", command(*allowed, "retry", report.run, library=library)))
    repeat = _repeat(report.goal, library, allow)
    if repeat:
        rows.append(("repeat", repeat))
    if changed:
        rows.append(("undo", command("undo", library=library)))
    return tuple(rows)


def _is_recorded(run: str, library: Path) -> bool:
    """Tell whether the memory knows of a run, whose file it has not taken in yet."""
    return bool(run) and (library / ".toolwright" / "runs" / f"{run}.jsonl").exists()


def call_commands(name: str, tool: Tool | None, library: Path = Path()) -> tuple[tuple[str, str], ...]:
    """Return how to call a tool: from the shell with sample arguments, and from Python."""
    arguments = sample(tool.parameters) if tool else {}
    if tool and isinstance(arguments, dict):
        secrets = [name for name in tool.docstring.secrets if name in arguments]
        arguments |= {name: {"secret": name.upper()} for name in secrets}
    text = json.dumps(arguments, ensure_ascii=False)
    return (
        ("shell", command("--execute-tool", name, text, library=library)),
        ("Python", f"from tools import {name}"),
    )


def sample(schema: Schema, root: Schema | None = None, depth: int = 0) -> Json:
    """Return a value that fits the schema: required members only, defaults where there are some."""
    root = schema if root is None else root
    for key in ("default", "const"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    if "$ref" in schema:
        return sample(_target(schema["$ref"], root), root, depth + 1) if depth < DEEPEST else None
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return sample(options[0], root, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        members = schema.get("properties", {})
        return {name: sample(members.get(name, {}), root, depth + 1) for name in schema.get("required", ())}
    return _SAMPLES.get(kind)


def _quoted(word: str) -> str:
    """Return a word for a shell; an apostrophe alone is easier to read in double quotes."""
    if "'" in word and not set(word) & set('"$`\\!\n'):
        return f'"{word}"'
    return shlex.quote(word)


def _target(reference: str, root: Schema) -> Schema:
    """Return what `#/$defs/NAME` stands for."""
    place: Json = root
    for part in reference.removeprefix("#/").split("/"):
        place = place.get(part, {}) if isinstance(place, dict) else {}
    return place if isinstance(place, dict) else {}


def _repeat(goal: str, library: Path, allow: Sequence[str]) -> str:
    """Return the command for the goal, or "" where it cannot be shown so that it can be copied."""
    steering = any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} and sign != "\n" for sign in goal)
    if steering or not 0 < len(goal) <= LONGEST_GOAL:
        return ""
    # One word could be taken for a command, a dash for a flag: `--` says that it is a goal.
    insists = goal.startswith("-") or len(goal.split()) == 1
    granted = [word for value in allow for word in ("--allow", value)]
    return command(*granted, *(["--", goal] if insists else [goal]), library=library)


def _is_current(library: Path) -> bool:
    try:
        return library.resolve() == Path.cwd()
    except OSError:
        return False

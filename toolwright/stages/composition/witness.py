"""A run and the function composed from it -> a test file: the run again, with the files it read and wrote.

What cannot be shown again, such as files that are too large or that the run itself changed, is said instead.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import NotLearnedError
from toolwright.records import dataclass
from toolwright.redaction import looks_like_key
from toolwright.stages.composition.parameters import Slot
from toolwright.stages.composition.run import GoodRun
from toolwright.stages.composition.source import Words
from toolwright.types import Json

_LARGEST: Final = 20_000
"""Characters of one file that a test may hold."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the run: the parameter that names it, its text, and whether the run wrote it."""

    parameter: str
    given: str
    text: str
    written: bool

    @property
    def name(self) -> str:
        """What it is called in the test."""
        return f"{self.parameter}_file"


def composed_test(run: GoodRun, slots: Sequence[Slot], words: Words) -> str:
    """Return the text of the test file.

    Raises:
        NotLearnedError: there is nothing a test could check, or not all of it can be shown again.
    """
    files = tuple(_files(run, slots, words))
    missing = "write" in run.permissions and not any(file.written for file in files)
    if missing:
        raise NotLearnedError("what the goal wrote is not at a path that the goal names")
    if run.result is None and not any(file.written for file in files):
        raise NotLearnedError("the goal has no result and wrote nothing, so there is nothing to check")
    paths = {file.given: file.name for file in files}
    given = [paths.get(slot.value) if isinstance(slot.value, str) else None for slot in slots]
    arguments = ", ".join(
        f"str({file})" if file else repr(slot.value) for file, slot in zip(given, slots, strict=True)
    )
    lines = [f"from tools import {words.name}", "", ""]
    lines += [f"def test_what_the_goal_was({'tmp_path' if files else ''}):"]
    lines += [f'    """{_quoted(run.goal)}"""']
    for file in files:
        lines.append(f"    {file.name} = tmp_path / {Path(file.given).name!r}")
        if not file.written:
            text = [*_text_lines(file.text)]
            lines += [f"    {file.name}.write_text(", *text[:-1], f"{text[-1]},"]
            lines += ['        encoding="utf-8",', '        newline="",', "    )"]
    lines.append(f"    answer = {words.name}({arguments})")
    lines.append(f"    assert answer == {_with_paths(run.result, paths)}")
    for file in files:
        if file.written:
            lines += [f"    assert {file.name}.read_bytes().decode() == (", *_text_lines(file.text), "    )"]
    return "\n".join(lines) + "\n"


def _files(run: GoodRun, slots: Sequence[Slot], words: Words) -> Iterator[_File]:
    tools = {step.number: tool.name for step, tool in run.calls}
    names = set[str]()
    for slot, (name, _) in zip(slots, words.parameters, strict=True):
        needs = {need for place in slot.places for need in run.needs[tools[place.step]]}
        if not isinstance(slot.value, str) or not needs & {"read", "write"}:
            continue
        path = run.workspace / slot.value
        if path.is_dir():
            raise NotLearnedError(f"{slot.value} is a folder; a test made from a run holds files only")
        if not path.is_file():
            continue
        changed = path.stat().st_mtime >= run.began
        if changed and "write" not in needs:
            raise NotLearnedError(f"{slot.value} was changed while the goal ran")
        if changed and any("read" in run.needs[tools[place.step]] for place in slot.places):
            raise NotLearnedError(f"the goal read and changed {slot.value}; what it was before is gone")
        if path.name in names:
            raise NotLearnedError(f"two files of the goal are called {path.name}")
        names.add(path.name)
        yield _File(name, slot.value, _text_of(path, slot.value), changed)


def _text_of(path: Path, given: str) -> str:
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        raise NotLearnedError(f"{given} is not a text in UTF-8") from None
    except OSError as error:
        raise NotLearnedError(f"{given} cannot be read: {error.strerror}") from None
    if len(text) > _LARGEST:
        raise NotLearnedError(
            f"{given} has {len(text)} characters; a test holds at most {_LARGEST} of a file"
        )
    if looks_like_key(text):
        raise NotLearnedError(f"{given} holds what looks like a key")
    return text


def _text_lines(text: str) -> Iterator[str]:
    """Write a text as literals that Python joins, one for each line of it."""
    for line in text.splitlines(keepends=True) or [""]:
        yield f"        {line!r}"


def _with_paths(value: Json, paths: dict[str, str]) -> str:
    """Write a value as Python, with the paths in it where the test's files are."""
    match value:
        case str() if value in paths:
            return f"str({paths[value]})"
        case dict():
            entries = (f"{key!r}: {_with_paths(inner, paths)}" for key, inner in value.items())
            return f"{{{', '.join(entries)}}}"
        case list():
            return f"[{', '.join(_with_paths(inner, paths) for inner in value)}]"
    return repr(value)


def _quoted(goal: str) -> str:
    return " ".join(goal.split()).replace("\\", "\\\\").replace('"', "'")

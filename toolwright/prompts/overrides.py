"""A folder of texts -> those that take the place of our prompts; a broken one is refused with its line."""

import difflib
import os
import stat
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from toolwright.errors import UsageError
from toolwright.prompts import SHARED, TEXTS, Filled, filled_in, shipped
from toolwright.records import dataclass, field, replace
from toolwright.types import Prompt

_LONGEST: Final = 100_000
"""Bytes of a text; it goes into every question of its stage."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by the name of the prompt; without one a prompt is worded as it comes with the program."""

    instead: Mapping[str, string.Template] = field(default_factory=dict)

    def reword(self, prompt: Prompt) -> Prompt:
        """Return a question in the words of these texts."""
        made = prompt.text
        if not self.instead or not isinstance(made, Filled) or not made.name:
            return prompt
        return replace(prompt, text=filled_in(made.name, made.values, self.instead) + made.tail)


def read_texts(folder: Path, *, links: bool = True) -> Texts:
    """Read every text of a folder; hidden files are left alone. Without `links` none is followed.

    Raises:
        UsageError: a file is no text of ours, cannot be read, or lacks or adds a placeholder.
    """
    try:
        names = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    except OSError as error:
        raise UsageError(
            f"the folder of prompts {str(folder)!r} cannot be read: {error.strerror}",
            hint=f"ls -ld {folder}",
        ) from error
    texts = dict(_read(folder / name, links=links) for name in names)
    return Texts({name: string.Template(text) for name, text in texts.items()})


def _read(path: Path, *, links: bool) -> tuple[str, str]:
    """Return name and text of one file."""
    known = [text.name for text in TEXTS.glob("*.md")]
    if path.name not in known:
        nearest = difflib.get_close_matches(path.name, known, n=1, cutoff=0.4)
        offer = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UsageError(
            f"{path} is none of the prompts{offer}", hint=f"the prompts are {', '.join(sorted(known))}"
        )
    text = _text(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if links else os.O_NOFOLLOW))
    if path.stem not in SHARED:
        for line, wrong, hint in _mistakes(path.stem, text):
            raise UsageError(f"{path} line {line}: {wrong}", hint=hint)
    elif not text.strip():
        raise UsageError(f"{path} line 1: the text is empty", hint=f"remove {path} to use ours")
    return path.stem, text


def _text(path: Path, flags: int) -> str:
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{path} is not a file", hint=f"ls -l {path}")
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
    if len(data) > _LONGEST:
        raise UsageError(f"{path} is longer than {_LONGEST} bytes", hint="say it in fewer words")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path} line {line}: it is not a UTF-8 text (byte {error.start + 1})",
            hint=f"save {path} as UTF-8",
        ) from error


def _mistakes(name: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, mistake and hint of what is wrong with the placeholders of a text."""
    ours = shipped(name)
    needed = [each for each in ours.get_identifiers() if each not in SHARED]
    allowed = [*needed, *SHARED]
    for found in string.Template.pattern.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        placeholder = found["named"] or found["braced"]
        if found["invalid"] is not None:
            yield line, "a `$` that begins no placeholder", "write $$ for a dollar sign"
        elif placeholder and placeholder not in allowed:
            nearest = difflib.get_close_matches(placeholder, allowed, n=1, cutoff=0.4)
            offer = f"; did you mean ${nearest[0]}?" if nearest else ""
            yield line, f"there is no placeholder ${placeholder}{offer}", _listed(name, allowed)
    there = string.Template(text).get_identifiers()
    for missing in (each for each in needed if each not in there):
        last = text.count("\n") + (not text.endswith("\n"))
        yield max(1, last), f"the text ends without the placeholder ${missing}", _listed(name, needed)


def _listed(name: str, placeholders: list[str]) -> str:
    return f"{name}.md is filled in at {', '.join(f'${each}' for each in placeholders)}"

"""Docstring text -> `Docstring`: Google sections plus the parts a tool adds (`Keywords:` and others)."""

import re

from toolwright.types import Docstring

_SECTIONS = {
    "args": "args",
    "arguments": "args",
    "parameters": "args",
    "returns": "returns",
    "raises": "raises",
    "example": "example",
    "examples": "example",
    "keywords": "keywords",
    "permissions": "permissions",
    "varies": "varies",
    "requires": "requires",
    "secrets": "secrets",
}
_OTHER_SECTIONS = frozenset(
    {"attributes", "note", "notes", "references", "tip", "todo", "warning", "warnings", "warns", "yields"}
)
_NONE = frozenset({"none", "nothing"})
_HEADER = re.compile(r"(\w+):(?:\s+(.*))?$")
_ARGUMENT = re.compile(r"\*{0,2}(\w+)\s*(?:\(.*?\))?\s*:\s*(.*)$")


def parse_docstring(text: str | None) -> Docstring:
    """Take a docstring apart. Never fails: what makes no sense counts as part of the section before it.

    Sections of Google's style that have no meaning here, such as `Note:`, are left out.
    """
    lines = outdented((text or "").replace("\r\n", "\n")).splitlines()
    found: dict[str, list[str]] = {"summary": []}
    section = "summary"
    for line in lines:
        header = _HEADER.match(line)
        name = _section(header[1]) if header else ""
        if header and name and name not in found:
            section = name
            found[section] = [header[2] or ""]
        else:
            found[section].append(line)
    return Docstring(
        summary=_first_paragraph(found["summary"]),
        args=_arguments(found.get("args", [])),
        returns=_block(found.get("returns", [])),
        raises=_block(found.get("raises", [])),
        example=_block(found.get("example", [])),
        keywords=_listed(found.get("keywords", [])),
        permissions=_words(found.get("permissions", [])),
        varies=_words(found.get("varies", [])),
        requires=_listed(found.get("requires", [])),
        secrets=_words(found.get("secrets", [])),
    )


def outdented(text: str) -> str:
    """Return a docstring without its indentation and the empty lines around it, as `inspect.cleandoc` does.

    To load `inspect`, which loads all that looks at code, takes as long as Python's own start.
    """
    first, *rest = text.expandtabs().split("\n")
    margin = min([len(line) - len(line.lstrip()) for line in rest if line.lstrip()], default=0)
    lines = [first.lstrip(), *[line[margin:] for line in rest]]
    return "\n".join(lines).strip("\n")


def _first_paragraph(lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _section(word: str) -> str:
    word = word.lower()
    return _SECTIONS.get(word) or (word if word in _OTHER_SECTIONS else "")


def _block(lines: list[str]) -> str:
    """Join what stands beside a header with the block below it, whose indent goes."""
    return outdented("\n".join(lines)).strip()


def _listed(lines: list[str]) -> tuple[str, ...]:
    """Split at commas, up to the first blank line below some text; `none` is no entry."""
    text = _block(lines).split("\n\n", maxsplit=1)[0]
    words = (word.strip(" .") for word in " ".join(text.split()).split(","))
    return tuple(word for word in words if word and word.lower() not in _NONE)


def _words(lines: list[str]) -> tuple[str, ...]:
    """Split at commas and blanks."""
    return tuple(word for entry in _listed(lines) for word in entry.split())


def _arguments(lines: list[str]) -> dict[str, str]:
    block = _block(_indented(lines)).splitlines()
    described: dict[str, str] = {}
    current = ""
    for line in block:
        start = None if line.startswith((" ", "\t")) else _ARGUMENT.match(line)
        if start:
            current = start[1]
            described[current] = start[2].strip()
        elif current and line.strip():
            described[current] = f"{described[current]} {line.strip()}".strip()
    return described


def _indented(lines: list[str]) -> list[str]:
    """Cut a section where its indent ends; one whose lines have no indent stays whole."""
    below = [number for number, line in enumerate(lines) if line.strip() and number > 0]
    if not below or not lines[below[0]].startswith(" "):
        return lines
    end = next((number for number in below if not lines[number].startswith(" ")), len(lines))
    return lines[:end]

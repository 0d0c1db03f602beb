"""Docstring text -> `Docstring`: Google sections plus the parts a tool adds (`Keywords:` and others)."""

import inspect
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
_HEADER = re.compile(r"(\w+):(?:\s+(.*))?$")
_ARGUMENT = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")


def parse_docstring(text: str | None) -> Docstring:
    """Take a docstring apart; unknown sections and free text count as part of the section before them."""
    lines = inspect.cleandoc(text or "").splitlines()
    found: dict[str, list[str]] = {"summary": []}
    section = "summary"
    for line in lines:
        header = _HEADER.match(line)
        name = _SECTIONS.get(header[1].lower()) if header else None
        if header and name and (name not in found):
            section = name
            found[section] = [header[2]] if header[2] else []
        else:
            found.setdefault(section, []).append(line)
    return Docstring(
        summary=_first_paragraph(found["summary"]),
        args=_arguments(found.get("args", [])),
        returns=_block(found.get("returns", [])),
        raises=_block(found.get("raises", [])),
        example=_block(found.get("example", [])),
        keywords=_listed(found.get("keywords", [])),
        permissions=_listed(found.get("permissions", [])),
        varies=_listed(found.get("varies", [])),
        requires=_listed(found.get("requires", [])),
        secrets=_listed(found.get("secrets", [])),
    )


def _first_paragraph(lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _block(lines: list[str]) -> str:
    return inspect.cleandoc("\n".join(["", *lines]))


def _listed(lines: list[str]) -> tuple[str, ...]:
    return tuple(word.strip(" .") for word in " ".join(lines).split(",") if word.strip(" ."))


def _arguments(lines: list[str]) -> dict[str, str]:
    block = _block(lines).splitlines()
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

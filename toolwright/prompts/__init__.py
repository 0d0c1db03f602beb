"""Prompt texts as files, and how to fill them in: name and values in, text out."""

import string
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).parent / "texts"


@cache
def _text(name: str) -> string.Template:
    return string.Template((_TEXTS / f"{name}.md").read_text(encoding="utf-8"))


def render(name: str, /, **values: str) -> str:
    """Fill in the prompt `name`; a value is never searched for placeholders itself.

    Raises:
        KeyError: the text has a placeholder that got no value.
    """
    rules = {part: _text(part).template.strip() for part in ("tool_rules", "test_rules")}
    return _text(name).substitute(values | rules)

"""The text of a library + names of tools -> a hash of each that changes with whatever the tool reaches."""

import hashlib
import json
from collections.abc import Iterable

from toolwright.library.bindings import bindings
from toolwright.syntax.chunks import split


def fingerprints(text: str, names: Iterable[str]) -> dict[str, str]:
    """Hash tools together with the helpers, constants, imports and other tools they use.

    Raises:
        SyntaxError: the text is not Python.
    """
    known = bindings(split(text))
    return {name: hashed(known.reach([name])) for name in sorted(names)}


def hashed(reached: dict[str, str]) -> str:
    """Hash texts by name."""
    return hashlib.sha256(json.dumps(reached, sort_keys=True).encode()).hexdigest()

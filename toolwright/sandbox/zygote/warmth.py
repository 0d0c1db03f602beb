"""Modules that tools use most, loaded once so that no cell has to; nothing in, nothing out."""

import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import Final

MODULES: Final = (
    "base64 bisect collections contextlib copy csv dataclasses datetime enum errno fnmatch functools glob "
    "heapq io itertools json linecache math operator os pathlib random re resource signal stat string struct "
    "textwrap threading time traceback types typing urllib.parse weakref encodings.latin_1 "
    "encodings.utf_8_sig"
)
"""Not more: every page of memory that they take is copied again for each cell."""


def load_modules(until: Callable[[], bool] = bool) -> bool:
    """Import what tools use most, the rest another time when `until` says so; tell whether all is there.

    A Python built without one of them is none the worse.
    """
    for name in MODULES.split():
        if name not in sys.modules:
            if until():
                return False
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    return True

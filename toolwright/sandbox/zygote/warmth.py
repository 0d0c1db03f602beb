"""Modules that tools use most, loaded once so that no cell has to; nothing in, nothing out."""

import importlib
from typing import Final

MODULES: Final = (
    "ast base64 bisect calendar collections contextlib copy csv dataclasses datetime decimal difflib enum "
    "errno fnmatch fractions functools glob hashlib heapq html io itertools json linecache locale math "
    "operator os pathlib pprint queue random re resource secrets shutil signal stat statistics string "
    "struct tempfile textwrap threading time traceback types typing unicodedata urllib.parse uuid "
    "weakref zlib encodings.idna encodings.latin_1 encodings.utf_8_sig"
)


def load_all() -> None:
    """Import them; a Python built without one of them is none the worse."""
    for name in MODULES.split():
        try:
            importlib.import_module(name)
        except ImportError:
            continue

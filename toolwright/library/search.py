"""Words of a person -> the terms and the FTS5 query that find tools; identifiers are taken apart.

Chinese and Japanese, written without blanks, become pairs of neighbouring signs.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DENSE: Final = "\u3040-\u30ff\u3400-\u9fff"
_RUN: Final = re.compile(f"[{_DENSE}]+|[^{_DENSE}]+")
_IS_DENSE: Final = re.compile(f"[{_DENSE}]{{2}}")
_MAX_TERMS: Final = 64
_MAX_CHARS: Final = 20_000
_STOP_WORDS: Final = frozenset(
    _WORD.findall(
        "a an and any are as at be by can do each every for from given has have how i if in into is it its "
        "make me my of on one or out over please should so some such than that the their them then there "
        "these this those to up use used using want was we were what when where which while will with would "
        "you your"
    )
)


def terms(text: str) -> list[str]:
    """Split a text into lower-case words; `read_csv_rows` and `readCsvRows` become three each."""
    found: list[str] = []
    for word in _WORD.findall(text[:_MAX_CHARS]):
        small = word.lower()
        if small == word:  # most are: they have no humps
            found.append(word)
        else:
            found += [part.lower() for part in _HUMP.split(word) if part]
    if not _IS_DENSE.search(text):
        return found
    return [piece for word in found for run in _RUN.findall(word) for piece in _pairs(run)]


def _pairs(run: str) -> list[str]:
    if not _IS_DENSE.match(run):
        return [run]
    return [run[place : place + 2] for place in range(len(run) - 1)]


def document(text: str) -> str:
    """Return a text as it is put into the index."""
    return " ".join(terms(text))


def query(text: str, keywords: Sequence[str]) -> str:
    """Return the FTS5 query for a text and further words; "" when nothing in it could be found.

    Every term is quoted, so that no word and no sign is taken for an operator.
    """
    wanted = dict.fromkeys(_telling([*terms(text), *terms(" ".join(keywords))]))
    return " OR ".join(f'"{term}"' for term in list(wanted)[:_MAX_TERMS])


def _telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in _STOP_WORDS]

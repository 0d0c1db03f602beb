"""A true JSON answer in, a wrong one of the same type out: always the same one, and never equal to it."""

import zlib
from typing import Final

from toolwright.sandbox.cells.wire import encode
from toolwright.sandbox.comparing import same_json
from toolwright.types import Json

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_DIGITS: Final = "0123456789"
_NEXT: Final = str.maketrans(
    f"{_LETTERS}{_LETTERS.upper()}{_DIGITS}",
    "".join(text[1:] + text[0] for text in (_LETTERS, _LETTERS.upper(), _DIGITS)),
)
_MARK: Final = "~"
_FEW: Final = 97


def falsify(value: Json, salt: int = 0) -> Json:
    """Make `value` wrong wherever it holds anything: every item of a list, every value of a dict.

    Shapes stay: as many items, the same keys, as many characters where there are any. An empty list or
    dict gets an item. A number changes its sign and its parity. Other values of `salt` make other lies.
    """
    match value:
        case bool():
            return not value
        case int():
            return ~value - salt if value >= 0 else ~value + salt
        case float():
            return _false_number(value, salt)
        case str():
            return _false_text(value, salt)
        case list():
            return [falsify(item, salt) for item in value] or [_text_of(salt)]
        case dict():
            return {key: falsify(item, salt) for key, item in value.items()} or {_MARK: _text_of(salt)}
    return _text_of(salt)


def salt_of(value: Json) -> int:
    """A small number, other ones for most other values: what is said of one call is not said of the next."""
    return 1 + zlib.crc32(encode(value)) % _FEW


def _false_number(value: float, salt: int) -> float:
    false = -value - 1.5 - salt
    return value + 3.25 + salt if same_json(false, value) else false


def _false_text(value: str, salt: int) -> str:
    """Every letter and digit becomes the next one, and the first character one that texts seldom have."""
    if not value:
        return _text_of(salt)
    first = "^" if value[0] == _MARK else _MARK
    tail = str(salt) if salt else ""
    return first + value[1:].translate(_NEXT) + tail


def _text_of(salt: int) -> str:
    return f"{_MARK}{salt}" if salt else _MARK

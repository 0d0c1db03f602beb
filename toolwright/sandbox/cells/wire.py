"""Frames and strict JSON for both ends of a cell: bytes on a descriptor, values that arrive unchanged.

A frame is four bytes of length (big endian) and as many bytes of UTF-8 JSON.
"""

import json
import os

MAX_DEPTH = 200
MAX_DIGITS = 4000
_MAX_BITS = 13_287  # 10**4000 has 13 288 bits; Python refuses to read more than 4 300 digits


class NotJsonError(TypeError):
    """A value that JSON cannot carry unchanged: `what` it is and `where` it stands."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
        self.steps: list[str] = []

    @property
    def where(self) -> str:
        """The way to the value, such as "rows[0].name"; "" when it is the whole."""
        return "".join(reversed(self.steps)).removeprefix(".")

    def __str__(self) -> str:
        return f"{self.what} at {self.where}" if self.where else self.what


def encode(value: object) -> bytes:
    """Write a value as JSON bytes.

    Raises:
        NotJsonError: the value would not be equal to itself after the way there and back.
    """
    _check(value, 0, set())
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def decode(data: bytes) -> object:
    """Read JSON bytes as strictly as `encode` writes them, whoever wrote them.

    Raises:
        ValueError: not JSON, or a number or text that strict JSON does not have.
        RecursionError: nested too deeply.
    """
    value: object = json.loads(data, parse_constant=_refuse_constant)
    try:
        _check(value, 0, set())  # 1e999, "\ud800" and 900 levels get through the parser
    except NotJsonError as error:
        raise ValueError(str(error)) from None
    return value


def send_frame(descriptor: int, data: bytes) -> None:
    """Write one frame completely, on a blocking descriptor."""
    rest = memoryview(frame(data))
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def frame(data: bytes) -> bytes:
    """Put the length before the bytes."""
    return len(data).to_bytes(4, "big") + data


def read_frame(descriptor: int) -> bytes:
    """Read one frame from a blocking descriptor.

    Raises:
        EOFError: the other end closed it first.
    """
    return _read_exactly(descriptor, int.from_bytes(_read_exactly(descriptor, 4), "big"))


def article(name: str) -> str:
    """Put "a" or "an" before a type's name."""
    return f"an {name}" if name[:1].lower() in "aeio" else f"a {name}"


def _read_exactly(descriptor: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = os.read(descriptor, min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError("the pipe was closed in the middle of a frame")
        data += piece
    return bytes(data)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check(value: object, depth: int, above: set[int]) -> None:
    """Raise NotJsonError unless the value is made of the JSON types only; `above` are its containers' ids."""
    kind = type(value)
    if value is None or kind is bool:
        return
    if isinstance(value, (str, int, float)) and kind in {str, int, float}:
        _check_scalar(value)
    elif isinstance(value, (dict, list)) and kind in {dict, list}:
        if id(value) in above:
            raise NotJsonError(f"a {kind.__name__} that contains itself")
        if depth >= MAX_DEPTH:
            raise NotJsonError(f"a value nested deeper than {MAX_DEPTH} levels")
        above.add(id(value))
        if isinstance(value, dict):
            _check_dict(value, depth, above)
        else:
            _check_list(value, depth, above)
        above.discard(id(value))
    else:
        raise NotJsonError(_foreign(kind))


def _check_scalar(value: str | float) -> None:
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise NotJsonError("text with a lone surrogate") from None
    elif isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            raise NotJsonError(f"an integer of more than {MAX_DIGITS} digits")
    elif value - value != 0:  # true for NaN and both infinities
        raise NotJsonError(f"the float {value}")


def _check_list(items: list[object], depth: int, above: set[int]) -> None:
    for index, item in enumerate(items):
        try:
            _check(item, depth + 1, above)
        except NotJsonError as error:
            error.steps.append(f"[{index}]")
            raise


def _check_dict(items: dict[object, object], depth: int, above: set[int]) -> None:
    for key, item in items.items():
        if type(key) is not str:
            raise NotJsonError(f"a dict with {article(type(key).__name__)} key")
        try:
            _check(key, depth + 1, above)
            _check(item, depth + 1, above)
        except NotJsonError as error:
            error.steps.append(f".{key}" if key.isidentifier() else f"[{json.dumps(key)}]")
            raise


def _foreign(kind: type) -> str:
    for plain in (str, int, float, list, dict):
        if issubclass(kind, plain):
            return f"{article(kind.__name__)} (a kind of {plain.__name__})"
    return article(kind.__name__)

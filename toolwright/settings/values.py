"""Readers of single settings: the text that somebody typed goes in, the value comes out, or ValueError."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from toolwright.redaction import Secret
from toolwright.settings.servers import SERVERS

if TYPE_CHECKING:
    from decimal import Decimal

ON: Final = {"1", "true", "yes", "on"}
OFF: Final = {"0", "false", "no", "off"}
SWITCH: Final = "one of 1, 0, true, false, yes, no, on, off"
"""What is allowed for a switch, in words."""


def within(kind: Callable[[str], Any], low: float, high: float) -> Callable[[str], object]:
    """Return a reader of numbers from `low` to `high`."""

    def parse(text: str) -> object:
        number = kind(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def switch(text: str) -> bool:
    """Return whether `text` is a word for on; words for off are False."""
    word = text.strip().lower()
    if word not in ON | OFF:
        raise ValueError(text)
    return word in ON


def memory(text: str) -> bool | Secret:
    """Return whether there is a memory, or the address of a server that keeps it."""
    if re.fullmatch(r"postgres(ql)?://[^\s\x00-\x1f]+", text):
        return Secret(text)
    return switch(text)


def one_of(*words: str) -> Callable[[str], object]:
    """Return a reader of one of these words."""

    def parse(text: str) -> object:
        word = text.strip().lower()
        if word not in words:
            raise ValueError(text)
        return word

    return parse


def path(text: str) -> Path:
    """Return the path, with `~` replaced by the home folder."""
    if not text.strip() or "\0" in text:
        raise ValueError(text)
    return Path(text).expanduser()


def model(text: str) -> str:
    """Return `SERVER:NAME`, or a server that has a default model, as it is; others know whether it exists."""
    if text in SERVERS and SERVERS[text].default:
        return text
    if not re.fullmatch(r"[a-z][a-z0-9_.-]*:[^\s\x00-\x1f\x7f]+", text):
        raise ValueError(text)
    return text


def embedder(text: str) -> str:
    """Return `SERVER:MODEL` or `local:FOLDER` as it is; `none` is ""."""
    if text.strip().lower() == "none":
        return ""
    if text.startswith("local:") and text.removeprefix("local:").strip() and "\0" not in text:
        return text
    if not re.fullmatch(r"[a-z][a-z0-9_.-]*:[^\s\x00-\x1f\x7f]+", text):
        raise ValueError(text)
    return text


def models(text: str) -> tuple[str, ...]:
    """Return the models of a list with commas; `none` is the empty list."""
    if text.strip().lower() == "none":
        return ()
    return tuple(model(part.strip()) for part in text.split(",") if part.strip())


def grants(text: str) -> tuple[str, ...]:
    r"""Return the grants of a list with commas; a comma that belongs to a path is written `\,`.

    What they grant, and whether it exists, is for others to say.
    """
    if text.strip().lower() == "none":
        return ()
    parts = tuple(part.replace(r"\,", ",").strip() for part in re.split(r"(?<!\\),", text))
    if not all(parts):
        raise ValueError(text)
    return parts


def permissions(text: str) -> tuple[str, ...]:
    """Return permissions of a list with commas or blanks; `none` is the empty list."""
    words = text.lower().replace(",", " ").split()
    if words == ["none"]:
        return ()
    if not words or not set(words) <= {"read", "write", "network", "execute"}:
        raise ValueError(text)
    return tuple(dict.fromkeys(words))


def tiers(text: str) -> tuple[str, ...]:
    """Return what is approved unasked, of a list with commas or blanks; `none` is the empty list."""
    words = text.lower().replace(",", " ").split()
    if words == ["none"]:
        return ()
    if not words or not set(words) <= {"files", "network", "execute", "packages"}:
        raise ValueError(text)
    return tuple(dict.fromkeys(words))


def key(text: str) -> Secret:
    """Return an API key; what cannot stand in an HTTP header is refused without being shown."""
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise ValueError("a character that no key has")
    return Secret(text)


def url(text: str) -> str:
    """Return an http(s) address without a trailing `/` or `/v1`: the client adds `/v1` itself."""
    parts = urlsplit(text)
    ordinary = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    if not ordinary or parts.query or parts.fragment or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(text)
    return text.rstrip("/").removesuffix("/v1").rstrip("/")


def host(text: str) -> str:
    """Return the address for an OLLAMA_HOST: a host, a port, both, or a URL; 0.0.0.0 means here."""
    bare = "://" not in text
    parts = urlsplit(f"http://{text}" if bare else text)
    if not (parts.hostname or parts.netloc.startswith(":")) or (parts.path.strip("/") and bare):
        raise ValueError(text)
    name = parts.hostname or "127.0.0.1"
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104 - what a server listens on
    shown = f"[{name}]" if ":" in name else name
    port = parts.port or (11434 if bare else None)
    return url(f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path}")


def file_name(text: str) -> str:
    """Return the name or path of a file without blanks, so that it can stand behind `SERVER:`."""
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f]+", text):
        raise ValueError(text)
    return text


def dollars(text: str) -> "Decimal":
    """Return an amount of US dollars, with or without the sign."""
    amount = _amount(text.strip().removeprefix("$"))
    if amount <= 0:
        raise ValueError(text)
    return amount


def prices(text: str) -> tuple[str, ...]:
    """Return prices of a list with commas, `SERVER:NAME=IN/OUT` each; `none` is the empty list."""
    if text.strip().lower() == "none":
        return ()
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for one in found:
        price_of(one)
    return found


def price_of(text: str) -> "tuple[str, Decimal, Decimal]":
    """Return model, or `SERVER:*`, and US dollars for a million tokens of questions and of answers."""
    name, equals, amounts = text.rpartition("=")
    asked, slash, answered = amounts.partition("/")
    if not equals or not slash or not re.fullmatch(r"[a-z][a-z0-9_.-]*:[^\s\x00-\x1f\x7f]+", name.strip()):
        raise ValueError(text)
    return name.strip(), _amount(asked.strip()), _amount(answered.strip())


def _amount(text: str) -> "Decimal":
    from decimal import Decimal

    if not re.fullmatch(r"\d{1,7}(\.\d{1,6})?|\.\d{1,6}", text, re.ASCII):
        raise ValueError(text)
    return Decimal(text)


def packages(text: str) -> tuple[str, ...]:
    """Return the names of packages of a list with commas; `none` is the empty list."""
    if text.strip().lower() == "none":
        return ()
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if not names or not all(
        re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name) for name in names
    ):
        raise ValueError(text)
    return names

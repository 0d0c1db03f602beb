"""The record of what is installed for a library: a JSON file in it <-> exact versions with their hashes."""

import contextlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from toolwright.errors import PackageError
from toolwright.records import asdict, dataclass
from toolwright.syntax.requirements import normalized

FORMAT: Final = 1
_DIGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution at one version. `via` names those that need it, `hashes` its permitted wheels."""

    name: str
    version: str
    via: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Pins:
    """What was asked for by name, and everything that this brought, sorted by name."""

    asked: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()

    def __contains__(self, name: object) -> bool:
        return any(pin.name == name for pin in self.pins)

    @property
    def folder_name(self) -> str:
        """A name that differs between sets, and between Pythons, which need other wheels."""
        text = "\n".join(f"{pin.name}=={pin.version}" for pin in self.pins)
        made_for = f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
        return f"{made_for}-{sha256(text.encode()).hexdigest()[:_DIGEST]}"

    def without(self, name: str) -> "Pins":
        """Return what is left when `name` is not asked for any more: what nothing else needs goes with it."""
        asked = tuple(each for each in self.asked if each != name)
        kept: set[str] = set()
        waiting = list(asked)
        while waiting:
            each = waiting.pop()
            if each not in kept:
                kept.add(each)
                waiting += [pin.name for pin in self.pins if each in pin.via]
        return Pins(asked, tuple(pin for pin in self.pins if pin.name in kept))

    @classmethod
    def of(cls, asked: Iterable[str], pins: Iterable[Pin]) -> "Pins":
        """Put a set in order."""
        return cls(tuple(sorted(set(asked))), tuple(sorted(pins, key=lambda pin: pin.name)))


def read_pins(path: Path) -> Pins:
    """Return what the file records, nothing when there is none.

    Raises:
        PackageError: it cannot be read, or is not what was written.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        _check_format(said["format"])
        pins = [
            Pin(_name(p["name"]), _version(p["version"]), tuple(map(_name, p["via"])), _hashes(p["hashes"]))
            for p in said["packages"]
        ]
        return Pins.of(map(_name, said["asked"]), pins)
    except FileNotFoundError:
        return Pins()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackageError(
            f"{path}, the record of installed packages, cannot be used: {error}",
            hint="git checkout that file, or delete it and add the packages again",
        ) from None


def write_pins(path: Path, pins: Pins) -> None:
    """Write the record so that it is whole or as it was; an empty one is no file.

    Raises:
        OSError: it cannot be written.
    """
    if not pins.asked:
        path.unlink(missing_ok=True)
        return
    said = {"format": FORMAT, "asked": pins.asked, "packages": [asdict(pin) for pin in pins.pins]}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(json.dumps(said, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _check_format(number: object) -> None:
    if number != FORMAT:
        raise ValueError(f"its format is {number!r}")


def _name(text: object) -> str:
    """Let nothing through that could be more than a name where it is written to a file of requirements."""
    if not isinstance(text, str) or not text or text != normalized(text) or not _is_plain(text):
        raise ValueError(f"{text!r} is no name of a package")
    return text


def _version(text: object) -> str:
    if not isinstance(text, str) or not text or not _is_plain(text):
        raise ValueError(f"{text!r} is no version")
    return text


def _hashes(values: Iterable[object]) -> tuple[str, ...]:
    hashes = tuple(str(value) for value in values)
    for value in hashes:
        kind, _, digest = value.partition(":")
        if kind != "sha256" or not digest or not digest.isalnum():
            raise ValueError(f"{value!r} is no hash")
    return hashes


def _is_plain(text: str) -> bool:
    return text.isascii() and all(sign.isalnum() or sign in "._-+!" for sign in text) and text[0].isalnum()

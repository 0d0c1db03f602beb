"""Entries of a `Requires:` line -> which packages they name, and which modules those packages bring.

An entry is `requests`, `requests>=2.31`, `PyYAML (yaml)`: a distribution as an index knows it or a module,
perhaps a version, perhaps the module in brackets.
"""

import re
from collections.abc import Iterable
from typing import Final

from toolwright.records import dataclass

_ENTRY: Final = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[\w\s,.-]*\])?\s*"
    r"(?P<version>(?:[<>=!~]=?=?\s*[\w.*+!-]+)?)\s*(?:\(\s*(?P<module>\w+)[\w\s.]*\))?\s*"
)

MODULE_OF: Final = {
    "attrs": "attr",
    "beautifulsoup4": "bs4",
    "biopython": "Bio",
    "dnspython": "dns",
    "faiss-cpu": "faiss",
    "msgpack-python": "msgpack",
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "protobuf": "google",
    "pycryptodome": "Crypto",
    "pyjwt": "jwt",
    "pymupdf": "fitz",
    "pypdf2": "PyPDF2",
    "pyserial": "serial",
    "python-dateutil": "dateutil",
    "python-docx": "docx",
    "python-dotenv": "dotenv",
    "python-magic": "magic",
    "python-pptx": "pptx",
    "pyyaml": "yaml",
    "pyzmq": "zmq",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "websocket-client": "websocket",
}
"""Distributions whose module has another name, under the name an index knows."""

DISTRIBUTION_OF: Final = {module: name for name, module in reversed(MODULE_OF.items())}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One package: `distribution` as an index knows it, normalized; `module` where the entry named it."""

    distribution: str
    version: str = ""
    module: str = ""

    @property
    def modules(self) -> frozenset[str]:
        """The top-level modules that it is likely to bring."""
        known = self.module or MODULE_OF.get(self.distribution) or self.distribution.replace("-", "_")
        return frozenset({known})

    def __str__(self) -> str:
        return f"{self.distribution}{self.version}"


def requirements(entries: Iterable[str]) -> tuple[Requirement, ...]:
    """Read the entries of a `Requires:` line; what is no name of a package is left out."""
    found = dict.fromkeys(read for entry in entries if (read := read_requirement(entry)))
    return tuple(found)


def read_requirement(entry: str) -> Requirement | None:
    """Read one entry, None when it is no name of a package."""
    match = _ENTRY.fullmatch(entry)
    if match is None:
        return None
    name, module = match["name"], match["module"] or ""
    if not module and name in DISTRIBUTION_OF:
        name, module = DISTRIBUTION_OF[name], name
    return Requirement(normalized(name), "".join(match["version"].split()), module)


def normalized(name: str) -> str:
    """Write a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def covers(requirement: Requirement, module: str) -> bool:
    """Tell whether a requirement declares a top-level module, by either of its names."""
    if module in requirement.modules or normalized(module) == requirement.distribution:
        return True
    if requirement.module:
        return False
    return requirement.distribution in _installed_as(module)


def _installed_as(module: str) -> frozenset[str]:
    """Return the distributions that brought a module which is installed here."""
    from importlib.metadata import packages_distributions

    return frozenset(map(normalized, packages_distributions().get(module, ())))

"""Records of what a library holds, as read from its text."""

from collections.abc import Mapping

from toolwright.records import dataclass, field
from toolwright.types.json_values import Schema


@dataclass(frozen=True, slots=True)
class Docstring:
    """A Google-style docstring taken apart; every part is empty when its section is missing."""

    summary: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""
    raises: str = ""
    example: str = ""
    keywords: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    varies: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A function of the library that is offered for reuse, as read from the text of tools.py.

    `parameters` is the JSON Schema of its arguments as one object, `returns` that of its value;
    `line` is the line of its `def` in the file, counted from 1.
    """

    name: str
    signature: str
    source: str
    docstring: Docstring
    parameters: Schema
    returns: Schema
    line: int = 1


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A function of tools.py that stays the user's own: callable by hand, not offered for reuse."""

    name: str
    reason: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A tool that search found for a step; a higher score is a better match.

    `share` says from 0 to 1 how much of the step's words the tool has, rare words counting more; `why` lists
    by part of the tool ("name", "keywords", "docstring", "signature") which of them stand there; `cosine`
    says how near the two are in meaning, None where nobody was asked for that.
    """

    tool: Tool
    score: float
    share: float = 1.0
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cosine: float | None = None

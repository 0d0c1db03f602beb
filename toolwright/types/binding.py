"""Records of where the arguments of a step come from, and of a plan that ran well."""

from collections.abc import Mapping
from typing import TypeAlias

from toolwright.records import dataclass
from toolwright.types.asking import Usage
from toolwright.types.json_values import Json
from toolwright.types.planning import Match, Plan


@dataclass(frozen=True, slots=True)
class Given:
    """An argument whose value stands in the goal."""

    value: Json


@dataclass(frozen=True, slots=True)
class Reference:
    """An argument taken from an earlier step's answer; a `[*]` in `path` calls once per item."""

    step: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class ScratchFile:
    """An argument that is the path of a file in the run's scratch folder."""

    name: str


@dataclass(frozen=True, slots=True)
class SecretRef:
    """An argument that holds a secret: the name of an environment variable, never the value."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An argument that nobody can know from the goal; `question` is put to the user."""

    question: str


Argument: TypeAlias = Given | Reference | ScratchFile | SecretRef | Unknown


@dataclass(frozen=True, slots=True)
class Binding:
    """The arguments of one step, by parameter name."""

    step: int
    tool: str
    arguments: Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class RememberedRun:
    """A plan that ran well; `tools` holds the fingerprint of every used tool, by name.

    `changed` lists the literals of that goal in whose place this one has others: (old text, new text); `cost`
    is what it took to reach it the first time, nothing where that is not known.
    """

    plan: Plan
    matches: tuple[Match, ...]
    bindings: tuple[Binding, ...]
    tools: Mapping[str, str]
    changed: tuple[tuple[str, str], ...] = ()
    cost: Usage = Usage()

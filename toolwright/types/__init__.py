"""The records that cross a border between modules. Each loads when first named: a short way stays short."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolwright.types.asking import Prompt, Reply, Usage
    from toolwright.types.binding import (
        Argument,
        Binding,
        Given,
        Reference,
        RememberedRun,
        ScratchFile,
        SecretRef,
        Unknown,
    )
    from toolwright.types.candidates import Admission, Candidate, Commit, Contract, Finding, Lesson, Precedent
    from toolwright.types.challenges import (
        Challenge,
        ChallengePlan,
        Fate,
        Mutant,
        MutantOutcome,
        MutationScore,
    )
    from toolwright.types.cost import Bound, Price, Spending
    from toolwright.types.held_out import HeldOut
    from toolwright.types.json_values import Json, Schema
    from toolwright.types.permissions import PERMISSIONS, Permission, Refusal
    from toolwright.types.planning import Match, MatchKind, Plan, Step, WrittenPlan
    from toolwright.types.reports import Failure, Judgement, Report, StepReport
    from toolwright.types.resuming import KeptAnswer, Resumption
    from toolwright.types.running import UNCONFINED, CallResult, CallStatus, Exchange, Limits, Policy
    from toolwright.types.tools import Docstring, Hit, NotOffered, Tool
    from toolwright.types.verdicts import CallRecord, ControlOutcome, Example, TestOutcome, Verdict

__all__ = [
    "PERMISSIONS",
    "UNCONFINED",
    "Admission",
    "Argument",
    "Binding",
    "Bound",
    "CallRecord",
    "CallResult",
    "CallStatus",
    "Candidate",
    "Challenge",
    "ChallengePlan",
    "Commit",
    "Contract",
    "ControlOutcome",
    "Docstring",
    "Example",
    "Exchange",
    "Failure",
    "Fate",
    "Finding",
    "Given",
    "HeldOut",
    "Hit",
    "Json",
    "Judgement",
    "KeptAnswer",
    "Lesson",
    "Limits",
    "Match",
    "MatchKind",
    "Mutant",
    "MutantOutcome",
    "MutationScore",
    "NotOffered",
    "Permission",
    "Plan",
    "Policy",
    "Precedent",
    "Price",
    "Prompt",
    "Reference",
    "Refusal",
    "RememberedRun",
    "Reply",
    "Report",
    "Resumption",
    "Schema",
    "ScratchFile",
    "SecretRef",
    "Spending",
    "Step",
    "StepReport",
    "TestOutcome",
    "Tool",
    "Unknown",
    "Usage",
    "Verdict",
    "WrittenPlan",
]

_HOMES = {
    "json_values": ("Json", "Schema"),
    "held_out": ("HeldOut",),
    "asking": ("Prompt", "Usage", "Reply"),
    "cost": ("Bound", "Price", "Spending"),
    "planning": ("Step", "Plan", "MatchKind", "Match", "WrittenPlan"),
    "tools": ("Docstring", "Tool", "NotOffered", "Hit"),
    "candidates": ("Contract", "Candidate", "Finding", "Lesson", "Precedent", "Admission", "Commit"),
    "challenges": ("Challenge", "Fate", "Mutant", "MutantOutcome", "MutationScore", "ChallengePlan"),
    "permissions": ("PERMISSIONS", "Permission", "Refusal"),
    "running": ("UNCONFINED", "Limits", "Policy", "CallStatus", "Exchange", "CallResult"),
    "verdicts": ("Example", "TestOutcome", "CallRecord", "ControlOutcome", "Verdict"),
    "binding": (
        "Given",
        "Reference",
        "ScratchFile",
        "SecretRef",
        "Unknown",
        "Argument",
        "Binding",
        "RememberedRun",
    ),
    "resuming": ("KeptAnswer", "Resumption"),
    "reports": ("Failure", "StepReport", "Judgement", "Report"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load the module that holds a record."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'toolwright.types' has no attribute {name!r}")
    record = getattr(importlib.import_module(f"toolwright.types.{home}"), name)
    globals()[name] = record
    return record

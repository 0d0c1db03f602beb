"""Rules of approval and the user's trust in them -> what they allow to single tools."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from toolwright.errors import MemoryFileError, UsageError
from toolwright.memory.approvals import Approvals
from toolwright.permissions.allowed import Allowed, read_allowed
from toolwright.permissions.terms import Terms
from toolwright.records import replace
from toolwright.settings.approval_rules import ApprovalRules

TRUST: Final = "rules"
"""The permission under which trust in the rules of a file stands among the approvals."""


def trusted_rules(
    given: Iterable[ApprovalRules], approvals: Approvals, workspace: Path
) -> tuple[dict[str, Allowed], tuple[str, ...]]:
    """Return what trusted rules allow by tool, and a sentence for each file whose rules do not count.

    Raises:
        UsageError: a trusted rule grants nothing.
    """
    allowed: dict[str, Allowed] = {}
    notices = []
    for rules in given:
        try:
            trusted = (TRUST, rules.path) in approvals.find(rules.file, rules.trust)
        except MemoryFileError as error:
            notices.append(f"{error}; the rules of approval in {rules.file} do not count in this run")
            continue
        if not trusted:
            said = f"the rules of approval in {rules.file} do not count until you trust them"
            notices.append(f"{said}: python agent.py approvals trust")
            continue
        for tool, values in rules.rules:
            allowed[tool] = _with(allowed.get(tool), _read(rules.file, tool, values, workspace))
    return allowed, tuple(notices)


def _read(file: str, tool: str, values: tuple[str, ...], workspace: Path) -> Allowed:
    try:
        return read_allowed(values, workspace)
    except UsageError as error:
        said = str(error).removeprefix("--allow ")
        raise UsageError(f"{file}, approvals of {tool}: {said}", hint=error.hint) from error


def _with(before: Allowed | None, rule: Allowed) -> Allowed:
    if before is None:
        return rule
    merged = Terms(rules={"": rule}).widened(before, "")
    return replace(merged, workspace=rule.workspace)

"""Settings -> the gate of one run, with the approvals of the library it is for."""

from pathlib import Path

from toolwright.memory.approvals import Approvals
from toolwright.permissions.allowed import read_allowed
from toolwright.permissions.blocked import read_blocked
from toolwright.permissions.gate import Gate, Grantor
from toolwright.permissions.terms import Terms
from toolwright.settings import Settings, from_folder
from toolwright.settings.approval_rules import approval_rules


def open_gate(settings: Settings, grantor: Grantor | None = None, workspace: Path | None = None) -> Gate:
    """Return what decides over the calls of one run. `workspace` takes the place of the configured one.

    Raises:
        UsageError: a value of `--allow` grants nothing.
    """
    grantor = grantor or Grantor()
    blocked = read_blocked(
        settings.blocked,
        present=grantor.ask is not None,
        from_file=from_folder(settings.origins.get("blocked", "")),
    )
    place = workspace or settings.workspace
    approvals = Approvals(settings.library.absolute(), grantor.notice)
    terms = _terms(settings, approvals, grantor, place)
    return Gate(read_allowed(settings.allow, place), blocked, approvals, grantor, terms)


def _terms(settings: Settings, approvals: Approvals, grantor: Grantor, workspace: Path) -> Terms:
    given = approval_rules(Path())
    if not given:
        return Terms(settings.auto_approve)
    from toolwright.permissions.rules import trusted_rules

    rules, notices = trusted_rules(given, approvals, workspace)
    for notice in notices:
        grantor.notice(notice)
    return Terms(settings.auto_approve, rules)

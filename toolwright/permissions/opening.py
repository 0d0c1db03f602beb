"""Settings -> the gate of one run, with the approvals of the library it is for."""

from pathlib import Path

from toolwright.memory.approvals import Approvals
from toolwright.permissions.allowed import read_allowed
from toolwright.permissions.blocked import read_blocked
from toolwright.permissions.gate import Gate, Grantor
from toolwright.settings import Settings, from_folder


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
    return Gate(
        read_allowed(settings.allow, workspace or settings.workspace),
        blocked,
        Approvals(settings.library.absolute(), grantor.notice),
        grantor,
    )

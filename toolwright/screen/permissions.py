"""What a tool was granted or denied, as one line: a decision goes in, words come out."""

from collections.abc import Mapping
from typing import Final

from toolwright.events import PermissionDecided
from toolwright.screen.words import one_line

_BY: Final[Mapping[str, str]] = {
    "flag": "by --allow",
    "rule": "by a rule of approval",
    "auto": "by AUTO_APPROVE",
    "once": "for this run",
    "approval": "for this version of the tool",
    "no": "by you",
    "nobody": "nobody was there to ask",
    "blocked": "by BLOCKED_PERMISSIONS",
}
LONGEST: Final = 200


def permission_line(decision: PermissionDecided) -> str:
    """Return one line such as `fetch_page may use network api.example.org (for this run)`."""
    may = "may use" if decision.granted else "may not use"
    detail = one_line(grant_words(decision.permission, decision.detail), LONGEST)
    return f"{one_line(decision.tool, 60)} {may} {detail} ({_BY.get(decision.by, decision.by)})"


def grant_words(permission: str, detail: str) -> str:
    """Return a permission with its detail in words."""
    if permission == "network" and detail in {"", "*"}:
        return "network (any public host)" if detail else "network"
    return f"{permission} {detail}".rstrip()

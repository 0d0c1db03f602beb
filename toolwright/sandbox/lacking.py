"""A call that failed under a policy -> which permission it seems to lack, as a line for its author."""

import re
from typing import Final

from toolwright.types import CallResult, Policy

_DENIED: Final = re.compile(r"\[Errno (1|13|30)\]")
_MISSING: Final = re.compile(r"\[Errno (2|13|30)\]")
_PROGRAMS: Final = re.compile(
    r"subprocess|multiprocessing|ProcessPool|posix_spawn|os\.(?:fork|exec|spawn|system|popen)|pty\."
)
_NETWORK: Final = re.compile(r"socket|getaddrinfo|http\.client|urlopen|[Nn]ame resolution")
_FILE_ERRORS: Final = frozenset(("PermissionError", "OSError", "FileNotFoundError", "NotADirectoryError"))


def missing_permission(result: CallResult, policy: Policy) -> str:
    """Return a line that begins with a newline and names the permission, "" when nothing points to one.

    It goes by the tool's own exception, so it is a hint for the author and no part of the verdict.
    """
    if result.status != "raised":
        return ""
    said = f"{result.error_type}: {result.message}\n{result.traceback}"
    if not policy.execute and _DENIED.search(said) and _PROGRAMS.search(said):
        return _line("start programs", "execute")
    if not policy.network and _NETWORK.search(said) and result.error_type != "FileNotFoundError":
        return _line("use the network", "network")
    if result.error_type not in _FILE_ERRORS:
        return ""
    if not policy.sees_workspace and _MISSING.search(said):
        return _line("see files", "read, or write")
    if not policy.changes_workspace and _DENIED.search(said):
        return _line("write files", "write")
    return ""


def _line(what: str, permission: str) -> str:
    return f"\nthe tool may not {what}: declare {permission} under `Permissions:`"

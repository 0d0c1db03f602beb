"""Who owns what at a level without maps of owners: a folder handed over, or the user whom a tool becomes."""

import os
from pathlib import Path

from toolwright.types import Policy


def give(folder: str, user: int) -> None:
    """Hand a folder of ours over to the user that tests and tool run as; nobody else has been in it yet."""
    for parent, folders, files in os.walk(folder):
        for name in (parent, *(os.path.join(parent, each) for each in (*folders, *files))):  # noqa: PTH118 - texts
            os.chown(name, user, user, follow_symlinks=False)


def owner(policy: Policy, unused: int) -> tuple[int, int]:
    """Whom a tool runs as: the owner of the folder it is to use, an unused user when there is none."""
    for path in (*policy.write, policy.workspace, policy.scratch, *policy.read):
        if path:
            info = Path(path).stat()
            return info.st_uid, info.st_gid
    return unused, unused

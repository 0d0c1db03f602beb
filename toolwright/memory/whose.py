"""A folder -> a word for the machine, user and place for which its approvals count, and a name for people.

A library may come from somebody else with its `.toolwright/` folder; what they allowed counts for nothing
here. The word is no secret of the user, but nobody else can know it: the machine's id is in it.
"""

import hashlib
import json
import os
import pwd
from pathlib import Path
from typing import Final

_IDS: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def whose(folder: Path) -> str:
    """Return a word that is another one on another machine, for another user or in another folder."""
    parts = [_machine(), os.geteuid(), os.path.realpath(folder)]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def named(folder: Path) -> str:
    """Return a name for a library in a memory that a team shares: `USER@MACHINE:FOLDER`."""
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    return f"{user}@{os.uname().nodename}:{os.path.realpath(folder)}"


def _machine() -> str:
    for path in _IDS:
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
    return os.uname().nodename

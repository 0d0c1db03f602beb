"""What a level weaker than full means: what was found in, plain words and a command that mends it out."""

from pathlib import Path
from typing import Final

from toolwright.records import dataclass
from toolwright.sandbox.levels import NONE, Found

EXPOSED: Final = {
    "full": "",
    "landlock": "a tool can learn whether a path exists, no tool can be given leave to start processes, and "
    "tools that use the network are not admitted",
    "bwrap": "a scratch folder that steps share has no bound, each call starts a new Python, and tools that "
    "use the network are not admitted",
    "seatbelt": "nothing bounds a tool's memory, it can see that files exist, and tools that use the network "
    "are not admitted; nobody has tested this level",
    NONE: "a tool can do whatever you can: read your files and keys, change them, and send them anywhere",
}
"""By level: what a tool could do that it could not at full."""


@dataclass(frozen=True, slots=True)
class Mend:
    """A reason that this machine gives, and what takes it away.

    It applies where the file `path` is and holds the text `says`; one that begins with "=" is the whole text.
    """

    path: str
    says: str
    why: str
    command: str


_PREFIX: Final = "tools cannot be confined at level full: "
_DOCKER: Final = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"

MENDS: Final = (
    Mend(
        "/proc/sys/kernel/osrelease",
        "-Microsoft",
        "version 1 of WSL has no Linux kernel",
        "wsl --set-version DISTRIBUTION 2",
    ),
    Mend(
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "=1",
        "AppArmor takes all rights from user namespaces (Ubuntu 23.10 and newer)",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    Mend(
        "/proc/sys/kernel/unprivileged_userns_clone",
        "=0",
        "ordinary users may make no user namespaces",
        "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    Mend(
        "/proc/sys/user/max_user_namespaces",
        "=0",
        "the number of user namespaces is bounded to none",
        "sudo sysctl -w user.max_user_namespaces=15000",
    ),
    Mend(
        "/.dockerenv",
        "",
        "Docker's default filter refuses user namespaces and mounts",
        f"docker run {_DOCKER} ...",
    ),
    Mend(
        "/run/.containerenv",
        "",
        "the container's default filter refuses user namespaces and mounts",
        "podman run --security-opt seccomp=unconfined ...",
    ),
    Mend(
        "/proc/self/status",
        "Seccomp:\t2",
        "a filter of system calls that was there before us, as in a container, refuses namespaces",
        f"docker run {_DOCKER} ... (or what your container or service has for that)",
    ),
)
"""The first that applies is the one that is said."""

_LAST: Final = Mend("", "", "the kernel gives no reason", "sudo apt install bubblewrap")


def find_mend(root: Path = Path("/")) -> Mend:
    """Return why there is no full confinement here and what helps; its files are looked for in `root`."""
    for mend in MENDS:
        try:
            text = (root / mend.path.lstrip("/")).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue
        if text == mend.says[1:] if mend.says.startswith("=") else mend.says in text:
            return mend
    return _LAST


def describe_shortfall(found: Found, root: Path = Path("/")) -> str:
    """Return one sentence: what is missing, why, what a tool could do because of it, and what mends it."""
    if found.level == "full":
        return ""
    level, mend = found.level or NONE, find_mend(root)
    reason = dict(found.missing).get("full", "").removeprefix(_PREFIX)
    why = f"{reason}; {mend.why}" if reason else mend.why
    how = f"confined at level {level}, not full" if found.level else f"not confined, level {NONE}"
    return f"tools are {how} ({why}): {EXPOSED[level]}; to mend it: {mend.command}"

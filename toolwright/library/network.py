"""A library directory -> the network file system it is on, if any, and what that means for its writers."""

import os
from pathlib import Path
from typing import Final

from toolwright.library.place import Place
from toolwright.records import dataclass

_NETWORK: Final = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "lustre",
        "glusterfs",
        "beegfs",
        "gpfs",
        "virtiofs",
    )
)
_OF_FUSE: Final = ("fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.ceph", "fuse.gcsfuse")
_MOUNTS: Final = Path("/proc/self/mountinfo")
_HERE_ONLY: Final = frozenset({"nolock", "local_lock=all", "local_lock=flock"})


@dataclass(frozen=True, slots=True)
class Network:
    """A network file system: its kind, and whether other machines see our locks."""

    kind: str
    locks_reach: bool


def network_of(directory: Path) -> Network | None:
    """Return the network file system that a directory is on; None where it is local or nobody can tell."""
    try:
        device = directory.stat().st_dev
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return None
    return network_in(mounts, f"{os.major(device)}:{os.minor(device)}")


def network_in(mounts: str, device: str) -> Network | None:
    """Find a device, "MAJOR:MINOR", among mounts as /proc/self/mountinfo lists them (proc(5))."""
    for line in mounts.splitlines():
        mounted, _, of = line.partition(" - ")
        kind, *rest = of.split(" ")
        if mounted.split(" ")[2:3] == [device] and (kind in _NETWORK or kind in _OF_FUSE):
            options = ",".join(rest[1:]).split(",")
            return Network(kind, not kind.startswith("fuse.") and not _HERE_ONLY & set(options))
    return None


def first_caution(place: Place) -> str:
    """Say it once: before the first tool is kept in a library."""
    return "" if place.lock.exists() else caution(place.directory)


def caution(directory: Path) -> str:
    """Say what is and is not safe in a directory on a network file system; "" where it is local."""
    network = network_of(directory)
    if network is None:
        return ""
    who = (
        "programs on several machines may add tools at once, as far as its server keeps their locks"
        if network.locks_reach
        else "its locks do not reach other machines: add tools from one machine at a time"
    )
    return (
        f"{directory} is on a network file system ({network.kind}): {who}; "
        "what happened in runs (.toolwright/memory.db) must be written by one machine at a time, "
        "and other machines may see a change some seconds late"
    )

"""Landlock: files that may be read or written in, a ruleset out that the process puts on itself."""

import contextlib
import os
import stat
import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

from toolwright.sandbox.kernel.syscalls import KernelError, call

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_FOLDER: Final = 1 << 3
TRUNCATE: Final = 1 << 14
IOCTL_DEVICE: Final = 1 << 15
READ: Final = READ_FILE | READ_FOLDER

_FIRST_RIGHTS: Final = (1 << 13) - 1
_REFER: Final = 1 << 13
_FOR_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
_TCP: Final = 0b11
_SCOPES: Final = 0b11
_VERSION: Final = 1
_BENEATH: Final = 1

_ABI_REFER, _ABI_TRUNCATE, _ABI_TCP, _ABI_IOCTL, _ABI_SCOPE = 2, 3, 4, 5, 6


def abi() -> int:
    """Return the version the kernel offers, 0 for none. That it is offered does not show that it works."""
    with contextlib.suppress(KernelError):
        return call("landlock_create_ruleset", None, 0, _VERSION)
    return 0


def rights(version: int) -> int:
    """Return all rights over files that a version knows, as bits."""
    known = _FIRST_RIGHTS
    for since, right in ((_ABI_REFER, _REFER), (_ABI_TRUNCATE, TRUNCATE), (_ABI_IOCTL, IOCTL_DEVICE)):
        known |= right if version >= since else 0
    return known


def ruleset_attributes(version: int, *, tcp: bool) -> bytes:
    """Return what `landlock_create_ruleset` takes: every file right, TCP unless granted, all scopes."""
    net = 0 if tcp else _TCP
    if version >= _ABI_SCOPE:
        return struct.pack("=QQQ", rights(version), net, _SCOPES)
    if version >= _ABI_TCP:
        return struct.pack("=QQ", rights(version), net)
    return struct.pack("=Q", rights(version))


class Rules(NamedTuple):
    """Paths beneath which files may be read, or read and written; in `listed` only names may be seen."""

    readable: Iterable[str]
    writable: Iterable[str]
    listed: Iterable[str] = ()


def restrict(version: int, rules: Rules, *, execute: bool = False, tcp: bool = False) -> None:
    """Deny this process, for good, every file that lies beneath none of the paths; absent paths are skipped.

    A path that is a link allows nothing: what it leads to is not what was named.

    `no_new_privs` must be set. Without `tcp`, connecting and binding are denied (from version 4 on);
    from version 6 on, abstract sockets and signals do not reach beyond the process's own children.

    Raises:
        KernelError: the kernel refuses.
    """
    attributes = ruleset_attributes(version, tcp=tcp)
    ruleset = call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        may_execute = EXECUTE if execute else 0
        for path in rules.readable:
            _allow(ruleset, path, (READ | may_execute) & rights(version))
        for path in rules.writable:
            _allow(ruleset, path, rights(version) & ~(EXECUTE ^ may_execute))
        for path in rules.listed:
            _allow(ruleset, path, READ_FOLDER)
        call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # a path that cannot be opened needs no permission
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            allowed &= _FOR_FILES
        rule = struct.pack("=Qi", allowed, descriptor)
        call("landlock_add_rule", ruleset, _BENEATH, rule, 0, what=f"landlock_add_rule {path}")
    finally:
        os.close(descriptor)

"""Files of the host that a cell with a network needs: the kind of network in, grants to read out."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolwright.sandbox.zygote.order import Grant, Network

CERTIFICATES: Final = (
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted",
    "/etc/ca-certificates",
)
"""Where systems keep the certificates of public authorities; what lies below /usr every cell sees anyway."""

NAMES: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf")
"""What the C library looks names up with."""

_PRIVATE: Final = b"PRIVATE KEY-----"
_LARGEST_KEY: Final = 64 << 10


def public_grants(network: Network) -> tuple[Grant, ...]:
    """Return what to show: certificates for hosts outside, and for "raw" what names are looked up with."""
    if network == "proxy":
        return _grants(CERTIFICATES)
    return _grants((*CERTIFICATES, *NAMES)) if network == "raw" else ()


@functools.cache  # the same for every call; a key put there later belongs to somebody who can read it here
def _grants(paths: tuple[str, ...]) -> tuple[Grant, ...]:
    return tuple(
        Grant(path, write=False, masks=tuple((name, "hidden") for name in private_keys(path)), public=True)
        for path in paths
        if Path(path).exists()
    )


def private_keys(top: str) -> Iterator[str]:
    """Find private keys that somebody keeps beside certificates, relative to the folder."""
    for folder, _, names in os.walk(top):
        for name in sorted(names):
            path = Path(folder, name)
            try:
                if (
                    not path.is_symlink()
                    and path.stat().st_size < _LARGEST_KEY
                    and _PRIVATE in path.read_bytes()
                ):
                    yield os.path.relpath(path, top)
            except OSError:  # not to be read by us: by the tool neither
                continue

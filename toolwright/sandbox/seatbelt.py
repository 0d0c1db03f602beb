"""One cell inside macOS's sandbox-exec: an order in, a profile as text and the words before its command out.

Written from Apple's published profiles and never run by us: the profile is compared as text only.
"""

from collections.abc import Iterable
from typing import Final

from toolwright.sandbox.zygote.jail import DEVICES
from toolwright.sandbox.zygote.order import Order

SYSTEM: Final = ("/usr/lib", "/usr/share", "/System/Library", "/Library/Frameworks", "/private/etc/localtime")

_HEAD: Final = """\
(version 1)
(deny default)
(allow process-info* (target self))
(allow signal (target self))
(allow sysctl-read)
(allow file-read-metadata)
"""


def seatbelt_words(program: str, order: Order, runtime: Iterable[str]) -> tuple[str, ...]:
    """Return sandbox-exec with its profile; the command follows."""
    return (program, "-p", seatbelt_profile(order, runtime))


def seatbelt_profile(order: Order, runtime: Iterable[str]) -> str:
    """Return the profile of one cell. Later rules win: what is hidden comes after what is granted.

    The network is closed. One program may be started, the cell's own; the cell itself starts none.
    """
    read = sorted({*SYSTEM, *runtime})
    lines = [_HEAD.rstrip(), f"(allow process-exec {' '.join(map(_beneath, sorted(set(runtime))))})"]
    lines += ["(deny process-fork)", "(deny network*)"]
    lines += [f"(allow file-read* {_beneath(path)})" for path in read]
    lines += [
        f'(allow file-read* file-write-data (literal "{path}"))' for path in DEVICES if path != "/dev/full"
    ]
    for grant in order.grants:
        rights = "file-read* file-write*" if grant.write else "file-read*"
        lines.append(f"(allow {rights} {_beneath(grant.path)})")
    if order.scratch:
        lines.append(f"(allow file-read* file-write* {_beneath(order.scratch)})")
    for grant in order.grants:
        for path, guard in grant.masks:
            what = "file-read* file-write*" if guard == "hidden" else "file-write*"
            lines.append(f"(deny {what} {_beneath(f'{grant.path}/{path}')})")
    lines += [f"(deny file-write* {_beneath(path)})" for path in sorted(set(runtime))]
    return "\n".join(lines) + "\n"


def _beneath(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'(subpath "{escaped}")'

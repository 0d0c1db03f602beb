"""One cell inside bubblewrap: an order and what every cell may read in, the words before its command out.

For machines that refuse namespaces to us and not to bwrap: a set-uid one, or one with an AppArmor profile.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from toolwright.sandbox.masks import lies_in
from toolwright.sandbox.zygote.jail import DEVICES, SYSTEM
from toolwright.sandbox.zygote.order import PACKAGES, SCRATCH, Order


def bwrap_words(program: str, order: Order, runtime: Iterable[str], empty: str) -> tuple[str, ...]:
    """Return bwrap with its options; the command follows. `empty` is a folder that holds nothing.

    Outer paths come before inner ones; what every cell may read comes last, so that a granted folder cannot
    change the Python it contains. There is no /proc, and of the devices only five.
    """
    visible = tuple(dict.fromkeys((*SYSTEM, *sorted(set(runtime)))))
    grants = sorted(order.grants, key=lambda grant: len(PurePath(grant.path).parts))
    words = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--hostname", "cell"]
    if os.getuid() == 0:  # a tool is not to be called root, not even in a namespace of its own
        words += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    around = [path for path in visible if not any(lies_in(path, [grant.path]) for grant in grants)]
    words += _shown(around)
    for grant in grants:
        words += ["--bind" if grant.write else "--ro-bind", grant.path, grant.path]
        for path, guard in grant.masks:
            words += _mask(f"{grant.path}/{path}", guard, empty)
    words += _shown([path for path in visible if path not in around])
    if order.packages:  # at a place of its own: where it stands, it may be covered
        words += ["--ro-bind", order.packages, PACKAGES]
    for device in DEVICES:
        words += ["--dev-bind", device, device]
    if not order.scratch:
        words += ["--size", str(order.scratch_mb << 20), "--tmpfs", SCRATCH]
    start = order.folder or order.scratch or SCRATCH
    if not lies_in(start, [SCRATCH, *visible, *(grant.path for grant in grants)]):
        words += ["--dir", start]
    return (*words, "--remount-ro", "/", "--chdir", start, "--")


def _shown(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if os.path.islink(path) and path in SYSTEM:  # noqa: PTH114 - texts
            yield from ("--symlink", os.readlink(path), path)  # noqa: PTH115 - as above
        elif os.path.lexists(path):
            yield from ("--ro-bind", path, path)


def _mask(path: str, guard: str, empty: str) -> list[str]:
    """Cover one path: with nothing, or with itself unchangeable; what a link leads to has its own cover."""
    if os.path.islink(path):  # noqa: PTH114 - texts
        return []
    if guard != "hidden":
        return ["--ro-bind", path, path]
    return ["--ro-bind", empty if os.path.isdir(path) else "/dev/null", path]  # noqa: PTH112 - as above

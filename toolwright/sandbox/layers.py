"""The single layers that confinement is made of, each tried in a throw-away child: nothing in, faults out."""

import ctypes
import os
import subprocess
from collections.abc import Callable
from typing import Final

from toolwright.sandbox.kernel import landlock, limits, mounts, namespaces, seccomp
from toolwright.sandbox.kernel.bpf import ALLOW, assemble, finish
from toolwright.sandbox.levels import WRAPPERS

_GROUPS: Final = "memory of all processes of a cell together (cgroup v2)"
_TEXT_BYTES: Final = 4000
_WRAPPER_S: Final = 10


def try_layers() -> tuple[tuple[str, str], ...]:
    """Return every layer with "" where it works, otherwise why it does not."""
    from toolwright.sandbox.cell_groups import cgroup_state

    tried = [(name, _in_child(act)) for name, act in _LAYERS]
    groups = cgroup_state()
    tried.append((_GROUPS, "" if groups.folder else groups.why))
    return (*tried, ("bubblewrap, instead of our own namespaces", _try_bwrap()))


def _enter_user() -> None:
    uid, gid = os.getuid(), os.getgid()
    namespaces.leave(namespaces.NEW_USER)
    namespaces.map_ids((uid, uid), (gid, gid))


def _try_mounts() -> None:
    # some systems grant the namespace and then refuse what it is good for
    _enter_user()
    namespaces.leave(namespaces.NEW_MOUNT)
    mounts.make_private()
    mounts.tmpfs("/tmp", mounts.NO_SUID | mounts.NO_DEVICES, size="1m", files=16)  # noqa: S108 - a folder that is there


def _try_network() -> None:
    _enter_user()
    namespaces.leave(namespaces.NEW_NET)


def _try_processes() -> None:
    _enter_user()
    namespaces.leave(namespaces.NEW_PID | namespaces.NEW_IPC | namespaces.NEW_UTS)
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _try_landlock() -> None:
    limits.forbid_new_privileges()
    landlock.restrict(max(landlock.abi(), 1), landlock.Rules((), ()))
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except PermissionError:
        return
    raise OSError("the kernel accepts the rules and does not keep to them")


def _try_filter() -> None:
    limits.forbid_new_privileges()
    seccomp.apply_filter(assemble([*finish(ALLOW)]))


_LAYERS: Final[tuple[tuple[str, Callable[[], None]], ...]] = (
    ("a user of its own (user namespace)", _enter_user),
    ("files of its own (mount namespace)", _try_mounts),
    ("no network (network namespace)", _try_network),
    ("processes of its own (process namespace)", _try_processes),
    ("files by path (Landlock)", _try_landlock),
    ("system calls (seccomp)", _try_filter),
)


def _in_child(act: Callable[[], None]) -> str:
    """Return "" when it works in a child of ours, otherwise what the kernel says."""
    ends = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            ctypes.set_errno(0)
            act()
            os._exit(0)
        except OSError as error:
            os.write(ends[1], str(error).encode()[:_TEXT_BYTES])
        finally:
            os._exit(1)
    os.close(ends[1])
    with os.fdopen(ends[0], "rb") as said:
        text = said.read().decode("utf-8", "replace")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "" if status == 0 else text or f"the trial ended with status {status}"


def _try_bwrap() -> str:
    for program in (path for path in WRAPPERS if path.endswith("bwrap") and os.access(path, os.X_OK)):
        command = [program, "--unshare-all", "--ro-bind", "/", "/", "/bin/true"]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                env={},
                timeout=_WRAPPER_S,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return "" if done.returncode == 0 else (said or [f"it ended with {done.returncode}"])[-1]
    return "it is not installed"

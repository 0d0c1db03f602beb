"""The trial of a level: one harmless call that must work, and attacks on canaries that must not.

In: how calls are made. Out: "" or what is wrong; a level at which nothing runs contains nothing.
"""

import os
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from toolwright.sandbox.calling import Caller
from toolwright.temporary.folders import fresh_folder
from toolwright.types import Limits, Policy

_LIMITS: Final = Limits(wall_s=10, cpu_s=5, memory_mb=256)
_BENIGN: Final = "def add(a, b):\n    return a + b\n"
_ATTACKS: Final = """
import ctypes, os, socket

def reached(secret, drop, door, port, program):
    def connect():
        socket.create_connection(("127.0.0.1", port), 1).close()

    def reach_socket():
        with socket.socket(socket.AF_UNIX) as end:
            end.connect(door)

    def read():
        open(secret, encoding="utf-8").read()

    def write():
        open(drop, "w", encoding="utf-8").close()

    def look():
        open(f"/proc/{program}/environ", "rb").read(1)

    def signal():
        os.kill(program, 0)

    def fork():
        if os.fork() == 0:
            os._exit(0)

    def execute():
        os.posix_spawn("/bin/true", ["true"], {})

    def leave():
        if ctypes.CDLL(None).unshare(0x10000000) != 0:
            raise PermissionError

    found = []
    for attack in (connect, reach_socket, read, write, look, signal, fork, execute, leave):
        try:
            attack()
        except OSError:
            continue
        found.append(attack.__name__)
    return found
"""


def try_calls(caller: Caller) -> str:
    """Return "" when the harmless call answers and no attack succeeds, otherwise what is wrong.

    Raises:
        SandboxError: no cell can be started.
    """
    policy = Policy(limits=_LIMITS)
    benign = caller.call(_BENIGN, "add", {"a": 40, "b": 2}, policy).result
    if benign.value != 42:  # noqa: PLR2004 - the sum
        complaint = (benign.stderr.strip().splitlines() or [benign.message or repr(benign.value)])[-1]
        return f"a harmless call does not work: {complaint}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(fresh_folder("canary")))
        folder.chmod(0o777)  # the attacks must fail by confinement, not by ownership
        secret, drop, door = folder / "secret", folder / "drop", folder / "door"
        secret.write_text("canary", encoding="utf-8")
        secret.chmod(0o644)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        local = stack.enter_context(socket.socket(socket.AF_UNIX))
        _bind(local, door)
        local.listen()
        door.chmod(0o777)
        places = {
            "secret": str(secret),
            "drop": str(drop),
            "door": str(door),
            "port": listener.getsockname()[1],
            "program": os.getpid(),
        }
        attacked = caller.call(_ATTACKS, "reached", places, policy).result
        if attacked.status != "returned":
            return f"the canary attacks did not run to their end: {attacked.message}"
        seen = list(attacked.value) + (["write"] if drop.exists() else [])
    return f"confinement has no effect on: {', '.join(seen)}" if seen else ""


def _bind(local: socket.socket, path: Path) -> None:
    """Give a socket a path of any length: the kernel takes short ones only, but by way of a descriptor."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        local.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)

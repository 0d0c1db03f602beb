"""Which level of confinement this machine really has: nothing is read off a version, everything is tried.

In: which levels are wanted and where to remember the answer. Out: the strongest that works, and why
those above it do not.
"""

import json
import os
import platform
import socket
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.zygote.order import Kind
from toolwright.types import Limits, Policy

LEVELS: Final[tuple[Kind, ...]] = ("full", "landlock")
"""Strongest first."""

_FORMAT: Final = 1
_LIMITS: Final = Limits(wall_s=10, cpu_s=5, memory_mb=256)

_CANARIES: Final = """
import os, socket

def reached(secret, drop, port):
    def connect():
        socket.create_connection(("127.0.0.1", port), 1).close()

    def read():
        open(secret, encoding="utf-8").read()

    def write():
        open(drop, "w", encoding="utf-8").close()

    def look():
        open(f"/proc/{os.getppid()}/environ", "rb").read(1)

    def fork():
        if os.fork() == 0:
            os._exit(0)

    def execute():
        os.posix_spawn("/bin/true", ["true"], {})

    found = []
    for attack in (connect, read, write, look, fork, execute):
        try:
            attack()
        except OSError:
            continue
        found.append(attack.__name__)
    return found
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The strongest level that works, "" for none; `missing` says of each above it why it does not."""

    level: str
    missing: tuple[tuple[str, str], ...] = ()


def find_level(cache: Path | None = None) -> Found:
    """Try the levels, strongest first; an answer in the file `cache` is believed on this very system only."""
    key = _system()
    if cache is not None:
        remembered = _recall(cache, key)
        if remembered is not None:
            return remembered
    missing: list[tuple[str, str]] = []
    level = ""
    for each in LEVELS:
        fault = try_level(each)
        if not fault:
            level = each
            break
        missing.append((each, fault))
    found = Found(level, tuple(missing))
    if cache is not None:
        with suppress(OSError):  # it is found again next time
            cache.parent.mkdir(parents=True, exist_ok=True)
            cache.write_text(json.dumps({"key": key, "found": asdict(found)}), encoding="utf-8")
    return found


def try_level(level: Kind, without: tuple[str, ...] = ()) -> str:
    """Return "" if a benign call works at this level and no canary is reached, otherwise what is wrong."""
    from toolwright.sandbox.confined import ConfinedSandbox

    if sys.platform != "linux":
        return "it needs Linux"
    try:
        with ConfinedSandbox(level, without=without) as box:
            return _try_calls(box.caller)
    except SandboxError as error:
        return str(error)


def _try_calls(caller: Caller) -> str:
    policy = Policy(limits=_LIMITS)
    source = "def add(a, b):\n    return a + b\n"
    benign = caller.call(source, "add", {"a": 40, "b": 2}, policy).result
    if benign.value != 42:  # noqa: PLR2004 - the sum
        return f"a harmless call does not work: {benign.message or benign.value!r}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="toolwright-canary-")))
        folder.chmod(0o777)  # the attacks must fail by confinement, not by ownership
        secret = folder / "secret"
        secret.write_text("canary", encoding="utf-8")
        secret.chmod(0o644)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        places = {"secret": str(secret), "drop": str(folder / "drop"), "port": listener.getsockname()[1]}
        attacked = caller.call(_CANARIES, "reached", places, policy).result
        if attacked.status != "returned":
            return f"the canary attacks did not run to their end: {attacked.message}"
        seen = list(attacked.value) + (["write"] if (folder / "drop").exists() else [])
    return f"confinement has no effect on: {', '.join(seen)}" if seen else ""


def _system() -> list[str]:
    """What the answer depends on: machine, kernel, this start of it, Python and user."""
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    uid = str(os.getuid()) if hasattr(os, "getuid") else ""
    return [str(_FORMAT), platform.machine(), platform.version(), boot, sys.executable, sys.version, uid]


def _recall(cache: Path, key: list[str]) -> Found | None:
    try:
        data = json.loads(cache.read_text(encoding="utf-8"))
        if data["key"] != key or data["found"]["level"] not in LEVELS:
            return None
        return Found(data["found"]["level"], tuple((each, why) for each, why in data["found"]["missing"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None

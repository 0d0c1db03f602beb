"""A Python that has loaded the program and waits: each request becomes a process of its own, forked off.

A request is one message on the socket on descriptor 3: JSON with `words`, `cwd` and `env`, the descriptors
that become stdin, stdout and stderr, and one on which the number of the process and, when it ended, its
status are told, 4 bytes each. The end of the socket ends it.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    *("alembic.migration", "alembic.operations", "bandit.core", "filelock", "httpx", "libcst", "together"),
    *("pygments.lexers", "rich.console", "rich.progress", "rich.table", "sqlalchemy.dialects.sqlite"),
)
NOT_OURS = ("toolwright.__main__", "toolwright.sandbox.zygote.", "toolwright.sandbox.cells.")
"""What is run inside of the sandbox, by a Python of its own."""


def load() -> None:
    """Import what the program imports, now and then, while it runs."""
    sys.path[0] = str(ROOT)  # as for agent.py
    for name in HEAVY:
        importlib.import_module(name)
    package = importlib.import_module("toolwright")
    for found in pkgutil.walk_packages(package.__path__, "toolwright."):
        if not found.name.startswith(NOT_OURS) and not found.name.startswith("toolwright.memory.migrations"):
            importlib.import_module(found.name)


def serve(channel: socket.socket) -> list[str]:
    """Fork for each request; in the new process, return its words; end with the socket."""
    running: dict[int, tuple[int, int]] = {}
    while True:
        ready, _, _ = select.select([channel, *running], [], [])
        for ended in (each for each in ready if each is not channel):
            pid, told = running.pop(ended)
            os.write(told, struct.pack("i", os.waitpid(pid, 0)[1]))
            os.close(ended)
            os.close(told)
        if channel in ready:
            message, descriptors, _, _ = socket.recv_fds(channel, 1 << 20, 4)
            if not message:
                sys.exit()
            request = json.loads(message)
            if (pid := os.fork()) == 0:
                return become(request, descriptors)
            running[os.pidfd_open(pid)] = (pid, descriptors[3])
            os.write(descriptors[3], struct.pack("i", pid))
            for descriptor in descriptors[:3]:
                os.close(descriptor)


def become(request: dict[str, Any], descriptors: list[int]) -> list[str]:
    """Take over streams, folder and environment; nothing else stays open."""
    os.setsid()
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
    os.closerange(3, 1 << 12)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    return request["words"]


def run_agent(words: list[str]) -> int:
    """Run agent.py as Python does; return the exit code."""
    script = str(ROOT / "agent.py")
    sys.argv = [script, *words]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


def end(code: int) -> None:
    """End as Python does, but for taking apart what is loaded."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    load()
    gc.freeze()
    end(run_agent(serve(socket.socket(fileno=3))))

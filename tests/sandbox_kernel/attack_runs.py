"""Runs attacks of the tables: a level in, one verdict for each out; as a script, `attack_runs.py LEVEL`."""

import json
import os
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

if __name__ == "__main__":  # started as another user, with no more than the two folders
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

import attacks_execute
import attacks_files
import attacks_granted_network
import attacks_grants
import attacks_kernel
import attacks_library
import attacks_network
import attacks_processes
from canaries import SECRET, Canaries

from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.opening import protected_paths
from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Policy

TABLES = (
    attacks_network,
    attacks_granted_network,
    attacks_files,
    attacks_grants,
    attacks_library,
    attacks_processes,
    attacks_execute,
    attacks_kernel,
)
ATTACKS = [attack for table in TABLES for attack in table.ATTACKS]
BENIGN = "def f(a, b):\n    return sorted([a, b])\n"


class Arena:
    """A sandbox at one level with canaries around it."""

    def __init__(self, level, without=()):
        self.level = level
        self.box = ConfinedSandbox(level, without=without)
        self.benign()
        self.user = self.box._zygotes.get().user
        self.box.call(BENIGN, "f", {"a": 3, "b": 2}, Policy(network=("raw",)))  # its zygote is there now
        self.canaries = Canaries(self.user)
        self.idle = self.descendants()

    def benign(self):
        """A harmless call works: otherwise nothing below would mean anything."""
        result = self.box.call(BENIGN, "f", {"a": 3, "b": 2}, Policy())
        assert result.value == [2, 3], result

    def attack(self, attack, policy=None, work="", box=None):
        """Run one attack; return its last result."""
        arguments = {"victim": self.canaries.victim.pid} if attack.victim else {}
        source = attack.source({**self.canaries.places, "LEVEL": self.level, "WORK": work})
        policy = policy or attack.policy
        if work:
            policy = replace(policy, write=(work,))
        if attack.library:
            packages = f"{work}/.toolwright/packages/set"
            policy = replace(policy, packages=("alpha",), package_folder=packages)
        for _ in range(1 + attack.twice):
            result = (box or self.box).call(source, "f", arguments, policy)
        return result

    def attack_granted(self, attack, box=None):
        """Run one in a workspace of its own; return the result and what became of guarded things there."""
        with self.canaries.workspace(library=attack.library) as (work, look):
            before = look()
            self.box._protected = protected_paths(Path(work)) if attack.library else ()
            result = self.attack(attack, work=work, box=box)
            after = look()
        return result, [
            f"guarded {name}"
            for inode in {*before, *after}
            for name, *_ in (after.get(inode) or before[inode],)
            if before.get(inode) != after.get(inode)
        ]

    def judge(self, attack):
        """Return "" when the attack was contained, otherwise what was wrong."""
        self.benign()
        began = time.monotonic()
        result, wrong = self.attack_granted(attack) if attack.granted else (self.attack(attack), [])
        took = time.monotonic() - began
        if not attack.holds(result):
            wrong.append(f"{result.status} {result.value!r} {result.message} {result.stderr[-300:]}")
        if SECRET in f"{result.value}{result.message}{result.stdout}{result.stderr}":
            wrong.append("the secret came out")
        wrong += [f"reached {place}" for place in self.canaries.disturbed()]
        if took > (1 + attack.twice) * (attack.policy.limits.wall_s + 3):
            wrong.append(f"took {took:.1f} s")
        if self.leftovers():
            wrong.append(f"left processes: {self.leftovers()}")
        return "; ".join(wrong)

    def escapes(self, attack):
        """The positive control: whether the attack does what it says when nothing holds it."""
        if attack.granted:  # covers and the look afterwards are no layers that can be left out
            result, changed = self.attack_granted(attack, ProcessSandbox())
            changed += self.canaries.disturbed()
            self.canaries.restore(self.user)
            return bool(changed) or (isinstance(result.value, dict) and result.value["escaped"]), result
        # what a layer would let through there is none to ask for
        result = self.attack(attack, replace(attack.policy, network=(), execute=False))
        disturbed = self.canaries.disturbed()
        self.canaries.restore(self.user)
        return bool(disturbed) or (isinstance(result.value, dict) and result.value["escaped"]), result

    def leftovers(self):
        """Return processes of the sandbox beyond those that always run; the dying get a moment."""
        for _ in range(40):
            extra = self.descendants() - self.idle
            if not extra:
                return set()
            time.sleep(0.02)
        return extra

    def descendants(self):
        """Return all descendants of this process that the sandbox has."""
        children = {}
        for process in Path("/proc").iterdir():
            if process.name.isdecimal():
                try:
                    fields = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                except OSError:
                    continue
                children.setdefault(int(fields[1]), set()).add(int(process.name))
        found, todo = set(), [zygote._process._pid for zygote in self.box._zygotes._living.values()]
        while todo:
            more = children.get(todo.pop(), set()) - found
            found |= more
            todo += more
        return found

    def close(self):
        """End it all."""
        self.box.close()
        self.canaries.close()


def fitting(level):
    """Return the attacks that a level promises to stop."""
    return [attack for attack in ATTACKS if level == "full" or attack.level != "full"]


def run_attacks(level):
    """Return what went wrong with each attack at a level, "" for nothing."""
    arena = Arena(level)
    try:
        return {attack.name: arena.judge(attack) for attack in fitting(level)}
    finally:
        arena.close()


def run_controls():
    """Return what went wrong with each positive control: an attack that never works proves nothing."""
    if os.getuid() == 0:
        raise SystemExit("nobody runs unconfined attacks as root")
    arena = Arena("landlock", without=("landlock", "seccomp"))
    wrong = {}
    try:
        for attack in ATTACKS:
            if attack.control:
                escaped, result = arena.escapes(attack)
                wrong[attack.name] = "" if escaped else f"{result.status} {result.value} {result.message}"
    finally:
        arena.close()
    return wrong


def run_grants():
    """Return what went wrong with each thing that a grant must make possible at level full."""
    fetch = "import urllib.request\ndef f(url):\n    return urllib.request.urlopen(url, timeout=5).status\n"
    connect = "import socket\ndef f(port):\n    socket.create_connection(('127.0.0.1', port), 5).close()\n"
    start = (
        "import os, subprocess\ndef f():\n"
        "    open('own', 'w').write('#!/bin/sh\\necho ran\\n'); os.chmod('own', 0o755)\n"
        "    return subprocess.run(['./own'], capture_output=True, check=True).stdout.decode()\n"
    )
    wrong = {}
    with ConfinedSandbox("full") as box, HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        port = server.server_port
        for name, source, arguments, policy, expected in (
            (
                "hosts",
                fetch,
                {"url": f"http://127.0.0.1:{port}/"},
                Policy(network=(f"127.0.0.1:{port}",)),
                "501",
            ),
            ("raw", connect, {"port": port}, Policy(network=("raw",)), "returned"),
            ("execute", start, {}, Policy(execute=True), "ran"),
        ):
            result = box.call(source, "f", arguments, policy)
            fits = expected in f"{result.status} {result.value} {result.message}"
            wrong[name] = "" if fits else f"{result}"
        server.shutdown()
    return wrong


def main(what):
    """Print {"user": ..., "count": ..., "failed": {...}} for a level, for "controls" or for "grants"."""
    runs = {"controls": run_controls, "grants": run_grants}
    wrong = runs[what]() if what in runs else run_attacks(what)
    failed = {name: why for name, why in wrong.items() if why}
    print(json.dumps({"user": os.getuid(), "count": len(wrong), "failed": failed}))


if __name__ == "__main__":
    main(sys.argv[1])

"""The program as real processes, piped or at a terminal: words go in, what it says and does comes out."""

import contextlib
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pexpect import EOF
from pexpect.fdpexpect import fdspawn
from scripted_server import ScriptedServer
from warm_program import can_run, run_warm

ROOT = Path(__file__).resolve().parents[2]
AGENT = str(ROOT / "agent.py")
KEY = "tgp_v1_commandline0123456789"
GOAL = "Apply the operations to 1"
NOWHERE = "http://127.0.0.1:9"
"""An address where no server listens."""
READY = "\x1b[?2004h"
"""What the prompt writes when it begins to listen; from then on several lines may be pasted."""
CTRL_C, CTRL_D = "\x03", "\x04"
WITH_A_BUG = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from toolwright import models
from toolwright.cli.main import main

def open_badly(name, connection, on_progress):
    raise RuntimeError(f"nobody expected the key {connection.key}")

models.SERVERS["together"] = models.Server(open_badly, "TOGETHER_API_KEY")
sys.exit(main())
"""
"""A program with a fault that nobody expected; its argument is the folder of the package."""
_PATIENCE_S = 240.0
_AT_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON object, on one line, that it must be."""
        assert self.out.count("\n") == 1, self
        value = json.loads(self.out, parse_constant=_refuse)
        assert isinstance(value, dict)
        return value

    @property
    def problem(self) -> str:
        """What stderr says after `error: `, on one line; there is exactly one such line and no traceback."""
        said = re.findall(r"^error: (.+)$", self.err, re.MULTILINE)
        assert len(said) == 1, self
        assert "Traceback" not in self.err
        return said[0]

    @property
    def hint(self) -> str:
        """The hint at the end of stderr, "" when there is none."""
        return self.err.partition("\nhint: ")[2].strip()


def environment(server: ScriptedServer | None = None, **more: str | None) -> dict[str, str]:
    """Return a small environment; with a server, also its address and a key. None takes a variable away."""
    values: dict[str, str | None] = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "TOOLWRIGHT_FALLBACKS": "none",
    }
    if server is not None:
        values |= {"TOGETHER_BASE_URL": server.url, "TOGETHER_API_KEY": KEY}
    return {name: value for name, value in (values | more).items() if value is not None}


def start(
    *words: str | bytes,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    python: Sequence[str] = (),
    program: Sequence[str] = (AGENT,),
    **streams: Any,
) -> subprocess.Popen[bytes]:
    """Start `python agent.py WORDS` without a terminal; stdin is empty unless `streams` says otherwise."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, *python, *program, *words],
        cwd=cwd,
        env=dict(env or environment()),
        start_new_session=True,
        **(pipes | streams),
    )


def run(*words: str | bytes, cwd: Path, stdin: bytes | None = None, **how: Any) -> Ended:
    """Run `python agent.py WORDS` without a terminal to its end."""
    env = dict(how.get("env") or environment())
    if how.keys() <= {"env"} and can_run(env):
        code, out, err = run_warm(words, cwd, env, stdin, _PATIENCE_S)
        return Ended(code, out.decode(), err.decode())
    if stdin is not None:
        how["stdin"] = subprocess.PIPE
    with start(*words, cwd=cwd, **how) as process:
        return ended(process, stdin)


def ended(process: subprocess.Popen[bytes], stdin: bytes | None = None) -> Ended:
    """Wait for the end of a process."""
    try:
        out, err = process.communicate(stdin, timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return Ended(process.returncode, (out or b"").decode(), (err or b"").decode())


class Terminal:
    """A program at a terminal of its own, 120 columns wide. `seen` is all it has written, codes included."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._child = fdspawn(descriptor, encoding="utf-8", codec_errors="replace", timeout=90)
        self.seen = ""

    def wait_for(self, text: str) -> str:
        """Wait until the program has written `text`; return what stood before it, without escape codes."""
        self._child.expect_exact(text)
        return self._heard(text)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._descriptor, text.encode())

    def answer(self, prompt: str, text: str) -> str:
        """Wait for a prompt, type a line, and return what stood before the prompt."""
        before = self.wait_for(prompt)
        self.type(f"{text}\r")
        return before

    def end(self) -> tuple[int, str]:
        """Wait for the end of the program; return its exit code and what it still wrote."""
        self._child.expect(EOF)
        return self.process.wait(timeout=90), self._heard("")

    @property
    def piped(self) -> str:
        """What went to stdout, where that is a pipe."""
        assert self.process.stdout is not None
        return self.process.stdout.read().decode()

    def moments(self, seconds: float) -> list[float]:
        """Listen for a while; return the times at which something arrived."""
        found, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(Exception):  # nothing came in time
                self.seen += self._child.read_nonblocking(10_000, timeout=0.1)
                found.append(time.monotonic())
        return found

    def _heard(self, text: str) -> str:
        before = str(self._child.before)
        self.seen += before + text
        return without_codes(before)


@contextlib.contextmanager
def terminal(
    *words: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = (AGENT,),
    **streams: Any,
) -> Iterator[Terminal]:
    """Run `python agent.py WORDS` at a terminal; `streams` may send one of the streams elsewhere."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _AT_TERMINAL, sys.executable, *program, *words],
        cwd=cwd,
        env={"TERM": "xterm-256color", **(env or environment())},
        start_new_session=True,
        **({"stdin": theirs, "stdout": theirs, "stderr": theirs} | streams),
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        os.close(ours)


def without_codes(text: str) -> str:
    """Return a terminal's text without escape codes."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def tree(folder: Path) -> dict[str, bytes]:
    """Return everything in a folder, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"(not a file)"
        for path in sorted(folder.rglob("*"))
    }


def library_of(folder: Path) -> dict[str, bytes]:
    """Return what a library consists of: everything but our own records."""
    ours = (".toolwright", "agent.log")
    return {name: held for name, held in tree(folder).items() if not name.startswith(ours)}


def log_of(library: Path) -> bytes:
    """Return the log as it is now."""
    path = library / "agent.log"
    return path.read_bytes() if path.exists() else b""


def until(holds: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def processes_with(word: str) -> list[int]:
    """Return the numbers of living processes whose command line holds a word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")

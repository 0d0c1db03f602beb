"""What attacks must not reach: listeners, a secret, files and a process of the cell's own user."""

import contextlib
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import tempfile
import threading
from pathlib import Path

from toolwright.sandbox.guarded_names import guard
from toolwright.temporary.removing import remove_tree

SECRET = "CANARY-SECRET-7c1e"


class Canaries:
    """Stand outside and notice. `user` is who the cells are; -1 when that is the user of this process."""

    def __init__(self, user):
        self.hits = []
        self.folder = Path(tempfile.mkdtemp(prefix="toolwright-lab-", dir="/tmp"))
        self.folder.chmod(0o755)
        drop = self.folder / "drop"
        drop.mkdir()
        drop.chmod(0o777)
        for path in (self.folder / "secret", drop / "own"):
            path.write_text(SECRET, encoding="utf-8")
            path.chmod(0o644)
        if user >= 0:
            os.chown(drop / "own", user, user)
        self._ends = []
        token = f"\0toolwright-{os.getpid()}"
        datagram, stream = socket.SOCK_DGRAM, socket.SOCK_STREAM
        tcp = self._listen("tcp", socket.AF_INET, stream, ("127.0.0.1", 0))
        udp = self._listen("udp", socket.AF_INET, datagram, ("127.0.0.1", 0))
        self._listen("abstract", socket.AF_UNIX, stream, token)
        self._listen("abstract datagram", socket.AF_UNIX, datagram, token + "-d")
        for name, kind in (("stream", stream), ("datagram", datagram)):
            self._listen(name, socket.AF_UNIX, kind, str(self.folder / name))
            (self.folder / name).chmod(0o777)
        who = {"user": user, "group": user, "extra_groups": []} if user >= 0 else {}
        self.victim = subprocess.Popen(["/bin/sleep", "600"], env={"V": SECRET}, cwd="/", **who)
        self.places = {
            "LAB": str(self.folder),
            "TCP": tcp.getsockname()[1],
            "UDP": udp.getsockname()[1],
            "ABSTRACT": token,
            "ABSTRACT_DATAGRAM": token + "-d",
            "HOST": socket.gethostname(),
        }
        self._before = self._state()

    @contextlib.contextmanager
    def workspace(self, *, library=False):
        """A folder to grant, a library if wanted, with guarded things in it, and a look at them."""
        work = Path(tempfile.mkdtemp(prefix="toolwright-work-", dir="/tmp"))
        for folder in ("deep", ".git"):
            (work / folder).mkdir()
        for name in (".env", "deep/.env", ".git/config", ".bashrc", "netrc"):
            (work / name).write_text(SECRET, encoding="utf-8")
        (work / "plain").write_text("plain", encoding="utf-8")
        for link, aim in ((".netrc", "netrc"), ("secret-link", ".env"), ("out", self.folder / "secret")):
            (work / link).symlink_to(aim)
        if library:
            _make_library(work)
        if os.getuid() == 0:  # as if the one who runs the program were an ordinary user
            for path in (work, *work.rglob("*")):
                os.chown(path, 60570, 60570, follow_symlinks=False)

        try:
            yield str(work), lambda: _look(work, library=library)
        finally:
            remove_tree(str(work))

    def disturbed(self):
        """Return what changed or was reached since the last time."""
        after = self._state()
        changed = [path for path in {*self._before, *after} if self._before.get(path) != after.get(path)]
        self._before = after
        reached, self.hits = self.hits, []
        return changed + reached + (["victim"] if self.victim.poll() is not None else [])

    def restore(self, user):
        """Put back what a positive control has changed."""
        drop = self.folder / "drop"
        shutil.rmtree(drop)
        drop.mkdir()
        drop.chmod(0o777)
        (drop / "own").write_text(SECRET, encoding="utf-8")
        if user >= 0:
            os.chown(drop / "own", user, user)
        self.hits = []
        self._before = self._state()

    def close(self):
        """Leave nothing."""
        self.victim.kill()
        self.victim.wait()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        shutil.rmtree(self.folder)

    def _listen(self, name, family, kind, address):
        end = socket.socket(family, kind)
        end.bind(address)
        if kind == socket.SOCK_STREAM:
            end.listen()
        self._ends.append(end)

        def wait():
            while True:
                try:
                    if kind == socket.SOCK_STREAM:
                        end.accept()[0].close()
                    elif not end.recv(100):
                        return
                except OSError:
                    return
                self.hits.append(name)

        threading.Thread(target=wait, daemon=True).start()
        return end

    def _state(self):
        found = {}
        for path in sorted(self.folder.rglob("*")):
            info = path.lstat()
            times = 0 if path.is_dir() else info.st_mtime_ns
            found[str(path)] = (info.st_mode, info.st_size, times, info.st_uid, info.st_nlink)
        return found


def _make_library(work):
    """Make a folder a library directory, with approvals, packages and all that is believed of it."""
    for folder in ("plans", "packages/set/alpha"):
        (work / ".toolwright" / folder).mkdir(parents=True)
    (work / "tool_tests" / "evidence").mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(work / ".toolwright" / "memory.db")) as connection:
        connection.execute("CREATE TABLE approvals (tool TEXT, permission TEXT, detail TEXT)")
    texts = {
        ".toolwright/packages/set/alpha/__init__.py": "VALUE = 'alpha'\n",
        "tools.py": "def add(a: int, b: int) -> int:\n    return a + b\n",
        "tool_tests/test_add.py": "from tools import add\n",
        "tool_tests/packages.json": '{"alpha": "1.0"}',
        "tool_tests/evidence/add.json": "{}",
        "tool_tests/evidence/add.quarantine.json": "{}",
        "agent.log": "{}\n",
    }
    for name, text in texts.items():
        (work / name).write_text(text, encoding="utf-8")


def _look(work, *, library):
    """What is guarded in a workspace, by inode; in a library that is everything but one plain file."""
    found = {}
    for parent, folders, files in os.walk(work):
        for name in (*folders, *files):
            path = Path(parent, name)
            guarded = guard(name, parent) or parent.endswith("/.git") or name == "netrc"
            if guarded or (library and name != "plain"):
                info = path.lstat()
                text = path.read_bytes() if stat.S_ISREG(info.st_mode) else ""
                found[info.st_ino] = (name, info.st_mode, text)
    return found

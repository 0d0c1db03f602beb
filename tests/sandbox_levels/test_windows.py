"""Windows, which has neither fork nor fcntl: one line that points to WSL, before anything else breaks."""

import subprocess
import sys
from pathlib import Path

import pytest

AGENT = Path(__file__).resolve().parents[2] / "agent.py"
AS_WINDOWS = """
import os, runpy, signal, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"fcntl", "resource", "pwd", "grp", "termios", "tty"}:
            raise ModuleNotFoundError(name)

for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
sys.platform = "win32"
for name in ("fork", "getuid", "pidfd_open", "posix_spawn"):
    delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGCHLD"):
    delattr(signal, name)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize(
    "words", [["count the lines of a.txt"], ["doctor"], ["--execute-tool", "x", "{}"], ["--demo"]]
)
def test_windows_is_one_line(words):
    """Whatever is asked for, stderr holds one line about WSL and the exit code is 2."""
    done = subprocess.run(
        [sys.executable, "-c", AS_WINDOWS, str(AGENT), *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "WSL" in done.stderr

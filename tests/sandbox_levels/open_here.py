"""Opens a sandbox as the program does: `open_here.py [--unsafe]`; prints what it was and did as JSON."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from toolwright.errors import SandboxError
from toolwright.sandbox.opening import open_sandbox
from toolwright.sandbox.shortfall import describe_shortfall
from toolwright.types import Policy

SOURCE = "def f(path):\n    return open(path).read()\ndef add(a, b):\n    return a + b\n"
SECRET = "/etc/passwd"


def main():
    """Open it, make a harmless call and one that must fail."""
    told = []
    said = {"user": os.getuid()}
    try:
        with open_sandbox(unsafe="--unsafe" in sys.argv, on_level=told.append) as box:
            added = box.call(SOURCE, "add", {"a": 1, "b": 2}, Policy())
            read = box.call(SOURCE, "f", {"path": SECRET}, Policy())
            said |= {"level": box.level, "added": added.value, "message": added.message, "read": read.status}
    except SandboxError as error:
        said |= {"error": str(error), "hint": error.hint}
    said["told"] = [describe_shortfall(found) for found in told]
    print(json.dumps(said))


if __name__ == "__main__":
    main()

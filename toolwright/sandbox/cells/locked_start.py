"""Start a cell inside a wrapper: `python -I -S locked_start.py CELL REQUEST_FD ANSWER_FD LOCK`.

LOCK is JSON with the start's and the order's records: privileges, files and system calls are given up
before the cell's own code loads.
"""

import json
import os
import runpy
import sys


def _lock(text: str) -> None:
    folder = os.path.abspath(__file__)  # noqa: PTH100 - as in start.py
    for _ in range(3):
        folder = os.path.dirname(folder)  # noqa: PTH120 - as in start.py
    package = type(sys)("toolwright")
    package.__path__ = [folder]
    sys.modules["toolwright"] = package
    from toolwright.sandbox.kernel import descriptors
    from toolwright.sandbox.zygote.lockdown import lock_down
    from toolwright.sandbox.zygote.order import Order, Start

    said = json.loads(text)
    # in the same places as in every other cell, and no others
    descriptors.place({3: int(sys.argv[2]), 4: int(sys.argv[3])})
    descriptors.close_others(range(5))
    sys.argv[2:] = ["3", "4"]
    lock_down(Start.read(said["start"]), Order.read(said["order"]))
    for name in [name for name in sys.modules if name.startswith("toolwright")]:
        del sys.modules[name]


if __name__ == "__main__":
    _lock(sys.argv.pop())
    runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "start.py"), run_name="__main__")  # noqa: PTH100, PTH118, PTH120 - as in start.py

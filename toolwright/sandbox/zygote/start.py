"""Start a zygote: `python -I -S start.py START`, with START its record as JSON.

The package's own `__init__` is not run: an empty one stands in, so that nothing but the sandbox loads.
"""

import json
import os
import sys


def _start(text: str) -> None:
    folder = os.path.abspath(__file__)  # noqa: PTH100 - as in the cells
    for _ in range(3):
        folder = os.path.dirname(folder)  # noqa: PTH120 - as in the cells
    package = type(sys)("toolwright")
    package.__path__ = [folder]
    sys.modules["toolwright"] = package
    from toolwright.sandbox.zygote import channel
    from toolwright.sandbox.zygote.order import Start
    from toolwright.sandbox.zygote.serving import live

    start = Start.read(json.loads(text))
    try:
        live(start)
    except OSError as error:
        import socket

        with socket.socket(fileno=start.control) as control:
            channel.send(control, {"failed": str(error), "errno": error.errno or 0})
        os._exit(1)


if __name__ == "__main__":
    _start(sys.argv[1])

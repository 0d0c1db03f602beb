"""Start a zygote: `python -I -S start.py`, as `launch` does it; its record comes through the channel.

The package's own `__init__` is not run: an empty one stands in, so that nothing but the sandbox loads.
"""

import gc
import os
import select
import socket
import sys


def _start() -> None:
    gc.disable()  # nothing that is loaded goes away again
    os.chdir("/")
    folder = os.path.abspath(__file__)
    for _ in range(3):
        folder = os.path.dirname(folder)
    package = type(sys)("toolwright")
    package.__path__ = [folder]
    sys.modules["toolwright"] = package
    from toolwright.sandbox.zygote import channel
    from toolwright.sandbox.zygote.launch import CONTROL, PROGRAM
    from toolwright.sandbox.zygote.order import Start
    from toolwright.sandbox.zygote.serving import live

    control = socket.socket(fileno=CONTROL)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(PROGRAM, select.POLLIN)
    if PROGRAM in {descriptor for descriptor, _ in poll.poll()}:
        os._exit(0)
    received = channel.receive(control)
    if received is None or not received[0]:  # a goodbye: it is not needed after all
        os._exit(0)
    try:
        live(Start.read(received[0]), control)
    except OSError as error:
        channel.send(control, {"failed": str(error), "errno": error.errno or 0})
        os._exit(1)


if __name__ == "__main__":
    _start()

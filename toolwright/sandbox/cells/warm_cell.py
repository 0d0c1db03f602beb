"""Makes the tables that hypothesis needs for text, which takes seconds: they are left in its storage folder.

No foreign code runs here, so what it leaves can be given to every judge.
"""

import json
import os
import sys

from toolwright.sandbox.cells.bounds import bound
from toolwright.sandbox.cells.wire import read_frame, send_frame


def main(request_fd: int, answer_fd: int) -> None:
    """Draw one text and end the process."""
    request = json.loads(read_frame(request_fd))
    bound(request["limits"])
    sys.path.extend(request["site"])
    try:
        from hypothesis import given, settings, strategies
    except ImportError:
        os._exit(0)

    @settings(max_examples=1, database=None, deadline=None)
    @given(strategies.text())
    def draw(text: str) -> None:
        """Use the text for nothing."""

    draw()
    send_frame(answer_fd, b"{}")
    os._exit(0)

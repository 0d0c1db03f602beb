"""`python -m toolwright ...` is the same program as `toolwright ...`."""

import os
import sys

if __name__ == "__main__":
    if sys.path[0] in {"", os.getcwd()}:  # noqa: PTH109 - pathlib would be looked for there
        del sys.path[0]  # in a workspace a tool may have put a `json.py` there
    from toolwright.cli.main import program

    sys.exit(program())

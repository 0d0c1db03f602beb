"""`python -m toolwright ...` is the same program as `toolwright ...`."""

import sys

from toolwright.cli.main import program

if __name__ == "__main__":
    sys.exit(program())

"""`python -m toolwright ...` is the same program as `toolwright ...`."""

import sys

from toolwright.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

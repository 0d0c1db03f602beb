"""Entry script: `python agent.py ...` is the same program as `toolwright ...`."""

import sys


def main() -> int:
    """Hand over to the program; the way to one tool is short, so that scripts can afford it."""
    if sys.version_info < (3, 11):
        sys.stderr.write(f"error: Toolwright needs Python 3.11 or newer, this is {sys.version.split()[0]}\n")
        return 2
    if "--execute-tool" in sys.argv:
        from toolwright.cli.execute_tool import main as run
    else:
        from toolwright.cli.main import main as run
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

"""Entry script: `python agent.py ...` is the same program as `toolwright ...`."""

import sys


def main() -> int:
    """Hand over to the program, unless this Python is too old even to read it."""
    if sys.version_info < (3, 11):
        sys.stderr.write(f"error: Toolwright needs Python 3.11 or newer, this is {sys.version.split()[0]}\n")
        return 2
    import toolwright  # noqa: F401 - it is found beside this script, and from here on nothing else is

    if not sys.flags.safe_path:
        del sys.path[0]  # in a workspace a tool may have put a `json.py` there
    try:
        from toolwright.cli.main import program
    except KeyboardInterrupt:
        return 130
    return program()


if __name__ == "__main__":
    sys.exit(main())

"""The one entrance: dispatches the command line, and turns whatever happens into an exit code.

Nothing is loaded before it is known to be needed, not even `typing`: the way to a single tool is short.
"""

import os
import signal
import sys
from collections.abc import Sequence

from toolwright.cli.call_words import calls, executes
from toolwright.cli.streams import flushed, open_missing, write_stderr
from toolwright.errors import ToolwrightError, UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NoReturn

    from toolwright.cli.arguments import Arguments


class Terminated(KeyboardInterrupt):
    """Somebody asked the program to end, or its terminal is gone; `number` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code.

    0 done, 1 an expected failure, 2 usage, 3 a bug (with a redacted report file), 130 Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    open_missing()
    if sys.platform == "win32":
        write_stderr("error: Toolwright does not run on Windows itself; use it inside WSL 2: wsl --install\n")
        return UsageError.exit_code
    _listen_for_the_end()
    try:
        return flushed(_guarded(words))
    except KeyboardInterrupt as interrupt:  # once more, while the first one was being told of
        return _exit_code(interrupt)


def program() -> int:
    """Run the program with the words of this process; return its exit code.

    After a single call the process ends here: nothing is open any more, and to take Python apart takes time.
    """
    code = main()
    if executes(sys.argv[1:]) or calls(sys.argv[1:]):
        os._exit(code)
    if sys.platform != "win32":
        _end_unheard()
    return code


def _guarded(words: list[str]) -> int:
    try:
        return _run(words)
    except KeyboardInterrupt as interrupt:
        from toolwright.cli.ending import interrupted

        return interrupted(words, _exit_code(interrupt))
    except ToolwrightError as error:
        from toolwright.cli.ending import refused

        return refused(error, words)
    except Exception as error:  # noqa: BLE001 - the one catch-all: a bug must end in a report
        from toolwright.cli.ending import broken

        return broken(error, words)


def _run(words: list[str]) -> int:
    if words[:1] == ["--complete"]:
        from toolwright.cli.completing import complete

        return complete(words)
    if executes(words):
        from toolwright.cli.execute_tool import execute_tool

        return execute_tool(words)
    if calls(words):
        from toolwright.cli.call import call

        return call(words)
    from toolwright import __version__
    from toolwright.cli.arguments import parse_arguments
    from toolwright.cli.commands import usages

    try:
        arguments = parse_arguments(words, usages(), __version__)
    except SystemExit as stop:  # argparse has printed help or version
        return int(stop.code or 0)
    return _dispatch(arguments)


def _dispatch(arguments: "Arguments") -> int:
    from toolwright.cli.commands import COMMANDS

    if arguments.demo:
        from toolwright.cli.demo import run_demo

        return run_demo(arguments)
    first = arguments.words[0] if arguments.words else ""
    if first in COMMANDS and not arguments.insisted:
        return COMMANDS[first].run(arguments)
    if first and not arguments.insisted:
        from toolwright.cli.typos import refuse_typo

        refuse_typo(arguments.words)
    from toolwright.cli.goal import run

    return run(arguments)


def _listen_for_the_end() -> None:
    """Let SIGTERM and a lost terminal end the program as Ctrl-C does: with its children, and tidily."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup, for one, wants it to be ignored
            try:
                signal.signal(number, _end)
            except ValueError:  # not in the main thread, which alone hears signals
                return


def _end_unheard() -> None:
    """Let no signal break into the tidying up that is left: all is said and done, and it takes a moment."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, _frame: object) -> "NoReturn":
    raise Terminated(number)


def _exit_code(interrupt: KeyboardInterrupt) -> int:
    return 128 + (interrupt.number if isinstance(interrupt, Terminated) else signal.SIGINT)


if __name__ == "__main__":
    sys.exit(program())

"""Lines of a pipe, or of a terminal that can do no more than print: one goal or command a line.

A line that ends in a backslash goes on in the next one.
"""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from toolwright.repl.ahead import CTRL_D, Ahead
from toolwright.repl.past_lines import PastLines

if TYPE_CHECKING:
    from types import ModuleType

    from toolwright.repl.completing import Offer

PROMPT: Final = "goal> "
MORE: Final = "  ... "
CONTINUES: Final = "\\"


class PlainLines:
    """Reads lines with `input`: with arrow keys, a history and Tab where Python was built with them."""

    def __init__(self, past: PastLines, offers: "Callable[[str], Sequence[Offer]]", ahead: Ahead) -> None:
        """`offers` returns what may stand at the end of a line that is being typed."""
        self._ahead = ahead
        self._begun = ""
        self._past = past
        self._offers = offers
        self._asks = sys.stdin.isatty()
        self._edits = self._asks and sys.stdout.isatty()
        self._editor = _editor() if self._edits else None
        if self._editor is not None:
            self._prepare(self._editor)

    def read(self) -> str:
        """Return the next line.

        Raises:
            EOFError: there is none.
            UnicodeDecodeError: it is not UTF-8.
            KeyboardInterrupt: Ctrl-C.
        """
        try:
            self._begun += self._ahead.pop().replace("\r", "\n")
            line = self._typed(PROMPT)
            while line.endswith(CONTINUES):
                line = f"{line.removesuffix(CONTINUES)}\n{self._typed(MORE)}"
        except (EOFError, KeyboardInterrupt):
            if self._asks:
                sys.stderr.write("\n")
            raise
        if self._asks:
            self._past.add(line)
        return line

    def _typed(self, prompt: str) -> str:
        """Read a line; the prompt goes where the line is edited, but never into a result that is piped."""
        begun, end, self._begun = self._begun.partition("\n")
        if self._edits and not begun and not end:
            return input(prompt)
        if self._asks:
            sys.stderr.write(f"{prompt}{begun}{end}")
            sys.stderr.flush()
        if begun.startswith(CTRL_D):
            raise EOFError
        line = begun + (end or sys.stdin.readline())
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def _prepare(self, editor: "ModuleType") -> None:
        for line in self._past.read():
            if "\n" not in line:
                editor.add_history(line)
        editor.set_completer_delims(" \t\n")
        libedit = "libedit" in (editor.__doc__ or "")
        editor.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
        editor.set_completer(self._completed)

    def _completed(self, _word: str, number: int) -> str | None:
        """Return one of the offers for the line so far, as the editor asks for them."""
        editor = self._editor
        if editor is None:
            return None
        line = editor.get_line_buffer()[: editor.get_endidx()]
        offers = self._offers(line)
        if number >= len(offers):
            return None
        kept = line[editor.get_begidx() : len(line) - offers[number].replaces]
        return f"{kept}{offers[number].text}"


def _editor() -> "ModuleType | None":
    try:
        import readline
    except ImportError:
        return None
    return readline

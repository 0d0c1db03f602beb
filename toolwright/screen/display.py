"""One output stream and what it can show: lines, tables and one line that is redrawn go in, bytes come out.

Nothing here raises because of the stream: a closed pipe or an alphabet that is too small must not end
a run. Without colour there are no escape codes at all; the redrawn line needs none.
"""

import codecs
import os
import sys
import threading
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Final, TextIO

from toolwright.screen.words import visible
from toolwright.settings import Terminal

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

SPELLED: Final = {
    "✓": "ok", "✗": "x", "…": "...", "·": "-", "→": "->", "─": "-", "━": "-", "—": "-"
}  # fmt: skip
"""What stands for our own signs where the stream's alphabet does not have them."""
NARROWEST: Final = 20
PIPE_WIDTH: Final = 120
"""Columns of a table that goes into a pipe or a file."""


class Display:
    """A stream that is a terminal or not. Safe to use from several threads."""

    def __init__(
        self,
        stream: TextIO | None = None,
        terminal: Terminal | None = None,
        words: Callable[[str], str] = str,
    ) -> None:
        """`words` puts text into the words of the place: at the prompt commands begin with a colon."""
        stream = sys.stderr if stream is None else stream
        terminal = terminal or Terminal()
        self._stream = stream
        self._terminal = terminal
        self.words = words
        self._drawn = 0
        self._lock = threading.RLock()
        self._console: Console | None = None
        self.encoding = _known(getattr(stream, "encoding", None) or "utf-8")
        self.live = _is_terminal(stream) and not terminal.dumb
        self.colour = self.live and terminal.colour
        self.unicode = self._carries("✓")
        self.broken = False

    @property
    def width(self) -> int:
        """Columns to write in; asked anew each time, for windows change."""
        if not self.live:
            return PIPE_WIDTH
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            columns = 80
        return max(columns or 80, NARROWEST)

    def print(self, what: "RenderableType" = "", style: str = "") -> None:
        """Write text or a rich renderable and end the line. Plain text is never read as markup."""
        from rich.text import Text

        if isinstance(what, str):
            what = Text(visible(self.words(what)), style=style)
        # A line that is copied must stay one line: the terminal wraps text, not we.
        whole = isinstance(what, Text)
        with self._lock:
            text = self._rendered(what, whole=whole)
            if not self.colour:  # a table fills its lines with blanks, which only colours need
                text = "\n".join(line.rstrip() for line in text.split("\n"))
            self._write(f"{self._erasure()}{text}\n")

    def print_plain(self, text: str) -> None:
        """Write text and end the line without rich, for the moments when it may be missing."""
        with self._lock:
            self._write(f"{self._erasure()}{visible(text)}\n")

    def over_echo(self) -> None:
        """Begin the next line over the `^C` that a terminal shows by itself."""
        with self._lock:
            if _is_terminal(self._stream):
                self._write("\r")

    def draw(self, line: "Text") -> None:
        """Show one line that the next one replaces; only where `live`."""
        from rich.text import Text

        if not self.unicode:
            line = Text(self.spelled(line.plain))
        line = line.copy()
        line.truncate(self.width - 1, overflow="ellipsis" if self.unicode else "crop")
        with self._lock:
            before, self._drawn = self._drawn, line.cell_len
            padding = " " * max(0, before - line.cell_len)
            self._write("\r" + self._rendered(line, whole=True) + padding + "\r")

    def erase(self) -> None:
        """Take the redrawn line away."""
        with self._lock:
            erasure = self._erasure()
            if erasure:
                self._write(erasure)

    def tick(self, *, good: bool) -> "Text":
        """Return the sign for done or refused."""
        from rich.text import Text

        return Text("✓", style="green") if good else Text("✗", style="bold red")

    def spelled(self, text: str) -> str:
        """Return `text` in the alphabet of the stream: our own signs by name, others as escapes."""
        if self._carries(text):
            return text
        return "".join(
            sign
            if self._carries(sign)
            else SPELLED.get(sign, sign.encode("ascii", "backslashreplace").decode())
            for sign in text
        )

    def _erasure(self) -> str:
        drawn, self._drawn = self._drawn, 0
        # A window that got narrower has wrapped the line; blanks beyond its edge would wrap as well.
        return "\r" + " " * min(drawn, self.width - 1) + "\r" if drawn else ""

    def _rendered(self, what: "RenderableType", *, whole: bool) -> str:
        """Return what rich makes of it, without the last line break."""
        console = self._ready()
        console.width = self.width
        with console.capture() as capture:
            console.print(what, soft_wrap=whole, end="", markup=False, highlight=False, emoji=False)
        return capture.get().removesuffix("\n")

    def _ready(self) -> "Console":
        """Return the console that renders; it reads no environment and writes nothing itself."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(
                file=TextIOWrapper(BytesIO(), encoding=self.encoding),
                force_terminal=self.colour,
                force_jupyter=False,
                force_interactive=False,
                no_color=not self.colour,
                color_system="auto" if self.colour else None,
                legacy_windows=False,
                _environ={"TERM": self._terminal.term, "COLORTERM": self._terminal.colorterm},
            )
        return self._console

    def _write(self, text: str) -> None:
        if self.broken:
            return
        try:
            self._stream.write(self.spelled(text))
            self._stream.flush()
        except (OSError, ValueError):
            self.broken = True  # nobody reads any more; the run goes on

    def _carries(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (OSError, ValueError, AttributeError):
        return False


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "ascii"

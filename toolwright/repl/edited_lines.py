"""Lines edited at a terminal: history, completion, several lines, by prompt_toolkit.

Enter runs the line, Alt-Enter or a backslash at its end begins another; Tab completes, Ctrl-C clears.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from toolwright.repl.ahead import Ahead
from toolwright.repl.past_lines import PastLines
from toolwright.repl.plain_lines import CONTINUES, MORE, PROMPT
from toolwright.settings import Terminal

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.completion import CompleteEvent, Completer
    from prompt_toolkit.data_structures import Size
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings, KeyPress, KeyPressEvent
    from prompt_toolkit.output.vt100 import Vt100_Output

    from toolwright.repl.completing import Offer

_MENU_LINES = 6


class EditedLines:
    """Reads lines from a terminal that can move its cursor."""

    def __init__(
        self, past: PastLines, offers: "Callable[[str], Sequence[Offer]]", terminal: Terminal, ahead: Ahead
    ) -> None:
        """`offers` returns what may stand at the end of a line that is being typed."""
        from prompt_toolkit import PromptSession
        from prompt_toolkit.styles import Style

        colours = "ansicyan bold" if terminal.colour else "bold"
        self._ahead = ahead
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)],
            multiline=True,
            prompt_continuation=MORE,
            history=_history(past),
            completer=_completer(offers),
            complete_while_typing=False,
            enable_history_search=True,
            enable_suspend=True,
            key_bindings=_keys(past),
            reserve_space_for_menu=_MENU_LINES,
            style=Style([("prompt", colours)]),
            include_default_pygments_style=False,
            output=_output(terminal),
        )

    def read(self) -> str:
        """Return the next line, or several that belong together.

        Raises:
            EOFError: Ctrl-D.
            KeyboardInterrupt: Ctrl-C.
        """
        self._begin_with(self._ahead.pop())
        # The editor hears of Ctrl-C as a key; the signal, sent while it comes or goes, would break it.
        with _signal_ignored():
            return self._session.prompt()

    def _begin_with(self, typed: str) -> None:
        """Let the editor find keys as if they were pressed now."""
        from prompt_toolkit.input.typeahead import store_typeahead
        from prompt_toolkit.input.vt100_parser import Vt100Parser

        keys: list[KeyPress] = []
        parser = Vt100Parser(keys.append)
        parser.feed_and_flush(typed)
        store_typeahead(self._session.app.input, keys)


@contextlib.contextmanager
def _signal_ignored() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _output(terminal: Terminal) -> "Vt100_Output":
    from prompt_toolkit.output.color_depth import ColorDepth
    from prompt_toolkit.output.vt100 import Vt100_Output

    # The terminal is never asked where its cursor is: an answer that comes late would be taken for typing.
    return Vt100_Output(
        sys.stdout,
        _size,
        term=terminal.term,
        default_color_depth=ColorDepth.DEPTH_4_BIT if terminal.colour else ColorDepth.DEPTH_1_BIT,
        enable_cpr=False,
    )


def _size() -> "Size":
    from prompt_toolkit.data_structures import Size

    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        columns, rows = 0, 0
    return Size(rows=rows or 24, columns=columns or 80)


def _history(past: PastLines) -> "History":
    from prompt_toolkit.history import History

    class Kept(History):
        def load_history_strings(self) -> Iterable[str]:
            return reversed(past.read())

        def store_string(self, string: str) -> None:
            past.add(string)

    return Kept()


def _completer(offers: "Callable[[str], Sequence[Offer]]") -> "Completer":
    from prompt_toolkit.completion import Completer, Completion

    class Known(Completer):
        def get_completions(
            self, document: "Document", complete_event: "CompleteEvent"
        ) -> Iterable[Completion]:
            del complete_event  # how Tab was pressed makes no difference
            for offer in offers(document.text_before_cursor):
                yield Completion(offer.text, -offer.replaces, display=offer.shown, display_meta=offer.about)

    return Known()


def _keys(past: PastLines) -> "KeyBindings":
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()
    keys.add("enter")(lambda event: _entered(event.current_buffer))
    keys.add("escape", "enter")(lambda event: event.current_buffer.insert_text("\n"))
    keys.add("c-c")(lambda event: _cleared(event, past))
    keys.add("c-d")(_left)
    return keys


def _entered(buffer: "Buffer") -> None:
    """Take the completion that is chosen, begin another line behind a backslash, or run what was typed."""
    if buffer.complete_state and buffer.complete_state.current_completion:
        buffer.complete_state = None
    elif buffer.text.endswith(CONTINUES) and not buffer.document.text_after_cursor:
        buffer.delete_before_cursor()
        buffer.insert_text("\n")
    else:
        buffer.validate_and_handle()


def _cleared(event: "KeyPressEvent", past: PastLines) -> None:
    """Leave what was typed where it stands; the arrow keys still find it, in this run."""
    past.leave_out(event.current_buffer.text)
    event.current_buffer.append_to_history()
    event.app.exit(exception=KeyboardInterrupt)


def _left(event: "KeyPressEvent") -> None:
    if event.current_buffer.text:
        event.current_buffer.delete()
    else:
        event.app.exit(exception=EOFError)

"""The prompt of this program: what it greets with, what Tab offers, and what becomes of each line."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Final

from toolwright.cli.directive_commands import unfinished, waiting_lines
from toolwright.cli.goals import Goals
from toolwright.cli.packages import OF_THE_PROMPT, check_packages
from toolwright.cli.prompt_commands import run_command
from toolwright.cli.prompt_table import prompt_table
from toolwright.cli.prompt_words import prompt_words
from toolwright.cli.streams import at_terminal
from toolwright.cli.typed import looks_like_command
from toolwright.errors import LibraryError, UsageError
from toolwright.library.store import Store
from toolwright.records import dataclass, field, replace
from toolwright.redaction import MASK, Redactor
from toolwright.repl.completing import Completion
from toolwright.repl.loop import open_lines, prompt, run_all
from toolwright.repl.past_lines import PastLines
from toolwright.repl.table import SIGN, as_typed_here, nearest_command
from toolwright.screen.display import Display
from toolwright.settings import secrets, terminal
from toolwright.types import Tool

_SHORTEST: Final = 4
"""Letters of a single word that is held against the commands."""
_ANSWERS: Final = frozenset({"y", "yes", "n", "no", "o", "a", "e", "s", "q", "go", "ok"})
_CALLS: Final = (":run", ":call")
_ARGUMENTS: Final = 2
"""Which word of a call its arguments begin with."""


@dataclass(slots=True)
class AtPrompt:
    """Reads lines at a terminal or from a pipe, and runs them."""

    goals: Goals
    _store: Store = field(init=False)

    def __post_init__(self) -> None:
        self._store = Store(self.goals.settings.library)

    def run(self) -> int:
        """Run lines until there are no more; return an exit code.

        Raises:
            UsageError: nobody types, and nothing was piped in.
        """
        settings, shown = self.goals.settings, terminal()
        if at_terminal():
            here = partial(as_typed_here, table=prompt_table())
            self.goals.shared = replace(self.goals.shared, words=here)
        display = Display(terminal=shown, words=self.goals.shared.words)
        past = PastLines(settings.library, self._redacted, keeps=bool(settings.memory))
        words = prompt_words(self.goals)
        completion = Completion(prompt_table(), self._tools, settings.workspace, words)
        if at_terminal() and not shown.dumb:
            check_packages(OF_THE_PROMPT)
        lines = open_lines(past, completion, shown, self.goals.shared.ahead)
        if at_terminal():
            for said in self._greeting():
                display.print(said)
            return prompt(lines, self.take, display)
        code = run_all(lines, self.take, display)
        if code is None:
            raise UsageError("no goal was given", hint='python agent.py "what you want done"')
        return code

    def take(self, line: str) -> int:
        """Run a line: a command behind a colon, or a goal.

        Raises:
            UsageError: it is a command without its colon, or next to one: that would be paid for.
        """
        if line.startswith(SIGN):
            return run_command(self.goals, line)
        self._refuse_command(line)
        return self.goals.run(line)

    def _refuse_command(self, line: str) -> None:
        insist = f":directive {line}, when it is a goal"
        if line.lower() in _ANSWERS:
            raise UsageError(f"{line!r} answers no question: none is open", hint=insist)
        if looks_like_command(line, self.goals.settings.library) or line in prompt_table():
            raise UsageError(
                f"{line!r} is a command, which begins with a colon here", hint=f":{line}; {insist}"
            )
        if len(line.split()) == 1 and len(line) >= _SHORTEST:
            nearest = nearest_command(line, prompt_table())
            if nearest:
                raise UsageError(
                    f"{line!r} is not a command; did you mean :{nearest}?", hint=f":{nearest}; {insist}"
                )

    def _redacted(self, line: str) -> str:
        return Redactor(secrets(self.goals.settings)).redact(self._without_typed_secrets(line))

    def _without_typed_secrets(self, line: str) -> str:
        """Mask the arguments of a call that hold a secret of the tool as it stands, and not by its name."""
        words = line.split(None, 2)
        if len(words) <= _ARGUMENTS or words[0] not in _CALLS:
            return line
        tool, text = self._tools().get(words[1]), words[_ARGUMENTS]
        names = tool.docstring.secrets if tool else ()
        if not any(name in text or name.replace("_", "-") in text for name in names):
            return line
        try:
            given = json.loads(text)
        except ValueError:
            given = None
        named = isinstance(given, dict) and not any(isinstance(given.get(name), str) for name in names)
        return line if named else f"{words[0]} {words[1]} {MASK}"

    def _tools(self) -> Mapping[str, Tool]:
        """Return the tools; a library that cannot be read has none."""
        try:
            return self._store.read().kept
        except LibraryError:
            return {}

    def _greeting(self) -> list[str]:
        where = self.goals.settings.library.resolve()
        said = f"Toolwright, library {where}. What do you want done? (:help lists commands, Ctrl-D leaves)"
        return [said, *waiting_lines(unfinished(self.goals))]

"""A line of the prompt that is typed as in the shell -> its words and its examples."""

import shlex
from typing import Final

from toolwright.errors import UsageError

_OPTION: Final = "--example"


def typed(line: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a line into words and the values of --example.

    Raises:
        UsageError: a quote is not closed, or an option is another one or lacks its value.
    """
    hint = f"tools fix NAME {_OPTION} 'f(1) == 2'"
    try:
        waiting = shlex.split(line)
    except ValueError:
        raise UsageError(f"a quote is not closed in {line!r}", hint=hint) from None
    words: list[str] = []
    examples: list[str] = []
    while waiting:
        word = waiting.pop(0)
        if word == _OPTION and waiting:
            examples.append(waiting.pop(0))
        elif word.startswith(f"{_OPTION}="):
            examples.append(word.removeprefix(f"{_OPTION}="))
        elif word.startswith("--"):
            raise UsageError(f"at the prompt {word} cannot be used here", hint=hint)
        else:
            words.append(word)
    return tuple(words), tuple(examples)

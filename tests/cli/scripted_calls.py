"""Models for single situations: one that has a tool called as it is told, and one that falls silent."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripted_author import FIRST_WORDS, Author
from scripted_server import ScriptedServer


@dataclass
class OneCall:
    """A model whose every plan is one step that `tool` of the library does, with the given arguments."""

    tool: str
    arguments: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def __call__(self, body: dict[str, Any]) -> str:
        """Answer a chat request."""
        prompt = body["messages"][-1]["content"]
        stage = next(stage for words, stage in FIRST_WORDS.items() if prompt.startswith(words))
        self.asked.append(stage)
        replies = {
            "decompose": {
                "wants": "result",
                "steps": [{"step": f"Do {self.tool}.", "keywords": [self.tool]}],
            },
            "classify": {
                "matches": [
                    {
                        "step": 1,
                        "verdict": "EXISTS_AND_GENERIC",
                        "tool": self.tool,
                        "reason": "it does just that",
                    }
                ]
            },
            "bind": {"calls": [{"step": 1, "arguments": self.arguments}]},
        }
        return json.dumps(replies[stage])


@contextlib.contextmanager
def silent_after(author: Author, stage: str) -> Iterator[ScriptedServer]:
    """Serve an author who falls silent after a stage."""
    over = threading.Event()

    def reply(body: dict) -> str:
        if stage in author.asked:
            over.wait(120)
        return author(body)

    with ScriptedServer(reply=reply) as server:
        yield server
        over.set()

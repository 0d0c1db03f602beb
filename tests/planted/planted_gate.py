"""Something planted -> what the program makes of it, from the reply that holds its contract to the commit."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from planted import Planted
from wheels import make_wheel, open_shelf

from toolwright.company import Company
from toolwright.errors import ReplyShapeError
from toolwright.making.repair import make_tool
from toolwright.making.wish import Wish
from toolwright.parts import Options
from toolwright.protocols import Sandbox
from toolwright.settings import Settings
from toolwright.syntax.held_out import read_example
from toolwright.syntax.requirements import requirements
from toolwright.types import Match, Prompt, Reply, Step
from toolwright.wiring import open_parts


class Outcome(NamedTuple):
    """`stage` is what refused it, "" when it was admitted; `text` is what tools.py holds then."""

    stage: str
    why: str
    text: str


@dataclass
class Author:
    """A model that writes what is planted, and has nothing to add to its tests but what is planted too."""

    planted: Planted
    name: str = "planted:author"

    def __post_init__(self) -> None:
        self._answers: Iterator[str] = iter(self.planted.answers)

    def complete(self, prompt: Prompt) -> Reply:
        """Answer by stage."""
        planted = self.planted
        match prompt.stage:
            case "contract" | "widen":
                return Reply(f"```python\n{planted.contract}```\n\n```python\n{planted.tests}```\n")
            case "generate":
                return Reply(f"```python\n{planted.source}```\n")
            case "reclassify":
                said = {"step": 1, "verdict": "NOT_EXISTS", "tool": "", "reason": "something else is meant"}
                return Reply(json.dumps({"matches": [said]}))
            case "strengthen":
                with suppress(StopIteration):
                    return Reply(f"```python\n{next(self._answers)}```\n")
                return Reply("NONE")
        raise AssertionError(f"nobody expects to be asked for {prompt.stage}")


def outcome_of(planted: Planted, sandbox: Sandbox, folder: Path) -> Outcome:
    """Take it through the whole gate, in a library of its own."""
    library = folder / "library"
    _keep(planted, library)
    _install(planted, library, folder / "index")
    settings = Settings(library=library, workspace=folder, memory=False, packages=planted.installed)
    parts = open_parts(settings, "planted", "planted", Company(), sandbox, Author(planted))
    step = Step(1, f"Do {planted.name}.", ("planted",))
    kind = "EXISTS_BUT_SPECIFIC" if planted.widens else "NOT_EXISTS"
    wish = Wish("planted", step, Match(step, kind, planted.name if planted.widens else ""), ())
    wish = replace(wish, examples=tuple(map(read_example, planted.examples)))
    try:
        made = make_tool(parts, Options(folder, attempts=0), wish)
    except ReplyShapeError as error:
        return Outcome("contract", str(error), _text(library))
    if made.failure:
        return Outcome(made.failure.stage, "\n".join([made.failure.message, *made.failure.details]), "")
    if made.match and made.match.tool in {each.name for each in planted.kept}:
        return Outcome("duplicate", f"`{made.match.tool}` is used: {made.match.reason}", _text(library))
    return Outcome("", "", _text(library))


def _install(planted: Planted, library: Path, index: Path) -> None:
    for name in planted.installed:
        make_wheel(index, name)
        shelf = open_shelf(library, index, planted.installed)
        shelf.apply(shelf.preview(requirements([name])))


def _text(library: Path) -> str:
    path = library / "tools.py"
    return path.read_text() if path.exists() else ""


def _keep(planted: Planted, library: Path) -> None:
    (library / "tool_tests").mkdir(parents=True)
    kept = "\n\n".join(each.source for each in planted.kept)
    if kept:
        (library / "tools.py").write_text(kept)
    for each in planted.kept:
        (library / "tool_tests" / f"test_{each.name}.py").write_text(each.tests)

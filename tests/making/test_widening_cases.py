"""Twenty ways to widen a tool: what keeps every promise takes its place, what breaks one stands beside it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from wider_versions import (
    BODY,
    BREAKING,
    CALLER,
    CALLER_TESTS,
    SIGNATURE,
    TESTS,
    WIDER,
    Version,
    cut_text,
    with_tests,
)

from toolwright.company import Company
from toolwright.library.store import Store
from toolwright.making.beside import make_or_widen
from toolwright.making.committing import admit
from toolwright.making.wish import Made, Wish
from toolwright.models.scripted import ScriptedModel
from toolwright.sandbox.opening import open_configured
from toolwright.settings import load
from toolwright.syntax.chunks import split
from toolwright.types import Contract, Match, Prompt, Step
from toolwright.wiring import open_parts, options

STEP = Step(1, "Cut a text into pieces.", ("split",))
EMPTY_SEPARATOR = """

def test_without_a_separator():
    import pytest

    with pytest.raises(ValueError):
        cut_text("a", "")
"""
START = (
    '"""Mine."""\n\n\ndef _trim(text):\n    return text.strip()\n\n\n'
    "def shout(text):\n    return _trim(text)\n"
)


@pytest.fixture(scope="module")
def sandbox():
    """One warm sandbox for all cases."""
    with open_configured(load({})) as box:
        yield box


def parts_of(library: Path, sandbox, answer):
    """Open what a run needs, with a model that is scripted."""
    settings = load({"library": str(library), "memory": False})
    model = ScriptedModel(answer)
    return open_parts(settings, "run", "goal", Company(), sandbox, model), replace(
        options(settings), attempts=0
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory, sandbox):
    """A library in which the tool and a caller of it were admitted, with recorded calls."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "tools.py").write_text(START, encoding="utf-8")
    parts, _ = parts_of(folder, sandbox, lambda _prompt: "")
    for name, source, tests in (
        ("cut_text", cut_text(SIGNATURE, BODY), TESTS),
        ("count_words", CALLER, CALLER_TESTS),
    ):
        match = Match(STEP, "NOT_EXISTS")
        made = admit(parts, Wish("goal", STEP, match, ()), Contract(name, source, tests, STEP), source)
        assert made.commit, made.failure
    return folder


def widen(version: Version, library: Path, sandbox) -> Made:
    """Have the tool widened to a version, by a model that can also write another tool."""

    def answer(prompt: Prompt) -> str:
        widens = prompt.stage == "widen" or "def cut_text(" in prompt.text
        wanted = version if widens and prompt.stage != "contract" else WIDER[0]
        stub = wanted.above + wanted.head
        if prompt.stage == "generate":
            reply = f"```python\n{stub}{wanted.body}```"
        else:
            errors = EMPTY_SEPARATOR if prompt.stage == "contract" else ""
            reply = f"```python\n{stub}    ...\n```\n```python\n{with_tests(wanted)}{errors}```"
        return reply if wanted is version else reply.replace("cut_text", "cut_otherwise")

    parts, chosen = parts_of(library, sandbox, answer)
    match = Match(STEP, "EXISTS_BUT_SPECIFIC", "cut_text", "too specific")
    return make_or_widen(parts, chosen, Wish("goal", STEP, match, ()))


@pytest.fixture
def copied(tmp_path, library):
    """A copy of the library for one case."""
    shutil.copytree(library, tmp_path / "library")
    return tmp_path / "library"


def chunks(folder: Path) -> dict[str, str]:
    """Texts of the definitions of a library, by name."""
    text = (folder / "tools.py").read_text(encoding="utf-8")
    return {chunk.name: chunk.text for chunk in split(text).chunks if chunk.name}


def each(versions: tuple[Version, ...], quick: int):
    """Parametrize over versions; all but the first ones are slow together."""
    marks = [()] * quick + [(pytest.mark.slow,)] * (len(versions) - quick)
    cases = [pytest.param(one, id=one.about, marks=mark) for one, mark in zip(versions, marks, strict=True)]
    return pytest.mark.parametrize("version", cases)


@pytest.mark.slow
@each(WIDER, quick=2)
def test_what_keeps_its_promises_takes_the_place_of_the_tool(version, copied, sandbox):
    """The tool is widened, everything else stays byte for byte, and its old tests stay as they were."""
    before = chunks(copied)
    made = widen(version, copied, sandbox)
    assert made.commit is not None, made.failure
    assert (made.commit.tool, made.commit.replaced, made.refusals) == ("cut_text", True, ())
    after = chunks(copied)
    assert before["cut_text"] != after["cut_text"]
    assert {name: after[name] for name in before if name != "cut_text"} == {
        name: text for name, text in before.items() if name != "cut_text"
    }
    tests = Store(copied).tests_of("cut_text")
    assert tests.startswith(TESTS)
    recorded = json.dumps(Store(copied).evidence_of("cut_text")["calls"])
    assert '{"text": "x,,y"}' in recorded


@each(BREAKING, quick=2)
def test_what_breaks_a_promise_is_refused(version, copied, sandbox):
    """The tool stays as it is, with its tests and evidence; a new one is made, and the report says why."""
    before = chunks(copied)
    kept = {path: path.read_bytes() for path in (copied / "tool_tests").rglob("*cut_text*")}
    made = widen(version, copied, sandbox)
    said = next(one for one in made.refusals if one.startswith("widen:"))
    assert version.refused in said
    assert "a new tool was written beside it" in said
    assert made.commit is not None, made.failure
    assert (made.commit.tool, made.commit.replaced) == ("cut_otherwise", False)
    after = chunks(copied)
    assert {name: after[name] for name in before} == before
    assert {path: path.read_bytes() for path in kept} == kept

"""Packages of tools through the whole program: asked for, installed, recorded, declined, listed, removed."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from command_line import Ended, environment, run, terminal
from scripted_author import FIRST_WORDS
from scripted_server import ScriptedServer
from wheels import make_wheel, offline

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("uv") is None, reason="uv, which installs packages, is not here"),
]

STUB = '''def name_cheese(loud: bool) -> str:
    """Name a cheese.

    Args:
        loud: Whether to shout.

    Returns:
        The name.

    Raises: nothing

    Example:
        >>> name_cheese(True)
        'CHEESE 2.0'

    Keywords: dairy
    REQUIRES
    """
'''
TESTS = """from tools import name_cheese


def test_quiet():
    assert name_cheese(False) == "cheese 2.0"


def test_loud():
    assert name_cheese(True) == "CHEESE 2.0"
"""
WITH = "    import cheese\n\n    return cheese.VALUE.upper() if loud else cheese.VALUE\n"
WITHOUT = '    return "CHEESE 2.0" if loud else "cheese 2.0"\n'


@dataclass
class CheeseAuthor:
    """A model that wants the package cheese, and can do without when it is told to."""

    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __call__(self, body: dict[str, Any]) -> str:
        """Answer a chat request."""
        prompt = body["messages"][-1]["content"]
        stage = next(stage for words, stage in FIRST_WORDS.items() if prompt.startswith(words))
        self.asked.append(stage)
        without = "do without `cheese`" in prompt
        if "do without" in prompt:
            self.told.append(prompt.partition("could not be used: ")[2].splitlines()[0])
        match stage:
            case "decompose":
                steps = [{"step": "Name a cheese.", "keywords": ["dairy"]}]
                return json.dumps({"wants": "result", "steps": steps})
            case "contract":
                return f"```python\n{_stub(without=without)}    ...\n```\n\n```python\n{TESTS}```"
            case "generate":
                without = "Requires: cheese" not in prompt
                return f"```python\n{_stub(without=without)}{WITHOUT if without else WITH}```"
        return json.dumps({"calls": [{"step": 1, "arguments": {"loud": {"literal": True}}}]})


def _stub(*, without: bool) -> str:
    return STUB.replace("    REQUIRES\n", "" if without else "    Requires: cheese\n")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Wheels: cheese needs milk."""
    index = tmp_path / "index"
    make_wheel(index, "cheese", "2.0", needs=["milk>=1"])
    make_wheel(index, "milk")
    make_wheel(index, "knife")
    return index


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library directory."""
    library = tmp_path / "library"
    library.mkdir()
    return library


def variables(index: Path, server: ScriptedServer | None = None) -> dict[str, str]:
    """The environment, with a folder of wheels as the index."""
    return environment(server, **offline(index, index.parent / "uv-cache"))


def packages(library: Path, index: Path, *words: str) -> Ended:
    """Run `packages WORDS`."""
    return run("packages", *words, cwd=library, env=variables(index))


def record(library: Path) -> list[str]:
    """What is recorded."""
    path = library / "tool_tests" / "packages.json"
    said = json.loads(path.read_text()) if path.exists() else {"packages": []}
    return [f"{pin['name']} {pin['version']}" for pin in said["packages"]]


def test_a_new_package_is_a_question_at_a_terminal(library: Path, index: Path) -> None:
    """It names exactly what will be installed; with a yes the tool is made with it, and runs."""
    author = CheeseAuthor()
    with (
        ScriptedServer(reply=author) as server,
        terminal("--yes", "Name a cheese", cwd=library, env=variables(index, server)) as screen,
    ):
        screen.answer(
            "name_cheese needs cheese: install wheels of cheese 2.0, and with it milk 1.0, into "
            ".toolwright/packages? [y/N]",
            "y",
        )
        code, _ = screen.end()

    assert code == 0, screen.seen
    assert record(library) == ["cheese 2.0", "milk 1.0"]
    assert author.asked.count("contract") == 1
    assert "import cheese" in (library / "tools.py").read_text()
    called = run("--execute-tool", "name_cheese", '{"loud": true}', cwd=library, env=variables(index))
    assert called.json["output"] == "CHEESE 2.0"
    assert run("verify", "--all", cwd=library, env=variables(index)).code == 0


def test_a_no_sends_the_author_back_to_do_without(library: Path, index: Path) -> None:
    """Once; nothing is installed, and the tool is made without it."""
    author = CheeseAuthor()
    with (
        ScriptedServer(reply=author) as server,
        terminal("--yes", "Name a cheese", cwd=library, env=variables(index, server)) as screen,
    ):
        screen.answer("[y/N]", "n")
        code, _ = screen.end()

    assert code == 0, screen.seen
    assert author.told == ["do without `cheese`, which the user does not want to be installed"]
    assert record(library) == []
    assert not (library / ".toolwright" / "packages").exists()
    assert "import cheese" not in (library / "tools.py").read_text()


@pytest.mark.parametrize("words", [(), ("--yes",)])
def test_without_a_terminal_it_is_an_error(library: Path, index: Path, words: tuple[str, ...]) -> None:
    """It names the package and the command; `--yes` agrees to no package that nobody listed."""
    author = CheeseAuthor()
    with ScriptedServer(reply=author) as server:
        failed = run(*words, "--json", "Name a cheese", cwd=library, env=variables(index, server))

    assert failed.code == 1
    assert failed.json["error"]["kind"] == "package"
    assert "the package cheese is needed, but not on the list of allowed packages" in failed.problem
    assert "agent.py packages add cheese" in failed.hint
    assert "generate" not in author.asked
    assert not (library / "tools.py").exists()


def test_an_installation_is_approved_by_its_tier_and_not_by_yes(library: Path, index: Path) -> None:
    """`--yes` agrees to the plan only; the hint names what installs, and what came along is said."""
    words = ("--yes", "--packages", "cheese", "Name a cheese")
    with ScriptedServer(reply=CheeseAuthor()) as server:
        failed = run(*words, cwd=library, env=variables(index, server))
        assert failed.problem == "the package cheese is needed, but not installed"
        assert "--auto-approve packages" in failed.hint
        assert record(library) == []
        done = run("--auto-approve", "packages", *words, cwd=library, env=variables(index, server))

    assert (done.code, done.out) == (0, "CHEESE 2.0\n")
    assert "installed cheese 2.0, milk 1.0 into" in done.err


def test_a_fresh_clone_says_what_to_do(library: Path, index: Path, tmp_path: Path) -> None:
    """Until `packages install` has run, calls and verification name the package and the command."""
    with ScriptedServer(reply=CheeseAuthor()) as server:
        words = ("--auto-approve", "packages", "--packages", "cheese", "Name a cheese")
        run(*words, cwd=library, env=variables(index, server))
    clone = tmp_path / "clone"
    shutil.copytree(library, clone, ignore=shutil.ignore_patterns(".toolwright", "agent.log"))
    called = run("--execute-tool", "name_cheese", '{"loud": true}', cwd=clone, env=variables(index))
    verified = run("verify", cwd=clone, env=variables(index))

    assert called.json["kind"] == "package"
    assert "cheese is recorded for this library, but not installed here" in called.json["error"]
    assert verified.code == 1
    assert "packages install" in verified.out
    assert "(not verified since cheese 2.0 was removed)" in run("tools", cwd=clone, env=variables(index)).out
    assert packages(clone, index, "install").out == "installed: cheese 2.0, milk 1.0\n"
    called = run("--execute-tool", "name_cheese", '{"loud": true}', cwd=clone, env=variables(index))
    assert called.json["output"] == "CHEESE 2.0"


def test_the_commands(library: Path, index: Path) -> None:
    """Add, list, remove: each says what it did."""
    assert packages(library, index, "install").out == "no packages are recorded here\n"
    assert (
        packages(library, index, "add", "cheese", "knife").out
        == "installed cheese 2.0, knife 1.0, milk 1.0\n"
    )
    assert packages(library, index, "add", "cheese").out == "nothing to do\n"
    listed = packages(library, index).out
    assert "cheese    2.0 installed\n" in listed
    assert "numpy     " in listed
    assert "and what these need: milk 1.0" in listed
    assert packages(library, index, "remove", "cheese").out == "removed cheese 2.0, milk 1.0\n"
    assert record(library) == ["knife 1.0"]
    said = run("packages", "--json", cwd=library, env=variables(index)).json
    assert {"name": "knife", "state": "ready", "version": "1.0", "required_by": []} in said["packages"]


def test_at_a_terminal_the_command_shows_what_it_will_do(library: Path, index: Path) -> None:
    """A no changes nothing."""
    with terminal("packages", "add", "cheese", cwd=library, env=variables(index)) as screen:
        before = screen.answer("Go on? [y/N]", "n")
        code, _ = screen.end()

    assert code == 1
    assert "install  cheese 2.0\r\n" in before
    assert "install  milk 1.0 (needed by cheese)" in before
    assert record(library) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add",), "packages takes nothing, add NAME, remove NAME or install, not 'add'"),
        (("other",), "not 'other'"),
        (("install", "cheese"), "not 'install cheese'"),
        (("add", "--index-url=x"), "unknown option --index-url"),
        (("add", "cheese @ file:///x"), "'cheese @ file:///x' is no name of a package"),
        (("add", "cheese>=1"), "'cheese>=1' is no name of a package, or NAME==VERSION"),
        (("add", "../cheese"), "'../cheese' is no name"),
        (("remove", "cheese"), "cheese was not added to this library; added are: none"),
    ],
)
def test_what_is_no_package_is_refused(library: Path, index: Path, words: tuple[str, ...], why: str) -> None:
    """Before anything is looked for."""
    refused = packages(library, index, *words)

    assert refused.code == 2
    assert why in refused.problem


def test_a_package_that_does_not_exist(library: Path, index: Path) -> None:
    """The name is in the sentence, and nothing is written."""
    failed = packages(library, index, "add", "nowhere")

    assert failed.code == 1
    assert failed.problem.startswith("no wheels were found for nowhere")
    assert not (library / "tool_tests").exists()

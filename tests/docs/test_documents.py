"""What the documents say is what the program does: commands run, outputs, links and maps are true."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from doc_blocks import CUT, ROOT, Block, Place, differs, read_blocks
from scripted_server import ScriptedServer
from words_replies import answer

from toolwright import __version__
from toolwright.cli.arguments import build_parser
from toolwright.cli.commands import COMMANDS
from toolwright.errors import MODEL_ERROR_KINDS
from toolwright.settings import VARIABLES
from toolwright.settings.review_table import read_review
from toolwright.stages.bind import read_bindings
from toolwright.stages.review import review_source
from toolwright.stages.rules import RULES
from toolwright.stages.rules.chosen import chosen_rules
from toolwright.syntax.reading import read_library
from toolwright.types import Step

RUN = ("README.md", "docs/how-it-works.md", "docs/cli.md", "docs/permissions.md")
LINKED = (
    *RUN,
    "docs/README.md",
    "docs/models.md",
    "docs/costs.md",
    "docs/memory.md",
    "docs/python.md",
    "docs/security.md",
    "docs/review.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "examples/README.md",
)
BLOCKS = [block for document in RUN for block in read_blocks(document)]
Results = dict[Block, tuple[int, str]]


def name_of(block: Block) -> str:
    """Name a block in the list of tests."""
    return f"{block.document}:{block.line}"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Block], tuple[int, str]]]:
    """Run the blocks of a document in order, in a folder of its own, when the first of them is asked for."""
    known: dict[str, Results] = {}
    with ScriptedServer(reply=answer) as server:

        def result(block: Block) -> tuple[int, str]:
            if block.document not in known:
                place = Place(tmp_path_factory.mktemp("document"), server.url)
                runnable = [one for one in BLOCKS if one.document == block.document and one.runs]
                known[block.document] = {one: place.run(one) for one in runnable}
            return known[block.document][block]

        yield result


@pytest.mark.slow
@pytest.mark.parametrize("block", [block for block in BLOCKS if block.runs], ids=name_of)
def test_a_block_does_what_the_document_says(
    block: Block, results: Callable[[Block], tuple[int, str]]
) -> None:
    """Every command and every piece of Python runs, and prints what stands below it."""
    code, output = results(block)
    assert code == 0, output
    said = differs(block.output, output) if block.output else ""
    assert not said, f"{name_of(block)} says\n\n{said}\n\nbut this is the output:\n\n{output}"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.remark.startswith("not run")], ids=name_of)
def test_commands_that_no_test_runs_are_there(block: Block) -> None:
    """A command that cannot be run by a test names files and programs that exist."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = {re.split(r"[<>=]", package)[0] for package in project["dependencies"]} | set(project["scripts"])
    named = re.findall(r"(?:uv run|python) (?!-m)(\S+)", block.text)
    assert named
    assert [name for name in named if name not in known and not (ROOT / name).exists()] == []


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    """A block is run, is an output or a diagram, or is JSON that parses; an output has lines to compare."""
    assert {block.language for block in BLOCKS} <= {"sh", "python", "text", "json"}
    for block in BLOCKS:
        if block.language == "json":
            json.loads(block.text)
        assert not block.output or block.output.replace(CUT, "").strip()


@pytest.mark.parametrize("document", LINKED)
def test_links_lead_somewhere(document: str) -> None:
    """Every link to a file of the project leads to one, and to a heading that it has."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        page = (ROOT / document).parent / path if path else ROOT / document
        assert page.is_file(), target
        assert not heading or heading in headings(page), target


def headings(page: Path) -> set[str]:
    """Return the names by which the headings of a page are linked to."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_map_of_the_tree_is_true() -> None:
    """Every path on the README's map exists, and every folder of the package is on it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Map of the tree\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([\w./]+(?:/|\.py|/run))`", section))
    packages = {path.parent for path in (ROOT / "toolwright").rglob("__init__.py")}
    expected = {f"{folder.relative_to(ROOT)}/" for folder in packages}
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert expected - named == set()
    assert named >= {"agent.py", "tools.py", "tool_tests/", "tests/", "docs/", "examples/", "benchmarks/"}


def script(name: str) -> ModuleType:
    """Load one of the scripts that make documents."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    """docs/cli.md is what docs/build_cli.py makes of the program."""
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert page == script("build_cli").page(), "run: python docs/build_cli.py"


def test_the_tables_are_up_to_date() -> None:
    """The tables of docs/how-it-works.md are what docs/build_tables.py makes of the rules and limits."""
    text = (ROOT / "docs/how-it-works.md").read_text(encoding="utf-8")
    assert text == script("build_tables").page(text), "run: python docs/build_tables.py"


def test_the_page_of_the_rules_is_up_to_date() -> None:
    """docs/review.md is what docs/build_tables.py makes of the table of rules: each has a part of its own."""
    page = (ROOT / "docs/review.md").read_text(encoding="utf-8")
    assert page == script("build_tables").review_page(), "run: python docs/build_tables.py"
    assert all(f"### `{rule.name}`\n" in page for rule in RULES)


def test_the_example_of_a_table_for_review_is_read(tmp_path: Path) -> None:
    """What docs/review.md shows for pyproject.toml is taken as it stands, and its Python runs."""
    text = (ROOT / "docs/review.md").read_text(encoding="utf-8")
    shown, python = (text.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("toml", "python"))
    (tmp_path / "pyproject.toml").write_text(shown, encoding="utf-8")
    table = read_review(tmp_path)
    assert [entry.name for entry in table.forbidden] == ["pickle", "os.remove", "shutil.rmtree"]
    assert chosen_rules(table)[-1].name == "blocked"
    code = f"{python}\nprint(agent)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_command_line_is_complete() -> None:
    """Every command, option, setting and kind of model error stands on the page."""
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    parser = build_parser({name: (c.usage, c.about) for name, c in COMMANDS.items()}, __version__)
    options = [option for action in parser._actions for option in action.option_strings]
    wanted = [*COMMANDS, *options, *MODEL_ERROR_KINDS, *(variable.name for variable in VARIABLES)]
    assert len(options) > 20
    assert [name for name in wanted if not re.search(rf"`{re.escape(name)}[` ]", page)] == []


def test_the_exit_codes_in_the_readme_are_those_of_the_help() -> None:
    """The README and the page of the command line, made from the help, list the same exit codes."""
    rows = [
        re.findall(r"^\| `?(\d+)`? \| (.+) \|$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        for name in ("README.md", "docs/cli.md")
    ]
    assert len(rows[0]) == 5
    assert rows[0] == rows[1]


def test_the_example_of_a_tool_keeps_the_rules() -> None:
    """Review finds nothing in the tool that docs/how-it-works.md shows."""
    source = next(b.text for b in read_blocks("docs/how-it-works.md") if b.language == "python")
    assert review_source("count_words", source) == ()


def test_the_example_of_bindings_fits_its_tools() -> None:
    """The arguments that docs/how-it-works.md shows are accepted for the tools they are meant for."""
    blocks = read_blocks("docs/how-it-works.md")
    source = next(block.text for block in blocks if block.language == "python")
    shipped = (ROOT / "tools.py").read_text(encoding="utf-8")
    tools = {tool.name: tool for tool in read_library(f"{shipped}\n\n{source}").tools}
    names = ("list_dir", "read_file", "count_words")
    calls = [(Step(number, name), tools[name]) for number, name in enumerate(names, 1)]
    example = next(block.text for block in blocks if block.language == "json")
    assert [binding.step for binding in read_bindings(example, calls)] == [1, 2, 3]


PRODUCER_AND_CONSUMER = """
class _Row(TypedDict):
    name: str

class _Answer(TypedDict):
    rows: list[_Row]
    urls: list[str]

def first() -> _Answer:
    ...

def second(value: str | _Answer) -> str:
    ...
"""


def test_every_form_of_an_argument_is_one() -> None:
    """The forms in the table of docs/how-it-works.md are read as what the table says, in this order."""
    page = (ROOT / "docs/how-it-works.md").read_text(encoding="utf-8")
    tools = read_library(PRODUCER_AND_CONSUMER).tools
    calls = [(Step(number, tool.name), tool) for number, tool in enumerate(tools, 1)]
    kinds = []
    for form in re.findall(r"^\| `(\{.+?\})` \|", page, re.MULTILINE):
        second = {"step": 2, "arguments": {"value": json.loads(form)}}
        said = json.dumps({"calls": [{"step": 1, "arguments": {}}, second]})
        kinds.append(type(read_bindings(said, calls)[1].arguments["value"]).__name__)
    assert kinds == ["Given", "Reference", "Reference", "Reference", "ScratchFile", "Unknown"]

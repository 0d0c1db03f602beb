"""The house rules that a machine can check. No exception lists: code that does not fit a rule is changed."""

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolwright import records
from toolwright.settings import env_example

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "toolwright"
CELLS = PACKAGE / "sandbox" / "cells"

LONGEST_FILE = 300
LONGEST_BODY = 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
HEAVY_MODULES = {
    "bandit",
    "httpx",
    "jsonschema",
    "libcst",
    "prompt_toolkit",
    "pydantic",
    "pytest",
    "requests",
    "rich",
    "sqlalchemy",
    "sqlite3",
    "together",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """The trees take much memory."""
    yield
    _tree.cache_clear()


def _where(path: Path, node: ast.stmt | ast.expr | ast.ExceptHandler) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _tracked_files() -> list[Path]:
    """What git keeps, and what it would keep after the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in files if path.is_file()]


def test_no_file_is_too_long():
    """A file of the package has at most 300 lines; blank ones are not counted."""
    texts = {path: path.read_text(encoding="utf-8").splitlines() for path in _sources(PACKAGE)}
    counts = {path: sum(bool(line.strip()) for line in lines) for path, lines in texts.items()}

    too_long = [f"{path.relative_to(ROOT)}: {n} lines" for path, n in counts.items() if n > LONGEST_FILE]

    assert counts
    assert not too_long, "\n".join(too_long)


def test_no_function_is_too_long():
    """The body of a function in the package has at most 60 lines, its docstring not counted."""
    too_long = [
        f"{_where(path, function)} {function.name}"
        for path in _sources(PACKAGE)
        for function in _functions(_tree(path))
        if _body_lines(function) > LONGEST_BODY
    ]

    assert not too_long, "\n".join(too_long)


def _body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_every_module_says_what_it_is():
    """Every Python file that people maintain, tests and scripts included, begins with a docstring."""
    folders = [PACKAGE, ROOT / "tests", ROOT / "benchmarks"]
    files = [path for folder in folders for path in _sources(folder)] + sorted(ROOT.glob("*.py"))
    silent = [str(path.relative_to(ROOT)) for path in files if not ast.get_docstring(_tree(path))]

    assert not silent, "\n".join(silent)


def test_every_test_says_what_it_shows():
    """Every test function in tests/ has a docstring that states the behaviour."""
    silent = [
        f"{_where(path, function)} {function.name}"
        for path in _sources(ROOT / "tests")
        for function in _functions(_tree(path))
        if function.name.startswith("test") and not ast.get_docstring(function)
    ]

    assert not silent, "\n".join(silent)


def test_there_is_one_catch_all():
    """Exceptions are caught by name; only cli/main.py may have one `except Exception`, and nothing is bare.

    `except BaseException` is for cleaning up, and ends with a plain `raise`. Not looked at are the processes
    in sandbox/cells: whatever foreign code raises there is the answer, not an accident.
    """
    catch_alls, swallowed = [], []
    for path in _sources(PACKAGE):
        for node in [] if path.parent == CELLS else ast.walk(_tree(path)):
            match node:
                case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")) if _wide(node):
                    swallowed.append(_where(path, node))
                case ast.ExceptHandler(type=None):
                    swallowed.append(_where(path, node))
                case ast.ExceptHandler(type=caught) if "Exception" in _names(caught):
                    catch_alls.append(path.relative_to(PACKAGE).as_posix())
                case ast.ExceptHandler(type=caught, body=[*_, last]) if _wide(caught) and not _reraises(last):
                    swallowed.append(_where(path, node))

    assert catch_alls in ([], ["cli/main.py"])
    assert not swallowed, "\n".join(swallowed)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _wide(node: ast.AST) -> bool:
    return bool(_names(node) & {"Exception", "BaseException"})


def _reraises(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and statement.exc is None


def test_the_environment_is_read_in_one_place():
    """Only toolwright/settings reads environment variables; a cell may be given new ones (`update`)."""
    readers = {
        path.relative_to(PACKAGE).parts[0]
        for path in _sources(PACKAGE)
        for tree in [_tree(path)]
        for given in [{id(node.value) for node in ast.walk(tree) if _is_update(node)}]
        for node in ast.walk(tree)
        if _reads_environment(node) and id(node) not in given
    }

    assert readers <= {"settings"}


def _is_update(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "update"


def _reads_environment(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr=name):
            return name in ENVIRONMENT
        case ast.ImportFrom(module="os", names=names):
            return any(alias.name in ENVIRONMENT for alias in names)
    return False


def test_no_test_uses_mocks():
    """Tests use the real part or a double that the package ships, never unittest.mock."""
    mocking = [
        _where(path, node)
        for path in [*_sources(ROOT / "tests"), *_sources(ROOT / "tool_tests")]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom) and _imports_mock(node)
    ]

    assert not mocking, "\n".join(mocking)


def _imports_mock(node: ast.Import | ast.ImportFrom) -> bool:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    names = {f"{module}.{alias.name}".strip(".") for alias in node.names}
    return any(name.split(".")[0] == "mock" or name.startswith("unittest.mock") for name in names)


def test_records_are_made_by_the_quick_module():
    """`toolwright.records` makes them: the standard module takes longer to load than Python itself."""
    slow = [
        f"{_where(path, node)} {alias.name}"
        for path in _sources(PACKAGE)
        if path != PACKAGE / "records.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        for alias in node.names
        if alias.name in records.__all__
    ]

    assert not slow, "\n".join(slow)


def test_no_file_has_a_vague_name():
    """Code is split by noun: no file or folder is called utils, helpers, common, core or the like."""
    vague = [
        str(path.relative_to(ROOT))
        for path in _tracked_files()
        if VAGUE_NAMES & {part.split(".")[0].lower() for part in path.relative_to(ROOT).parts}
    ]

    assert not vague, "\n".join(vague)


# Written in pieces, so that this file does not hold what it looks for.
_FOLDERS = "|".join(
    ["ro" + "ot", "wo" + "rk", "ho" + r"me/(?!(?:you|me)\b)\w+", "Us" + r"ers/(?!(?:you|me)\b)\w+"]
)
_HOSTS = "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "np" + r"mjs\.org", "cra" + r"tes\.io"])
FOREIGN = re.compile(rf"(?:file:/*|(?<![\w.~/*-])/)(?:{_FOLDERS})(?![\w-])|{_HOSTS}")


def test_no_file_names_a_machine_or_a_registry():
    """No file holds a home folder of somebody's machine, or the host name of a package registry."""
    found = []
    for path in _tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not a text
        lines = text.splitlines()
        found += [f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if FOREIGN.search(line)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "foreign"),
    [
        ("see /" + "root/notes.txt", True),
        ('"/' + 'work/main"', True),
        ("cd /" + "home/anna/project", True),
        ("https://" + "py" + "pi.org/simple", True),
        ("file:///" + "root/notes.txt", True),
        ("/" + "home/you/project", False),
        ("artwork/main and homework/2", False),
        ("https://example.org/" + "work/1", False),
        ("the /" + "roots of it", False),
    ],
)
def test_what_counts_as_foreign(line, foreign):
    """The pattern finds paths and hosts of one machine, and leaves ordinary words alone."""
    assert bool(FOREIGN.search(line)) == foreign


@pytest.mark.parametrize("statement", ["import toolwright", "import toolwright.types, toolwright.protocols"])
def test_importing_the_package_loads_nothing_heavy(statement):
    """`import toolwright` loads no model SDK, parser, test runner, screen library or database."""
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}

    assert "toolwright" in loaded
    assert loaded & HEAVY_MODULES == set()


def test_the_layers_name_exactly_what_is_there():
    """The import contract names every module of the package, and every name in it exists."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        layers = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name for layer in layers for name in re.findall(r"\w+", layer)}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert sorted(named - modules - packages) == []
    assert sorted((modules | packages) - named) == []


def test_the_example_of_env_lists_the_settings():
    """`.env.example` is what the table of settings says; CONTRIBUTING.md has the command that renews it."""
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example()


def test_the_map_in_contributing_is_true():
    """Every path that CONTRIBUTING.md names is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\.?[\w./]*(?:/|\.py|\.md|\.txt|\.example)[\w.]*)`", text)
    absent = [path for path in named if not (ROOT / path).exists()]

    assert len(named) > 15
    assert not absent, "\n".join(absent)

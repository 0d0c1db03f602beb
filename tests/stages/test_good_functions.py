"""Review lets good functions pass, whatever their shape, and is quick; odd ones never crash it."""

import ast
import time

import pytest
from good_functions import GOOD, ROOT, kept
from hypothesis import given
from hypothesis import strategies as st

from toolwright.library.excerpt import excerpt
from toolwright.stages.review import finding_text, review_source
from toolwright.stages.rules import RULES
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import read_library

NOT_IMPORTED_ON_PURPOSE = "csv"
SNIPPETS = [snippet for rule in RULES for snippet in (*rule.good, *rule.bad)]
STATEMENTS = [
    ast.unparse(node)
    for snippet in SNIPPETS
    for node in ast.walk(parse_text(snippet))
    if isinstance(node, ast.stmt)
]


def name_of(source: str) -> str:
    """Return the public function of a text."""
    [name] = [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
    return name


def said(name: str, source: str) -> list[str]:
    """Review a text by all rules."""
    return [finding_text(finding) for finding in review_source(name, source)]


@pytest.mark.parametrize("source", GOOD, ids=name_of)
def test_a_good_function_passes(source):
    """Nothing is held against it."""
    assert said(name_of(source), source) == []


@pytest.mark.parametrize("library", ["tools.py", "examples/library/tools.py"])
def test_the_tools_that_come_along_pass(library):
    """Every tool of the starter library, and of the demo's, keeps the rules that new ones are held to."""
    text = (ROOT / library).read_text(encoding="utf-8")
    for tool in read_library(text).tools:
        assert said(tool.name, excerpt(text, tool.name)) == []


def test_the_functions_of_the_demo_pass():
    """All that the demo's author writes passes, but for the one that forgets an import on purpose."""
    refused = {name: found for name, source in kept() if (found := said(name, source))}

    assert len(kept()) > 8
    assert list(refused) == ["read_csv_rows"]
    assert len(refused["read_csv_rows"]) == 1
    assert f"`{NOT_IMPORTED_ON_PURPOSE}`" in refused["read_csv_rows"][0]


def test_review_is_quick():
    """A function is read in a few milliseconds; the bound is wide, for a busy machine."""
    source = GOOD[12]
    said(name_of(source), source)
    times = []
    for _ in range(10):
        began = time.perf_counter()
        said(name_of(source), source)
        times.append(time.perf_counter() - began)

    assert min(times) < 0.05


@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=6))
def test_no_mixture_of_statements_crashes_review(statements):
    """Whatever compiles is read to the end, and what is found is on a line that is there."""
    body = "\n".join(statements).replace("\n", "\n    ")
    source = f"def tool(text: str) -> str:\n    {body}\n    return text\n"

    for finding in review_source("tool", source):
        assert 1 <= finding.line <= source.count("\n") + 1
        assert finding.message


@pytest.mark.parametrize("tests", ["import csv\n", "def test_it(:\n"])
def test_a_name_that_only_the_tests_have_is_missing(tests):
    """An import in the test file does not make up for one that the function lacks, and its author is told."""
    source = GOOD[9].replace("import csv\n", "")
    [finding] = review_source(name_of(source), source, tests=tests)

    assert finding.rule == "unresolved"
    assert finding.message.endswith("does not help") == (tests == "import csv\n")

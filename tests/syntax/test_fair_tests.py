"""What tests may not do: each rule accepts its good test files and refuses its bad ones, by line."""

import ast
from pathlib import Path

import pytest

from toolwright.errors import ReplyShapeError
from toolwright.stages.contract import check_tests
from toolwright.syntax.fair_tests import RULES, unfair

ROOT = Path(__file__).parents[2]
OFFERED = frozenset({"tool", "other", "RateError"})
GOOD = [(rule, text) for rule in RULES for text in rule.good]
BAD = [(rule, text) for rule in RULES for text in rule.bad]
# One line may break two rules: who replaces the tool by patching does both.
TOGETHER = {"replacing": {"patching", "reaching"}, "reaching": {"replacing"}}


@pytest.mark.parametrize(("rule", "text"), GOOD, ids=lambda value: getattr(value, "name", ""))
def test_what_is_fair_is_taken(rule, text):
    """No rule refuses a good test file, its own or another's."""
    assert unfair(ast.parse(text), "tool", OFFERED) == ()


@pytest.mark.parametrize(("rule", "text"), BAD, ids=lambda value: getattr(value, "name", ""))
def test_what_is_not_fair_is_refused_by_line(rule, text):
    """Every bad test file is refused by its rule, on a line that exists, in one sentence."""
    findings = unfair(ast.parse(text), "tool", OFFERED)

    assert rule.name in {finding.rule for finding in findings}
    assert {finding.rule for finding in findings} <= {rule.name} | TOGETHER.get(rule.name, set())
    assert all(1 <= finding.line <= len(text.splitlines()) for finding in findings)
    assert all(finding.message and "\n" not in finding.message for finding in findings)


def test_every_rule_has_both_kinds_and_a_name_of_its_own():
    """A rule without examples is not tested."""
    assert all(rule.good and rule.bad for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_names_of_tools_are_only_held_against_tests_where_they_are_known():
    """Without a list of what tools holds, private names are refused all the same."""
    tree = ast.parse("from tools import tool, absent, _private\n")

    assert [finding.message.split("`")[1] for finding in unfair(tree, "tool")] == ["_private"]
    assert len(unfair(tree, "tool", OFFERED)) == 2


def test_the_author_of_a_contract_hears_of_everything_at_once():
    """All lines stand in one complaint, in their order."""
    text = (
        "import pytest\nfrom tools import tool\n\n\ndef test_a(tmp_path):\n    assert tool({1}) == 1\n"
        "    assert tool(tmp_path / 'a') == 2\n    pytest.skip('later')\n"
    )
    with pytest.raises(ReplyShapeError, match="line 6: argument 1 of tool is or holds a set") as raised:
        check_tests("tool", text)

    said = str(raised.value)
    assert said.index("line 6: ") < said.index("line 7: ") < said.index("line 8: `pytest.skip`")


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/tool_tests/test_*.py")), ids=lambda path: path.stem)
def test_the_tests_that_ship_are_fair(path):
    """What we ship keeps to what is asked of others."""
    assert unfair(ast.parse(path.read_text(encoding="utf-8")), path.stem.removeprefix("test_")) == ()

"""What tests may not do, as a table: each rule with the test files that it accepts and refuses."""

import ast
from collections.abc import Set as AbstractSet
from typing import Final

from toolwright.syntax.fair_tests.arguments import ARGUMENTS
from toolwright.syntax.fair_tests.hiding import ANY_ERROR, HIDING
from toolwright.syntax.fair_tests.importing import IMPORTING
from toolwright.syntax.fair_tests.patching import PATCHING
from toolwright.syntax.fair_tests.reaching import REACHING
from toolwright.syntax.fair_tests.replacing import REPLACING
from toolwright.syntax.fair_tests.rule import Rule, TestFile, read_test_file
from toolwright.syntax.fair_tests.skipping import SKIPPING
from toolwright.syntax.fair_tests.starting import STARTING
from toolwright.syntax.fair_tests.watching import WATCHING
from toolwright.types import Finding

__all__ = ["RULES", "Rule", "TestFile", "unfair"]

RULES: Final[tuple[Rule, ...]] = (
    SKIPPING,
    HIDING,
    ANY_ERROR,
    REPLACING,
    PATCHING,
    IMPORTING,
    REACHING,
    STARTING,
    WATCHING,
    ARGUMENTS,
)


def unfair(tree: ast.Module, function: str, offered: AbstractSet[str] | None = None) -> tuple[Finding, ...]:
    """Say by line what a test file of `function` does that tests may not do.

    `offered` are the public names in tools.py, None when they are not known.
    """
    file = read_test_file(tree, function, offered)
    found = {finding for rule in RULES for finding in rule.check(file)}
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.rule, finding.message)))

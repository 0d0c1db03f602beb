"""The table of review rules: each with the snippets it accepts and refuses, which are its tests."""

from typing import Final

from toolwright.stages.rules.documentation import DOCUMENTED, PROMISED
from toolwright.stages.rules.imports import IMPORTS
from toolwright.stages.rules.naming import CLASH, UNRESOLVED
from toolwright.stages.rules.permissions import PERMISSIONS
from toolwright.stages.rules.rule import Rule, Subject
from toolwright.stages.rules.secret_parameters import SECRETS
from toolwright.stages.rules.shape import ONE_FUNCTION, SIGNATURE, TOP_LEVEL, TYPES

__all__ = ["RULES", "Rule", "Subject"]

RULES: Final[tuple[Rule, ...]] = (
    ONE_FUNCTION,
    TOP_LEVEL,
    TYPES,
    SIGNATURE,
    DOCUMENTED,
    PROMISED,
    UNRESOLVED,
    CLASH,
    IMPORTS,
    SECRETS,
    PERMISSIONS,
)

"""The table of review rules: each with the snippets it accepts and refuses, which are its tests."""

from typing import Final

from toolwright.stages.rules.addresses import ADDRESSES
from toolwright.stages.rules.answering import PRINTS, SWALLOWED
from toolwright.stages.rules.arguments import MUTABLE_DEFAULT, MUTATED_ARGUMENT
from toolwright.stages.rules.documentation import DOCUMENTED, PROMISED
from toolwright.stages.rules.encoding import ENCODING
from toolwright.stages.rules.ending import ASKS, ENDLESS, EXITS
from toolwright.stages.rules.import_time import IMPORT_TIME
from toolwright.stages.rules.imports import IMPORTS
from toolwright.stages.rules.masking import MASKED
from toolwright.stages.rules.naming import CLASH, UNRESOLVED
from toolwright.stages.rules.permissions import PERMISSIONS
from toolwright.stages.rules.rule import Rule, Subject
from toolwright.stages.rules.running_text import DYNAMIC_CODE, INTERPRETER, SHELL
from toolwright.stages.rules.secret_parameters import SECRETS
from toolwright.stages.rules.shape import ONE_FUNCTION, SIGNATURE, TOP_LEVEL, TYPES
from toolwright.stages.rules.state import MODULE_STATE, PATCHING, PROCESS_STATE
from toolwright.stages.rules.varying import VARIES
from toolwright.stages.rules.weaknesses import BANDIT

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
    MASKED,
    IMPORTS,
    IMPORT_TIME,
    SECRETS,
    PERMISSIONS,
    DYNAMIC_CODE,
    INTERPRETER,
    SHELL,
    MODULE_STATE,
    PATCHING,
    PROCESS_STATE,
    EXITS,
    ASKS,
    ENDLESS,
    PRINTS,
    SWALLOWED,
    MUTABLE_DEFAULT,
    MUTATED_ARGUMENT,
    VARIES,
    ENCODING,
    ADDRESSES,
    BANDIT,
)

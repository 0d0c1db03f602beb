"""What the help says about single options of the command line."""

from typing import Final

from toolwright.types.roles import ROLES

ALLOW: Final = (
    "let tools that declare it: read:PATH, write:PATH, network, network:HOST[:PORT], network:raw, execute; "
    "may be given again"
)


AUTO: Final = "what tools that declare it get unasked: files, network, execute, packages"


EXAMPLE: Final = (
    'a call with its right answer, \'slugify("A B") == "a-b"\' or \'("A B") -> "a-b"\'; whoever writes code '
    "and tests is not told the answer; may be given again"
)


VALUE: Final = "what the goal does not say: PARAMETER=VALUE or TOOL.PARAMETER=VALUE; may be given again"
MODEL: Final = "the model (default: together:deepseek-ai/DeepSeek-R1); SERVER alone means its default model"
ROLE: Final = f"another model for one role ({', '.join(ROLES)}): ROLE=SERVER:NAME; may be given again"
PROMPTS: Final = "texts of prompts in the place of ours, in files of the same names"
MEMORY: Final = "where what happens is kept: postgresql://USER@HOST/DATABASE (default: a file of the library)"
ALL: Final = (
    "verify: every tool; approvals revoke: every approval; gc: retire all that is shown; history: every "
    "goal; history and stats: of every library that shares the memory"
)
JOBS: Final = "how many steps, versions, tools to verify, or goals of a batch go side by side (default: 4)"
JUDGE: Final = "have a model say whether the result answers the goal (default: at a terminal)"
THRESHOLD: Final = "what share of deliberate faults the tests of a new tool must notice (default: 0.8)"
FORMAT: Final = "with check: text (default), json, github, sarif or junit"
MINIMUM: Final = "the weakest confinement of tools that will do: full, bwrap, landlock (default) or seatbelt"
YES: Final = "agree to the plan, or to what a command shows; permits nothing, installs nothing for a goal"

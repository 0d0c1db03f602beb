"""The one table of settings; reading, documentation and `.env.example` are made from it."""

from typing import Final

from toolwright.settings import values
from toolwright.settings.model_variables import MODEL_VARIABLES
from toolwright.settings.variable import Variable

_SWITCH: Final = values.SWITCH

VARIABLES: Final = (
    *MODEL_VARIABLES,
    Variable(
        "attempts",
        "TOOLWRIGHT_ATTEMPTS",
        "--attempts",
        values.within(int, 1, 15),
        "a whole number from 1 to 15",
        "How often a refused function is sent back for repair before its step is given up.",
    ),
    Variable(
        "samples",
        "TOOLWRIGHT_SAMPLES",
        "--samples",
        values.within(int, 1, 9),
        "a whole number from 1 to 9",
        "How many versions of a new function are written first; the one that agrees most with the others and "
        "the tests goes on.",
    ),
    Variable(
        "jobs",
        "TOOLWRIGHT_JOBS",
        "--jobs",
        values.within(int, 1, 64),
        "a whole number from 1 to 64",
        "How many steps that do not use each other's results, or versions of a function, go side by side; "
        "of verify, how many tools.",
    ),
    Variable(
        "candidates",
        "TOOLWRIGHT_CANDIDATES",
        "",
        values.within(int, 1, 50),
        "a whole number from 1 to 50",
        "How many tools of the library the model is shown for a step.",
    ),
    Variable(
        "shortcuts",
        "TOOLWRIGHT_SHORTCUTS",
        "",
        values.switch,
        _SWITCH,
        "Whether search may spare the model a question: a step that shares next to no word with any tool "
        "gets a new one unasked, and where one tool has most of its words only a few are shown.",
    ),
    Variable(
        "embedder",
        "TOOLWRIGHT_EMBEDDER",
        "",
        values.embedder,
        "SERVER:MODEL with together, openai, groq, openai-compatible or ollama; local:FOLDER; or none",
        "What compares tools and failures by meaning, such as ollama:all-minilm. Without it, by words only.",
    ),
    Variable(
        "mutation_threshold",
        "TOOLWRIGHT_MUTATION_THRESHOLD",
        "--mutation-threshold",
        values.within(float, 0, 1),
        "a number from 0 to 1",
        "The share of deliberate faults in a new tool that its tests must notice.",
    ),
    Variable(
        "mutation_budget",
        "TOOLWRIGHT_MUTATION_BUDGET",
        "",
        values.within(int, 0, 1000),
        "a whole number from 0 to 1000",
        "How many deliberate faults are tried with a new tool.",
    ),
    Variable(
        "mutation_seconds",
        "TOOLWRIGHT_MUTATION_SECONDS",
        "",
        values.within(float, 1, 3600),
        "seconds from 1 to 3600",
        "How long they may take in all; those that there was no time for do not count.",
    ),
    Variable(
        "step_timeout_s",
        "TOOLWRIGHT_STEP_TIMEOUT_S",
        "--timeout",
        values.within(float, 0.1, 86_400),
        "seconds from 0.1 to 86400",
        "How long one step may run.",
    ),
    Variable(
        "library", "TOOLWRIGHT_LIBRARY", "--library", values.path, "a folder", "The folder with tools.py."
    ),
    Variable(
        "workspace",
        "TOOLWRIGHT_WORKSPACE",
        "--workspace",
        values.path,
        "a folder",
        "Where relative paths start.",
    ),
    Variable(
        "allow",
        "TOOLWRIGHT_ALLOW",
        "--allow",
        values.grants,
        "read:PATH, write:PATH, network, network:HOST[:PORT], network:raw or execute, separated by commas",
        "What tools may touch beyond the workspace, if they declare it. Not accepted in .env: who grants "
        "must be at the keyboard.",
        in_file=False,
    ),
    Variable(
        "auto_approve",
        "AUTO_APPROVE",
        "--auto-approve",
        values.tiers,
        "files, network, execute or packages, separated by commas, or none",
        "What tools that declare it get without being asked for: files outside of the workspace, any public "
        "host, programs, and the installation of packages. Not accepted in .env: who approves must be at the "
        "keyboard.",
        in_file=False,
    ),
    Variable(
        "blocked",
        "BLOCKED_PERMISSIONS",
        "",
        values.permissions,
        "read, write, network or execute, separated by commas, or none",
        "What is never granted and never asked for. When it is not set, nothing at a terminal; elsewhere "
        "network and execute, unless --allow grants them.",
    ),
    Variable(
        "packages",
        "TOOLWRIGHT_PACKAGES",
        "--packages",
        values.packages,
        "names of packages, separated by commas, or none",
        "Packages that tools may import besides the standard library, as far as they are installed.",
    ),
    Variable(
        "sandbox_minimum",
        "TOOLWRIGHT_SANDBOX_MINIMUM",
        "--sandbox-minimum",
        values.one_of("full", "bwrap", "landlock", "seatbelt"),
        "full, bwrap, landlock or seatbelt",
        "The weakest confinement that tools may run in; below it the program refuses.",
    ),
    Variable(
        "unsafe",
        "TOOLWRIGHT_UNSAFE",
        "--unsafe",
        values.switch,
        _SWITCH,
        "Run tools of the library although nothing can confine them here; new ones are not kept. Not "
        "accepted in .env: who takes the risk must be at the keyboard.",
        in_file=False,
    ),
    Variable(
        "preview",
        "TOOLWRIGHT_PREVIEW",
        "--no-preview",
        values.switch,
        _SWITCH,
        "Whether the model may see the beginning of a real value when a step fails on it.",
    ),
    Variable(
        "fresh",
        "TOOLWRIGHT_FRESH",
        "--fresh",
        values.switch,
        _SWITCH,
        "Plan anew although the goal ran before.",
    ),
    Variable(
        "judge",
        "TOOLWRIGHT_JUDGE",
        "--judge",
        values.switch,
        _SWITCH,
        "Whether a model says if the result answers the goal, by one call more. When it is not set, at a "
        "terminal only.",
    ),
    Variable(
        "memory",
        "TOOLWRIGHT_MEMORY",
        "--memory",
        values.memory,
        f"{_SWITCH}, or postgresql://USER@HOST/DATABASE",
        "Whether what happens is remembered and used, or where: on a PostgreSQL server that a team shares, "
        "instead of in a file of the library. Its password is best kept in PGPASSWORD or ~/.pgpass.",
        hidden=True,
    ),
    Variable(
        "prompts_dir",
        "TOOLWRIGHT_PROMPTS_DIR",
        "--prompts-dir",
        values.path,
        "a folder",
        "Texts of prompts in the place of ours, in files of the same names. A folder that a file sets must "
        "be below that file.",
    ),
    Variable(
        "budget",
        "TOOLWRIGHT_BUDGET",
        "--budget",
        values.dollars,
        "US dollars, such as 0.50",
        "What the model calls of one program may cost. The call that could pass it is not made, and what is "
        "in the library stays. It takes a model whose price is known.",
    ),
    Variable(
        "max_calls",
        "TOOLWRIGHT_MAX_CALLS",
        "--max-calls",
        values.within(int, 0, 1_000_000),
        "a whole number from 0 to 1000000",
        "How many model calls one program may make. The one after them is not made, and what is in the "
        "library stays.",
    ),
    Variable(
        "calls_per_function",
        "TOOLWRIGHT_CALLS_PER_FUNCTION",
        "--calls-per-function",
        values.within(int, 2, 1000),
        "a whole number from 2 to 1000",
        "How many model calls one function may take, until its step is given up. When it is not set, "
        "`--attempts` and 7 more, and two for each further one of `--samples`.",
    ),
    Variable(
        "prices",
        "TOOLWRIGHT_PRICES",
        "",
        values.prices,
        "SERVER:NAME=IN/OUT, separated by commas, or none; SERVER:* is every model of a server",
        "What models cost, in US dollars for a million tokens of questions (IN) and of answers (OUT), where "
        "that is not known or has changed, such as openai-compatible:*=0/0.",
    ),
    Variable(
        "replay",
        "TOOLWRIGHT_REPLAY",
        "--replay",
        values.path,
        "a file",
        "Answer from this transcript, no network.",
    ),
    Variable(
        "yes",
        "TOOLWRIGHT_YES",
        "--yes",
        values.switch,
        _SWITCH,
        "Agree to the plan, to another one when the result is not what was asked for, and to what commands "
        "show before they change something. Grants no permission, and installs no package for a goal. Not "
        "accepted in .env: who agrees must be at the keyboard.",
        in_file=False,
    ),
    Variable(
        "verbosity",
        "TOOLWRIGHT_VERBOSITY",
        "--verbose",
        values.within(int, -1, 1),
        "-1, 0 or 1",
        "Quiet to wordy.",
    ),
    Variable(
        "goal_limit",
        "TOOLWRIGHT_GOAL_LIMIT",
        "",
        values.within(int, 1, 1_000_000),
        "a whole number from 1 to 1000000",
        "The longest goal accepted, in characters.",
    ),
)
"""Every setting, in the order of the documentation, which is made from it."""

BY_NAME: Final = {variable.name: variable for variable in VARIABLES}
BY_FIELD: Final = {variable.field: variable for variable in VARIABLES}
MODEL_NAMES: Final = frozenset(
    one.name for one in VARIABLES if one.parse in {values.model, values.models, values.embedder}
)
"""The settings that name models."""

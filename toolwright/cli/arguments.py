"""Command-line words -> `Arguments`; an unknown option is one sentence with the nearest one that exists."""

import argparse
from collections.abc import Mapping, Sequence

from toolwright.cli.options import build_parser
from toolwright.cli.tool_flags import ToolFlags, check_tool_flags, read_tool_flags
from toolwright.errors import UsageError
from toolwright.records import dataclass, field
from toolwright.types.roles import ROLES

TYPE_CHECKING = False

if TYPE_CHECKING:
    from toolwright.cli.shared import Shared


_AS_TYPED = (
    *("demo", "plan", "plan_file", "learn", "name", "json", "jobs", "quarantine", "quick", "permission"),
    *("unused_for", "edited", "quarantined", "sort", "page", "since", "html", "cascade", "report_format"),
)
"""Fields that hold what a flag of their name holds."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was asked for. `overrides` holds the settings among the flags, by field, as they were typed."""

    words: tuple[str, ...] = ()
    insisted: bool = False
    overrides: Mapping[str, object] = ()  # type: ignore[assignment]  # always given
    demo: bool = False
    plan: bool = False
    plan_file: str = ""
    learn: bool = False
    examples: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    make: bool = False
    name: str = ""
    json: bool = False
    every: bool = False
    jobs: str = ""
    quarantine: bool = False
    quick: bool = False
    count: str = ""
    permission: str = ""
    unused_for: str = ""
    edited: bool = False
    quarantined: bool = False
    sort: str = ""
    page: str = ""
    since: str = ""
    html: str = ""
    cascade: bool = False
    report_format: str = ""
    flags: ToolFlags = ToolFlags()
    shared: "Shared | None" = None
    """What the goals and commands of one prompt have in common."""
    given: dict[str, object] = field(default_factory=dict, repr=False)
    """Settings by field that were typed in at this prompt: keys, and a model that was agreed to."""


def parse_arguments(argv: Sequence[str], commands: Mapping[str, tuple[str, str]], version: str) -> Arguments:
    """Read the command line. `commands` maps a command to its usage and description, for the help.

    Raises:
        UsageError: an option is unknown, lacks its value or contradicts another.
        SystemExit: help or version were printed.
    """
    head, insisted, tail = _parted(list(argv))
    parser = build_parser(commands, version)
    known, unknown = parser.parse_known_intermixed_args(head)
    for option in unknown:
        raise _unknown_option(option, parser)
    _check(known)
    flags = read_tool_flags(known)
    if "tools" not in known.words[:1]:
        check_tool_flags(flags, "gc" if "gc" in known.words[:1] else "")
    return Arguments(
        words=(*known.words, *tail),
        insisted=insisted,
        overrides=_overrides(known),
        examples=tuple(known.example or ()),
        values=tuple(known.value or ()),
        make=known.make or bool(known.name),
        every=known.all,
        count=known.k,
        flags=flags,
        **{name: getattr(known, name) for name in _AS_TYPED},
    )


def _check(known: argparse.Namespace) -> None:
    if known.plan and known.make:
        raise UsageError("--plan and --make contradict each other: one stops before, one after writing")
    if known.learn and (known.plan or known.make or known.name):
        raise UsageError("--learn takes a goal that is run to its end: leave --plan, --make and --name out")


def _overrides(known: argparse.Namespace) -> dict[str, object]:
    """Return the settings among the flags, None for those that were not given."""
    return {
        "library": known.library,
        "workspace": known.workspace,
        "model": known.model,
        "fallbacks": known.fallbacks,
        **_roles(known.model_for or ()),
        "attempts": known.attempts,
        "mutation_threshold": known.mutation_threshold,
        "samples": known.samples,
        "step_timeout_s": known.timeout,
        "jobs": _jobs(known),
        "allow": known.allow,
        "auto_approve": known.auto_approve,
        "packages": known.packages,
        "sandbox_minimum": known.sandbox_minimum,
        "unsafe": "yes" if known.unsafe else None,
        **{name: getattr(known, name) for name in ("budget", "max_calls", "calls_per_function", "replay")},
        "fresh": "yes" if known.fresh else None,
        "judge": None if known.judge is None else "yes" if known.judge else "no",
        "memory": "no" if known.no_memory else known.memory,
        "yes": "yes" if known.yes else None,
        "preview": "no" if known.no_preview else None,
        "prompts_dir": known.prompts_dir,
        "verbosity": "-1" if known.quiet else "1" if known.verbose else None,
    }


def _jobs(known: argparse.Namespace) -> str | None:
    """Return how many steps of a goal go side by side; some commands read it themselves."""
    return None if known.words[:1] in (["verify"], ["check"], ["batch"]) else known.jobs or None


def _roles(given: Sequence[str]) -> dict[str, str]:
    """Return the settings for `ROLE=SERVER:NAME`s.

    Raises:
        UsageError: one names no role, or no model.
    """
    chosen: dict[str, str] = {}
    for text in given:
        role, equals, model = (part.strip() for part in text.partition("="))
        if not equals or role not in ROLES or not model:
            import difflib

            nearest = difflib.get_close_matches(role, ROLES, n=1, cutoff=0.0)[0]
            raise UsageError(
                f"--model-for {text!r} does not say which model a role gets; roles: {', '.join(ROLES)}",
                hint=f"--model-for {nearest}={model or 'SERVER:NAME'}",
            )
        chosen[f"model_{role}"] = model
    return chosen


def _parted(argv: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in argv:
        return argv, False, []
    at = argv.index("--")
    return argv[:at], True, argv[at + 1 :]


def _unknown_option(option: str, parser: argparse.ArgumentParser) -> UsageError:
    import difflib

    name = option.partition("=")[0]
    options = [known for action in parser._actions for known in action.option_strings]  # noqa: SLF001 - no public list
    nearest = difflib.get_close_matches(name, options, n=1)
    offer = f"; did you mean {nearest[0]}?" if nearest else ""
    return UsageError(f"unknown option {name}{offer}", hint="python agent.py --help")

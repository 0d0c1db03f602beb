"""Command-line words -> `Arguments`; an unknown option is one sentence with the nearest one that exists."""

import argparse
from collections.abc import Mapping, Sequence

from toolwright.cli import option_texts as texts
from toolwright.cli.tool_flags import ToolFlags, add_tool_flags, check_tool_flags, read_tool_flags
from toolwright.errors import UsageError
from toolwright.records import dataclass
from toolwright.types.roles import ROLES

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NoReturn

    from toolwright.models.ledger import Ledger
    from toolwright.repl.ahead import Ahead

_EPILOG = """\
commands:
{commands}

exit codes:
  0    done
  1    an expected failure: the goal was not reached, a tool failed, no model answered, the plan was declined
  2    the command line, a setting or a missing key
  3    a bug in Toolwright; a report was written
  130  interrupted with Ctrl-C (SIGTERM: 143; the terminal went away: 129)

The result goes to stdout, everything else to stderr. A goal may be quoted or not; after `--` every
word belongs to the goal; `-` reads it from stdin. Without a goal a prompt opens.
"""


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
    ledger: "Ledger | None" = None
    ahead: "Ahead | None" = None
    """The ledger and this are what the goals and commands of one prompt share."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> "NoReturn":
        raise UsageError(message, hint="python agent.py --help")


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
    if known.plan and known.make:
        raise UsageError("--plan and --make contradict each other: one stops before, one after writing")
    if known.learn and (known.plan or known.make or known.name):
        raise UsageError("--learn takes a goal that is run to its end: leave --plan, --make and --name out")
    flags = read_tool_flags(known)
    if "tools" not in known.words[:1]:
        check_tool_flags(flags, "gc" if "gc" in known.words[:1] else "")
    return Arguments(
        words=(*known.words, *tail),
        insisted=insisted,
        overrides=_overrides(known),
        demo=known.demo,
        plan=known.plan,
        plan_file=known.plan_file,
        learn=known.learn,
        examples=tuple(known.example or ()),
        values=tuple(known.value or ()),
        make=known.make or bool(known.name),
        name=known.name,
        json=known.json,
        every=known.all,
        jobs=known.jobs,
        quarantine=known.quarantine,
        quick=known.quick,
        cascade=known.cascade,
        report_format=known.report_format,
        flags=flags,
        count=known.k,
        permission=known.permission,
        unused_for=known.unused_for,
        edited=known.edited,
        quarantined=known.quarantined,
        sort=known.sort,
        page=known.page,
        since=known.since,
        html=known.html,
    )


def build_parser(commands: Mapping[str, tuple[str, str]], version: str) -> argparse.ArgumentParser:
    """Return the parser; its help is the reference of the command line."""
    width = max((len(usage) for usage, _ in commands.values()), default=0)
    listed = "\n".join(f"  {usage:<{width}}  {about}" for usage, about in commands.values())
    parser = _Parser(
        prog="toolwright",
        usage="toolwright [options] GOAL | COMMAND | --demo | --execute-tool NAME JSON",
        description="Ask in words; get a tested function in an ordinary tools.py, and run it.",
        epilog=_EPILOG.format(commands=listed),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", metavar="GOAL", help="what you want, in words; or a command")
    add = parser.add_argument
    add("--demo", action="store_true", help="run the demo: no key, no network, a scratch library")
    add("--execute-tool", nargs=2, metavar=("NAME", "JSON"), help="call one tool; `-` reads JSON from stdin")
    _add_options_of_goals(parser)
    add("--library", metavar="DIR", help="the folder with tools.py (default: the current one)")
    add("--workspace", metavar="DIR", help="where relative paths of a goal start (default: the current one)")
    add("--allow", metavar="GRANT", action="append", help=texts.ALLOW)
    add("--auto-approve", metavar="LIST", help=texts.AUTO)
    add("--sandbox-minimum", metavar="LEVEL", help=texts.MINIMUM)
    add("--unsafe", action="store_true", help="run kept tools although nothing can confine them here")
    add(
        "--model",
        metavar="SERVER:NAME",
        help=texts.MODEL,
    )
    add("--model-for", metavar="ROLE=MODEL", action="append", help=texts.ROLE)
    add("--fallbacks", metavar="LIST", help="models to ask when that one is not available")
    add("--attempts", metavar="N", help="how often a refused function is sent back for repair (default: 5)")
    add("--mutation-threshold", metavar="SHARE", help=texts.THRESHOLD)
    add("--samples", metavar="K", help="how many first versions are written, to keep the best (default: 1)")
    add("--timeout", metavar="SECONDS", help="how long one step may run (default: 30)")
    add("--packages", metavar="LIST", help="packages that tools may import (default: requests,numpy,pandas)")
    _add_limits(parser)
    add("--replay", metavar="FILE", help="answer from a transcript instead of a model")
    add("--fresh", action="store_true", help="plan anew although the goal, or one like it, ran before")
    add("--judge", action=argparse.BooleanOptionalAction, help=texts.JUDGE)
    add("--memory", metavar="URL", help=texts.MEMORY)
    add("--no-memory", action="store_true", help="neither use nor keep what happened, plans among it")
    add("--no-preview", action="store_true", help="never show the model a piece of a real value")
    add("--yes", action="store_true", help=texts.YES)
    add("--all", action="store_true", help=texts.ALL)
    add("--jobs", default="", metavar="N", help=texts.JOBS)
    add("--quarantine", action="store_true", help="with verify: a tool that fails is offered no more")
    add("--quick", action="store_true", help="with verify: without deliberate faults in the functions")
    _add_options_of_tools(parser)
    add_tool_flags(parser)
    add("--format", default="", dest="report_format", metavar="FORMAT", help=texts.FORMAT)
    add("--since", default="", metavar="TIME", help="with stats: only the last 30d, 12h, 4w")
    add("--html", default="", metavar="FILE", help="with stats: write a page with plots")
    add("--json", action="store_true", help="print the report as one JSON object")
    loud = parser.add_mutually_exclusive_group()
    loud.add_argument("-v", "--verbose", action="store_true", help="show functions, tests and thoughts")
    loud.add_argument("-q", "--quiet", action="store_true", help="show only the result and errors")
    add("--version", action="version", version=f"toolwright {version}")
    return parser


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
        **{name: getattr(known, name) for name in ("budget", "max_calls", "replay")},
        "fresh": "yes" if known.fresh else None,
        "judge": None if known.judge is None else "yes" if known.judge else "no",
        "memory": "no" if known.no_memory else known.memory,
        "yes": "yes" if known.yes else None,
        "preview": "no" if known.no_preview else None,
        "verbosity": "-1" if known.quiet else "1" if known.verbose else None,
    }


def _jobs(known: argparse.Namespace) -> str | None:
    """Return how many steps of a goal go side by side; of goals that do themselves, one."""
    if known.words[:1] == ["batch"]:
        return "1"
    return None if known.words[:1] in (["verify"], ["check"]) else known.jobs or None


def _add_options_of_goals(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--plan", action="store_true", help="show the plan with its verdicts and stop")
    add(
        "--plan-file",
        default="",
        metavar="FILE",
        help="carry out a plan that was saved; it has its goal in it",
    )
    add("--make", action="store_true", help="stop when the tools are in the library")
    add("--learn", action="store_true", help="make one tool of a goal of several steps that was reached")
    add("--name", default="", metavar="NAME", help="what the one new tool is to be called; implies --make")
    add("--example", metavar="TEXT", action="append", help=texts.EXAMPLE)
    add("--value", metavar="NAME=VALUE", action="append", help=texts.VALUE)


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


def _add_limits(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--budget", metavar="USD", help="what model calls may cost; stops before the one that could pass it")
    add("--max-calls", metavar="N", help="how many model calls may be made; stops before the next one")


def _add_options_of_tools(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("-k", default="", metavar="N", help="with tools search: how many tools (default: 8)")
    add("--permission", default="", metavar="NAME", help="with tools: only those that declare it")
    add(
        "--unused-for",
        default="",
        metavar="TIME",
        help="with tools and gc: only those not used for 30d, 12h, 4w",
    )
    add("--edited", action="store_true", help="with tools: only those edited by hand and not verified since")
    add("--quarantined", action="store_true", help="with tools: those in quarantine")
    add(
        "--sort",
        default="",
        metavar="ORDER",
        help="with tools: by file, name, used, calls or quality (default: file)",
    )
    add("--page", default="", metavar="N", help="with tools: that page of a hundred tools (default: 1)")
    add("--cascade", action="store_true", help="with tools remove: also the tools that call it")


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

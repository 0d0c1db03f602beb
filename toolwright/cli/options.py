"""The options of the program, in the order of the help -> its parser; a fault is told, never printed."""

import argparse
from collections.abc import Mapping

from toolwright.cli import option_texts as texts
from toolwright.cli.tool_flags import add_tool_flags
from toolwright.errors import UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NoReturn

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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> "NoReturn":
        raise UsageError(message, hint="python agent.py --help")


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
    _add_options_of_running(parser)
    _add_options_of_models(parser)
    _add_options_of_memory(parser)
    _add_options_of_commands(parser)
    _add_options_of_tools(parser)
    add_tool_flags(parser)
    _add_options_of_output(parser)
    add("--version", action="version", version=f"toolwright {version}")
    return parser


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


def _add_options_of_running(parser: argparse.ArgumentParser) -> None:
    """Add what tools are and may do: where they are kept, what they may touch, how they are confined."""
    add = parser.add_argument
    add("--library", metavar="DIR", help="the folder with tools.py (default: the current one)")
    add("--workspace", metavar="DIR", help="where relative paths of a goal start (default: the current one)")
    add("--allow", metavar="GRANT", action="append", help=texts.ALLOW)
    add("--auto-approve", metavar="LIST", help=texts.AUTO)
    add("--sandbox-minimum", metavar="LEVEL", help=texts.MINIMUM)
    add("--unsafe", action="store_true", help="run kept tools although nothing can confine them here")
    add("--timeout", metavar="SECONDS", help="how long one step may run (default: 30)")
    add("--packages", metavar="LIST", help="packages that tools may import (default: requests,numpy,pandas)")


def _add_options_of_models(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", metavar="SERVER:NAME", help=texts.MODEL)
    add("--model-for", metavar="ROLE=MODEL", action="append", help=texts.ROLE)
    add("--fallbacks", metavar="LIST", help="models to ask when that one is not available")
    add("--prompts-dir", metavar="DIR", help=texts.PROMPTS)
    add("--attempts", metavar="N", help="how often a refused function is sent back for repair (default: 5)")
    add("--mutation-threshold", metavar="SHARE", help=texts.THRESHOLD)
    add("--samples", metavar="K", help="how many first versions are written, to keep the best (default: 1)")
    add("--budget", metavar="USD", help="what model calls may cost; stops before the one that could pass it")
    add("--max-calls", metavar="N", help="how many model calls may be made; stops before the next one")
    add("--calls-per-function", metavar="N", help="how many of them one function may take (default: 12)")
    add("--replay", metavar="FILE", help="answer from a transcript instead of a model")
    add("--judge", action=argparse.BooleanOptionalAction, help=texts.JUDGE)
    add("--no-preview", action="store_true", help="never show the model a piece of a real value")


def _add_options_of_memory(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--fresh", action="store_true", help="plan anew although the goal, or one like it, ran before")
    add("--memory", metavar="URL", help=texts.MEMORY)
    add("--no-memory", action="store_true", help="neither use nor keep what happened, plans among it")


def _add_options_of_commands(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--yes", action="store_true", help=texts.YES)
    add("--all", action="store_true", help=texts.ALL)
    add("--jobs", default="", metavar="N", help=texts.JOBS)
    add("--quarantine", action="store_true", help="with verify: a tool that fails is offered no more")
    add("--quick", action="store_true", help="with verify: without deliberate faults in the functions")
    add("--format", default="", dest="report_format", metavar="FORMAT", help=texts.FORMAT)
    add("--since", default="", metavar="TIME", help="with stats: only the last 30d, 12h, 4w")
    add("--html", default="", metavar="FILE", help="with stats: write a page with plots")


def _add_options_of_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    loud = parser.add_mutually_exclusive_group()
    loud.add_argument("-v", "--verbose", action="store_true", help="show functions, tests and thoughts")
    loud.add_argument("-q", "--quiet", action="store_true", help="show only the result and errors")


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

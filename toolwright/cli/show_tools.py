"""`tools ...`: the library as a list, and the way to what can be seen of one tool and done with it."""

from collections.abc import Mapping
from functools import cache, partial

from toolwright.cli.arguments import Arguments
from toolwright.cli.tool_card import tool_card
from toolwright.cli.tool_flags import check_tool_flags
from toolwright.cli.tool_list import Trusts, chosen, is_chosen, page_of
from toolwright.cli.tool_table import SUBCOMMANDS, takes
from toolwright.errors import ToolNotFoundError, ToolwrightError, UsageError
from toolwright.library.papers import Trust
from toolwright.library.store import Snapshot, Store
from toolwright.packages.shelf import open_shelf
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import Settings, load
from toolwright.syntax.lacking import lacks_types
from toolwright.syntax.nearest import nearest_names, tool_not_found
from toolwright.types import Json


def run(arguments: Arguments) -> int:
    """List the tools, or do what the subcommand says."""
    settings = load(arguments.overrides)
    store = Store(settings.library)
    name, *operands = arguments.words[1:] or ("list",)
    if name == "search" and len(operands) > 1:
        operands = [" ".join(operands)]
    _check(name, operands, settings)
    if arguments.cascade and name != "remove":
        raise UsageError("--cascade goes with: tools remove NAME")
    if arguments.examples and name not in {"fix", "adopt"}:
        raise UsageError("--example goes with a goal, with tools fix NAME and with tools adopt NAME")
    check_tool_flags(arguments.flags, name)
    if is_chosen(arguments) and name != "list":
        raise UsageError("filters, --sort and --page go with: tools [list]")
    if arguments.count and name != "search":
        raise UsageError("-k goes with: tools search TEXT")
    if name in {"list", "show"}:
        return _show(arguments, settings, store, operands)
    from toolwright.cli.tool_commands import RUN

    return RUN[name](arguments, settings, operands)


def _show(arguments: Arguments, settings: Settings, store: Store, names: list[str]) -> int:
    snapshot, version_of = store.read(), cache(open_shelf(settings).version)
    for name in names:
        tool = snapshot.kept.get(name)
        if tool is None:
            raise no_such_tool(name, snapshot, store)
        card = tool_card(tool, snapshot, store, version_of)
        write_line(json_text(card.as_json()) if arguments.json else card.text(store))
    if not names:
        trusts = partial(store.trust, version_of=version_of)
        tools = chosen(arguments, snapshot, store, trusts)
        if arguments.json:
            page = page_of(tools, arguments.page)[0] if arguments.page else tools
            write_line(json_text(_listed(page, snapshot, trusts(page))))
        else:
            write_line(_list_text(arguments, tools, snapshot, store, trusts))
    return 0


def _check(name: str, operands: list[str], settings: Settings) -> None:
    """Refuse what is no subcommand, or lacks an operand.

    Raises:
        UsageError: names the usage.
    """
    if name not in SUBCOMMANDS:
        nearest = nearest_names(name, SUBCOMMANDS, 1)
        offer = f"; did you mean {nearest[0]}?" if nearest else f"; it takes {', '.join(SUBCOMMANDS)}"
        raise UsageError(
            f"tools takes no {' '.join([name, *operands])!r}{offer}",
            hint=f"{command('tools', library=settings.library)}, or put -- before it when it is a goal",
        )
    if not takes(name, len(operands)):
        usage = SUBCOMMANDS[name][0]
        raise UsageError(
            f"it is {usage!r}, not {' '.join(['tools', name, *operands])!r}",
            hint="put -- before it when it is a goal",
        )


def no_such_tool(name: str, snapshot: Snapshot, store: Store) -> ToolwrightError:
    """Return the error for a name that is no tool of the library: unknown, or not offered and why."""
    hint = command("tools", library=store.directory)
    for other in snapshot.not_offered:
        if other.name == name:
            adopt = command("tools", "adopt", name, library=store.directory)
            return ToolwrightError(
                f"{name}, line {other.line} of {store.place.tools}, is not offered as a tool: {other.reason}",
                hint=f"{adopt} makes it one" if lacks_types(other) else hint,
            )
    unknown = tool_not_found(name, snapshot.tools)
    return ToolNotFoundError(str(unknown), nearest=unknown.nearest, hint=hint)


def _list_text(
    arguments: Arguments,
    tools: list[str],
    snapshot: Snapshot,
    store: Store,
    trusts: Trusts,
) -> str:
    if not snapshot.tools and not snapshot.not_offered:
        return f"{store.directory / 'tools.py'} holds no tools yet"
    shown, page, pages = page_of(tools, arguments.page)
    width = max(map(len, shown), default=0)
    lines = [
        f"{name:<{width}}  {snapshot.kept[name].docstring.summary}{_remark(one, arguments)}"
        for name, one in trusts(shown).items()
    ]
    if is_chosen(arguments) and not shown:
        return "no tool of the library is like that"
    if pages > 1:
        lines += ["", f"page {page} of {pages}, {len(tools)} tools; --page {page % pages + 1} shows another"]
    if snapshot.not_offered and not is_chosen(arguments):
        lines += ["", "not offered to plans:"]
        lines += [f"{other.name}  {other.reason}" for other in snapshot.not_offered]
    bare = [other.name for other in snapshot.not_offered if lacks_types(other)]
    if bare and not is_chosen(arguments):
        adopt = command("tools", "adopt", bare[0], library=store.directory)
        lines += ["", f"{adopt} writes the types and tests that it lacks"]
    return "\n".join(lines)


def _remark(one: Trust, arguments: Arguments) -> str:
    """Say in brackets what is to be known of a tool; how good its tests are where the order is by that."""
    said = [one.standing.said, one.quality.said if arguments.sort == "quality" else ""]
    return f" ({'; '.join(filter(None, said))})" if any(said) else ""


def _listed(names: list[str], snapshot: Snapshot, trust: Mapping[str, Trust]) -> Json:
    kept = snapshot.kept
    return {
        "tools": [
            {
                "name": name,
                "signature": kept[name].signature,
                "summary": kept[name].docstring.summary,
                "line": kept[name].line,
                **trust[name].as_json(),
            }
            for name in names
        ],
        "not_offered": [{"name": o.name, "reason": o.reason, "line": o.line} for o in snapshot.not_offered],
    }

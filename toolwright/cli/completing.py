"""The words of a command line up to the cursor -> what may stand there, from the tables of the help.

On the way of every press of Tab: little is loaded, and whatever is wrong, nothing is said.
"""

import re
import sys

from toolwright.cli.call_words import VALUED as OF_A_CALL
from toolwright.cli.call_words import parted, program_options
from toolwright.cli.streams import write_stdout
from toolwright.errors import ToolwrightError

TYPE_CHECKING = False

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

FLAG = "--complete"
FILES = ":files"
FOLDERS = ":folders"
"""What stands for the shell's own completion of files and of folders."""
ANSWERS = {
    "--format": ("text", "json", "github", "sarif", "junit"),
    "--sandbox-minimum": ("full", "bwrap", "landlock", "seatbelt"),
    "--sort": ("file", "name", "used", "calls", "quality"),
    "--auto-approve": ("files", "network", "execute", "packages", "none"),
    "--permission": ("read", "write", "network", "execute"),
    "--allow": ("read:", "write:", "network", "network:", "network:raw", "execute"),
}
"""The values of flags that take one of few."""
_OF_METAVARS = {"DIR": FOLDERS, "FILE": FILES}
_TOOLS = re.compile(r"\b(?:NAME|TOOL)\b")
_PATHS = re.compile(r"\b(?:FILE_OR_DIR|GOALS\.txt|FILE)\b")
_WORD = re.compile(r"(?<![-\w.])[a-z]+(?![-\w.])")
_NO_TOOLS = (["packages", "add"], ["packages", "remove"], ["models", "pull"], ["tools", "install"])
"""Commands whose NAME is that of something else than a tool of this library."""


def complete(argv: list[str]) -> int:
    """Print what may stand in the place of the last word, one a line, with a tab and what it means."""
    words = argv[1:] or [""]
    try:
        found = suggestions(words)
    except (ToolwrightError, OSError, ValueError):
        return 0
    current = words[-1]
    lines = (
        _carried(word, " ".join(about.split()))
        for word, about in found.items()
        if word in {FILES, FOLDERS} or word.startswith(current)
    )
    write_stdout("".join(lines))
    return 0


def _carried(word: str, about: str) -> str:
    """Return a line that stdout can carry: "" where a word cannot be told as it is."""
    encoding = sys.stdout.encoding or "ascii"
    if word.encode(encoding, "replace").decode(encoding) != word:
        return ""
    said = about.encode(encoding, "replace").decode(encoding)
    return f"{word}\t{said}\n" if said else f"{word}\n"


def suggestions(words: "list[str]") -> "dict[str, str]":
    """Return what may stand in the place of the last word, with what it means.

    Raises:
        ToolwrightError: the library cannot be read.
    """
    *before, current = words
    if "--" in before:
        return {}
    calling = parted(before)
    if calling is not None and (calling[1] or (before[-1] not in OF_A_CALL and not current.startswith("-"))):
        given, called = calling
        library = _library({"--library": program_options(given, "call")[0].get("library")})
        return _of_call(called[0], before, current, library) if called else _tools(library)
    from toolwright import __version__
    from toolwright.cli.commands import usages
    from toolwright.cli.options import build_parser

    actions = {
        option: action
        for action in build_parser(usages(), __version__)._actions  # noqa: SLF001 - no public list
        for option in action.option_strings
    }
    operands, waiting, options = _read(before, actions)
    library = _library(options)
    if waiting:
        return _values(waiting, actions[waiting], library)
    if current.startswith("-"):
        return _flags(operands, actions)
    return _operands(operands, library)


def _read(
    before: "list[str]", actions: "Mapping[str, argparse.Action]"
) -> "tuple[list[str], str, dict[str, str]]":
    """Return the operands, the flag that waits for its value ("" for none), and those that have theirs."""
    operands: list[str] = []
    options: dict[str, str] = {}
    waiting = ""
    for word in before:
        name, equals, value = word.partition("=")
        if waiting:
            options[waiting], waiting = word, ""
        elif name in actions:
            if equals:
                options[name] = value
            elif actions[name].nargs != 0:
                waiting = name
        elif not word.startswith("-"):
            operands.append(word)
    return operands, waiting, options


def _library(options: "Mapping[str, object]") -> "Path":
    from toolwright.settings import load

    return load({"library": options.get("--library")}).library.absolute()


def _values(flag: str, action: "argparse.Action", library: "Path") -> "dict[str, str]":
    if flag in ANSWERS:
        return dict.fromkeys(ANSWERS[flag], "")
    if flag == "--execute-tool":
        return _tools(library)
    if flag in {"--model", "--model-for"}:
        from toolwright.settings.servers import SERVERS
        from toolwright.types.roles import ROLES

        if flag == "--model-for":
            return {f"{role}=": "" for role in ROLES}
        return {f"{name}:{server.default}": "" for name, server in SERVERS.items()}
    place = _OF_METAVARS.get(str(action.metavar))
    return {place: ""} if place else {}


def _flags(operands: "list[str]", actions: "Mapping[str, argparse.Action]") -> "dict[str, str]":
    """Return the flags; with a command, first those that its usage names."""
    said = {option: _about(action) for option, action in actions.items()}
    usage = _usage(operands)
    own = {option: about for option, about in said.items() if re.search(rf"{option}(?![\w-])", usage)}
    if operands[:1] == ["call"]:
        return {option: said[option] for option in OF_A_CALL if option in said}
    return own | said


def _about(action: "argparse.Action") -> str:
    return (action.help or "").replace("%%", "%")


def _usage(operands: "list[str]") -> str:
    from toolwright.cli.commands import usages

    rows = usages()
    for count in (2, 1):
        row = rows.get(" ".join(operands[:count])) if len(operands) >= count else None
        if row:
            return row[0]
    return ""


def _operands(operands: "list[str]", library: "Path") -> "dict[str, str]":
    from toolwright.cli.commands import COMMANDS

    if not operands:
        return {name: command.about for name, command in COMMANDS.items()}
    first = operands[0]
    if first not in COMMANDS:
        return {FILES: ""}  # a goal, in which a file may be named
    parts = COMMANDS[first].parts
    if parts and len(operands) == 1:
        return {name: about for name, (_, about) in parts.items()}
    usage = _usage(operands).removeprefix(first)
    fixed = dict.fromkeys(_WORD.findall(usage), "") if len(operands) == 1 and not parts else {}
    if fixed:
        return fixed
    found: dict[str, str] = {}
    if re.search(r"\bID\b(?!\|)", usage):
        found["last"] = "the last one"
    if _TOOLS.search(re.sub(r"--\S+(?: [A-Z]+)?", "", usage)) and operands[0:2] not in _NO_TOOLS:
        found |= _tools(library)
    if _PATHS.search(re.sub(r"-o FILE\S*|--\S+ FILE\S*", "", usage)):
        found[FILES] = ""
    return found


def _tools(library: "Path") -> "dict[str, str]":
    """Return the tools on offer."""
    from toolwright.library.index.keeping import catalogue_of
    from toolwright.library.place import Place, decode, read_bytes, sha

    place = Place(library)
    data = read_bytes(place.tools)
    if data is None:
        return {}
    return dict.fromkeys(catalogue_of(place, decode(data, place.tools), sha(data)).offered, "")


def _of_call(name: str, before: "list[str]", current: str, library: "Path") -> "dict[str, str]":
    """Return the flags of a tool, or what the one before takes."""
    from toolwright.cli.asked_tool import find_tool
    from toolwright.cli.flag_help import about_flag
    from toolwright.cli.flags import options_of, words_of

    known = words_of(find_tool(name, library).tool)
    last = before[-1]
    if last in known and not known[last][1] and not known[last][0].is_switch:
        choices = [str(one) for option in options_of(known[last][0].schema) for one in option.get("enum", ())]
        return dict.fromkeys(choices, "") or {FILES: ""}
    if current.startswith("-") or not current:
        said = {word: "" if no else about_flag(flag) for word, (flag, no) in known.items() if "_" not in word}
        return said | {"--help": "what it takes"}
    return {}

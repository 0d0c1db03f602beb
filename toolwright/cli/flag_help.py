"""A tool -> the help of `call NAME`: its flags with types and defaults, what it returns and needs."""

import json

from toolwright.cli.flags import Flag, flags_of, value_words
from toolwright.syntax.checking import described
from toolwright.types import Tool

_METAVARS = {
    "string": "TEXT",
    "integer": "N",
    "number": "NUMBER",
    "object": "JSON",
    "array": "JSON",
    "boolean": "true|false",
}


def flag_help(tool: Tool) -> str:
    """Return the help of a tool as lines."""
    flags, doc = flags_of(tool), tool.docstring
    lines = [f"usage: toolwright [options] call {tool.name}{''.join(map(_usage, flags))}", "", doc.summary]
    rows = [(_left(flag), about_flag(flag)) for flag in flags]
    if rows:
        width = min(28, max(len(left) for left, _ in rows))
        lines += ["", "flags:"]
        for left, about in rows:
            lines += (
                [f"  {left:<{width}}  {about}"]
                if len(left) <= width
                else [f"  {left}", f"  {'':<{width}}  {about}"]
            )
    lines += ["", f"returns: {doc.returns or described(tool.returns)}"]
    lines += [f"raises: {' '.join(doc.raises.split())}"] if doc.raises else []
    lines += [f"permissions: {', '.join(doc.permissions)} (granted by --allow)"] if doc.permissions else []
    lines += [
        "",
        'Prints one JSON line: {"status": "success", "output": ...}, or "error" with its "kind".',
        "Exit codes: 0 done, 1 the tool failed or may not run, 2 a flag is wrong.",
        "Options of the program, such as --library, --timeout and --allow, stand before the name.",
    ]
    return "\n".join(lines) + "\n"


def metavar(flag: Flag) -> str:
    """Return what stands for the value of a flag, "" for a switch."""
    if flag.is_switch:
        return ""
    kinds = flag.kinds
    if flag.is_list:
        return "ITEM"
    return _METAVARS.get(kinds[0], "VALUE") if len(kinds) == 1 else "VALUE"


def _usage(flag: Flag) -> str:
    said = f"{flag.word}{f' {metavar(flag)}' if metavar(flag) else ''}"
    more = " ..." if flag.is_list else ""
    return f" {said}{more}" if flag.required else f" [{said}]{more}"


def _left(flag: Flag) -> str:
    if flag.negative:
        return f"{flag.word}{f' {metavar(flag)}' if metavar(flag) else ''}, {flag.negative}"
    return f"{flag.word} {metavar(flag)}"


def about_flag(flag: Flag) -> str:
    """Say in a line what a flag is for and what it takes."""
    schema = flag.schema
    said = " ".join(str(schema.get("description", "")).split()).rstrip(".")
    facts = [] if flag.is_switch else [_values(flag)]
    if "default" in schema:
        facts.append(f"default: {json.dumps(schema['default'], ensure_ascii=False)}")
    facts += ["needed"] if flag.required else []
    facts += [f"{flag.negative} gives null"] if flag.negative and not flag.is_switch else []
    facts += ['a secret: {"secret": "NAME"} takes it from the environment'] if flag.secret else []
    return f"{said} ({'; '.join(facts)})".strip() if facts else said


def _values(flag: Flag) -> str:
    if not flag.is_list:
        return value_words(flag.schema)
    return f"{value_words(flag.array.get('items', {}))}; again for more, or all at once as a JSON list"

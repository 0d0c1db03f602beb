"""A number -> the text of a library of so many functions, no two alike, as ordinary tools are written.

Bodies, parameters, helpers, calls and words vary with a fixed seed, so that a library of 100 is the beginning
of one of 10 000.
"""

import random
import re
from pathlib import Path
from typing import Final

SIZES: Final = (10, 100, 1_000, 10_000)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


_HEADER: Final = '"""A library."""\n\nimport json\nimport math\nimport re\nfrom collections import Counter\n'
_VERBS: Final = _words(
    "read write group sort count merge split find drop rename convert measure check total fill"
)
_THINGS: Final = _words(
    "rows lines names dates prices orders words files routes scores tags events marks notes sizes"
)
_ASPECTS: Final = _words(
    "by_key in_order with_limit from_text for_report at_end per_day of_group as_table to_json"
)
_OTHER_WORDS: Final = _words(
    "spreadsheet excel ledger table record entry invoice bill calendar schedule text token document paper "
    "folder journey rating grade label mark incident log remark comment volume amount sum aggregate bucket "
    "cluster arrange order tally join combine divide cut locate discard delete replace alter translate gauge"
)
_BODIES: Final = (
    """\
    found = []
    for row in rows:
        value = row.get({key!r}, "")
        if len(value) > {number} and value not in found:
            found.append(value)
    return found[:limit]
""",
    """\
    counts = Counter(row.get({key!r}, "") for row in rows)
    return [name for name, often in counts.most_common(limit) if often > {number}]
""",
    """\
    pattern = re.compile(r"^{key}-(\\d+)$")
    found = [pattern.match(row.get({key!r}, "")) for row in rows]
    return sorted(match[1] for match in found if match)[{number}:limit]
""",
    """\
    limit = max(math.floor(limit / ({number} + 1)), 1)
    values = [json.dumps(row, sort_keys=True) for row in rows]
    return [value[: {number} + 1] for value in values][:limit]
""",
)
_HELPER: Final = """\
_LEAST_{number} = {number}


def _wide_{number}(text: str) -> bool:
    return len(text) > _LEAST_{number}


"""


def function(number: int) -> str:
    """Return one tool with its number in its name; every tenth has a helper, every seventh calls another."""
    chance = random.Random(number)
    verb, thing, aspect = chance.choice(_VERBS), chance.choice(_THINGS), chance.choice(_ASPECTS)
    name = name_of(number)
    words = chance.sample(_OTHER_WORDS, 4)
    body = chance.choice(_BODIES).format(key=chance.choice(_THINGS), number=number)
    if number % 7 == 3:
        body = f"    rows = [row for row in rows if {name_of(number - 3)}([row])]\n{body}"
    above = ""
    if number % 10 == 9:
        above = _HELPER.format(number=number)
        body = f"    rows = [row for row in rows if _wide_{number}(str(row))]\n{body}"
    return f'''{above}def {name}(rows: list[dict[str, str]], limit: int = {number % 50 + 1}) -> list[str]:
    """{verb.capitalize()} {thing} {aspect.replace("_", " ")} for {words[0]} number {number}.

    Args:
        rows: The {thing} of one {words[1]}.
        limit: How many at most.

    Returns:
        The {thing} that were left, as text.

    Example:
        >>> {name}([])
        []

    Keywords: {", ".join(words)}
    """
{body}'''


def name_of(number: int) -> str:
    """Return the name of a function by its number."""
    chance = random.Random(number)
    return f"{chance.choice(_VERBS)}_{chance.choice(_THINGS)}_{chance.choice(_ASPECTS)}_{number}"


def library(functions: int) -> str:
    """Return the text of a library."""
    return _HEADER + "".join(f"\n\n{function(number)}" for number in range(functions))


def write_library(folder: Path, functions: int) -> Path:
    """Write a library into a folder of its own and return its tools.py."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tool_tests").mkdir(exist_ok=True)
    tools = folder / "tools.py"
    tools.write_text(library(functions), encoding="utf-8")
    return tools

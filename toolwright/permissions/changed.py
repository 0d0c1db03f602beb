"""A version of a tool that was approved, and the one that asks now -> what is different, for who is asked."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolwright.permissions.needs import declared

_MOST_LINES: Final = 60


def change_words(
    tool: str, given: str, grants: Sequence[str], before: Mapping[str, str] | None, now: Mapping[str, str]
) -> str:
    """Say what changed since an approval: the permissions, and the text of the tool and of what it uses.

    `given` is the time of the approval, `grants` what it allowed, the mappings are texts by name.
    """
    lines = [f"{tool} is not what you approved on {given[:10]} for {', '.join(grants)}:"]
    if before is None:
        return "\n".join([*lines, "  what it was then is not kept, so there is no diff"])
    old, new = _words(before), _words(now)
    lines.append(f"  permissions: {old}, as before" if old == new else f"  permissions: {old} -> {new}")
    diff = list(_diff(tool, before, now))
    lines += [f"  {line}" for line in diff[:_MOST_LINES]]
    if len(diff) > _MOST_LINES:
        lines.append(f"  ... and {len(diff) - _MOST_LINES} lines more")
    return "\n".join(lines)


def _words(texts: Mapping[str, str]) -> str:
    return " ".join(declared(texts.values())) or "none"


def _diff(tool: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    names = sorted({*before, *now}, key=lambda name: (name != tool, name))
    for name in names:
        old, new = before.get(name, ""), now.get(name, "")
        if old != new:
            found = difflib.unified_diff(
                old.splitlines(), new.splitlines(), f"{name} as approved", f"{name} now", n=2, lineterm=""
            )
            yield from found

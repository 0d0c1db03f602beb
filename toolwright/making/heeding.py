"""Matches and the user's examples -> the examples of each step; a tool that contradicts one is let go."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from toolwright.errors import LibraryWriteError
from toolwright.events import Notice
from toolwright.library.needs import required_packages
from toolwright.making.assigning import assign
from toolwright.making.held_out import bound, missed
from toolwright.parts import Options, Parts
from toolwright.permissions.verifying import verification_policy
from toolwright.records import dataclass, field
from toolwright.types import Example, Failure, HeldOut, Match, Step, Tool

_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Heeded:
    """Matches that no example contradicts, and the examples by what their steps do."""

    matches: tuple[Match, ...]
    examples: Mapping[str, tuple[HeldOut, ...]] = field(default_factory=dict)

    def of(self, step: Step) -> tuple[HeldOut, ...]:
        """Return the examples of a step."""
        return self.examples.get(same_words(step), ())

    def name_of(self, step: Step) -> str:
        """Return what the examples of a step call its function, "" when they do not say."""
        return next((example.function for example in self.of(step) if example.function), "")


def same_words(step: Step) -> str:
    """Return a text that is equal for steps that ask for the same."""
    return step.description.rstrip(".").casefold()


def heed(parts: Parts, matches: Sequence[Match], options: Options) -> Heeded | Failure:
    """Give every example to its step, and try those of kept tools on them.

    A tool that contradicts an example does not do its step: another is wanted, unless the example names it.

    Raises:
        LibraryError, PackageError, SandboxError: an example could not be tried.
    """
    if not options.examples:
        return Heeded(tuple(matches))
    tools = parts.store.read().tools
    distinct = {same_words(match.step): match for match in reversed(matches)}
    by_number = sorted(distinct.values(), key=lambda match: match.step.number)
    assigned = assign(options.examples, by_number, tools, options.name)
    if isinstance(assigned, Failure):
        return assigned
    heeded = Heeded(
        tuple(matches), {words: assigned.get(match.step.number, ()) for words, match in distinct.items()}
    )
    kept: list[Match] = []
    for match in matches:
        reused = match.kind == "EXISTS_AND_GENERIC"
        why = _contradiction(parts, tools[match.tool], heeded.of(match.step)) if reused else ""
        if why and match.tool == heeded.name_of(match.step):
            return _contradicted(match, why, heeded.of(match.step))
        if why:
            parts.emit(Notice(f"step {match.step.number}: {why}; another function is written"))
        kept.append(Match(match.step, "NOT_EXISTS", "", why) if why else match)
    return Heeded(tuple(kept), heeded.examples)


def keep_examples(parts: Parts, name: str, examples: Sequence[HeldOut]) -> None:
    """Add examples that a kept tool was found to meet to its evidence, where there is some.

    A library that cannot be written keeps none, and the user is told.

    Raises:
        LibraryError: it cannot be read, or another program has held the lock for too long.
    """
    tool = parts.store.read().tools.get(name)
    met = [bound(example, tool) for example in examples] if tool else []
    try:
        parts.store.add_examples(name, [example for example in met if isinstance(example, Example)])
    except LibraryWriteError as error:
        parts.emit(Notice(f"the examples are not kept with `{name}`: {error}"))


def _contradiction(parts: Parts, tool: Tool, examples: Sequence[HeldOut]) -> str:
    """Say which example a tool of the library does not meet, and how."""
    tried: list[Example] = []
    for example in examples:
        found = bound(example, tool)
        if isinstance(found, str):
            return f"{example.call(tool.name)} is no call of `{tool.name}`: {found}"
        tried.append(found)
    if not tried:
        return ""
    snapshot = parts.store.read()
    packages = required_packages(snapshot.text, snapshot.tools, tool.name)
    policy = parts.packages.grant(verification_policy(snapshot.text, tool), packages)
    wrong = missed(parts.sandbox, snapshot.text, tried, policy)
    return f"`{tool.name}` contradicts an example: {wrong[0].call} {wrong[0].got}" if wrong else ""


def _contradicted(match: Match, why: str, examples: Sequence[HeldOut]) -> Failure:
    words = [word for example in examples for word in ("--example", _short(example.text(match.tool)))]
    repair = shlex.join(["tools", "fix", match.tool, *words])
    return Failure(
        "examples",
        why,
        kind="contradicted",
        step=match.step.number,
        tool=match.tool,
        hint=f"if the tool is wrong: python agent.py {repair}; "
        "or write the example without the name to have another function written",
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else "..."

"""The user's own rules: the table of review and what a user adds and leaves out go in, the rules come out."""

import ast
import difflib
from collections.abc import Iterable, Iterator, Sequence

from toolwright.errors import UsageError
from toolwright.settings.review_table import TABLE, Forbidden, ReviewTable
from toolwright.stages.rules import RULES
from toolwright.stages.rules.rule import Rule, Subject
from toolwright.stages.rules.weaknesses import weaknesses
from toolwright.types import Finding


def chosen_rules(table: ReviewTable, more: Iterable[Rule] = ()) -> tuple[Rule, ...]:
    """Return the rules that count: ours without those that are off, what is forbidden besides, and `more`.

    Raises:
        UsageError: a rule that is to be off is not known, or needed; two rules have one name.
    """
    names = [rule.name for rule in RULES]
    for name in table.disabled:
        _check_disabled(name, names)
    more = tuple(more)
    for rule in more:
        if not isinstance(rule, Rule):
            raise UsageError(f"a rule of review is a toolwright.Rule, not {rule!r:.60}")
        if rule.name in {*names, "blocked"}:
            raise UsageError(f"there is a rule `{rule.name}` already", hint="give the new one another name")
        names.append(rule.name)
    ours = [weaknesses(table.bandit) if rule.name == "bandit" else rule for rule in RULES]
    kept = tuple(rule for rule in ours if rule.name not in table.disabled)
    return (*kept, *([blocking(table.forbidden)] if table.forbidden else ()), *more)


def blocking(forbidden: Sequence[Forbidden]) -> Rule:
    """Make the rule that refuses dotted names, whichever way they are imported, with all their parts."""

    def check(subject: Subject) -> Iterator[Finding]:
        for name, line in dict.fromkeys(_named(subject)):
            for entry in forbidden:
                if name == entry.name or name.startswith(f"{entry.name}."):
                    yield Finding("blocked", line, f"`{name}`: {entry.message}")

    told = "; ".join(f"`{entry.name}`{_instead(entry)}" for entry in forbidden)
    return Rule("blocked", check, about=f"What the user forbids is not used: {told}")


def _instead(entry: Forbidden) -> str:
    return "" if entry == Forbidden(entry.name) else f" ({entry.message})"


def _named(subject: Subject) -> Iterator[tuple[str, int]]:
    for use in subject.uses.mentions:
        yield use.name, use.line
    for node, _ in subject.uses.nodes:
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield alias.name, node.lineno
            case ast.ImportFrom(module=str(module), names=aliases):
                for alias in aliases:
                    yield f"{module}.{alias.name}", node.lineno


def _check_disabled(name: str, names: Sequence[str]) -> None:
    if name not in names:
        nearest = difflib.get_close_matches(name, names, n=1)
        advice = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(names)}"
        raise UsageError(f"{TABLE}.disable names `{name}`, which is no rule", hint=advice)
    if next(rule for rule in RULES if rule.name == name).needed:
        raise UsageError(
            f"{TABLE}.disable names `{name}`, which the library cannot do without",
            hint=f"can be off: {', '.join(rule.name for rule in RULES if not rule.needed)}",
        )

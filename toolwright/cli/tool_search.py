"""`tools search TEXT`: what the search finds for a step, best first, and why."""

from collections.abc import Mapping, Sequence
from functools import cache

from toolwright.allowance import search_ledger
from toolwright.cli.arguments import Arguments
from toolwright.errors import UsageError
from toolwright.library.papers import Trust
from toolwright.library.search import query
from toolwright.library.store import Store
from toolwright.packages.shelf import open_shelf
from toolwright.screen.result import json_text, usage_json, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings
from toolwright.stages.narrowing import narrow
from toolwright.types import Hit, Json, Usage
from toolwright.types.cost import cost_words

_SHOWN = 8
_MOST = 1000
_LONGEST = 100


def search(arguments: Arguments, settings: Settings, text: str) -> int:
    """Print the tools that fit a text, with scores and the words that met, and what vectors have cost.

    Raises:
        UsageError: the number of tools is none.
        LibraryError: as for `Index.search`.
    """
    from toolwright.screen.display import Display
    from toolwright.wiring import open_index

    store = Store(settings.library)
    spent: list[Usage] = []
    ledger = arguments.shared.ledger if arguments.shared else search_ledger(settings)
    index = open_index(settings, store, lambda said: Display().print(said), ledger, spent.append)
    hits = index.search(text, (), _number(arguments.count, _SHOWN))
    trust = store.trust([hit.tool.name for hit in hits], cache(open_shelf(settings).version))
    asked = len(narrow(hits)) if settings.shortcuts else len(hits)
    used = sum(spent, Usage())
    write_line(
        json_text(_as_json(hits, asked, trust, used))
        if arguments.json
        else _as_text(hits, asked, trust)
        if hits
        else _nothing(store, text)
    )
    if spent and not arguments.json and settings.verbosity >= 0:
        Display().print(f"{count(used.vectors, 'request')} for vectors, {cost_words(used.cost)}", "dim")
    return 0


def _number(text: str, default: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise UsageError(f"-k is {text!r}, but must be a whole number from 1 to {_MOST}", hint="-k 5")
    return int(text)


def _nothing(store: Store, text: str) -> str:
    """Say why nothing was found."""
    if not store.read().tools:
        return "the library has no tools"
    shown = repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
    if not query(text, ()):
        return f"{shown} has no word to search by: there is none in it, or only such as every text has"
    return f"no tool shares a word with {shown}"


def _as_text(hits: Sequence[Hit], asked: int, trust: Mapping[str, Trust]) -> str:
    width = max(len(hit.tool.name) for hit in hits)
    lines: list[str] = []
    for hit in hits:
        near = f", cosine {hit.cosine:.2f}" if hit.cosine is not None else ""
        score = f"score {hit.score:.3g}, {hit.share:.0%} of the words{near}"
        lines.append(f"{hit.tool.name:<{width}}  {hit.tool.docstring.summary}")
        lines.append(f"{'':<{width}}  {score}{_where(hit)}")
        lines.append(f"{'':<{width}}  {_trusted(trust[hit.tool.name])}")
    if not asked:
        lines.append("too little in common: such a step gets a new tool, and no model is asked")
    elif asked < len(hits):
        lines.append(f"for such a step the model is shown the first {asked}")
    return "\n".join(lines)


def _where(hit: Hit) -> str:
    met = "; ".join(f"{field}: {' '.join(words)}" for field, words in hit.why.items())
    return f" ({met})" if met else ""


def _trusted(one: Trust) -> str:
    return ", ".join(filter(None, [one.standing.said or "verified", one.quality.said]))


def _as_json(hits: Sequence[Hit], asked: int, trust: Mapping[str, Trust], used: Usage) -> Json:
    return {
        "hits": [
            {
                "name": hit.tool.name,
                "summary": hit.tool.docstring.summary,
                "score": round(hit.score, 6),
                "share": round(hit.share, 6),
                "cosine": None if hit.cosine is None else round(hit.cosine, 6),
                "why": {field: list(words) for field, words in hit.why.items()},
                "standing": trust[hit.tool.name].standing.kind,
                "quality": trust[hit.tool.name].quality.as_json(),
            }
            for hit in hits
        ],
        "shown_to_model": asked,
        "usage": usage_json(used),
    }

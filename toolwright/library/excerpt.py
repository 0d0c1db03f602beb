"""The text of a library + a name -> that function as a text of its own, with helpers and imports it uses."""

from collections.abc import Collection

from toolwright.library.bindings import Bindings, bindings
from toolwright.syntax.chunks import split
from toolwright.syntax.reading import unix_lines


def excerpt(text: str, name: str) -> str:
    """Return a function with what it needs of its surroundings; other tools that it calls are left out.

    Raises:
        KeyError: the library defines no such function.
        SyntaxError: the text is not Python.
    """
    return excerpt_of(bindings(split(text)), name)


def excerpt_of(known: Bindings, name: str) -> str:
    """Return the same of a library that was taken apart already.

    Raises:
        KeyError: the library defines no such function.
    """
    imports, wanted = _parts(known, name)
    chunks = [known.sections.chunks[index].text.strip() for index in sorted(wanted)]
    head = ["\n".join(imports)] if imports else []
    return "\n\n\n".join([*head, *chunks]) + "\n"


def excerpt_lines(known: Bindings, name: str) -> tuple[int, ...]:
    """Return for each line of an excerpt the number of that line in the library, 0 for lines that it adds.

    Raises:
        KeyError: the library defines no such function.
    """
    imports, wanted = _parts(known, name)
    lines = [0] * len(imports)
    first = 1 + _height(known.sections.header)
    for index, chunk in enumerate(known.sections.chunks):
        if index in wanted:
            own = chunk.text.strip()
            start = first + _height(chunk.text[: chunk.text.index(own)])
            lines += [0, 0] if lines else []
            lines += range(start, start + _height(own) + 1)
        first += _height(chunk.text)
    return tuple(lines)


def _parts(known: Bindings, name: str) -> tuple[list[str], set[int]]:
    """Find the imports that go along, and the places of the definitions."""
    if known.definition(name) is None:
        raise KeyError(name)
    reached = known.reach([name])
    imports = sorted({said for used, said in reached.items() if used in known.imports and said})
    return imports, {
        known.chunks[one] for one in reached if one in known.chunks and _goes_along(known, one, name)
    }


def _height(text: str) -> int:
    return len(unix_lines(text)) - 1


def nothing_but(known: Bindings, names: Collection[str]) -> str:
    """Return a library without what these functions do not reach; other tools that they call stay in it."""
    wanted = {known.chunks[used] for used in known.reach(names) if used in known.chunks}
    chunks = [known.sections.chunks[index].text.strip() for index in sorted(wanted)]
    return "\n\n\n".join([known.sections.header.rstrip(), *chunks]).lstrip("\n") + "\n"


def _goes_along(known: Bindings, used: str, name: str) -> bool:
    """Tell other tools, which stay where they are, from helpers and the exceptions that callers catch."""
    chunk = known.definition(used)
    return used == name or used.startswith("_") or (chunk is not None and chunk.kind == "class")

"""The text of a library + a name -> that function as a text of its own, with helpers and imports it uses."""

from toolwright.library.bindings import Bindings, bindings
from toolwright.syntax.chunks import split


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
    if known.definition(name) is None:
        raise KeyError(name)
    reached = known.reach([name])
    imports = sorted({said for used, said in reached.items() if used in known.imports and said})
    wanted = {known.chunks[used] for used in reached if used in known.chunks and _goes_along(used, name)}
    chunks = [chunk.text.strip() for index, chunk in enumerate(known.sections.chunks) if index in wanted]
    head = ["\n".join(imports)] if imports else []
    return "\n\n\n".join([*head, *chunks]) + "\n"


def _goes_along(used: str, name: str) -> bool:
    return used == name or used.startswith("_")

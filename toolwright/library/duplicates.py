"""A library and a candidate -> the kept tool that does the very same, whatever its names."""

import ast

from toolwright.library.catalogue import Catalogue
from toolwright.library.excerpt import excerpt_of
from toolwright.syntax.alpha import alpha_form
from toolwright.syntax.chunks import parse
from toolwright.syntax.outline import outline_of
from toolwright.syntax.said import is_public_function
from toolwright.types import Candidate


def twin_of(catalogue: Catalogue, candidate: Candidate, replaces: str = "") -> str:
    """Return the name of a function whose body is the candidate's but for names and notes, "" when none is.

    Only functions of the same outline are compared.

    Raises:
        SyntaxError: the library, or the candidate, is not Python.
    """
    library = catalogue.bindings
    form = alpha_form(candidate.source, candidate.name)
    wanted = _outline(candidate)
    for chunk, said in zip(catalogue.sections.chunks, catalogue.said, strict=True):
        if not is_public_function(chunk) or chunk.name in {candidate.name, replaces}:
            continue
        if (said.outline or outline_of(parse(chunk.text))) == wanted:
            try:
                if alpha_form(excerpt_of(library, chunk.name), chunk.name) == form:
                    return chunk.name
            except KeyError:  # bound again further down
                continue
    return ""


def _outline(candidate: Candidate) -> str:
    """Return the outline of the function itself, without its helpers and imports."""
    body = parse(candidate.source).body
    own = [node for node in body if getattr(node, "name", "") == candidate.name]
    return outline_of(ast.Module(own[-1:], []))

"""A library and a candidate -> the kept tool that does the very same, whatever its names."""

import ast

from toolwright.library.bindings import Bindings, bindings
from toolwright.library.excerpt import excerpt_of
from toolwright.syntax.alpha import alpha_form
from toolwright.syntax.chunks import parse, split
from toolwright.types import Candidate


def twin_of(text: str, candidate: Candidate, replaces: str = "") -> str:
    """Return the name of a function whose body is the candidate's but for names and notes, "" when none is.

    Only functions whose text holds all attributes and keywords of the candidate are compared.

    Raises:
        SyntaxError: the library, or the candidate, is not Python.
    """
    library = bindings(split(text))
    form = alpha_form(candidate.source, candidate.name)
    lasting = _lasting_words(candidate)
    for chunk in library.sections.chunks:
        is_other = chunk.kind == "function" and chunk.name not in {candidate.name, replaces}
        if is_other and not chunk.name.startswith("_") and _may_be(library, chunk.text, lasting):
            try:
                if alpha_form(excerpt_of(library, chunk.name), chunk.name) == form:
                    return chunk.name
            except KeyError:  # bound again further down
                continue
    return ""


def _lasting_words(candidate: Candidate) -> frozenset[str]:
    """List words of the function itself that no renaming changes."""
    for node in parse(candidate.source).body:
        if isinstance(node, ast.FunctionDef) and node.name == candidate.name:
            found = {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
            kinds = {type(inner).__name__ for inner in ast.walk(node) if isinstance(inner, ast.stmt)}
            written = {"For": "for", "While": "while", "Try": "try", "With": "with", "Raise": "raise"}
            return frozenset(found).union(written[kind] for kind in kinds & written.keys())
    return frozenset()


def _may_be(library: Bindings, text: str, lasting: frozenset[str]) -> bool:
    # a part of a module may be imported by its name at the top of the file
    return all(word in text or word in library.sections.header for word in lasting)

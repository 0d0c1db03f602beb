"""A tool -> the words by which it is found, in the columns of the index."""

from toolwright.library.search import document
from toolwright.types import Tool


def fields(tool: Tool) -> tuple[str, str, str, str]:
    """Return name, keywords, docstring and signature as they are put into the index."""
    said = tool.docstring
    arguments = " ".join(said.args.values())
    return (
        document(tool.name),
        document(" ".join(said.keywords)),
        document(f"{said.summary} {said.returns} {said.raises}"),
        document(f"{tool.signature} {arguments}"),
    )

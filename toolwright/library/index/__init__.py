"""What was read off tools.py, kept in SQLite: so that it need not be read again, and for search.

`Index` is the search. It loads when it is first named: a single call of a tool needs rows only.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolwright.library.index.searching import Index

__all__ = ["Index"]


def __getattr__(name: str) -> Any:
    """Load the search."""
    if name != "Index":
        raise AttributeError(f"module 'toolwright.library.index' has no attribute {name!r}")
    from toolwright.library.index.searching import Index

    return Index

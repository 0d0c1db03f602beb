"""Why a function is not offered -> whether types are all that it lacks."""

from toolwright.types import NotOffered

_OF_TYPES = ("parameter ", "the return value")


def lacks_types(other: NotOffered) -> bool:
    """Tell whether a function could be offered with other types, as it is."""
    return other.reason.startswith(_OF_TYPES)

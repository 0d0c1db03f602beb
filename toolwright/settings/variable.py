"""The record of one setting, from which its reading and its documentation are made."""

from collections.abc import Callable

from toolwright.records import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting: its field, environment name and flag, how it is read, what is allowed, what it is for.

    `server` names the only one that it concerns: while no model of that server is used, a value that cannot
    be read is ignored, for such names (`MAX_TOKENS`) may well be meant for another program.
    """

    field: str
    name: str
    flag: str
    parse: Callable[[str], object]
    allowed: str
    about: str
    in_file: bool = True
    server: str = ""
    hidden: bool = False
    """Whether a text that was given for it may hold a password, and is not shown."""

    @property
    def secret(self) -> bool:
        """Whether its value is never shown."""
        return self.field.endswith("_key")

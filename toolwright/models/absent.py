"""A model that cannot be asked, for runs that need none: a remembered plan costs no call and no key."""

from toolwright.errors import ModelError
from toolwright.types import Prompt, Reply


class AbsentModel:
    """Stands where a model would be; asking it says what is missing."""

    def __init__(self, name: str, missing: ModelError) -> None:
        """`missing` is raised when the model is needed after all."""
        self._name = name
        self._missing = missing

    @property
    def name(self) -> str:
        """The name of the model that was configured."""
        return self._name

    def complete(self, prompt: Prompt) -> Reply:  # noqa: ARG002 - the signature of every model
        """Raise what is missing.

        Raises:
            ModelError: always.
        """
        raise self._missing

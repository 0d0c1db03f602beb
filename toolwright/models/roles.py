"""A model for each role goes in; one comes out that passes each question to the model of its stage."""

from collections.abc import Mapping
from typing import Final

from toolwright.protocols import Model
from toolwright.types import Prompt, Reply

ROLE_OF: Final[Mapping[str, str]] = {
    "compose": "decompose",
    "strengthen": "contract",
    "widen": "contract",
    "apart": "generate",
    "rebind": "bind",
}
"""The role that answers for a stage, where it is not called like the stage."""


class RoleModel:
    """Asks the model of the role that a prompt's stage belongs to; that of "" where there is none."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        """`models` by role; the one of "" is needed."""
        self._models = dict(models)

    @property
    def name(self) -> str:
        """The name of the model that serves where a role has none of its own."""
        return self._models[""].name

    def name_for(self, prompt: Prompt) -> str:
        """Return the name of the model that this prompt would be put to."""
        return self._of(prompt).name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer with the model of the role.

        Raises:
            ModelError: as that model raises it.
        """
        return self._of(prompt).complete(prompt)

    def _of(self, prompt: Prompt) -> Model:
        role = ROLE_OF.get(prompt.stage, prompt.stage)
        return self._models.get(role, self._models[""])

"""Several models go in, one comes out that asks the first of them that this account can use."""

from collections.abc import Sequence

from toolwright.errors import ModelError
from toolwright.events import Listener, Notice
from toolwright.protocols import Model
from toolwright.types import Prompt, Reply


class FallbackModel:
    """Moves on to the next model when one is not available, and stays with the one that answers.

    Only the kind `model` moves on: hosted models get retired, and a name that is gone stays gone.
    """

    def __init__(self, models: Sequence[Model], emit: Listener) -> None:
        """`models` in the order of preference, at least one."""
        if not models:
            raise ValueError("a FallbackModel needs at least one model")
        self._models = tuple(models)
        self._emit = emit
        self._current = 0

    @property
    def name(self) -> str:
        """The name of the model that is asked now."""
        return self._models[self._current].name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer with the first model that is available.

        Raises:
            ModelError: `model` when none of them is; any other kind as it comes.
        """
        while True:
            try:
                return self._models[self._current].complete(prompt)
            except ModelError as error:
                if error.kind != "model":
                    raise
                self._move_on(error)

    def _move_on(self, error: ModelError) -> None:
        gone, following = self._current, self._current + 1
        if following == len(self._models):
            raise self._nothing_left(error) from None
        self._current = following
        self._emit(
            Notice(
                f"{error}; going on with {self._models[following].name} instead of {self._models[gone].name}"
            )
        )

    def _nothing_left(self, error: ModelError) -> ModelError:
        if len(self._models) == 1:
            return error
        names = ", ".join(model.name for model in self._models)
        return ModelError(
            "model", f"none of the models is available ({names}); the last: {error}", hint=error.hint
        )

"""Records of calls whose answers the user knows: held out, compared by us, shown to no author."""

from collections.abc import Mapping

from toolwright.records import dataclass
from toolwright.types.json_values import Json


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A call as the user wrote it, with its answer. `function` is "" when its name is not known yet."""

    function: str
    positional: tuple[Json, ...]
    named: Mapping[str, Json]
    expected: Json

    def call(self, function: str = "") -> str:
        """Write the call, without its answer, as in Python."""
        given = [repr(value) for value in self.positional]
        given += [f"{name}={value!r}" for name, value in self.named.items()]
        return f"{self.function or function}({', '.join(given)})"

    def text(self, function: str = "") -> str:
        """Write all of it, so that it can be read again."""
        return f"{self.call(function)} == {self.expected!r}"

"""Records of talking to a model: what is asked, what is answered, what that costs."""

from toolwright.records import dataclass
from toolwright.types.json_values import Schema


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question. `stage` and `subject` name it in transcripts, so that replays survive rewording."""

    stage: str
    subject: str
    text: str
    schema: Schema | None = None
    """The JSON asked for, as a hint for servers that can constrain their output."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What model calls cost: tokens as the server counted them, wall time in seconds, money.

    `picodollars` is what `priced` of the calls, and of the requests for `vectors`, cost; of the others nobody
    knows.
    """

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    picodollars: int = 0
    priced: int = 0
    vectors: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.output_tokens + other.output_tokens,
            self.seconds + other.seconds,
            self.picodollars + other.picodollars,
            self.priced + other.priced,
            self.vectors + other.vectors,
        )

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls - other.calls,
            self.prompt_tokens - other.prompt_tokens,
            self.output_tokens - other.output_tokens,
            self.seconds - other.seconds,
            self.picodollars - other.picodollars,
            self.priced - other.priced,
            self.vectors - other.vectors,
        )

    @property
    def tokens(self) -> int:
        """Tokens in and out together."""
        return self.prompt_tokens + self.output_tokens

    @property
    def cost(self) -> int | None:
        """Picodollars of all calls, None when the cost of one is not known. No call costs nothing."""
        return self.picodollars if self.priced >= self.calls + self.vectors else None


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer: `text` without the thoughts, which stand in `reasoning`."""

    text: str
    reasoning: str = ""
    finish: str = "stop"
    usage: Usage = Usage()
    model: str = ""

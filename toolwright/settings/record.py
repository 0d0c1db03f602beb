"""What a run can be told, and what the environment says about the terminal: two frozen records."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from toolwright.records import dataclass, field
from toolwright.redaction import Secret

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run can be told. Times are seconds, `budget` dollars; models are `SERVER:NAME`.

    `origins` says for each field that is not a default where its value came from (`--model`,
    `TOOLWRIGHT_MODEL`, `.env line 3`); `notices` are sentences the user should see.
    """

    library: Path = Path()
    workspace: Path = field(default_factory=Path.cwd)
    model: str = "together:deepseek-ai/DeepSeek-R1"
    fallbacks: tuple[str, ...] = (
        "together:deepseek-ai/DeepSeek-V4.1-Flash",
        "together:deepseek-ai/DeepSeek-V4-Pro-0813",
    )
    model_decompose: str = ""
    model_classify: str = ""
    model_contract: str = ""
    model_generate: str = ""
    model_bind: str = ""
    model_judge: str = ""
    api_key: Secret = field(default_factory=Secret)
    base_url: str = ""
    openai_key: Secret = field(default_factory=Secret)
    openai_base_url: str = ""
    groq_key: Secret = field(default_factory=Secret)
    groq_base_url: str = ""
    anthropic_key: Secret = field(default_factory=Secret)
    anthropic_base_url: str = ""
    compatible_key: Secret = field(default_factory=Secret)
    compatible_base_url: str = ""
    ollama_host: str = "http://127.0.0.1:11434"
    ollama_key: Secret = field(default_factory=Secret)
    think: bool | None = None
    models_dir: Path = Path("~/.toolwright/models")
    local_model: str = "Qwen3-4B-Q4_K_M.gguf"
    context_size: int = 16_384
    gpu_layers: int = 0
    local_temperature: float | None = None
    local_max_tokens: int = 4096
    temperature: float = 0.6
    top_p: float = 0.95
    max_tokens: int = 16384
    idle_timeout_s: float = 120.0
    deadline_s: float = 900.0
    attempts: int = 5
    samples: int = 1
    jobs: int = 4
    candidates: int = 8
    shortcuts: bool = True
    embedder: str = ""
    mutation_threshold: float = 0.8
    mutation_budget: int = 60
    mutation_seconds: float = 20.0
    step_timeout_s: float = 30.0
    allow: tuple[str, ...] = ()
    auto_approve: tuple[str, ...] = ()
    blocked: tuple[str, ...] | None = None
    packages: tuple[str, ...] = ("requests", "numpy", "pandas")
    sandbox_minimum: Literal["full", "bwrap", "landlock", "seatbelt"] = "landlock"
    unsafe: bool = False
    preview: bool = True
    fresh: bool = False
    memory: bool | Secret = True
    judge: bool | None = None
    prompts_dir: Path | None = None
    replay: Path | None = None
    yes: bool = False
    verbosity: int = 0
    goal_limit: int = 20_000
    prices: tuple[str, ...] = ()
    budget: "Decimal | None" = None
    max_calls: int | None = None
    calls_per_function: int | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the environment says about the terminal; whether a stream is one, the stream itself knows."""

    colour: bool = True
    term: str = "xterm"
    colorterm: str = ""

    @property
    def dumb(self) -> bool:
        """Whether it can only print one line below the other."""
        return self.term in {"", "dumb", "unknown"}

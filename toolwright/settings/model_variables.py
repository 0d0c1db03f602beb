"""The settings of models: which is asked for what, how its server is reached, how it answers."""

from typing import Final

from toolwright.settings import values
from toolwright.settings.variable import Variable
from toolwright.types.roles import ROLES

_SERVER_NAME: Final = "SERVER:NAME, such as together:deepseek-ai/DeepSeek-R1, or SERVER alone"
_KEY: Final = "printable ASCII without spaces or line breaks"
_URL: Final = "an http:// or https:// address without user, password or query"


def _role(role: str, about: str) -> Variable:
    return Variable(
        f"model_{role}", f"TOOLWRIGHT_MODEL_{role.upper()}", "--model-for", values.model, _SERVER_NAME, about
    )


def _key(field: str, name: str, server: str, whose: str) -> Variable:
    return Variable(field, name, "", values.key, _KEY, f"The key for {whose}.", server=server)


def _address(field: str, name: str, server: str, about: str) -> Variable:
    return Variable(field, name, "", values.url, _URL, about, server=server)


MODEL_VARIABLES: Final = (
    Variable(
        "model", "TOOLWRIGHT_MODEL", "--model", values.model, _SERVER_NAME, "The model that plans and writes."
    ),
    Variable(
        "fallbacks",
        "TOOLWRIGHT_FALLBACKS",
        "--fallbacks",
        values.models,
        f"{_SERVER_NAME}, separated by commas, or none",
        "Models to ask instead, in this order, when the model is not available to the account.",
    ),
    Variable(
        "api_key",
        "TOGETHER_API_KEY",
        "",
        values.key,
        _KEY,
        "The key for Together; asked for at the terminal when it is not set.",
    ),
    Variable(
        "base_url",
        "TOGETHER_BASE_URL",
        "",
        values.url,
        _URL,
        "Another server that speaks the same protocol.",
    ),
    Variable(
        "temperature",
        "TOOLWRIGHT_TEMPERATURE",
        "",
        values.within(float, 0, 2),
        "a number from 0 to 2",
        "How freely the model chooses its words; 0.6 is what the makers of R1 advise.",
    ),
    Variable(
        "top_p",
        "TOOLWRIGHT_TOP_P",
        "",
        values.within(float, 0.01, 1),
        "a number from 0.01 to 1",
        "The share of likely words the model chooses among; 0.95 is what the makers of R1 advise.",
    ),
    Variable(
        "max_tokens",
        "TOOLWRIGHT_MAX_TOKENS",
        "",
        values.within(int, 256, 1_000_000),
        "a whole number from 256 to 1000000",
        "Room for thought and answer together, in tokens; doubled once when an answer is cut off.",
    ),
    Variable(
        "idle_timeout_s",
        "TOOLWRIGHT_IDLE_TIMEOUT_S",
        "",
        values.within(float, 1, 3600),
        "seconds from 1 to 3600",
        "How long the model's server may send nothing.",
    ),
    Variable(
        "deadline_s",
        "TOOLWRIGHT_DEADLINE_S",
        "",
        values.within(float, 1, 86_400),
        "seconds from 1 to 86400",
        "How long one answer of the model may take in all.",
    ),
    *(_role(role, about) for role, about in ROLES.items()),
    _key("openai_key", "OPENAI_API_KEY", "openai", "OpenAI (`openai:NAME`)"),
    _address("openai_base_url", "OPENAI_BASE_URL", "openai", "Another address for `openai:NAME`."),
    _key("groq_key", "GROQ_API_KEY", "groq", "Groq (`groq:NAME`)"),
    _address("groq_base_url", "GROQ_BASE_URL", "groq", "Another address for `groq:NAME`."),
    _key("anthropic_key", "ANTHROPIC_API_KEY", "anthropic", "Anthropic (`anthropic:NAME`)"),
    _address(
        "anthropic_base_url", "ANTHROPIC_BASE_URL", "anthropic", "Another address for `anthropic:NAME`."
    ),
    _key(
        "compatible_key",
        "OPENAI_COMPATIBLE_API_KEY",
        "openai-compatible",
        "the server of `openai-compatible:NAME`, if it wants one",
    ),
    _address(
        "compatible_base_url",
        "OPENAI_COMPATIBLE_BASE_URL",
        "openai-compatible",
        "Where `openai-compatible:NAME` is: vLLM, llama-server, OpenRouter, such as http://127.0.0.1:8000/v1.",
    ),
    Variable(
        "ollama_host",
        "OLLAMA_HOST",
        "",
        values.host,
        "a host, HOST:PORT or an http:// or https:// address",
        "Where `ollama:NAME` is.",
        server="ollama",
    ),
    _key("ollama_key", "OLLAMA_API_KEY", "ollama", "an Ollama behind a login"),
    Variable(
        "think",
        "TOOLWRIGHT_THINK",
        "",
        values.switch,
        values.SWITCH,
        "Whether a model of Ollama thinks before it answers. When it is not set, as it does by itself, and "
        "not where JSON is asked for.",
    ),
    Variable(
        "models_dir",
        "MODELS_DIR",
        "",
        values.path,
        "a folder",
        "Where the GGUF files of `llama-cpp:FILE` lie.",
        server="llama-cpp",
    ),
    Variable(
        "local_model",
        "LOCAL_SMALL_MODEL",
        "",
        values.file_name,
        "the name of a GGUF file",
        "The file that `llama-cpp` alone means.",
        server="llama-cpp",
    ),
    Variable(
        "context_size",
        "CONTEXT_SIZE",
        "",
        values.within(int, 512, 10_000_000),
        "a whole number from 512 to 10000000",
        "How many tokens `llama-cpp` holds, question and answer together.",
        server="llama-cpp",
    ),
    Variable(
        "gpu_layers",
        "GPU_LAYERS",
        "",
        values.within(int, -1, 10_000),
        "a whole number from -1 (all) to 10000",
        "How many layers of a model `llama-cpp` puts on the GPU, where it was built for one.",
        server="llama-cpp",
    ),
    Variable(
        "local_temperature",
        "TEMPERATURE",
        "",
        values.within(float, 0, 2),
        "a number from 0 to 2",
        "How freely `llama-cpp` chooses its words; when it is not set, as TOOLWRIGHT_TEMPERATURE says.",
        server="llama-cpp",
    ),
    Variable(
        "local_max_tokens",
        "MAX_TOKENS",
        "",
        values.within(int, 64, 1_000_000),
        "a whole number from 64 to 1000000",
        "Room for one answer of `llama-cpp`, in tokens.",
        server="llama-cpp",
    ),
)
"""The rows of the table of settings that are about models."""

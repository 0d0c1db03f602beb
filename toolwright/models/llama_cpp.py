"""A prompt goes in, the answer of a GGUF file comes out, computed in this process: no server, no key."""

import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from toolwright.errors import ModelError
from toolwright.models.asking import Asking, OnConnected
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import Rule, model_error
from toolwright.models.fields import part, text
from toolwright.models.pieces import Piece
from toolwright.models.pump import Abandoned, Put, Source
from toolwright.models.refusals import plain
from toolwright.types import Prompt, Reply

SERVER: Final = "llama-cpp"
_HINTS: Final = {
    "context": "raise CONTEXT_SIZE, or ask for less at once",
    "truncated": "raise MAX_TOKENS and CONTEXT_SIZE, or ask for less at once",
    "server": "lower CONTEXT_SIZE or GPU_LAYERS, or choose a smaller model",
    "timeout": "raise TOOLWRIGHT_DEADLINE_S, or choose a smaller model",
}


class LlamaCppModel:
    """One GGUF file; it is loaded with the first question and kept. One question at a time is answered."""

    def __init__(
        self,
        model: str,
        connection: Connection,
        on_progress: OnProgress = ignore_progress,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`model` is a file of the folder of models, or a path. Nothing is read yet."""
        self._path = _at_home(connection.local.folder / _at_home(Path(model)))
        at = Endpoint(SERVER, model, "llama.cpp", hints=_HINTS)
        most = connection.local.context_size // 2
        self._asking = Asking(at, connection, on_progress, clock, rules, most)
        self._llama: Any = None
        self._busy = threading.Lock()

    @property
    def name(self) -> str:
        """`llama-cpp:FILE`."""
        return self._asking.at.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt; where JSON is wanted, a grammar of its schema leaves nothing else.

        Raises:
            ModelError: there is no usable answer. Only a truncated one was asked for again.
        """
        if not self._path.is_file():
            raise ModelError(
                "setup",
                f"there is no model file {str(self._path)!r}",
                hint="python agent.py models pull, or set MODELS_DIR to a folder that has it",
            )
        return self._asking.answer(prompt, lambda room, connected: self._streaming(prompt, room, connected))

    def list_models(self) -> tuple[str, ...]:
        """Return the GGUF files in the folder of models, sorted; none where there is no such folder."""
        return gguf_files(self._asking.connection.local.folder)

    def _streaming(self, prompt: Prompt, room: int, connected: OnConnected) -> Source[Piece]:
        gone = threading.Event()

        def produce(put: Put[Piece]) -> None:
            connected()  # nothing to connect to: only the deadline counts
            with self._busy:
                llama = self._loaded()
                written = 0
                for chunk in llama.create_chat_completion(**self._request(prompt, room)):
                    if gone.is_set():
                        raise Abandoned
                    choice = chunk["choices"][0]
                    said = text(part(choice, "delta"), "content")
                    written += bool(said)
                    put(Piece(text=said, finish=text(choice, "finish_reason")))
                put(Piece(tokens=(max(0, llama.n_tokens - written), written)))

        return Source(produce, gone.set)

    def _request(self, prompt: Prompt, room: int) -> dict[str, Any]:
        connection = self._asking.connection
        request: dict[str, Any] = {
            "messages": [{"role": "user", "content": prompt.text}],
            "max_tokens": room,
            "stream": True,
        }
        sampling = {"temperature": connection.temperature, "top_p": connection.top_p}
        request |= {name: value for name, value in sampling.items() if value is not None}
        if prompt.schema is not None:  # of the type `json_schema` nothing would be noticed
            request["response_format"] = {"type": "json_object", "schema": dict(prompt.schema)}
        return request

    def _loaded(self) -> Any:
        if self._llama is None:
            local = self._asking.connection.local
            self._llama = _package().Llama(
                str(self._path), n_ctx=local.context_size, n_gpu_layers=local.gpu_layers, verbose=False
            )
        return self._llama


def gguf_files(folder: Path) -> tuple[str, ...]:
    """Return the names of the GGUF files in a folder, sorted; none where there is no such folder."""
    try:
        return tuple(sorted(path.name for path in _at_home(folder).glob("*.gguf") if path.is_file()))
    except OSError:
        return ()


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # a user without a home: no such file will be found
        return path


def rules() -> tuple[Rule, ...]:
    """Return the rules for what llama.cpp and its Python package raise."""
    return (((ValueError,), _misfit), ((RuntimeError, OSError, MemoryError, AssertionError), _broken))


def _misfit(error: ValueError, at: Endpoint) -> ModelError:
    said = plain(str(error))
    if "context window" in said:
        return model_error("context", f"the question is too long for {at.name}: {said}", at)
    if "load model" in said:
        hint = "check the file: it may be cut off, or of a kind that this llama.cpp does not know"
        return model_error("setup", f"{at.name} cannot be loaded ({said})", at, hint=hint)
    return model_error("request", f"{at.name} cannot be asked like this ({said})", at)


def _broken(error: BaseException, at: Endpoint) -> ModelError:
    return model_error("server", f"{at.name} failed ({plain(str(error)) or type(error).__name__})", at)


def _package() -> Any:
    """Return `llama_cpp`.

    Raises:
        ModelError: `setup`, it is not installed.
    """
    try:
        import llama_cpp
    except ImportError as error:
        raise ModelError(
            "setup",
            f"the Python package {error.name or 'llama_cpp'!r} is not installed",
            hint="pip install 'toolwright[local]' (it is compiled, which takes some minutes)",
        ) from error
    _silence(llama_cpp)
    return llama_cpp


@cache
def _silence(package: Any) -> object:
    """Keep llama.cpp from writing over the screen; what is wrong it raises besides.

    It calls what is returned as long as the process lives, so that is kept.
    """
    quiet = package.llama_log_callback(lambda _level, _text, _data: None)
    package.llama_log_set(quiet, None)
    return quiet

"""A folder with a sentence model of the BERT family, as published -> vectors, computed without a network.

The folder holds `config.json`, `tokenizer.json` and `model.safetensors`; all-MiniLM, BGE, E5 and GTE come so.
Method: Devlin et al. 2018 (encoder), Reimers and Gurevych 2019 (mean pooling). Needs the `search` extra.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolwright.errors import ModelError

_AT_ONCE: Final = 32
_MOST_TOKENS: Final = 256
_FILES: Final = ("config.json", "tokenizer.json", "model.safetensors")
_HINT: Final = "set TOOLWRIGHT_EMBEDDER to local:FOLDER, a folder with " + ", ".join(_FILES)


class LocalEmbedder:
    """A model in a folder; it is loaded when the first text comes."""

    def __init__(self, folder: Path) -> None:
        """Name the folder.

        Raises:
            ModelError: `setup`, a file is missing.
        """
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise ModelError("setup", f"{folder} holds no {missing[0]}, so no embedding model", hint=_HINT)
        self._folder = folder
        self._loaded: _Encoder | None = None

    @property
    def name(self) -> str:
        """The folder, and the size of the weights: another model in its place has another name."""
        return f"local:{self._folder.resolve()}:{(self._folder / _FILES[2]).stat().st_size}"

    def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return a vector of length one for each text, of its first 256 tokens.

        Raises:
            ModelError: `setup`, the extra is not installed or the folder is of another kind.
        """
        if self._loaded is None:
            self._loaded = _load(self._folder)
        vectors: dict[int, tuple[float, ...]] = {}
        # A batch is as long as its longest text, so texts of like length go together.
        places = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(places), _AT_ONCE):
            batch = places[start : start + _AT_ONCE]
            made = self._loaded.encode([texts[place] for place in batch])
            vectors.update(zip(batch, made, strict=True))
        return tuple(vectors[place] for place in range(len(texts)))


def _load(folder: Path) -> "_Encoder":
    try:
        import numpy as np
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer
    except ImportError as missing:
        raise ModelError(
            "setup",
            f"an embedding model in a folder needs {missing.name}, which is not installed",
            hint="pip install 'toolwright[search]'",
        ) from None
    try:
        config = json.loads((folder / _FILES[0]).read_text(encoding="utf-8"))
        if config["model_type"] != "bert":
            raise ModelError("setup", f"the model in {folder} is of another family than BERT", hint=_HINT)
        tokenizer = Tokenizer.from_file(str(folder / _FILES[1]))
        weights = load_file(folder / _FILES[2])
        return _Encoder(np, config, tokenizer, weights)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError("setup", f"the model in {folder} cannot be used: {error}", hint=_HINT) from None


class _Encoder:
    def __init__(
        self, np: Any, config: Mapping[str, Any], tokenizer: Any, weights: Mapping[str, Any]
    ) -> None:
        self._np = np
        self._tokenizer = tokenizer
        tokenizer.enable_truncation(min(_MOST_TOKENS, config["max_position_embeddings"]))
        tokenizer.enable_padding()
        self._weights = {
            name.removeprefix("bert."): array.astype(np.float32) for name, array in weights.items()
        }
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        for table in ("word", "position", "token_type"):
            self._weights[f"embeddings.{table}_embeddings.weight"]  # a KeyError now, not in mid-search

    def encode(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        # Scalars are Python's own: those of NumPy would make everything twice as wide, and as slow.
        np, weights = self._np, self._weights
        encodings = self._tokenizer.encode_batch([text or " " for text in texts])
        ids = np.array([one.ids for one in encodings])
        mask = np.array([one.attention_mask for one in encodings], dtype=np.float32)
        hidden = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._normed(hidden, "embeddings.LayerNorm")
        for layer in range(self._layers):
            hidden = self._layer(hidden, (1 - mask)[:, None, None, :] * -1e9, f"encoder.layer.{layer}.")
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return [tuple(vector) for vector in mean.tolist()]

    def _layer(self, hidden: Any, padding: Any, at: str) -> Any:
        np = self._np
        batch, length, width = hidden.shape

        def heads(name: str) -> Any:
            made = self._linear(hidden, f"{at}attention.self.{name}")
            return made.reshape(batch, length, self._heads, -1).transpose(0, 2, 1, 3)

        scores = (
            heads("query") @ heads("key").transpose(0, 1, 3, 2) / math.sqrt(width / self._heads) + padding
        )
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (scores / scores.sum(-1, keepdims=True)) @ heads("value")
        seen = seen.transpose(0, 2, 1, 3).reshape(batch, length, width)
        seen = self._linear(seen, f"{at}attention.output.dense")
        hidden = self._normed(hidden + seen, f"{at}attention.output.LayerNorm")
        inner = self._linear(hidden, f"{at}intermediate.dense")
        inner = 0.5 * inner * (1 + _erf(np, inner / math.sqrt(2)))
        inner = self._linear(inner, f"{at}output.dense")
        return self._normed(hidden + inner, f"{at}output.LayerNorm")

    def _linear(self, values: Any, name: str) -> Any:
        return values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, values: Any, name: str) -> Any:
        centred = values - values.mean(-1, keepdims=True)
        spread = self._np.sqrt((centred**2).mean(-1, keepdims=True) + self._epsilon)
        return centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _erf(np: Any, x: Any) -> Any:
    """Return the error function within 1.5e-7: Abramowitz and Stegun 7.1.26."""
    sign, x = np.sign(x), np.abs(x)
    t = 1 / (1 + 0.3275911 * x)
    series = 1.061405429
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + factor
    return sign * (1 - series * t * np.exp(-x * x))

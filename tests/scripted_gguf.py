"""Replies go in, a GGUF file comes out whose model says them: a tiny real model for real llama.cpp.

Attention and feed-forward weights are zero, so each token decides the next one alone: the embedding of
token t is a unit vector, the output matrix gives the token that follows. The replies are cut into pieces of
up to eight characters, each of them a token that occurs once. After the prompt the first piece of the first
reply is likeliest, then that of the second: what a grammar forbids makes way for what it allows.
"""

from collections.abc import Sequence
from pathlib import Path

PIECE = 8
LONGEST = 24  # the Python package reads a token into 32 bytes
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<|gen|>{% endif %}"
)


class Vocabulary:
    """Tokens, their types and scores; every byte and every printable character is one of them."""

    def __init__(self) -> None:
        from gguf import TokenType

        self.tokens: list[str] = []
        self.types: list[int] = []
        self.scores: list[float] = []
        self.unknown = self.add("<unk>", TokenType.UNKNOWN)
        controls = ("<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|gen|>")
        self.begin, _, _, self.end, self.generate = (self.add(name, TokenType.CONTROL) for name in controls)
        for byte in range(256):
            self.add(f"<0x{byte:02X}>", TokenType.BYTE)
        for at, code in enumerate((*range(33, 127), 0x2581)):
            self.add(chr(code), TokenType.NORMAL, -1000.0 - at)

    def add(self, token: str, kind: int, score: float = 0.0) -> int:
        """Take in a token; return its number."""
        self.tokens.append(token)
        self.types.append(int(kind))
        self.scores.append(score)
        return len(self.tokens) - 1

    def chain(self, text: str) -> list[int]:
        """Cut a text into new tokens, each unlike every other there is."""
        from gguf import TokenType

        return [
            self.add(piece, TokenType.NORMAL, -1e6) for piece in self._pieces(text.replace(" ", "\u2581"))
        ]

    def _pieces(self, text: str) -> list[str]:
        pieces = _cut(text, frozenset(self.tokens))
        assert pieces is not None, f"{text[:40]!r} cannot be cut into new tokens"
        return pieces


def _cut(text: str, seen: frozenset[str]) -> list[str] | None:
    """Cut a text into pieces that are unlike those seen and each other; None where there is no way."""
    if not text:
        return []
    for length in (*range(PIECE, 0, -1), *range(PIECE + 1, LONGEST + 1)):
        piece = text[:length]
        if len(piece) == length and piece not in seen:
            rest = _cut(text[length:], seen | {piece})
            if rest is not None:
                return [piece, *rest]
    return None


def write_model(path: Path, replies: Sequence[str], context: int = 4096) -> Path:
    """Write the model that says the first of the replies which is allowed."""
    import gguf
    import numpy as np

    words = Vocabulary()
    chains = [words.chain(reply) for reply in replies]
    width = 64
    while width < sum(map(len, chains)) + 2:
        width += 64
    embedding = np.zeros((len(words.tokens), width), np.float32)
    output = np.zeros_like(embedding)
    embedding[:, 0], output[words.end, 0] = 1.0, 5.0

    following = [(words.generate, [chain[0] for chain in chains])]
    following += [
        (now, [then]) for chain in chains for now, then in zip(chain, [*chain[1:], words.end], strict=True)
    ]
    for place, (now, others) in enumerate(following, 1):
        embedding[now, :], embedding[now, place] = 0.0, 1.0
        for rank, then in enumerate(others):
            output[then, place] = 20.0 - 5.0 * rank

    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, words, width, context)
    ones, zeros = np.ones(width, np.float32), np.zeros
    tensors = {"token_embd": embedding, "output_norm": ones, "output": output}
    shapes = {"attn_q": (width, width), "attn_k": (width, width), "attn_v": (width, width)}
    shapes |= {
        "attn_output": (width, width),
        "ffn_gate": (32, width),
        "ffn_up": (32, width),
        "ffn_down": (width, 32),
    }
    tensors |= {f"blk.0.{name}": zeros(shape, np.float32) for name, shape in shapes.items()}
    tensors |= {"blk.0.attn_norm": ones, "blk.0.ffn_norm": ones}
    for name, tensor in tensors.items():
        writer.add_tensor(f"{name}.weight", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer, words: Vocabulary, width: int, context: int) -> None:
    import gguf

    writer.add_name("scripted")
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(width)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(words.tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words.tokens)
    writer.add_token_types(words.types)
    writer.add_token_scores(words.scores)
    writer.add_bos_token_id(words.begin)
    writer.add_eos_token_id(words.end)
    writer.add_unk_token_id(words.unknown)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)

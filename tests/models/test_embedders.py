"""toolwright.models.embedders: texts over real HTTP to vectors, faults to one line, a real model."""

import json
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from toolwright.errors import ModelError, UsageError
from toolwright.models.embedders import open_embedder
from toolwright.models.endpoint import Connection
from toolwright.models.server_embedder import read_vectors

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-embedding-0123456789"


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server of the embeddings protocol that lists vectors in another order than texts came."""
    with HTTPServer() as server:

        def vectors(request: Request) -> Response:
            asked = request.get_json()
            data = [{"index": i, "embedding": [len(text), 1]} for i, text in enumerate(asked["input"])]
            status = 200 if request.headers.get("Authorization") == f"Bearer {KEY}" else 401
            body = {"data": data[::-1]} if status == 200 else {"error": {"message": f"bad key {KEY}"}}
            return Response(json.dumps(body), status, content_type="application/json")

        server.expect_request("/v1/embeddings", method="POST").respond_with_handler(vectors)
        yield server


def test_vectors_come_in_the_order_of_the_texts(server: HTTPServer) -> None:
    """However many texts there are, each gets its own vector, of length one."""
    connection = Connection(key=KEY, base_url=server.url_for("/v1"))
    embedder = open_embedder("openai:text-embedding-3-small", {"openai": connection})
    texts = ["x" * (n + 1) for n in range(70)]
    vectors = embedder.embed(texts)
    assert [round(a / b) for a, b in vectors] == [len(text) for text in texts]
    assert all(math.isclose(math.hypot(*vector), 1) for vector in vectors)
    assert embedder.name == "openai:text-embedding-3-small"
    assert embedder.embed(()) == ()
    sent = [request.get_json() for request, _ in server.log]
    assert [len(body["input"]) for body in sent] == [64, 6]
    assert {body["model"] for body in sent} == {"text-embedding-3-small"}


@pytest.mark.parametrize(
    ("value", "base", "key", "kind"),
    [
        ("openai:m", "", KEY + "wrong", "auth"),
        ("openai:m", "http://127.0.0.1:9", KEY, "network"),
        ("openai:m", "", "", "setup"),
        ("openai-compatible:m", None, "", "setup"),
        ("local:/nowhere/at/all", "", "", "setup"),
    ],
)
def test_a_fault_is_one_line_without_the_key(
    server: HTTPServer, value: str, base: str | None, key: str, kind: str
) -> None:
    """Whatever goes wrong is a `ModelError` of that kind with a hint; the key is in neither."""
    url = "" if base is None else base or server.url_for("/v1")
    with pytest.raises(ModelError) as caught:
        open_embedder(value, {value.partition(":")[0]: Connection(key=key, base_url=url)}).embed(["text"])
    assert caught.value.kind == kind
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert KEY + "wrong" not in str(caught.value) + caught.value.hint


def test_an_unknown_server_is_said_with_the_nearest() -> None:
    """A typo in the setting names what was meant."""
    with pytest.raises(UsageError, match="olama") as caught:
        open_embedder("olama:all-minilm", {})
    assert "ollama:all-minilm" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"data": []},
        {"data": [{"embedding": [0, 0]}]},
        {"data": [{"embedding": ["1"]}]},
        {"data": [{"embedding": [float("nan")]}]},
        {"data": [{"embedding": [1], "index": 3}]},
        {"data": ["x"]},
        {"data": [{"embedding": [1]}, {"embedding": [1]}]},
    ],
)
def test_what_is_no_vector_is_refused(body: object) -> None:
    """Nothing else than one vector for each text is believed."""
    assert read_vectors(body, 1) is None
    assert read_vectors({"data": [{"embedding": [3, 4]}]}, 1) == [(0.6, 0.8)]
    assert read_vectors({"data": [{"embedding": [1]}, {"embedding": [1, 0]}]}, 2) is None


def test_a_folder_of_another_family_or_without_the_packages_is_one_line(tmp_path: Path) -> None:
    """A folder that holds the files but no model of that kind says so, or which package is missing."""
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_text('{"model_type": "gpt2"}')
    with pytest.raises(ModelError, match=r"another family|not installed") as caught:
        open_embedder(f"local:{tmp_path}", {}).embed(["text"])
    assert caught.value.kind == "setup"


@pytest.mark.slow
def test_a_real_model_in_a_folder_knows_what_is_alike() -> None:
    """Real weights, run here: a paraphrase is nearer than another subject, padding changes nothing."""
    pytest.importorskip("tokenizers", reason="needs the search extra: pip install 'toolwright[search]'")
    pytest.importorskip("safetensors", reason="needs the search extra: pip install 'toolwright[search]'")
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from weights import model_folder

    folder = model_folder(download=False)
    if folder is None:
        pytest.skip("no weights: python benchmarks/searching.py --download gets them")
    embedder = open_embedder(f"local:{folder}", {})
    asked, near, far = embedder.embed(
        ["remove a directory", "delete a folder and everything in it", "compute the age of a person in years"]
    )

    def cosine(one: tuple[float, ...], other: tuple[float, ...]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert cosine(asked, near) > cosine(asked, far) + 0.3
    (alone,) = embedder.embed(["remove a directory"])
    assert cosine(asked, alone) > 0.99999
    assert len(alone) == 384
    assert re.fullmatch(r"local:.*:\d+", embedder.name)

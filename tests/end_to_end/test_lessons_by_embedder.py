"""With an embedder its vectors decide which failures are told; without an answer the words do, said once."""

import json
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from slug_author import run
from test_lessons_help import Forgetful
from werkzeug import Request, Response

from toolwright.events import Notice


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in which one function was made, after failures."""
    library = tmp_path_factory.mktemp("taught")
    assert run(Forgetful("slugify", "-"), library, goal="Make a slugify function").status == "made"
    return library


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server of the embeddings protocol."""
    with HTTPServer() as server:
        yield server


def answering(server: HTTPServer, same: str) -> None:
    """Have texts with `same` in them get one direction, all others one of their own."""

    def vectors(request: Request) -> Response:
        places = [
            0 if same in text else 1 + zlib.crc32(text.encode()) % 99 for text in request.get_json()["input"]
        ]
        data = [
            {"index": n, "embedding": [float(i == at) for i in range(100)]} for n, at in enumerate(places)
        ]
        return Response(json.dumps({"data": data}), content_type="application/json")

    server.expect_request("/v1/embeddings", method="POST").respond_with_handler(vectors)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("same", "versions", "notices"),
    [("title.split", 2, 0), ("nothing of the kind", 3, 0), ("", 2, 1)],
    ids=["meaning finds it", "meaning finds none", "dead server"],
)
def test_the_embedder_decides(
    taught: Path,
    tmp_path: Path,
    server: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    same: str,
    versions: int,
    notices: int,
) -> None:
    """What it finds alike is told, what it does not is not; when it fails, what shares words is."""
    library = shutil.copytree(taught, tmp_path / "library")
    monkeypatch.setenv(
        "OPENAI_COMPATIBLE_BASE_URL", server.url_for("/v1") if same else "http://127.0.0.1:9/v1"
    )
    if same:
        answering(server, same)
    heard: list[object] = []
    author = Forgetful("tagify", "_")
    report = run(author, library, goal="Make a tagify function", heard=heard, embedder="openai-compatible:m")
    assert report.status == "made", report.failure
    assert report.steps[0].attempts == versions
    assert ("verify refused `slugify`" in author.prompts[1]) == (versions == 2)
    said = [event.message for event in heard if isinstance(event, Notice)]
    assert sum("failures are compared by words only" in message for message in said) == notices
    asked = [text for request, _ in server.log for text in request.get_json()["input"]]
    assert bool(same) == any("join(title.split" in text for text in asked)

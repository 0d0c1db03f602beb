"""LlamaCppModel with real llama.cpp, on a tiny model that the tests write; without the packages: skipped."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from scripted_gguf import write_model

from toolwright.errors import ModelError
from toolwright.models import list_models, open_backend
from toolwright.models.endpoint import Connection, Local
from toolwright.models.llama_cpp import LlamaCppModel
from toolwright.types import Prompt

CODE = "```python\ndef add(a, b):\n    return a + b\n```"
DATA = '{"name": "add", "size": 4711}'
PROMPT = Prompt("generate", "add", "Write add.")
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
    "required": ["name", "size"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the model `tiny.gguf`, which thinks and writes code, or JSON when made to."""
    pytest.importorskip("llama_cpp", reason="llama-cpp-python (the extra `local`) is not installed")
    pytest.importorskip("gguf", reason="the package gguf is not installed")
    folder = tmp_path_factory.mktemp("models")
    write_model(folder / "tiny.gguf", [f"<think>Easy.</think>\n{CODE}", DATA])
    return folder


def open_tiny(folder, **settings):
    """Open the tiny model."""
    local = Local(folder, settings.pop("context_size", 1024))
    return LlamaCppModel("tiny.gguf", Connection(local=local, **{"max_tokens": 200, **settings}))


@pytest.fixture(scope="module")
def tiny(folder):
    """The tiny model, loaded once."""
    return open_tiny(folder)


def test_an_answer_and_its_thoughts_are_told_apart_and_counted(tiny):
    """Real llama.cpp says what the file holds; tokens are counted, progress is told."""
    reply = tiny.complete(PROMPT)
    assert (reply.text, reply.reasoning, reply.finish) == (CODE, "Easy.", "stop")
    assert reply.usage.calls == 1
    assert reply.usage.prompt_tokens > 10
    assert 5 < reply.usage.output_tokens < 40
    assert reply.model == "llama-cpp:tiny.gguf"


def test_a_schema_leaves_nothing_but_json(tiny):
    """Where JSON is asked for a grammar forbids everything else, thoughts as well."""
    reply = tiny.complete(replace(PROMPT, schema=SCHEMA))
    assert json.loads(reply.text) == {"name": "add", "size": 4711}


def test_an_answer_that_is_cut_off_is_truncated(folder):
    """Twice the room is tried once, unless the context does not hold it."""
    with pytest.raises(ModelError) as caught:
        open_tiny(folder, max_tokens=2).complete(PROMPT)
    assert caught.value.kind == "truncated"
    assert caught.value.tokens[1] == 6
    assert "MAX_TOKENS" in caught.value.hint
    assert open_tiny(folder, max_tokens=12).complete(PROMPT).text == CODE


def test_a_question_that_is_too_long_says_so(folder):
    """The context is named, and the setting that makes it longer."""
    with pytest.raises(ModelError) as caught:
        open_tiny(folder, context_size=512).complete(replace(PROMPT, text="word " * 900))
    assert caught.value.kind == "context"
    assert "CONTEXT_SIZE" in caught.value.hint


def test_questions_from_several_threads_are_answered_one_by_one(tiny):
    """The one model in memory serves them all."""
    said = []
    threads = [threading.Thread(target=lambda: said.append(tiny.complete(PROMPT).text)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [CODE] * 3


def test_the_deadline_holds(folder):
    """A model that takes too long is given up, and stops computing."""
    write_model(folder / "long.gguf", ["".join(chr(33 + n % 90) * 3 + f"{n:05}" for n in range(600))])
    local = Local(folder, 4096)
    model = LlamaCppModel("long.gguf", Connection(local=local, max_tokens=4000, deadline_s=0.15))
    with pytest.raises(ModelError) as caught:
        model.complete(PROMPT)
    assert caught.value.kind == "timeout"
    end = time.monotonic() + 60
    while any(thread.name == "toolwright-model" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_file_that_is_no_model_is_told(folder):
    """A cut-off download is one sentence."""
    (folder / "broken.gguf").write_bytes((folder / "tiny.gguf").read_bytes()[:3000])
    with pytest.raises(ModelError) as caught:
        LlamaCppModel("broken.gguf", Connection(local=Local(folder))).complete(PROMPT)
    assert (caught.value.kind, "broken.gguf" in str(caught.value)) == ("setup", True)


def test_a_file_that_is_missing_is_told_with_what_to_do(tmp_path):
    """Without the file nothing is loaded, not even the package."""
    with pytest.raises(ModelError) as caught:
        open_backend("llama-cpp:none.gguf", Connection(local=Local(tmp_path)), print).complete(PROMPT)
    assert caught.value.kind == "setup"
    assert str(tmp_path / "none.gguf") in str(caught.value)
    assert "MODELS_DIR" in caught.value.hint


def test_the_files_of_the_folder_are_listed(tmp_path):
    """GGUF files only, sorted; a folder that is not there holds none."""
    for name in ("b.gguf", "a.gguf", "c.txt"):
        (tmp_path / name).touch()
    assert list_models("llama-cpp", Connection(local=Local(tmp_path))) == ("a.gguf", "b.gguf")
    assert list_models("llama-cpp", Connection(local=Local(tmp_path / "no"))) == ()


def test_a_missing_package_is_one_line(tmp_path):
    """Without llama-cpp-python there is a sentence and the install command, no traceback."""
    (tmp_path / "a.gguf").touch()
    code = f"""
import sys
sys.modules["llama_cpp"] = None
from pathlib import Path
from toolwright.errors import ModelError
from toolwright.models.endpoint import Connection, Local
from toolwright.models.llama_cpp import LlamaCppModel
from toolwright.types import Prompt
try:
    LlamaCppModel("a.gguf", Connection(local=Local(Path({str(tmp_path)!r})))).complete(Prompt("a", "b", "c"))
except ModelError as error:
    print(error.kind, "|", error, "|", error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("setup | the Python package 'llama_cpp' is not installed | pip install"), (
        done
    )

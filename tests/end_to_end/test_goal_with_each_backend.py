"""One goal with each backend over its own wire, to its result; the transcripts of these runs are kept.

`python tests/end_to_end/test_goal_with_each_backend.py` records them anew.
"""

import importlib.util
import json
import sys
import tempfile
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from scripted_author import Author, expected
from scripted_server import ScriptedServer
from wire_formats import ANTHROPIC, CHAT, OLLAMA, CompatibleWire

from toolwright import Agent

KEY = "k-e2e-0123456789abcdef"
KEPT = Path(__file__).parent / "transcripts"
GOAL = "Apply the operations to 1"
SERVERS = {
    "together": (CHAT, "", "base_url", "api_key"),
    "openai": (CHAT, "", "openai_base_url", "openai_key"),
    "groq": (CompatibleWire("/openai"), "/openai/v1", "groq_base_url", "groq_key"),
    "openai-compatible": (CHAT, "", "compatible_base_url", "compatible_key"),
    "ollama": (OLLAMA, "", "ollama_host", "ollama_key"),
    "anthropic": (ANTHROPIC, "", "anthropic_base_url", "anthropic_key"),
}
"""Of each backend: the wire, the path of its address, the settings of address and key."""
PACKAGES = {"anthropic": "anthropic"}
QUICK_FIRST = [
    server if server == "ollama" else pytest.param(server, marks=pytest.mark.slow) for server in SERVERS
]


def run(server: str, library: Path) -> tuple[object, list[dict]]:
    """Run the goal in a new library; return its report and the exchanges of its transcript."""
    wire, path, address, key = SERVERS[server]
    with ScriptedServer(reply=Author(1), wire=wire) as http:
        settings = {address: http.url + path, key: KEY, "judge": "yes", "mutation_budget": 4}
        report = Agent(library, f"{server}:scripted", fallbacks="none", **settings).run(GOAL)
    written = next((library / ".toolwright" / "transcripts").glob("*.jsonl")).read_text(encoding="utf-8")
    return report, [json.loads(line) for line in written.splitlines()]


def run_local(library: Path, models: Path) -> tuple[object, list[dict]]:
    """Run the goal with real llama.cpp: a tiny model for each role says what was recorded."""
    from scripted_gguf import write_model

    recorded = map(json.loads, (KEPT / "together.jsonl").read_text(encoding="utf-8").splitlines()[1:])
    for exchange in recorded:
        write_model(models / f"{exchange['stage']}.gguf", [exchange["reply"]], context=16384)
    roles = {f"model_{role}": f"llama-cpp:{role}.gguf" for role in ("decompose", "contract", "bind", "judge")}
    settings = {"models_dir": str(models), "judge": "yes", "mutation_budget": 4, **roles}
    report = Agent(library, "llama-cpp:generate.gguf", **settings).run(GOAL)
    written = next((library / ".toolwright" / "transcripts").glob("*.jsonl")).read_text(encoding="utf-8")
    return report, [json.loads(line) for line in written.splitlines()]


def essence(exchanges: list[dict]) -> list[dict]:
    """Return what a transcript says without prompts, which get reworded, and without times."""
    for exchange in exchanges:
        exchange.pop("prompt", None)
        usage = exchange.get("usage", {})
        usage.pop("seconds", None)
        if exchange.get("model", "").startswith("llama-cpp"):  # its prompts are counted as they are
            usage["prompt_tokens"] = 0
    return exchanges


@pytest.mark.parametrize("server", QUICK_FIRST)
def test_a_goal_reaches_its_result_and_its_transcript_is_the_one_that_is_kept(server, tmp_path):
    """Plan, contract, function, arguments and verdict come over that wire; the key is in no file."""
    package = PACKAGES.get(server, "")
    if package and importlib.util.find_spec(package) is None:
        pytest.skip(f"the package {package} (an extra) is not installed")
    report, exchanges = run(server, tmp_path)
    assert report.failure is None
    assert report.output == expected(1)
    assert report.usage.output_tokens == 34 * report.usage.calls
    kept = (KEPT / f"{server}.jsonl").read_text(encoding="utf-8")
    assert essence(exchanges) == [json.loads(line) for line in kept.splitlines()]
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path


@pytest.mark.slow
@pytest.mark.parametrize("server", [*SERVERS, "llama-cpp"])
def test_a_kept_transcript_leads_to_the_result_again(server, tmp_path):
    """`--replay` of what was recorded with a backend needs no server, and no package of that backend."""
    report = Agent(tmp_path, replay=str(KEPT / f"{server}.jsonl"), judge="yes", mutation_budget=4).run(GOAL)
    assert report.failure is None
    assert report.output == expected(1)


@pytest.mark.slow
def test_a_goal_reaches_its_result_with_llama_cpp(tmp_path):
    """Real llama.cpp, loaded in this process, answers every stage; JSON stages under their grammar."""
    pytest.importorskip("llama_cpp", reason="llama-cpp-python (the extra `local`) is not installed")
    pytest.importorskip("gguf", reason="the package gguf is not installed")
    report, exchanges = run_local(tmp_path, tmp_path)
    assert report.failure is None
    assert report.output == expected(1)
    kept = (KEPT / "llama-cpp.jsonl").read_text(encoding="utf-8")
    assert essence(exchanges) == [json.loads(line) for line in kept.splitlines()]


def test_roles_are_answered_by_their_own_models(tmp_path):
    """Each role's questions go to its own server and model; what is recorded and counted says so."""
    author = Author(1)
    with ScriptedServer(reply=author) as big, ScriptedServer(reply=author, wire=OLLAMA) as small:
        settings = {"base_url": big.url, "api_key": KEY, "ollama_host": small.url, "mutation_budget": 4}
        roles = {"model_bind": "ollama:tiny", "model_judge": "ollama:qwen3-coder"}
        agent = Agent(tmp_path, "together:big", fallbacks="none", judge="yes", **roles, **settings)
        report = agent.run(GOAL)
    assert report.output == expected(1)
    assert [body["model"] for body in small.bodies] == ["tiny", "qwen3-coder"]
    assert {body["model"] for body in big.bodies} == {"big"}
    written = next((tmp_path / ".toolwright" / "transcripts").glob("*.jsonl")).read_text(encoding="utf-8")
    asked = {line["stage"]: line["model"] for line in map(json.loads, written.splitlines()[1:])}
    assert asked["generate"] == "together:big"
    assert (asked["bind"], asked["judge"]) == ("ollama:tiny", "ollama:qwen3-coder")
    assert report.stages["bind"].calls == report.stages["judge"].calls == 1


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for name in (*SERVERS, "llama-cpp"):
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            _, recorded = run_local(here, here) if name == "llama-cpp" else run(name, here)
            lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in essence(recorded))
            (KEPT / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")

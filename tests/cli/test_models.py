"""Models at the command line: roles, servers without a key, what is offered when nothing was configured."""

from pathlib import Path

import pytest
from command_line import GOAL, KEY, NOWHERE, environment, run, terminal
from scripted_author import Author, expected
from scripted_server import STATUSES, ScriptedServer
from wire_formats import OLLAMA

TAGS = OLLAMA.listing(["llama3.2:1b", "qwen3-coder:30b"])


@pytest.mark.slow
def test_a_running_ollama_is_offered_when_nothing_was_configured(tmp_path: Path) -> None:
    """Its best model does the goal without a key; one line says how to choose it for good."""
    with ScriptedServer(reply=Author(1), wire=OLLAMA, models=TAGS) as server:
        env = environment(OLLAMA_HOST=server.url.removeprefix("http://"))
        with terminal("--yes", GOAL, cwd=tmp_path, env=env) as screen:
            screen.answer("ollama:qwen3-coder:30b is ready on this machine", "")
            code, said = screen.end()
        assert {body["model"] for body in server.bodies} == {"qwen3-coder:30b"}
        assert server.bodies[0]["options"]["num_ctx"] == 32_768
    assert (code, "export TOOLWRIGHT_MODEL=ollama:qwen3-coder:30b" in said) == (0, True)


def test_what_is_offered_may_be_declined_and_is_named_where_nobody_can_be_asked(tmp_path: Path) -> None:
    """After a no the key is asked for; without a terminal the hint names the flag."""
    with ScriptedServer(wire=OLLAMA, models=TAGS) as server:
        env = environment(OLLAMA_HOST=server.url)
        with terminal("--yes", GOAL, cwd=tmp_path, env=env) as screen:
            screen.answer("is ready on this machine", "n")
            screen.wait_for("takes a key; to see it work without one: python agent.py --demo")
            screen.answer("(hidden, for this run only): ", "")
            code, _ = screen.end()
        piped = run(GOAL, cwd=tmp_path, env=env)
        chosen = run("--model", "groq", GOAL, cwd=tmp_path, env=env)
        assert server.bodies == []
    assert (code, piped.code, chosen.code) == (2, 2, 2)
    assert "--model ollama:qwen3-coder:30b" in piped.err
    assert "GROQ_API_KEY is not set" in chosen.err
    assert "--demo" in chosen.err


@pytest.mark.slow
def test_an_ollama_that_does_not_run_and_a_model_that_was_not_pulled_are_one_line(tmp_path: Path) -> None:
    """Each ends with the command that helps."""
    gone = run("--model", "ollama", GOAL, cwd=tmp_path, env=environment(OLLAMA_HOST=NOWHERE))
    assert gone.code == 1
    assert "ollama serve" in gone.err
    with ScriptedServer(wire=OLLAMA) as server:
        env = environment(OLLAMA_HOST=server.url)
        missing = run("--model", "ollama:404", GOAL, cwd=tmp_path, env=env)
    assert STATUSES["404"][0] == 404
    assert (missing.code, "ollama pull 404" in missing.err) == (1, True)


def test_each_role_has_its_own_model_and_one_default(tmp_path: Path) -> None:
    """`--model-for` and the environment choose per role; the rest goes to the model for all."""
    author = Author(1)
    with ScriptedServer(reply=author) as big, ScriptedServer(reply=author, wire=OLLAMA) as small:
        env = environment(
            OPENAI_COMPATIBLE_BASE_URL=f"{big.url}/v1",
            OPENAI_COMPATIBLE_API_KEY=KEY,
            OLLAMA_HOST=small.url,
            TOOLWRIGHT_MODEL_BIND="ollama:of-the-environment",
        )
        done = run(
            *("--model", "openai-compatible:some/model", "--model-for", "decompose=ollama:small", "--yes"),
            GOAL,
            cwd=tmp_path,
            env=env,
        )
        assert [body["model"] for body in small.bodies] == ["small", "of-the-environment"]
        assert {body["model"] for body in big.bodies} == {"some/model"}
    assert (done.code, done.out.strip()) == (0, str(expected(1)))


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        (("--model-for", "judge"), "roles: decompose, classify", "--model-for judge=SERVER:NAME"),
        (("--model-for", "juge=ollama:x"), "'juge=ollama:x'", "--model-for judge=ollama:x"),
        (("--model-for", "judge=nowhere:x"), "unknown server 'nowhere'", "--model"),
        (("--model", "openai-compatible:x"), "needs the address of a server", "OPENAI_COMPATIBLE_BASE_URL"),
    ],
)
def test_a_model_that_cannot_be_asked_is_told_with_what_to_write(tmp_path: Path, words, says, hint) -> None:
    """One sentence, exit code 2."""
    refused = run(*words, GOAL, cwd=tmp_path, env=environment(TOGETHER_API_KEY=KEY))
    assert refused.code == 2
    assert says in refused.err
    assert hint in refused.err


def test_nothing_is_sent_to_a_server_that_was_not_configured(tmp_path: Path) -> None:
    """A model that is gone falls back on no other server, though the defaults name Together's."""
    with ScriptedServer() as together, ScriptedServer(wire=OLLAMA) as server:
        env = environment(
            OLLAMA_HOST=server.url,
            TOGETHER_API_KEY=KEY,
            TOGETHER_BASE_URL=together.url,
            TOOLWRIGHT_FALLBACKS=None,
        )
        gone = run("--model", "ollama:404", GOAL, cwd=tmp_path, env=env)
        assert (gone.code, together.requests) == (1, [])
        names = run("models", "--model", "ollama", cwd=tmp_path, env=env)
    assert names.out == "ollama:deepseek-ai/DeepSeek-R1\n"

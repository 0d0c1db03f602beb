"""Questions go to the configured server and nowhere else, and no file the program writes holds a key."""

import ast
import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import GOAL, ROOT, Ended, environment, run, tree
from scripted_author import Author, expected
from scripted_server import Fault, ScriptedServer
from wire_formats import ANTHROPIC, CHAT, OLLAMA, CompatibleWire, Wire

KEYS = {
    f"{name}_API_KEY": f"k-{name.lower()}-0123456789abcdef"
    for name in ("TOGETHER", "OPENAI", "GROQ", "ANTHROPIC", "OPENAI_COMPATIBLE", "OLLAMA")
}
"""Of every server one: none may go to another."""
BACKENDS: dict[str, tuple[Wire, str, str]] = {
    "together": (CHAT, "", "TOGETHER_BASE_URL"),
    "openai": (CHAT, "", "OPENAI_BASE_URL"),
    "groq": (CompatibleWire("/openai"), "/openai/v1", "GROQ_BASE_URL"),
    "openai-compatible": (CHAT, "", "OPENAI_COMPATIBLE_BASE_URL"),
    "ollama": (OLLAMA, "", "OLLAMA_HOST"),
    "anthropic": (ANTHROPIC, "", "ANTHROPIC_BASE_URL"),
}
WATCHED = """
import sys
seen = open(sys.argv.pop(1), "a", buffering=1)
def hook(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        seen.write(repr(args[1][:2]) + "\\n")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.write(repr((str(args[0]), args[1] if len(args) > 1 else None)) + "\\n")
    elif event == "socket.sendto" and isinstance(args[1], tuple):
        seen.write(repr(args[1][:2]) + "\\n")
sys.addaudithook(hook)
sys.path.insert(0, sys.argv.pop(1))
from toolwright.cli.main import main
sys.exit(main())
"""
"""The program with a witness in its own process: every address that it looks up or connects to."""
PARAMS = [name if name == "ollama" else pytest.param(name, marks=pytest.mark.slow) for name in BACKENDS]


class Watched:
    """Runs the program in a folder of its own, with a witness, and a proxy that nothing may go to."""

    def __init__(self, folder: Path, backend: str, http: ScriptedServer, proxy: ScriptedServer) -> None:
        self.folder = folder
        self._backend = backend
        for name in ("library", "home", "tmp"):
            (folder / name).mkdir()
        (folder / "watched.py").write_text(WATCHED)
        _, path, address = BACKENDS[backend]
        home = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": None}
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "ALL_PROXY"), proxy.url)
        own = {**KEYS, **home, **proxies, address: http.url + path, "TOOLWRIGHT_FALLBACKS": None}
        self._env = environment(**own)  # type: ignore[arg-type]  # names in capitals

    def run(self, *words: str) -> Ended:
        """Run the program; what it says never holds a key."""
        program = (str(self.folder / "watched.py"), str(self.folder / "seen"), str(ROOT))
        model = ("--model", f"{self._backend}:some-model")
        done = run(*model, *words, cwd=self.folder / "library", env=self._env, program=program)
        assert not any(key in done.out + done.err for key in KEYS.values()), done
        return done

    @property
    def reached(self) -> set[tuple[str, object]]:
        """Host and port of everything that was looked up or connected to."""
        return {ast.literal_eval(line) for line in (self.folder / "seen").read_text().splitlines()}

    def holding_a_key(self) -> list[str]:
        """Return the files that hold a key, whatever they are; there must be some to look into."""
        files = {name: held for name, held in tree(self.folder).items() if held != b"(not a file)"}
        assert any(name.endswith(".jsonl") for name in files)
        assert any(name.endswith("agent.log") for name in files)
        return [name for name, held in files.items() if any(key.encode() in held for key in KEYS.values())]


@pytest.fixture(params=PARAMS)
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that can be configured."""
    if request.param == "anthropic" and importlib.util.find_spec("anthropic") is None:
        pytest.skip("the package anthropic (an extra) is not installed")
    return request.param  # type: ignore[no-any-return]


def test_only_the_configured_server_is_reached_and_no_file_holds_a_key(tmp_path: Path, backend: str) -> None:
    """A goal, and answers and refusals that quote the key: one address, the right key, nothing on disk."""
    author, own = Author(1), KEYS[f"{backend.upper().replace('-', '_')}_API_KEY"]
    replies: list[Callable[[dict], object]] = [author]
    wire = BACKENDS[backend][0]

    def newest(body: dict) -> object:
        return replies[-1](body)

    with (
        ScriptedServer(reply=newest, wire=wire) as http,
        ScriptedServer() as elsewhere,
    ):
        watched = Watched(tmp_path, backend, http, elsewhere)
        if backend == "together":  # the others differ in how they ask, not in what they write
            done = watched.run("--json", "--judge", GOAL)
            assert (done.code, done.json["output"]) == (0, expected(1)), done
        for bad in (
            lambda _body: f"your key is {own}, is it not?",
            lambda _body: Fault("401", f"the key {own} is not known"),
        ):
            replies.append(bad)
            assert watched.run("--fresh", GOAL).code == 1
        port = int(http.url.rpartition(":")[2])
        assert {(host, int(str(given))) for host, given in watched.reached} == {("127.0.0.1", port)}
        assert elsewhere.requests == []
        sent = [json.dumps(request.headers) for request in http.requests]
        assert all(own in headers for headers in sent)
        assert not any(key in headers for key in KEYS.values() if key != own for headers in sent)
    assert watched.holding_a_key() == []

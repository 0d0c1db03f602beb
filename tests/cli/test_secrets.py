"""Secrets through the whole program: the server gets the value, nothing that the program writes holds it."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from command_line import Ended, environment, run, terminal, tree
from scripted_calls import OneCall
from scripted_server import ScriptedServer

VALUE = "v3ry/secret+value=of mine"
NAME = "MY_SERVICE_TOKEN"
REF = {"secret": NAME}
TOOLS = '''import base64
import sys
import urllib.request


def ask_service(address: str, token: str, how: str = "answer") -> str:
    """Ask a service that knows its users.

    Args:
        address: Its URL.
        token: The password of the user.
        how: What to do with the answer.

    Returns:
        What it says.

    Permissions: network

    Secrets: token
    """
    print("using", token)
    print("using", repr(token), file=sys.stderr)
    basic = base64.b64encode(f"me:{token}".encode()).decode()
    request = urllib.request.Request(address, headers={"Authorization": "Basic " + basic})
    with urllib.request.urlopen(request, timeout=10) as answer:
        said = answer.read().decode()
    if how == "raise":
        raise ValueError(f"{token!r} led to {said}")
    return said
'''


@pytest.fixture
def service() -> Iterator[tuple[str, list[str]]]:
    """A service on loopback that repeats what it was sent, and what it has seen."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            password = base64.b64decode(seen[-1].split()[1]).decode().partition(":")[2]
            body = f"hello {password}, {seen[-1]}, {quote(password)}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with a tool that wants a secret; home and temporary folder of the program are beside it."""
    for name in ("library", "home", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "library" / "tools.py").write_text(TOOLS)
    return tmp_path


def goal(
    folder: Path, host: str, *words: str, value: str | None = VALUE, token: object = REF, **more: object
) -> Ended:
    """Run a goal whose plan calls the tool."""
    arguments = {"address": {"literal": f"http://{host}/"}, "token": token}
    arguments |= {name: {"literal": given} for name, given in more.items()}
    with ScriptedServer(reply=OneCall("ask_service", arguments)) as server:
        done = run(*words, "Ask my service", cwd=folder / "library", env=variables(folder, server, value))
        for body in server.bodies:
            check_text(json.dumps(body))
    return done


def variables(folder: Path, server: ScriptedServer | None, value: str | None = VALUE) -> dict[str, str]:
    """The environment, with home and temporary folder of their own."""
    places = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    return environment(server, **places, **{NAME: value})


def check_text(text: str) -> None:
    """Fail when a text holds the secret in a form that is known."""
    basic = base64.b64encode(f"me:{VALUE}".encode()).decode()
    forms = (VALUE, quote(VALUE), quote(VALUE, safe=""), json.dumps(VALUE)[1:-1], basic, basic[8:24])
    assert not [form for form in (*forms, VALUE.encode().hex()) if form in text], text


def check_all(folder: Path, *runs: Ended) -> None:
    """Fail when any file below the folder, or anything that was said, holds it."""
    for done in runs:
        check_text(done.out + done.err)
    held = tree(folder)
    assert held
    for data in held.values():
        check_text(data.decode("utf-8", "replace"))


@pytest.mark.slow
def test_the_service_gets_it_and_no_file_does(folder: Path, service: tuple[str, list[str]]) -> None:
    """Plan, log, transcript, receipt, report and answer hold `***` or the name; also of the second run."""
    host, seen = service
    allow = f"--allow=network:{host}"
    first = goal(folder, host, allow, "-v")
    again = goal(folder, host, allow, "--json")

    assert first.code == again.code == 0, first
    assert base64.b64decode(seen[0].split()[1]).decode() == f"me:{VALUE}"
    assert len(seen) == 2
    assert json.loads(first.out) if first.out.startswith('"') else "hello ***" in first.out
    assert again.json["output"].startswith("hello ***")
    assert again.json["plan_origin"] == "remembered"
    assert json.dumps(REF) in json.dumps(again.json)
    assert f"{NAME} is given to ask_service" in first.err
    check_all(folder, first, again)


def test_a_failure_does_not_hold_it_either(folder: Path, service: tuple[str, list[str]]) -> None:
    """Message, traceback, and the question for other arguments are masked."""
    host, seen = service
    failed = goal(folder, host, f"--allow=network:{host}", "-v", how="raise")

    assert failed.code == 1
    assert seen
    assert "ValueError: '***' led to hello ***" in failed.err
    check_all(folder, failed)


@pytest.mark.parametrize(
    ("allow", "why"),
    [
        ((), "not"),
        (("--allow=network:raw",), f"{NAME} was not given to ask_service for `token`"),
    ],
)
def test_it_goes_to_named_hosts_only(
    folder: Path, service: tuple[str, list[str]], allow: tuple[str, ...], why: str
) -> None:
    """Without a host, or with all of them, the tool is not even started; the flag is named."""
    host, seen = service
    refused = goal(folder, host, *allow)

    assert refused.code == 1
    assert why in refused.problem
    assert "--allow network:" in refused.err
    assert seen == []
    check_all(folder, refused)


def test_where_it_is_not_set_that_is_said(folder: Path, service: tuple[str, list[str]]) -> None:
    """By name, with the command."""
    host, seen = service
    failed = goal(folder, host, f"--allow=network:{host}", value=None)

    assert f"{NAME}, which ask_service needs for `token`, is not set" in failed.problem
    assert failed.hint == f"export {NAME}=..."
    assert seen == []


def test_the_program_never_gives_its_own_key(folder: Path, service: tuple[str, list[str]]) -> None:
    """Whatever a plan says."""
    host, seen = service
    refused = goal(folder, host, f"--allow=network:{host}", token={"secret": "TOGETHER_API_KEY"})

    assert "TOGETHER_API_KEY belongs to Toolwright itself" in refused.problem
    assert seen == []


@pytest.mark.slow
def test_it_is_asked_for_at_a_terminal(folder: Path, service: tuple[str, list[str]]) -> None:
    """What is typed is not shown, used for this run, and kept nowhere."""
    host, seen = service
    arguments = {"address": {"literal": f"http://{host}/"}, "token": REF}
    with ScriptedServer(reply=OneCall("ask_service", arguments)) as server:
        env = variables(folder, server, None)
        words = (f"--allow=network:{host}", "Ask my service")
        with terminal(*words, cwd=folder / "library", env=env) as screen:
            screen.answer(f"{NAME} (hidden, for this run only):", VALUE)
            code, _ = screen.end()
            seen_there = screen.seen

    assert code == 0, seen_there
    assert len(seen) == 1
    check_text(seen_there)
    check_all(folder)


def call(folder: Path, host: str, token: object, *words: str) -> Ended:
    """Call the tool alone."""
    text = json.dumps({"address": f"http://{host}/", "token": token})
    env = variables(folder, None)
    return run(*words, "--execute-tool", "ask_service", text, cwd=folder / "library", env=env)


def test_one_call_takes_it_by_name(folder: Path, service: tuple[str, list[str]]) -> None:
    """The answer and what the tool printed are masked."""
    host, seen = service
    done = call(folder, host, REF, f"--allow=network:{host}")

    assert done.code == 0
    assert done.json["output"].startswith("hello ***")
    assert "using ***" in done.err
    assert len(seen) == 1
    check_all(folder, done)


def test_one_call_takes_a_value_but_says_so(folder: Path, service: tuple[str, list[str]]) -> None:
    """It is the user's own; shells keep it, the program does not."""
    host, seen = service
    done = call(folder, host, VALUE, f"--allow=network:{host}")

    assert done.code == 0
    assert "note: token stands in the command" in done.err
    assert '{"secret": "TOKEN"}' in done.err
    assert len(seen) == 1
    check_all(folder, done)


@pytest.mark.parametrize("token", [{"secret": 1}, {"secret": NAME, "more": 1}, {"other": NAME}, 7])
def test_what_names_no_secret_is_refused(folder: Path, token: object) -> None:
    """Before anything is started."""
    assert call(folder, "127.0.0.1:9", token).json["kind"] == "mistyped_argument"


def test_one_call_needs_named_hosts_too(folder: Path, service: tuple[str, list[str]]) -> None:
    """The sentence and its kind."""
    host, seen = service
    refused = call(folder, host, REF, "--allow=network:raw")

    assert refused.json["kind"] == "secret"
    assert seen == []


def test_a_key_that_a_goal_holds_is_masked_for_the_model(
    folder: Path, service: tuple[str, list[str]]
) -> None:
    """And the user is told to name a variable instead."""
    host, _ = service
    key = "ghp_" + "0123456789" * 3
    arguments = {"address": {"literal": f"http://{host}/"}, "token": REF}
    with ScriptedServer(reply=OneCall("ask_service", arguments)) as server:
        words = (f"--allow=network:{host}", f"Ask my service with {key}")
        done = run(*words, cwd=folder / "library", env=variables(folder, server))
        asked = json.dumps(server.bodies)

    assert done.code == 0
    assert "the goal holds what looks like a secret" in done.err
    assert "Ask my service with ***" in asked
    assert key not in asked
    assert not [name for name, data in tree(folder).items() if key.encode() in data]

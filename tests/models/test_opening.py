"""From `SERVER:NAME` to a model: bad values are told, good ones work, and importing costs nothing."""

import subprocess
import sys
import textwrap

import pytest
from scripted_server import ANSWER, ScriptedServer

from toolwright.errors import ModelError, TranscriptError, UsageError
from toolwright.events import ModelAnswered, ModelAsked, ModelProgress, ModelRetried, Notice
from toolwright.models import SERVERS, list_models, open_model, open_replay, parse_model
from toolwright.models.endpoint import Connection
from toolwright.models.patience import Patience
from toolwright.models.transcripts import Transcript, TranscriptWriter
from toolwright.types import Prompt

PROMPT = Prompt("generate", "add", "Write add.")
KEY = "sk-the-secret-key"


def test_a_model_is_named_by_server_and_name():
    """The first colon parts them; names may hold more of them."""
    assert parse_model("together:deepseek-ai/DeepSeek-R1") == ("together", "deepseek-ai/DeepSeek-R1")
    assert parse_model(" together: a:b ") == ("together", "a:b")
    assert next(iter(SERVERS)) == "together"


@pytest.mark.parametrize(
    ("value", "says", "hint"),
    [
        ("deepseek-ai/DeepSeek-R1", "does not say which server", "--model together:deepseek-ai/DeepSeek-R1"),
        ("", "does not say which server", "--model together:NAME"),
        ("togehter:x", "unknown server 'togehter'", "--model together:x"),
        ("Together:x", "unknown server 'Together'", "--model together:x"),
        ("qqqq:x", "unknown server 'qqqq'", "--model together:x"),
        (":x", "unknown server ''", "--model together:x"),
        ("together:", "no model name", "--model together:NAME"),
        ("together:a b", "no model name", "--model together:NAME"),
    ],
)
def test_a_bad_value_is_quoted_and_put_right(value, says, hint):
    """The sentence holds the user's text, the hint what to write instead."""
    with pytest.raises(UsageError) as caught:
        parse_model(value)
    assert repr(value) in str(caught.value)
    assert says in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "there is no API key for together"),
        (" \n", "there is no API key for together"),
        ("sk-secret\nsecond", "line break"),
        ("sk-secret\x00", "line break"),
        ("sk-secret second", "space"),
        ("sk-sécret", "another character"),
    ],
)
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key, says):
    """One sentence names the variable, exit code 2, and nothing of the key."""
    with pytest.raises(ModelError) as caught:
        open_model(["together:x"], {"together": Connection(key)}, lambda _event: None)
    assert caught.value.kind == "setup"
    assert caught.value.exit_code == 2
    assert says in str(caught.value)
    assert "TOGETHER_API_KEY" in caught.value.hint
    assert "sk-" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    "url", ["localhost:8080", "ftp://x", "http://", "http://x:port", "http://x\ny", "//x"]
)
def test_a_base_url_that_is_none_is_told(url):
    """The address is quoted and an example given."""
    with pytest.raises(ModelError, match="is not an http or https address") as caught:
        open_model(["together:x"], {"together": Connection(KEY, url)}, lambda _event: None)
    assert caught.value.kind == "setup"


def test_a_connection_does_not_show_its_key():
    """Records that end up in logs or tracebacks keep the secret."""
    assert KEY not in repr(Connection(KEY))


def test_everything_together(tmp_path):
    """Retries, fallback, meter, progress and transcript in one call, and the transcript replays it."""
    emitted = []
    writer = TranscriptWriter(tmp_path / "run.jsonl", "a test", lambda text: text)
    with ScriptedServer() as server:
        connections = {"together": Connection(KEY, server.url)}
        names = ["together:400", "together:503*1", "together:400"]
        patience = Patience(first_wait_s=0.01)
        model = open_model(names, connections, emitted.append, writer=writer, patience=patience)
        assert model.complete(PROMPT).text == ANSWER
        assert [body["model"] for body in server.bodies] == ["400", "503*1", "503*1"]
    kinds = [type(event) for event in emitted]
    assert kinds[:3] == [ModelAsked, Notice, ModelRetried]
    assert ModelProgress in kinds
    assert kinds[-1] is ModelAnswered
    assert (model.name, model.total.calls, model.total.tokens) == ("together:503*1", 1, 46)

    again = open_replay(Transcript.read(writer.path), emitted.append)
    assert again.complete(PROMPT).text == ANSWER
    assert again.total.tokens == 46
    with pytest.raises(TranscriptError):
        again.complete(PROMPT)


def test_without_a_model_nothing_is_opened():
    """An empty list is a usage error."""
    with pytest.raises(UsageError, match="no model"):
        open_model([], {}, lambda _event: None)


def test_what_a_server_offers_is_listed():
    """No model needs to be named for it."""
    with ScriptedServer() as server:
        assert list_models("together", Connection(KEY, server.url)) == ("deepseek-ai/DeepSeek-R1",)
    with pytest.raises(UsageError, match="unknown server"):
        list_models("nowhere", Connection(KEY))


def run(code):
    """Run Python code in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_and_opening_load_no_sdk():
    """Until a question is asked, none of the heavy packages is there."""
    assert (
        run("""
        import sys
        from toolwright.models import open_model
        from toolwright.models.endpoint import Connection
        open_model(["together:x"], {"together": Connection("sk-key")}, print)
        print([name for name in ("together", "httpx", "pydantic", "rich", "anyio") if name in sys.modules])
    """)
        == "[]"
    )


def test_a_missing_sdk_is_one_line():
    """Without the package there is a sentence and the install command, no traceback."""
    assert run("""
        import sys
        sys.modules["together"] = None
        from toolwright.errors import ModelError
        from toolwright.models import open_model
        from toolwright.models.endpoint import Connection
        from toolwright.types import Prompt
        model = open_model(["together:x"], {"together": Connection("sk-key")}, print)
        try:
            model.complete(Prompt("a", "b", "c"))
        except ModelError as error:
            print(error.kind, "|", error, "|", error.hint)
    """).splitlines()[-1] == (
        "setup | the Python package 'together' is not installed | install it with `pip install together`"
    )


def test_an_interrupt_ends_the_call_at_once():
    """Ctrl-C while a server is silent is not held up by the reading thread."""
    with ScriptedServer(hang_s=90) as server:
        assert (
            run(f"""
            import os, signal, threading, time
            from toolwright.models.endpoint import Connection
            from toolwright.models.together import TogetherModel
            from toolwright.types import Prompt
            model = TogetherModel("s_stall", Connection("sk-key", "{server.url}"), lambda *_: started.set())
            started = threading.Event()
            def interrupt():
                started.wait()
                os.kill(os.getpid(), signal.SIGINT)
            threading.Thread(target=interrupt).start()
            start = time.monotonic()
            try:
                model.complete(Prompt("a", "b", "c"))
            except KeyboardInterrupt:
                print("interrupted", time.monotonic() - start < 45)
        """)
            == "interrupted True"
        )

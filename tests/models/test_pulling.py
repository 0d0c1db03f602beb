"""`models pull` through the real huggingface_hub, from a server on loopback that answers like the Hub."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from toolwright.errors import UsageError
from toolwright.models.pulling import KNOWN, where_is

ROOT = Path(__file__).resolve().parents[2]
FILE, REPOSITORY = next(iter(KNOWN.items()))
COMMIT = "a" * 40
BODY = bytes(range(256)) * 100_000  # the Hub's client writes ten million bytes at a time


class Hub(ThreadingHTTPServer):
    """Holds one file; after `stall_after` bytes the first answer stops, `sha` is what it says of the file."""

    daemon_threads = True

    def __init__(self, sha: str = "", stall_after: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sha = sha or hashlib.sha256(BODY).hexdigest()
        self.stall_after = stall_after
        self.stalled, self.over = threading.Event(), threading.Event()
        self.asked: list[tuple[str, str, str]] = []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are part of the game."""


class Handler(BaseHTTPRequestHandler):
    """Answers HEAD and GET of files, as the Hub answers for large ones."""

    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        """What the file is."""
        self._answer(b"")

    def do_GET(self) -> None:
        """The file, or the rest of it."""
        self._answer(BODY)

    def _answer(self, body: bytes) -> None:
        asked = self.headers.get("Range", "")
        self.server.asked.append((self.command, self.path, asked))
        if not self.path.endswith(f"/{FILE}"):
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        begin = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        end = asked.partition("-")[2]
        part = BODY[begin : int(end) + 1 if end else None]
        self.send_response(206 if asked else 200)
        self.send_header("ETag", f'"{self.server.sha}"')
        self.send_header("X-Linked-Etag", f'"{self.server.sha}"')
        self.send_header("X-Linked-Size", str(len(BODY)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(part)))
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{begin + len(part) - 1}/{len(BODY)}")
        self.end_headers()
        if not body:
            return
        stall, self.server.stall_after = self.server.stall_after, 0
        self.wfile.write(part[: stall or None])
        if stall:
            self.server.stalled.set()
            self.server.over.wait(90)
            self.close_connection = True


def start(hub: Hub, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start `models pull` as a process of its own."""
    pytest.importorskip("huggingface_hub", reason="huggingface_hub (the extra `local`) is not installed")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MODELS_DIR": str(folder / "models"),
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_address[1]}",
    }
    return subprocess.Popen(
        [sys.executable, str(ROOT / "agent.py"), "models", "pull", *words],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pull(hub: Hub, folder: Path, *words: str) -> tuple[int, str, str]:
    """Run `models pull` to its end; return exit code, stdout and stderr."""
    with start(hub, folder, *words) as process:
        out, err = process.communicate(timeout=240)
    return process.returncode, out, err


def written(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_the_default_file_is_brought_whole_though_the_first_try_was_stopped(tmp_path: Path) -> None:
    """The second goes on where the first stopped; the file is checked, and a third brings nothing."""
    with Hub(stall_after=15_000_000) as hub:
        with start(hub, tmp_path) as first:
            assert hub.stalled.wait(90)
            end = time.monotonic() + 60
            while written(tmp_path) < 10_000_000 and time.monotonic() < end:
                time.sleep(0.02)
            first.send_signal(signal.SIGINT)
            assert "What was brought is kept" in first.communicate(timeout=60)[1]
            assert first.returncode == 130
        before = len(hub.asked)
        code, out, err = pull(hub, tmp_path)
        assert code == 0, err
        assert (tmp_path / "models" / FILE).read_bytes() == BODY
        assert f"--model llama-cpp:{FILE}" in err
        assert out.strip() == str(tmp_path / "models" / FILE)
        rest = [part for verb, path, part in hub.asked[before:] if verb == "GET" and path.endswith(FILE)]
        assert len(rest) == 1, hub.asked
        assert int(rest[0].removeprefix("bytes=").partition("-")[0]) >= 10_000_000
        before = len(hub.asked)
        assert pull(hub, tmp_path, FILE)[0] == 0
        assert not any(verb == "GET" and path.endswith(FILE) for verb, path, _ in hub.asked[before:])


def test_a_file_that_arrives_damaged_or_is_not_there_is_one_line(tmp_path: Path) -> None:
    """The checksum that the server gave decides; nothing is left behind."""
    with Hub(sha="0" * 64) as hub:
        code, _, err = pull(hub, tmp_path)
        assert (code, "arrived damaged" in err) == (1, True)
        assert not (tmp_path / "models" / FILE).exists()
        code, _, err = pull(hub, tmp_path, "some/where/other.gguf")
        assert (code, "error: there is no other.gguf in some/where" in err) == (1, True)
    code, _, gone = pull(hub, tmp_path)
    assert (code, "could not be brought" in gone) == (1, True)
    assert "Traceback" not in err + gone


@pytest.mark.parametrize("name", ["other.gguf", "a/b.gguf", "a/b/c.bin", "../../x/y.gguf", ""])
def test_a_name_that_names_nothing_is_refused(name: str) -> None:
    """The hint shows the form."""
    with pytest.raises(UsageError) as caught:
        where_is(name)
    assert "OWNER" in caught.value.hint or REPOSITORY in caught.value.hint
    assert where_is(f"{REPOSITORY}/{FILE}") == where_is(FILE) == (REPOSITORY, FILE)


@pytest.mark.slow
def test_a_disk_without_room_is_named_before_anything_is_brought(tmp_path: Path) -> None:
    """How much is needed and how much there is; with room enough the same command does it."""
    models = tmp_path / "models"
    models.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "none", models]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may mount a small disk here")
    try:
        with Hub() as hub:
            code, _, err = pull(hub, tmp_path)
            assert (code, f"{FILE} needs 26 MB more, and {models} has 13 MB free" in err) == (2, True)
            assert not any(verb == "GET" and path.endswith(FILE) for verb, path, _ in hub.asked)
            subprocess.run(["mount", "-o", "remount,size=64m", models], check=True)
            assert pull(hub, tmp_path)[0] == 0
    finally:
        subprocess.run(["umount", models], check=True)

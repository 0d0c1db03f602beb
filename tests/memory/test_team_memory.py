"""A memory on a real PostgreSQL with pgvector: what a file can it can, and what goes wrong costs no run."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from memory_rows import RUN, fill, kept_rows
from run_events import BROKEN, MENDED, WHY, events
from topics import Topics

from toolwright.errors import MemoryFileError
from toolwright.library.spool import note_execution
from toolwright.memory.lessons import Lessons
from toolwright.memory.past import Past
from toolwright.memory.precedents import Precedents
from toolwright.memory.recorder import Recorder
from toolwright.memory.revisions import migrate
from toolwright.memory.server_database import SCHEMA, ServerDatabase
from toolwright.redaction import Secret

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture
def url(postgres):
    """An empty database."""
    return postgres.new_database()


def record(library, run, some=None, **how):
    """Let a run be kept, all of it or the first events."""
    with Recorder(library / ".toolwright", run, {"goal": "g", "model": "m"}, str, print) as recorder:
        for event in list(events(run, **how))[:some]:
            recorder(event)


def past(library, url, said=None):
    """The memory; notices go into `said`."""
    return Past(library, (said if said is not None else []).append, server=Secret(url), wait_s=5)


def waiting(library):
    """The runs that are not in the memory yet."""
    return sorted(path.stem for path in (library / ".toolwright" / "runs").iterdir())


def test_runs_of_a_team_are_told_in_full(tmp_path, url):
    """Two libraries, one memory; texts that a server does not take lose a character and no run."""
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
        record(tmp_path / name, name, goal=f"of {name} \x00 \ud800")
        past(tmp_path / name, url).take_in()
        assert waiting(tmp_path / name) == []
    runs = past(tmp_path / "ann", url).runs(5)
    assert [row["id"] for row in runs] == ["bob", "ann"]
    assert [row["library"].rpartition("/")[2] for row in runs] == ["bob", "ann"]
    assert runs[0]["goal"] == "of bob \ufffd \ufffd"
    row = past(tmp_path / "ann", url).run("bob")
    [failure] = row["failures"]
    assert (failure["message"], failure["source"], failure["mend"]) == (f"{WHY}\nsaid", BROKEN, MENDED)
    assert [a["refused_by"] for a in row["attempts"]] == ["verify", ""]
    note_execution(
        tmp_path / "ann" / ".toolwright", "t", succeeded=True, seconds=1, told={"status": "returned"}
    )
    calls = "SELECT count(*) FROM executions WHERE run IS NULL"
    for _ in range(2):
        ask = past(tmp_path / "ann", url)
        assert ask.ask(lambda c: c.exec_driver_sql(calls).scalar_one()) == 1


def test_failures_are_compared_on_the_server(tmp_path, url):
    """The similar one is found with its mend, a strange one is not, and an index stands ready for many."""
    record(tmp_path, "r1")
    asks = Lessons(past(tmp_path, url), "r2")
    [lesson] = asks("verify", WHY, BROKEN)
    assert (lesson.tool, lesson.mend) == ("count_words", MENDED)
    assert list(asks("review", "the network was not declared", "import socket\n")) == []
    for size in (64, 80, 80):  # another model takes the name
        lessons = Lessons(past(tmp_path, url), "r2", Topics("7 == 2", size=size))
        told = lessons("verify", "test_pair failed: assert 7 == 2", "def pairs(rows):\n    return rows\n")
    assert [lesson.tool for lesson in told] == ["count_words"]
    plan = past(tmp_path, url).ask(
        lambda c: c.exec_driver_sql(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'failures_alike'"
        ).scalar()
    )
    assert "hnsw" in plan


def test_figures_and_precedents_come_from_a_server_too(tmp_path, url):
    """What is counted and looked up in a file is so on a server."""
    from toolwright.memory.metrics import measure

    record(tmp_path, "r1")
    memory = past(tmp_path, url)
    assert memory.counts()["attempts"] == 2
    assert len(memory.ask(measure).tools) == 1
    assert not Precedents(memory, "r2")("Count words.")  # it was not kept at once


def test_what_is_of_one_library_is_told_apart(tmp_path, url):
    """Runs, figures and `last` are those of the library that asks; all of them when that is wanted."""
    from toolwright.memory.metrics import measure

    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
        record(tmp_path / name, name)
        for _ in range(2):
            note_execution(
                tmp_path / name / ".toolwright", name, succeeded=True, seconds=1, told={"status": "returned"}
            )
        past(tmp_path / name, url).take_in()
    ann = past(tmp_path / "ann", url)
    assert [row["id"] for row in ann.runs(1, own=True)] == ["ann"]
    own, everybody = (ann.told(lambda c, of=of: measure(c, 0.0, of)) for of in (ann.shared_as, ""))
    assert (own.goals, everybody.goals) == ({"done": 1}, {"done": 2})
    assert [(t.tool, t.versions, t.calls) for t in own.tools] == [("ann", 0, 2), ("count_words", 2, 1)]
    assert [(t.tool, t.versions, t.calls) for t in everybody.tools][1:] == [
        ("bob", 0, 2),
        ("count_words", 4, 2),
    ]
    assert [sum(stage.calls for stage in each.stages) for each in (own, everybody)] == [1, 2]
    assert [sum(day.admitted for day in each.days) for each in (own, everybody)] == [1, 2]
    told = json.loads(agent(tmp_path / "ann", url, "memory", "export").stdout)
    assert [len(told[name]) for name in ("failures", "directives")] == [1, 1]


def test_what_happened_is_not_changed(tmp_path, postgres, url):
    """Triggers refuse it, whatever program tries."""
    import psycopg

    record(tmp_path, "r1")
    past(tmp_path, url).take_in()
    statements = ("UPDATE {}.runs SET goal = ''", "DELETE FROM {}.decisions", "TRUNCATE {}.executions")
    for statement in (*statements, "UPDATE {}.failures SET message = ''"):
        with pytest.raises(psycopg.Error, match="neither changed nor removed"):
            postgres.execute(statement.format(SCHEMA), url)
    postgres.execute(f"UPDATE {SCHEMA}.failures SET embedder = 'another'", url)


def _no_extension(postgres, tmp_path):
    control = postgres.programs / "share/postgresql/extension/vector.control"
    found = control if control.exists() else next(postgres.programs.rglob("vector.control"))
    return found, tmp_path / "vector.control"


def test_what_keeps_a_server_from_use_is_one_sentence(tmp_path, postgres, url):
    """Refused, a wrong password, no such database, no right, an unknown host: said once, the run waits."""
    record(tmp_path, "r1")
    postgres.execute("DROP ROLE IF EXISTS guest")
    postgres.execute("CREATE ROLE guest LOGIN PASSWORD 'guest-password'")
    wrong = {
        url.replace(str(postgres.port), "9"): "refused",
        url.replace("pg-test-password-1", "n0t-the-password"): "password authentication failed",
        postgres.url("nowhere"): 'database "nowhere" does not exist',
        url.replace("toolwright:pg-test-password-1", "guest:guest-password"): "permission denied",
        "postgresql://nobody-there.invalid/x": "resolve|not known|resolution",
        "postgresql://h/x?no_such_option=n0t-the-password": "cannot be read",
    }
    for address, why in wrong.items():
        said = []
        memory = past(tmp_path, address, said)
        memory.take_in()
        assert Lessons(memory, "r2")("verify", WHY, BROKEN) == ()
        assert len(said) <= 2, said
        assert re.search(why, said[0]), said
        assert all("\n" not in one and "password-1" not in one and "n0t-the" not in one for one in said)
        assert waiting(tmp_path) == ["r1"]
        assert ([row["id"] for row in memory.runs(5)], memory.named("r")) == (["r1"], ["r1"])
        assert memory.run("r1")["attempts"][0]["refused_by"] == "verify"
        assert [one for one in said if "only what waits here" in one and "TOOLWRIGHT_MEMORY" in one] == [
            said[-1]
        ]
        with pytest.raises(MemoryFileError, match=why):
            past(tmp_path / "empty", address).runs(5)
    assert [row["id"] for row in past(tmp_path, url).runs(5)] == ["r1"]


def test_a_server_without_pgvector(tmp_path, postgres, url):
    """What is missing there is named, with what makes it."""
    record(tmp_path, "r1")
    control, aside = _no_extension(postgres, tmp_path)
    control.rename(aside)
    try:
        said = []
        past(tmp_path, url, said).take_in()
    finally:
        aside.rename(control)
    assert len(said) == 1
    assert "pgvector is missing there: it wants CREATE EXTENSION vector" in said[0]
    assert [row["id"] for row in past(tmp_path, url).runs(5)] == ["r1"]


def _cut_off(connection, postgres):
    connection.exec_driver_sql("SELECT 1")
    postgres.stop(signal.SIGKILL)
    connection.exec_driver_sql("SELECT 1")


def test_a_server_that_goes_away_in_the_middle(tmp_path, postgres, url):
    """What was being taken in stays a file; when it is back, all is there, once."""
    record(tmp_path, "r1")
    memory = past(tmp_path, url)
    assert len(memory.runs(5)) == 1
    record(tmp_path, "r2")
    said = []
    database = ServerDatabase(Secret(url))
    with pytest.raises(MemoryFileError, match="cannot be used"), database.writing() as connection:
        _cut_off(connection, postgres)
    memory = past(tmp_path, url, said)
    memory.take_in()
    assert len(said) == 1
    assert waiting(tmp_path) == ["r2"]
    postgres.start()
    assert [row["id"] for row in past(tmp_path, url).runs(5)] == ["r2", "r1"]
    assert len(past(tmp_path, url).run("r2")["attempts"]) == 2


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
def test_every_revision_is_migrated(postgres, url, revision):
    """With its rows; afterwards the tables are those that the program uses."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.dialects.postgresql.base import ischema_names

    from toolwright.memory.place import REVISION
    from toolwright.memory.schema import METADATA
    from toolwright.memory.server_database import _make_room
    from toolwright.memory.vectors import ServerVector

    database = ServerDatabase(Secret(url))
    with database._begun() as connection:
        _make_room(connection)
    with database._begun() as connection:
        migrate(connection, revision, SCHEMA)
        fill(connection, revision)
    ischema_names["vector"] = ServerVector
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
        assert context.get_current_revision() == REVISION
        drift = [str(change) for change in compare_metadata(context, METADATA)]
        drift = [change for change in drift if not re.search("failures_alike|alembic_version", change)]
        assert drift == []
        assert kept_rows(connection) == RUN[revision]


def test_a_database_of_others_is_left_alone(tmp_path, postgres, url):
    """Tables of another program beside ours do no harm; in a schema of our name they are not touched."""
    record(tmp_path, "r1")
    postgres.execute("CREATE TABLE alembic_version (version_num text)", url)
    postgres.execute("CREATE TABLE runs (id integer)", url)
    assert len(past(tmp_path, url).runs(5)) == 1
    assert postgres.execute("SELECT * FROM public.runs", url) == []
    other = postgres.new_database()
    postgres.execute(f"CREATE SCHEMA {SCHEMA}", other)
    postgres.execute(f"CREATE TABLE {SCHEMA}.runs (id integer)", other)
    with pytest.raises(MemoryFileError, match="a database of another program"):
        past(tmp_path, other).runs(5)
    assert postgres.execute(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{SCHEMA}'", other) == [(1,)]


def test_a_memory_of_a_newer_program_is_left_alone(tmp_path, postgres, url):
    """It is named; the runs wait in their files."""
    past(tmp_path, url).runs(1)
    postgres.execute(f"UPDATE {SCHEMA}.alembic_version SET version_num = '9999'", url)
    record(tmp_path, "r1")
    said = []
    assert [row["id"] for row in past(tmp_path, url, said).runs(5)] == ["r1"]
    assert [re.search("newer Toolwright.*only what waits here", one) is not None for one in said] == [True]
    assert waiting(tmp_path) == ["r1"]


def test_programs_that_begin_at_once_share_the_tables(tmp_path, url):
    """Several make them together; every run is there."""
    code = (
        "import sys; from pathlib import Path; from toolwright.memory.past import Past\n"
        "from toolwright.redaction import Secret\n"
        "Past(Path(sys.argv[1]), print, server=Secret(sys.argv[2])).take_in()"
    )
    libraries = [tmp_path / str(number) for number in range(3)]
    for library in libraries:
        library.mkdir()
        record(library, library.name)
    many = [
        subprocess.Popen([sys.executable, "-c", code, str(library), url], cwd=ROOT, stdout=subprocess.PIPE)
        for library in libraries
    ]
    assert [process.communicate()[0] for process in many] == [b""] * 3
    assert sorted(row["id"] for row in past(tmp_path, url).runs(9)) == ["0", "1", "2"]


def agent(folder, address, *words):
    """Run the program."""
    return subprocess.run(
        [sys.executable, str(ROOT / "agent.py"), *words],
        cwd=folder,
        env={**os.environ, "TOOLWRIGHT_MEMORY": address},
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_tell_what_waits_while_the_server_is_away(tmp_path, postgres, url):
    """`history` and `stats` say it once and show what is here, `replay` leaves it there."""
    (tmp_path / "tools.py").touch()
    record(tmp_path, "r1")
    down = url.replace(f":{postgres.port}", ":9")
    for words, shown in (("history", "count the words"), ("stats", "1: 1 done"), ("replay last", "2 then")):
        told = agent(tmp_path, down, *words.split())
        assert shown in told.stdout, told.stderr
        assert told.stderr.count("only what waits here") == 1
    assert "1 done" in agent(tmp_path, "no", "stats").stdout
    assert waiting(tmp_path) == ["r1"]
    assert not (tmp_path / ".toolwright" / "memory.db").exists()


def test_a_run_of_another_library_is_not_taken_up(tmp_path, url):
    """It is listed with `--all` and told, but its tools and replies are elsewhere."""
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
        record(tmp_path / name, name, some=4)
        past(tmp_path / name, url).take_in()
    listed = [agent(tmp_path / "ann", url, "history", *every).stdout for every in ((), ("--all",))]
    assert [("LIBRARY" in one, "\nbob " in one) for one in listed] == [(False, False), (True, True)]
    for command in ("retry", "replay"):
        assert "run bob is of another library" in agent(tmp_path / "ann", url, command, "bob").stderr


def test_a_goal_tells_the_server_when_it_is_over(tmp_path, postgres, url):
    """Through the program: the run is there for the others; with the server down it says so and runs."""

    def goal(address, *words):
        return agent(tmp_path, address, *words)

    replay = ["--replay", str(ROOT / "examples" / "demo.jsonl"), "--plan", "--yes", "some goal"]
    first = goal(url, *replay)
    assert "memory" not in first.stderr
    assert postgres.execute(f"SELECT goal FROM {SCHEMA}.runs", url) == [("some goal",)]
    down = url.replace(f":{postgres.port}", ":9")
    second = goal(down, *replay)
    assert second.returncode == first.returncode
    assert (second.stdout + second.stderr).count("cannot be used") == 1
    assert "pg-test-password-1" not in second.stdout + second.stderr
    assert len(waiting(tmp_path)) == 1
    listed = goal(url, "history")
    assert listed.stdout.count("some goal") == 2
    assert waiting(tmp_path) == []
    written = [path for path in (tmp_path / ".toolwright").rglob("*") if path.is_file()]
    assert not [
        path for path in (*written, tmp_path / "agent.log") if b"pg-test-password-1" in path.read_bytes()
    ]

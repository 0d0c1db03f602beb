"""The gate: declared and allowed make a policy; what is missing is asked for, refused, or was approved."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_of_grants import SOURCE, TOOLS

from toolwright.errors import MemoryFileError
from toolwright.events import Notice, PermissionDecided
from toolwright.memory.approvals import Approvals
from toolwright.permissions.allowed import Allowed
from toolwright.permissions.blocked import Blocked, read_blocked
from toolwright.permissions.gate import Gate, Grantor
from toolwright.permissions.paths import named_paths
from toolwright.permissions.terms import Terms
from toolwright.syntax.reading import read_library
from toolwright.types import Policy, Refusal


class Desk:
    """Somebody at a keyboard: gives answers in turn, remembers what was asked and told."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.questions = []
        self.events = []

    def ask(self, question):
        """Answer the next question; without an answer left, as at the end of input."""
        self.questions.append(question)
        return self.answers.pop(0) if self.answers else None

    @property
    def decisions(self):
        """What was decided, as (permission, detail, granted, by)."""
        found = [event for event in self.events if isinstance(event, PermissionDecided)]
        return [(each.permission, each.detail, each.granted, each.by) for each in found]


@pytest.fixture
def place(tmp_path):
    """A workspace, and things outside it."""
    (tmp_path / "work").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("a")
    return tmp_path


def gate_of(place, desk=None, *, blocked=None, **allowed):
    """A gate over the workspace; with a desk somebody can be asked."""
    present = desk is not None
    grantor = Grantor(desk.ask, desk.events.append) if desk else Grantor()
    return Gate(
        Allowed(str(place / "work"), **allowed),
        read_blocked(blocked, present=present),
        Approvals(place),
        grantor,
    )


def permit(gate, tool, **arguments):
    """Ask for one call."""
    return gate.permit(SOURCE, TOOLS[tool], [arguments], Policy(scratch="/scratch"))


@pytest.mark.parametrize(
    ("tool", "sees", "writes"),
    [
        ("read_text", True, False),
        ("write_text", True, True),
        ("copy_text", True, True),
        ("names", False, False),
        ("upper", False, False),
    ],
)
def test_the_workspace_is_granted_as_far_as_it_is_declared(place, tool, sees, writes):
    """A tool that declares nothing starts in the workspace, and sees none of its files."""
    policy = permit(gate_of(place), tool)
    work = str(place / "work")
    assert (policy.workspace, policy.scratch) == (work, "/scratch")
    assert (policy.sees_workspace, policy.write) == (sees, (work,) if writes else ())
    assert (policy.read, policy.network, policy.execute) == ((), (), False)


def test_what_a_called_tool_declares_counts(place):
    """A tool that reads by means of another one, behind a helper, may read."""
    assert permit(gate_of(place), "count_lines", path="x").sees_workspace


def test_allowed_but_not_declared_is_not_granted(place):
    """--allow opens nothing to a tool that does not declare it."""
    everything = {"read": ("/data",), "write": ("/out",), "network": ("*",), "execute": True}
    gate = gate_of(place, **everything)
    work = str(place / "work")
    assert permit(gate, "upper") == Policy(workspace=work, scratch="/scratch", sees_workspace=False)
    reads = permit(gate, "read_text", path="x")
    assert (reads.read, reads.write, reads.network, reads.execute) == (("/data", "/out"), (), (), False)
    writes = permit(gate, "write_text", path="x", text="")
    assert (writes.read, writes.write) == ((), (work, "/out"))
    assert permit(gate, "fetch", path="x").network == ("*",)
    assert permit(gate, "run", command=[]).execute


@pytest.mark.parametrize(
    ("tool", "arguments", "message", "flag"),
    [
        ("fetch", {"path": "/"}, "to connect to api.example.org", "network:api.example.org"),
        ("fetch", {"path": "/", "base_url": "http://h.example:81/"}, "h.example:81", "network:h.example:81"),
        ("ping", {"host": "somewhere"}, "any public host", "network:HOST"),
        ("run", {"command": ["ls"]}, "run needs to start programs", "execute"),
    ],
)
def test_without_anybody_to_ask_the_refusal_names_the_flag(place, tool, arguments, message, flag):
    """Network and execute are denied; the sentence says what for and the hint what would allow it."""
    refused = permit(gate_of(place), tool, **arguments)
    assert isinstance(refused, Refusal)
    assert message in refused.message
    assert f"--allow {flag} " in refused.hint


def test_once_counts_for_the_run_and_is_not_kept(place):
    """The same question is not put twice in a run; the next run asks again."""
    desk = Desk("o")
    gate = gate_of(place, desk)
    assert permit(gate, "fetch", path="/").network == ("api.example.org",)
    assert permit(gate, "fetch", path="/2").network == ("api.example.org",)
    assert len(desk.questions) == 1
    assert "to connect to api.example.org" in desk.questions[0]
    assert desk.decisions == [("network", "api.example.org", True, "once")]
    assert Approvals(place).all() == ()
    again = Desk()
    assert isinstance(permit(gate_of(place, again), "fetch", path="/"), Refusal)
    assert len(again.questions) == 1


def test_always_is_kept_for_the_tool_as_it_is(place):
    """The next run does not ask; a tool of another text, or that uses another text, is asked for again."""
    assert not isinstance(permit(gate_of(place, Desk("a")), "run", command=[]), Refusal)
    silent = Desk()
    assert permit(gate_of(place, silent), "run", command=[]).execute
    assert silent.questions == []
    assert silent.decisions == [("execute", "", True, "approval")]
    changed = SOURCE.replace("return len(command)", "return 1 + len(command)")
    asked = Desk()
    refused = gate_of(place, asked).permit(changed, TOOLS["run"], [{"command": []}], Policy())
    assert isinstance(refused, Refusal)
    assert len(asked.questions) == 1


def test_another_text_of_what_a_tool_uses_asks_again(place):
    """A tool is its own text and all that it reaches: here a helper, and the tool that this one calls."""
    path = str(place / "outside" / "a.txt")
    desk = Desk("a")
    assert not isinstance(permit(gate_of(place, desk), "count_lines", path=path), Refusal)
    for old, new in (
        ("return read_text(path)", "return read_text(path) + 'x'"),
        ("read_text()", "read_text('utf-8')"),
    ):
        changed = SOURCE.replace(old, new)
        assert changed != SOURCE
        asked = Desk()
        gate = gate_of(place, asked)
        assert isinstance(gate.permit(changed, TOOLS["count_lines"], [{"path": path}], Policy()), Refusal)
        assert len(asked.questions) == 1


def test_a_granted_path_that_became_a_link_is_no_grant(place):
    """What an earlier call put in its place was never allowed."""
    granted, secret = place / "outside" / "a.txt", place / "outside" / "secret.txt"
    secret.write_text("s")
    gate = gate_of(place, read=(str(granted),), write=(str(place / "outside"),))
    assert permit(gate, "read_text", path="x").read == (str(granted), str(place / "outside"))
    granted.unlink()
    granted.symlink_to(secret)
    assert permit(gate, "read_text", path="x").read == (str(place / "outside"),)


def test_an_approval_covers_its_host_only(place):
    """Another host of the same tool is another question."""
    permit(gate_of(place, Desk("always")), "fetch", path="/")
    desk = Desk("n")
    gate = gate_of(place, desk)
    assert permit(gate, "fetch", path="/").network == ("api.example.org",)
    assert isinstance(permit(gate, "fetch", path="/", base_url="https://other.example"), Refusal)
    assert len(desk.questions) == 1


def test_any_public_host_covers_hosts_but_not_this_machine(place):
    """The widest answer still does not reach services on loopback."""
    permit(gate_of(place, Desk("a")), "ping", host="x")
    gate = gate_of(place, Desk())
    # not as if the user had named that host: secrets go to named hosts only
    assert permit(gate, "ping", host="https://other.example").network == ("*",)
    assert isinstance(permit(gate, "ping", host="http://127.0.0.1/"), Refusal)


@pytest.mark.parametrize("line", ["yes", "oo", "r", "a lways", "1"])
def test_what_is_no_answer_is_asked_again_a_few_times(place, line):
    """It is never taken for a yes, nor at once for a no: also an answer to another question."""
    desk = Desk(line, "o")
    assert isinstance(permit(gate_of(place, desk), "run", command=[]), Policy)
    assert desk.questions[1].startswith(f"'{line}' is none of these answers\nrun asks")
    desk = Desk(line, line, line, "a")
    assert isinstance(permit(gate_of(place, desk), "run", command=[]), Refusal)
    assert len(desk.questions) == 3


@pytest.mark.parametrize("line", ["", "n", "No ", None])
def test_whatever_is_not_clearly_yes_is_no(place, line):
    """A no is not asked again in this run."""
    desk = Desk(line, "a")
    gate = gate_of(place, desk)
    assert isinstance(permit(gate, "run", command=[]), Refusal)
    assert isinstance(permit(gate, "run", command=[]), Refusal)
    assert len(desk.questions) == 1
    assert desk.decisions == [("execute", "", False, "no")]


def test_an_outside_file_is_asked_for_exactly(place):
    """Reading grants the file, nothing around it; absolute and with .. are the same file."""
    path = str(place / "outside" / "a.txt")
    desk = Desk("o")
    gate = gate_of(place, desk)
    assert permit(gate, "read_text", path=path).read == (path,)
    assert permit(gate, "read_text", path="../outside/a.txt").read == (path,)
    assert desk.questions == [
        f"read_text asks to read {path}. Allow it? o once, a always for this version of read_text, [Enter] no"
    ]


def test_a_file_to_be_made_outside_needs_its_folder(place):
    """There is nothing smaller to grant yet; where there is no folder either, the tool is left to fail."""
    folder = str(place / "outside")
    desk = Desk("o")
    gate = gate_of(place, desk)
    policy = permit(gate, "write_text", path=f"{folder}/new.txt", text="")
    assert policy.write == (folder, str(place / "work"))
    assert f"to create {folder}/new.txt in the folder {folder}" in desk.questions[0]
    assert permit(gate, "write_text", path="/no/such/folder/new.txt", text="").write == (str(place / "work"),)


@pytest.mark.parametrize(
    ("typed", "reads", "writes"), [("r", True, False), ("w", False, True), ("wa", False, True)]
)
def test_a_tool_that_reads_and_writes_is_given_what_the_user_says(place, typed, reads, writes):
    """Which of its paths a tool is to change, only the user knows."""
    path = str(place / "outside" / "a.txt")
    desk = Desk(typed)
    policy = permit(gate_of(place, desk), "copy_text", source=path, target="x")
    assert (path in policy.read, path in policy.write) == (reads, writes)
    kept = [(each.permission, each.detail) for each in Approvals(place).all()]
    assert kept == ([("write", path)] if typed == "wa" else [])


def test_paths_of_a_tool_that_declares_no_files_are_words(place):
    """A text that looks like a path is not asked for, nor is what nobody can be granted."""
    desk = Desk()
    gate = gate_of(place, desk)
    permit(gate, "upper", text=str(place / "outside" / "a.txt"))
    (place / ".env").write_text("KEY=1")
    for text in ("/", "/proc/self/environ", str(place / ".env"), "/no/such", "a\nb/../..", "/scratch/x"):
        assert not isinstance(permit(gate, "read_text", path=text), Refusal)
    assert desk.questions == []


def test_paths_are_found_at_any_depth(place):
    """Lists and objects hold paths too."""
    path = str(place / "outside" / "a.txt")
    refused = permit(gate_of(place), "read_text", path={"deep": [{"x": path}]})
    assert isinstance(refused, Refusal)
    assert path in refused.message


@pytest.mark.parametrize("present", [True, False])
def test_what_the_user_blocked_stays_blocked(place, present):
    """Neither --allow nor an approval nor a question beats a value of BLOCKED_PERMISSIONS."""
    permit(gate_of(place, Desk("a")), "fetch", path="/")
    desk = Desk("a") if present else None
    refused = permit(gate_of(place, desk, blocked=("network",), network=("*",)), "fetch", path="/")
    assert isinstance(refused, Refusal)
    assert "BLOCKED_PERMISSIONS" in refused.message
    assert desk is None or (desk.questions, desk.decisions) == ([], [("network", "", False, "blocked")])


def test_a_script_has_what_it_allows_and_not_what_was_approved(place):
    """Unattended, network and execute are blocked: --allow beats that, an approval only when it is lifted."""
    permit(gate_of(place, Desk("a")), "fetch", path="/")
    assert isinstance(permit(gate_of(place), "fetch", path="/"), Refusal)
    allowed = permit(gate_of(place, network=("api.example.org",)), "fetch", path="/")
    assert allowed.network == ("api.example.org",)
    assert permit(gate_of(place, blocked=()), "fetch", path="/").network == ("api.example.org",)


def test_a_host_that_was_named_stays_named_beside_any(place):
    """The narrower of two approvals is what a call gets."""
    for host in ("x", "https://named.example", "http://10.0.0.7/"):
        permit(gate_of(place, Desk("a")), "ping", host=host)
    gate = gate_of(place, Desk())
    assert permit(gate, "ping", host="http://10.0.0.7/").network == ("10.0.0.7",)
    assert permit(gate, "ping", host="https://other.example").network == ("*",)


def test_an_approved_path_covers_what_is_in_it_only(place):
    """A file beside it is another question; a right to read is none to write."""
    folder = place / "outside"
    (folder / "b.txt").write_text("b")
    permit(gate_of(place, Desk("ra")), "copy_text", source=str(folder / "a.txt"), target="x")
    gate = gate_of(place)
    assert permit(gate, "copy_text", source=str(folder / "a.txt"), target="x").read == (
        str(folder / "a.txt"),
    )
    assert isinstance(permit(gate, "copy_text", source=str(folder / "b.txt"), target="x"), Refusal)
    permit(gate_of(place, Desk("a")), "read_text", path=str(folder))
    assert permit(gate_of(place), "read_text", path=str(folder / "b.txt")).read == (str(folder),)


def test_an_approved_path_counts_for_scripts_too(place):
    """Reading a path is not blocked by default."""
    path = str(place / "outside" / "a.txt")
    permit(gate_of(place, Desk("a")), "read_text", path=path)
    assert permit(gate_of(place), "read_text", path=path).read == (path,)


def test_a_folder_can_block_more_but_not_less():
    """A value in .env is added to the default; one of the environment takes its place."""
    assert read_blocked((), present=False, from_file=True).by_default == {"network", "execute"}
    assert read_blocked(("write",), present=False, from_file=True) == Blocked(
        frozenset({"write"}), frozenset({"network", "execute"})
    )
    assert read_blocked((), present=False) == Blocked()
    assert read_blocked(None, present=True) == Blocked()


def test_calls_that_lack_arguments_are_not_asked_about_hosts_yet(place):
    """The host may come with an answer of an earlier step; what can never be granted is said at once."""
    desk = Desk()
    incomplete = {"complete": False}
    policy = gate_of(place, desk).permit(SOURCE, TOOLS["ping"], [{}], Policy(), **incomplete)
    assert (policy.network, desk.questions) == ((), [])
    unattended = gate_of(place).permit(SOURCE, TOOLS["ping"], [{}], Policy(), **incomplete)
    assert isinstance(unattended, Refusal)


def test_tiers_and_rules_are_granted_unasked(place):
    """AUTO_APPROVE counts for every tool, a rule for its own; what neither covers is refused as before."""
    outside = str(place / "outside" / "a.txt")
    desk = Desk()
    rules = {"fetch": Allowed("", network=("api.example.org",)), "run": Allowed("", execute=True)}
    grantor = Grantor(tell=desk.events.append)
    unattended = read_blocked(None, present=False)
    work = Allowed(str(place / "work"))
    gate = Gate(work, unattended, Approvals(place), grantor, Terms(["files"], rules))
    assert permit(gate, "read_text", path=outside).read == (outside,)
    assert permit(gate, "fetch", path="/").network == ("api.example.org",)
    assert permit(gate, "run", command=[]).execute
    assert isinstance(permit(gate, "fetch", path="/", base_url="http://h.example/"), Refusal)
    assert isinstance(permit(gate, "ping", host="somewhere"), Refusal)
    everything = Gate(work, unattended, Approvals(place), grantor, Terms(["network", "execute"]))
    assert permit(everything, "ping", host="somewhere").network == ("*",)
    assert isinstance(permit(everything, "fetch", path="/", base_url="http://127.0.0.1/"), Refusal)
    never = Gate(work, Blocked(frozenset({"network"})), Approvals(place), grantor, Terms(["network"], rules))
    assert isinstance(permit(never, "fetch", path="/"), Refusal)
    assert [each[3] for each in desk.decisions if each[2]] == ["auto", "rule", "rule", "auto"]


def test_a_changed_tool_is_asked_for_with_a_diff(place):
    """After a change the question shows permissions and lines that differ, once; never a forged text."""
    desk = Desk("a", "n", "n")
    permit(gate_of(place, desk), "fetch", path="/")
    changed = SOURCE.replace("Permissions: network\n", "Permissions: read network\n")
    tools = {tool.name: tool for tool in read_library(changed).tools}
    calls = [{"path": "x", "base_url": "https://other.example.org"}, {"path": "x"}]
    gate = gate_of(place, desk)
    for call in calls:
        assert isinstance(gate.permit(changed, tools["fetch"], [call], Policy()), Refusal)
    first, second = desk.questions[1:]
    assert first.startswith("fetch is not what you approved on 20")
    assert "for network api.example.org:\n  permissions: network -> read network\n" in first
    assert "-    Permissions: network" in first
    assert "+    Permissions: read network" in first
    assert second.startswith("fetch asks to connect to api.example.org")
    [kept] = (place / ".toolwright" / "approved").iterdir()
    kept.write_text(kept.read_text().replace("network", "nothing"))
    desk.answers.append("n")
    gate_of(place, desk).permit(changed, tools["fetch"], calls[1:], Policy())
    assert "what it was then is not kept" in desk.questions[-1]


class Broken:
    """A memory that can neither be read nor written."""

    def find(self, _tool, _fingerprint):
        """Fail."""
        raise MemoryFileError("memory.db is in use by another program")

    def before(self, _tool, _fingerprint):
        """Fail."""
        raise MemoryFileError("memory.db is in use by another program")

    def add(self, *_approval):
        """Fail."""
        raise MemoryFileError("memory.db cannot be used")


def test_a_memory_that_fails_costs_the_memory_only(place):
    """The user is asked, the answer counts for the run, and both faults are said."""
    desk = Desk("a")
    gate = replace(gate_of(place, desk), kept=Broken())
    assert permit(gate, "run", command=[]).execute
    notices = [event.message for event in desk.events if isinstance(event, Notice)]
    assert len(notices) == 2
    assert "this run" in notices[0]
    assert "this run only" in notices[1]


@given(st.lists(st.sampled_from(["/", "..", "a.txt", "outside", "n" * 300, "é", "~", "", "\0", "\ud800"])))
def test_any_text_can_be_an_argument(tmp_path_factory, parts):
    """Paths too long, with odd characters, into nowhere: what is found leads out and can be granted."""
    top = tmp_path_factory.getbasetemp() / "named"
    (top / "work").mkdir(parents=True, exist_ok=True)
    (top / "a.txt").write_text("")
    for text in ("/".join(parts), "/" + "/".join(parts), f"../{'/'.join(parts)}"):
        for found in named_paths({"x": [text]}, str(top / "work"), []):
            assert not found.path.startswith(str(top / "work") + "/")
            assert found.exists == os.path.exists(found.path)  # noqa: PTH110 - Path raises on long names
            assert Path(found.folder).is_dir()


_KINDS = st.frozensets(st.sampled_from(["read", "write", "network", "execute"]))


@given(declared=_KINDS, allow=_KINDS, blocked=_KINDS)
def test_a_policy_is_never_more_than_declared_and_allowed(tmp_path_factory, declared, allow, blocked):
    """Whatever is declared, allowed and blocked: no grant without all three saying so."""
    tool = TOOLS["upper"]
    docstring = replace(tool.docstring, permissions=tuple(sorted(declared)))
    gate = Gate(
        Allowed(
            "/workspace",
            read=("/in",) if "read" in allow else (),
            write=("/out",) if "write" in allow else (),
            network=("h.example",) if "network" in allow else (),
            execute="execute" in allow,
        ),
        Blocked(blocked),
        Approvals(tmp_path_factory.getbasetemp() / "none"),
    )
    answer = gate.permit(
        SOURCE,
        replace(tool, docstring=docstring),
        [{}],
        Policy(),
    )
    refused = bool(declared & blocked) or bool((declared & {"network", "execute"}) - allow)
    assert isinstance(answer, Refusal) == refused
    if isinstance(answer, Policy):
        assert bool(answer.network) == ("network" in declared & allow)
        assert answer.execute == ("execute" in declared & allow)
        assert ("/out" in answer.write) == ("write" in declared & allow)
        assert ("/in" in answer.read) == ("read" in declared & allow)
        assert ("/workspace" in answer.write) == ("write" in declared)
        assert answer.sees_workspace == bool(declared & {"read", "write"})

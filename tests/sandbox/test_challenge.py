"""A challenge: which mutants tests notice, and what answers otherwise under other conditions."""

import re
from dataclasses import replace

import pytest

from toolwright.sandbox.process import ProcessSandbox
from toolwright.syntax.mutation.mutants import mutants
from toolwright.types import ChallengePlan, Limits, Mutant, Policy

BOX = ProcessSandbox()
BACKENDS = ("full",)
EVERYWHERE = pytest.mark.only("process", "full", "landlock")

PURE = Policy(sees_workspace=False, changes_workspace=False, effects=(), limits=Limits(wall_s=30, cpu_s=5))
FILES = Policy(limits=Limits(wall_s=30, cpu_s=5))

HOPELESS = """    import re
    re.match('(a|aa)+$', 'a' * 60 + 'b')
    return n
"""
SET = "def f(words: list) -> list:\n    return list(set(words))\n"
DATE = "def f(n: int) -> int:\n    import datetime\n    return n + datetime.date.today().year\n"

SLUG = '''def slug(text: str, limit: int = 40) -> str:
    """Doc."""
    words = text.lower().split()
    if not words or limit < 1:
        raise ValueError("no " + text)
    size = 0
    kept = []
    while words and size < limit:
        size += 1
        kept.append(words.pop(0))
    return "-".join(kept)
'''
SLUG_TESTS = """from tools import slug
import pytest

def test_words():
    assert slug("Hello World") == "hello-world"

class TestLimits:
    @pytest.mark.parametrize("limit", [1, 2])
    def test_limit(self, limit):
        assert len(slug("a b c", limit).split("-")) == limit

def test_nothing():
    with pytest.raises(ValueError):
        slug(" ")
"""


def challenge(source, tests, policy=PURE, function="", probes=(), broken=None, shifts_clock=True):
    """Verify, then challenge with all mutants."""
    function = function or source.split("def ")[-1].split("(")[0]
    verdict = BOX.verify(source, tests, policy, function=function)
    assert verdict.passed, verdict
    plan = ChallengePlan(
        source,
        mutants(source, function, 60) if broken is None else broken,
        probes,
        60.0,
        [call.arguments for call in verdict.calls],
        shifts_clock,
    )
    return BOX.challenge(source, tests, policy, function=function, verdict=verdict, plan=plan)


def fates(told):
    """Say what became of each mutant."""
    return {str(outcome.mutant): outcome.fate for outcome in told.outcomes}


@EVERYWHERE
def test_mutants_of_a_pure_tool_are_noticed_missed_or_the_same():
    """What a test checks is dead, what never differs is out of the score, and all is counted."""
    told = challenge(SLUG, SLUG_TESTS, probes=[{"text": "a", "limit": 0}, {"text": "x y"}])
    said = fates(told)

    assert told.flips == ()
    assert said["line 3: `lower` became `upper`"] == "killed"
    assert said["line 8: `<` became `<=`"] == "killed"
    assert said["line 9: `size += 1` was left out"] == "killed"
    assert said["line 4: `<` became `<=`"] == "killed"
    assert said["line 1: `40` became `41`"] == "equivalent"
    assert told.score.of == told.score.killed + len(told.score.survivors)
    assert told.replays >= 8


def test_a_survivor_comes_with_a_call_that_shows_it():
    """A boundary that no test goes near is found by a probe."""
    source = "def f(n: int) -> bool:\n    return n > 10\n"
    tests = "from tools import f\ndef test_f():\n    assert f(50) is True\n    assert f(1) is False\n"
    told = challenge(source, tests, probes=[{"n": 10}, {"n": 3}])

    survived = [outcome for outcome in told.outcomes if outcome.fate == "survived"]
    assert [str(each.mutant) for each in survived] == ["line 2: `>` became `>=`"]
    assert survived[0].call == {"n": 10}
    assert told.score.share < 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("an endless loop", "    while True:\n        n += 1\n"),
        (
            "one that Python cannot stop",
            HOPELESS,
        ),
        ("the end of the process", "    import os\n    os._exit(0)\n"),
        ("too much memory", "    return len([0] * 10**12)\n"),
        ("an exception that is none", "    raise SystemExit(1)\n"),
    ],
)
def test_mutants_that_do_not_answer_are_dead_and_hold_nobody_up(name, body):
    """Whatever a mutant does to its process, the next one is tried."""
    source = "def f(n: int) -> int:\n    return n + 1\n"
    tests = "from tools import f\ndef test_f():\n    assert f(1) == 2\n    assert f(2) == 3\n"
    head = source.partition("\n")[0] + "\n"
    broken = [
        Mutant(2, "bad", head + body),
        Mutant(2, "next", source.replace("+", "-")),
        Mutant(2, "same", source.replace("n + 1", "1 + n")),
    ]
    told = challenge(source, tests, broken=broken)

    assert [outcome.fate for outcome in told.outcomes] == ["killed", "killed", "equivalent"]


def test_mutants_of_a_tool_with_effects_are_run_by_its_tests():
    """What a mutant does to files counts like an answer."""
    source = """def save(path: str, lines: list[str]) -> int:
    with open(path, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\\n")
    return len(lines)
"""
    tests = """from tools import save
def test_save(tmp_path):
    assert save(str(tmp_path / "a"), ["x", "y"]) == 2
    assert (tmp_path / "a").read_text() == "x\\ny\\n"
"""
    told = challenge(source, tests, FILES)

    assert [each.partition(":")[0] for each in told.unchallenged] == ["arguments that no test has"]
    assert told.flips == ()
    assert {fate for said, fate in fates(told).items() if "utf-8" not in said} == {"killed"}


@EVERYWHERE
@pytest.mark.parametrize(
    ("source", "argument", "word"),
    [
        (
            "def f(words: list) -> list:\n    return list(set(words))\n",
            [f"w{i}" for i in range(20)],
            "another hash seed",
        ),
        (
            "def f(n: int) -> int:\n    import datetime\n    return n + datetime.date.today().year\n",
            1,
            "another clock",
        ),
        (
            "def f(n: int) -> int:\n    import time\n    return n + time.gmtime().tm_year\n",
            1,
            "another clock",
        ),
        (
            "def f(n: int) -> float:\n    import random\n    return n + random.random()\n",
            1,
            "nothing changed .chance",
        ),
        ("def f(n: int) -> str:\n    import time\n    return time.ctime(n)\n", 1, "time zone"),
        ("_N = iter(range(1, 9))\ndef f(n: int) -> int:\n    return next(_N)\n", 1, "called it twice"),
        ("_DAYS = ['a']\ndef f(n: int) -> list:\n    return [_DAYS]\n", 1, r"twice.* returned \[\[\]\]"),
        (
            "def _last(w): return w.sort() or w[-1]\ndef f(words: list) -> int: return _last(words)\n",
            [3, 1],
            "twice.* changed its argument `words`",
        ),
    ],
)
def test_an_answer_that_depends_on_something_else_flips(source, argument, word):
    """Hashes of texts, the clock and chance are other ones in the replays; the sentence says the call."""
    tests = (
        f"from tools import f\ndef test_f():\n    assert f({argument!r})\n    assert f({argument!r}) != 0\n"
    )
    verdict = BOX.verify(source, tests, PURE, function="f")
    plan = ChallengePlan(source, (), (), 60.0, [call.arguments for call in verdict.calls])
    told = BOX.challenge(source, tests, PURE, function="f", verdict=verdict, plan=plan)

    assert len(told.flips) == 1
    assert re.search(word, told.flips[0])
    assert "f(" in told.flips[0]


@EVERYWHERE
def test_what_no_test_asked_must_not_flip_either():
    """Probes that are fixed answer the same with other hashes; the others may not."""
    source = "def f(words: list) -> str:\n    return ' '.join(set(words))\n"
    tests = "from tools import f\ndef test_f():\n    assert f(['y', 'y']) == 'y'\n"
    verdict = BOX.verify(source, tests, PURE, function="f")
    probe = {"words": [f"w{i}" for i in range(20)]}
    plan = ChallengePlan(source, (), [probe], 60.0, [probe, {"words": ["y", "y"]}])
    told = BOX.challenge(source, tests, PURE, function="f", verdict=verdict, plan=plan)
    varying = BOX.challenge(
        source, tests, PURE, function="f", verdict=verdict, plan=replace(plan, fixed=plan.fixed[1:])
    )

    assert "'w16'" in told.flips[0]
    assert "another hash seed" in told.flips[0]
    assert varying.flips == ()


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("str(list({f'w{i}' for i in range(20)}))", "with another hash seed"),
        ("__import__('time').strftime('%Y')", "with another clock"),
        ("str(__import__('random').random())", "when it ran again with nothing changed"),
    ],
)
def test_of_a_tool_with_effects_the_right_cause_is_named(line, how):
    """Each condition is tried alone: the one that makes the test fail is in the sentence, no other one."""
    body = f"    with open(path, 'w') as file:\n        file.write({line})\n    return 1\n"
    source = f"def f(path: str) -> int:\n{body}"
    tests = "from tools import f\ndef test_f():\n    assert f('a') == 1\n    assert open('a').read()\n"
    verdict = BOX.verify(source, tests, FILES, function="f")
    shown = BOX.call(f"def g() -> str:\n    return {line}\n", "g", {}, FILES).value
    fixed = tests.replace("assert open('a').read()", f"assert open('a').read() == {shown!r}")
    told = BOX.challenge(source, fixed, FILES, function="f", verdict=verdict, plan=ChallengePlan(source, ()))

    assert len(told.flips) == 1
    assert f"test_f passed first, but failed {how}" in told.flips[0]


def test_tests_that_need_their_order_flip():
    """A test that lives on what another one left behind is named."""
    source = "def f(n: int) -> int:\n    return n + 1\n"
    tests = """from tools import f
_seen = []
def test_first():
    _seen.append(f(1))
    assert _seen[-1] == 2
def test_second():
    assert f(_seen[-1]) == 3
"""
    told = challenge(source, tests, broken=())

    assert told.flips == ("test_second failed when the tests ran in the reversed order",)


def test_what_tests_leave_behind_kills_no_mutant():
    """Where one round spoils the next, every mutant gets a process of its own."""
    source = "def f(n: int) -> int:\n    return n + 1\n"
    tests = """from tools import f
_runs = []
def test_f():
    _runs.append(1)
    f(5)
    assert len(_runs) == 1 and f(1) == 2
"""
    broken = [Mutant(2, "alike here", source.replace("n + 1", "2 if n == 1 else n"))]
    told = challenge(source, tests, broken=broken, probes=[{"n": 5}])

    assert told.flips == ()
    assert fates(told) == {"line 2: alike here": "survived"}


@pytest.mark.only("full", "landlock")
def test_files_in_two_orders_at_another_time():
    """Tests of a tool with effects run again with other hashes, another clock and in the reversed order."""
    source = """def stamp(path: str) -> int:
    import datetime
    with open(path, "w", encoding="utf-8") as file:
        file.write(str(datetime.date.today().year))
    return 4
"""
    tests = """from tools import stamp
import datetime
def test_stamp(tmp_path):
    assert stamp(str(tmp_path / "a")) == 4
    assert (tmp_path / "a").read_text() == str(datetime.date.today().year)
"""
    told = challenge(source, tests, FILES, broken=())

    assert len(told.flips) == 1
    assert "test_stamp" in told.flips[0]
    assert "failed with another clock" in told.flips[0]
    assert challenge(source, tests, FILES, broken=(), shifts_clock=False).flips == ()


@pytest.mark.slow
def test_what_hypothesis_draws_is_fixed_by_a_seed_that_is_told():
    """The same examples each time, which plain pytest draws too with the seed of the verdict."""
    source = "def f(n: int) -> int:\n    return n + 1\n"
    tests = """from hypothesis import given, settings, strategies
from tools import f
@settings(max_examples=5)
@given(strategies.integers(0, 10**9))
def test_f(n):
    assert f(n) == n + 1
"""
    first, second = (BOX.verify(source, tests, PURE, function="f") for _ in range(2))
    plain = BOX.verify(
        source, "from tools import f\ndef test_f():\n    assert f(1) == 2\n", PURE, function="f"
    )

    assert [call.arguments for call in first.calls] == [call.arguments for call in second.calls]
    assert len(first.calls) >= 5
    assert (first.hypothesis_seed, plain.hypothesis_seed) == (20_011, None)
    told = challenge(source, tests)
    assert told.flips == ()
    assert set(fates(told).values()) == {"killed"}

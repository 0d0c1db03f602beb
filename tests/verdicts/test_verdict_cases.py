"""No wrong verdict: worthless tests let nothing in, and honest pairs pass."""

import honest_pairs
import pytest
import telling_tests
import worthless_tests
from verdict_case import judge

from toolwright.permissions.verifying import verification_policy
from toolwright.sandbox.confined import ConfinedSandbox, JudgeBounds
from toolwright.sandbox.levels import try_level
from toolwright.sandbox.process import ProcessSandbox
from toolwright.syntax.reading import read_library

ALL = (*worthless_tests.CASES, *telling_tests.CASES, *honest_pairs.CASES)
CASES = {case.name: case for case in ALL}
SAMPLE = [
    "with itself",
    "swallowed",
    "patched pytest",
    "looks which other tests run",
    "a time that the test looks up too",
    "save that does nothing",
    "save that declares to write and does nothing",
    "save, not looked at",
    "sums",
    "save",
    "own exception class",
    "a check that raises or says nothing",
]


@pytest.fixture(scope="module")
def boxes():
    """Sandboxes by level, started when first asked for."""
    made = {}

    def get(level):
        if level not in made and level == "process":
            made[level] = ProcessSandbox(judge_wall_s=30)
        elif level not in made:
            made[level] = try_level(level) or ConfinedSandbox(level, bounds=JudgeBounds(wall_s=30))
        if isinstance(made[level], str):
            pytest.skip(f"level {level} does not work here: {made[level]}")
        return made[level]

    yield get
    for box in made.values():
        if isinstance(box, ConfinedSandbox):
            box.close()


def _check(box, case):
    verdict = judge(box, case)
    assert (verdict.passed, verdict.why) == (True, "") if not case.why else not verdict.passed, verdict
    assert case.why in verdict.why
    assert "\n" not in verdict.why


def test_there_are_enough_cases():
    """The tables hold at least 60 rows, all with names of their own."""
    assert len(CASES) == len(ALL) >= 60


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_verdict(boxes, name):
    """Every pair is judged rightly where everything is confined, or by processes where it cannot be."""
    _check(boxes("process" if try_level("full") else "full"), CASES[name])


@pytest.mark.parametrize("level", ["process", "landlock"])
@pytest.mark.parametrize("name", SAMPLE)
def test_verdict_at_other_levels(boxes, name, level):
    """The judge is the same one everywhere."""
    _check(boxes(level), CASES[name])


SAVE = '''def save(path: str, text: str) -> None:
    """Write a text into a file.

    Args:
        path: Where to.
        text: What to write.

    Raises: nothing

    Permissions: write
    """
    pass
'''


@pytest.mark.parametrize(
    ("source", "passes"),
    [
        (SAVE, False),
        (SAVE.replace("write\n", "none\n"), False),
        (SAVE.replace("    pass", "    open(path, 'w').write(text)"), True),
    ],
)
def test_what_a_tool_declares_is_what_its_tests_must_notice(source, passes):
    """From the `Permissions:` line to the verdict: a declared effect that nobody checks lets nothing in."""
    (tool,) = read_library(source).tools
    policy = verification_policy(source, tool)
    tests = "from tools import save\ndef test_bad(): assert save('a', 'x') is None\n"
    good = tests + "def test_good():\n    save('a', 'x')\n    assert open('a').read() == 'x'\n"
    box = ProcessSandbox()

    assert not box.verify(source, tests, policy, function="save").passed
    assert box.verify(source, good.replace("test_bad", "_bad"), policy, function="save").passed is passes
    assert policy.effects == (("write",) if "Permissions: write" in source else ())


def test_tests_that_differ_from_run_to_run_are_called_that(tmp_path):
    """Not every test that fails where it is told the truth looks for a control: this one lives on a file."""
    left = tmp_path / "left"
    tests = (
        f"import pathlib\nfrom tools import f\nleft = pathlib.Path({str(left)!r})\n"
        "def test_bad():\n    before = left.exists()\n    left.touch()\n"
        "    assert f(1, 2) == 3 and not before\n"
    )
    verdict = ProcessSandbox().verify(worthless_tests.RIGHT, tests, worthless_tests.POLICY, function="f")

    assert not verdict.placebo
    assert verdict.why.startswith("test_bad passed first and failed when the same was run again")

"""Runs each module that has a `BOX` over every backend: the same contract holds at every level.

A test marked `only("process")` is about that backend; a module's `BACKENDS` says it for all of its tests.
What is tried at level full runs at the others with the slow tests.
"""

import pytest

from toolwright.sandbox.confined import ConfinedSandbox, JudgeBounds
from toolwright.sandbox.levels import try_level

BACKENDS = ("process", "full", "landlock")


def pytest_configure(config):
    """Make the mark known."""
    config.addinivalue_line("markers", "only(*backends): what the test is about is there only")


def pytest_generate_tests(metafunc):
    """Give each test its backends."""
    if hasattr(metafunc.module, "BOX"):
        mark = metafunc.definition.get_closest_marker("only")
        backends = mark.args if mark else getattr(metafunc.module, "BACKENDS", BACKENDS)
        rows = [
            pytest.param(name, marks=pytest.mark.slow) if name != "full" and "full" in backends else name
            for name in backends
        ]
        metafunc.parametrize("backend", rows, indirect=True, scope="module")


@pytest.fixture(scope="session")
def confined():
    """Sandboxes by level, each started when first asked for and used by all modules."""
    made = {}

    def get(level):
        if level not in made:
            fault = try_level(level)
            made[level] = fault or ConfinedSandbox(level, bounds=JudgeBounds(wall_s=30))
        if isinstance(made[level], str):
            pytest.skip(f"level {level} does not work here: {made[level]}")
        return made[level]

    yield get
    for box in made.values():
        if not isinstance(box, str):
            box.close()


@pytest.fixture(scope="module", autouse=True)
def backend(request, confined):
    """Let the module's BOX be the sandbox of one backend, and name it."""
    name = getattr(request, "param", "process")
    if name == "process":
        yield name
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request.module, "BOX", confined(name))
        yield name

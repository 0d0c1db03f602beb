"""How hypothesis looks for counterexamples here: it takes its time, for others may use the machine as well.

`HYPOTHESIS_PROFILE=ci` makes a test try the same examples in every run: what a run on another machine finds
then comes from what was changed.

The files with slow tests are begun first: of one that is left to the end the other processors would wait.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))


@pytest.hookimpl(tryfirst=True)  # before the slow ones are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that hold slow tests before the others."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)

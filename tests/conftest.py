"""How hypothesis looks for counterexamples here: it takes its time, for others may use the machine as well.

`HYPOTHESIS_PROFILE=ci` makes a test try the same examples in every run: what a run on another machine finds
then comes from what was changed.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))

"""Toolwright: ask in words; get a tested function in an ordinary tools.py that stays correct while it grows.

from toolwright import Agent, Library

report = Agent(library="my_tools").run("Read sales.csv and add up the revenue by region")
Library("my_tools").call("read_csv_rows", path="sales.csv")
"""

TYPE_CHECKING = False  # for checkers of types; to load `typing` takes a while

if TYPE_CHECKING:
    from toolwright.api.agent import Agent
    from toolwright.api.library import Library
    from toolwright.errors import ModelError, NotPermittedError, ToolwrightError, UsageError
    from toolwright.stages.rules.rule import Rule, Subject
    from toolwright.types import CallResult, Finding, Report, Tool

__version__ = "0.1.0"

__all__ = [
    "Agent",
    "CallResult",
    "Finding",
    "Library",
    "ModelError",
    "NotPermittedError",
    "Report",
    "Rule",
    "Subject",
    "Tool",
    "ToolwrightError",
    "UsageError",
    "__version__",
]

_HOMES = {
    "Agent": "api.agent",
    "Library": "api.library",
    "ModelError": "errors",
    "NotPermittedError": "errors",
    "ToolwrightError": "errors",
    "UsageError": "errors",
    "CallResult": "types",
    "Finding": "types",
    "Rule": "stages.rules.rule",
    "Subject": "stages.rules.rule",
    "Report": "types",
    "Tool": "types",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: importing the package costs nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'toolwright' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"toolwright.{home}"), name)

"""The packages that a goal needs -> an error with the install command when one of them is missing."""

import importlib.util
import sys
from collections.abc import Iterable
from typing import Final

from toolwright.errors import ToolwrightError

OF_THE_TESTS: Final = ("pytest", "hypothesis", "pytest_httpserver")
OF_APPROVALS: Final = ("sqlalchemy", "alembic")
OF_A_GOAL: Final = ("libcst", "bandit", *OF_THE_TESTS, "filelock", "rich", "_sqlite3", *OF_APPROVALS)
OF_A_MODEL: Final = ("together", "httpx", "requests", "filelock")
OF_THE_PROMPT: Final = ("prompt_toolkit",)


def check_packages(names: Iterable[str]) -> None:
    """Look for packages without loading them: better now than after the first paid answer.

    Raises:
        ToolwrightError: some are not installed; names all of them.
    """
    missing = [name for name in dict.fromkeys(names) if not _is_there(name)]
    if missing:
        raise _not_there(missing)


def missing_package(error: ModuleNotFoundError) -> ToolwrightError | None:
    """Return the error for the package that an import did not find, None when the fault is our own."""
    name = (error.name or "").partition(".")[0]
    if name in {"", "toolwright"}:
        return None
    return _not_there([name])


def _is_there(name: str) -> bool:
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _not_there(names: list[str]) -> ToolwrightError:
    for name in names:
        if name in sys.stdlib_module_names:
            return ToolwrightError(
                f"this Python was built without its module {name.lstrip('_')!r}",
                hint="use a complete Python, such as one from python.org or `uv python install`",
            )
    names = [name.replace("_", "-") for name in names]
    what = f"the package {names[0]!r} is" if len(names) == 1 else f"the packages {', '.join(names)} are"
    return ToolwrightError(
        f"{what} not installed", hint=f"python -m pip install {' '.join(names)} (or: uv sync)"
    )

"""Rules of approval in the files of a folder -> what they allow, by tool, and a hash of just these rules.

Such a file may have come from anybody, together with the very tools that it allows something. So a rule
counts only when the user has trusted it, as it stands and where it stands: that is for others to find out.
"""

import json
import os
from pathlib import Path
from typing import Final

from toolwright.errors import UsageError
from toolwright.records import dataclass
from toolwright.settings.strangers import OWN_FILE, PROJECT_FILE

TABLE: Final = "approvals"


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """The rules of one file: values of --allow by tool. `trust` is a hash of them and of the file's place."""

    file: str
    path: str
    rules: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def trust(self) -> str:
        """What is remembered when the user trusts these rules: any change asks for trust again."""
        import hashlib

        return hashlib.sha256(json.dumps([self.path, self.rules]).encode()).hexdigest()


def approval_rules(directory: Path) -> tuple[ApprovalRules, ...]:
    """Return the rules of the files of a folder, those of `pyproject.toml` first.

    Raises:
        UsageError: a file cannot be read, or something is no rule.
    """
    found = []
    for file in (PROJECT_FILE, OWN_FILE):
        if os.path.lexists(directory / file):
            from toolwright.settings.project_files import table_in

            given = table_in(directory, file).get(TABLE)
            if given is not None:
                path = os.path.realpath(directory / file)
                found.append(ApprovalRules(file, path, _read(file, given)))
    return tuple(found)


def _read(file: str, given: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    hint = f'in {file}: fetch_page = ["network: example.org"]'
    if not isinstance(given, dict):
        raise UsageError(f"{file}: {TABLE} must be a table of tools", hint=hint)
    rules = []
    for tool, values in given.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise UsageError(f"{file}: {TABLE}.{tool} must be a list of permissions", hint=hint)
        rules.append((tool, tuple(_value(value) for value in values)))
    return tuple(sorted(rules))


def _value(text: str) -> str:
    """Return a permission as --allow takes it: `network: example.org` without the blank."""
    kind, colon, detail = text.partition(":")
    return f"{kind.strip()}{colon}{detail.strip()}"

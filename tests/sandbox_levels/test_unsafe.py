"""What --unsafe may not do: nothing that was seen unconfined is ever kept as evidence."""

from dataclasses import replace

import pytest

from toolwright.errors import LibraryError
from toolwright.library.store import Store
from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Admission, Candidate, Policy

SOURCE = (
    'def add_one(number: int) -> int:\n    """Add one.\n\n    Args:\n        number: what to add to.\n\n'
    '    Returns:\n        The sum.\n    """\n    return number + 1\n'
)
TESTS = "from tools import add_one\n\n\ndef test_add_one():\n    assert add_one(1) == 2\n"


def test_an_unconfined_verdict_is_not_kept(tmp_path):
    """A real verdict at level none passes and is refused by the store, which stays as it was."""
    store, candidate = Store(tmp_path), Candidate("add_one", SOURCE, TESTS)
    text = store.merged(candidate)
    verdict = ProcessSandbox(level="none").verify(text, TESTS, Policy(), function="add_one")
    assert (verdict.passed, verdict.level) == (True, "none")
    admission = Admission(candidate, verdict, "add one", "add one to 2", "replay:x", "")
    with pytest.raises(LibraryError, match="unconfined proves nothing"):
        store.commit(admission, text)
    assert not (tmp_path / "tools.py").exists()
    store.commit(replace(admission, verdict=replace(verdict, level="full")), text)
    assert (tmp_path / "tools.py").exists()

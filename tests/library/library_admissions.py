"""Candidates and admissions for tests of the store."""

from toolwright.types import (
    Admission,
    CallRecord,
    CallResult,
    Candidate,
    ControlOutcome,
    TestOutcome,
    Verdict,
)


def candidate(name="count_rows", body="return len(text.splitlines())", before="", tests=None):
    """A typed, documented candidate of one parameter; `before` holds its imports and helpers."""
    source = (
        f'{before}\n\ndef {name}(text: str) -> int:\n    """Count the rows of a table.\n\n'
        "    Args:\n        text: the table.\n\n"
        f'    Returns:\n        How many.\n\n    Keywords: csv, lines\n    """\n    {body}\n'
    )
    tests = tests or f"from tools import {name}\n\n\ndef test_{name}():\n    assert {name}('a\\nb') == 2\n"
    return Candidate(name, source, tests)


def admission(wanted, replaces="", calls=()):
    """A passed verdict around a candidate."""
    call = CallRecord(wanted.name, {"text": "a\nb"}, CallResult("returned", 2))
    error = CallRecord(
        wanted.name, {"text": ""}, CallResult("raised", error_type="ValueError", message="empty")
    )
    verdict = Verdict(
        passed=True,
        tests=(TestOutcome(f"test_{wanted.name}", "passed"),),
        calls=(call, error, *calls),
        seconds=0.25,
        level="full",
        controls=(ControlOutcome("values", (f"test_{wanted.name}",)), ControlOutcome("none", ())),
    )
    return Admission(
        wanted, verdict, "count the rows", "how many rows has sales.csv", "replay:demo", replaces
    )


def add(store, wanted=None, replaces="", **more):
    """Merge and commit a candidate."""
    wanted = wanted or candidate(**more)
    return store.commit(admission(wanted, replaces), store.merged(wanted, replaces))


def files(directory, private=False):
    """Map the files of a library to their bytes; `.toolwright/` only with `private`."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and (private or ".toolwright" not in path.parts)
    }

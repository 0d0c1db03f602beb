"""The table of a batch and its bars: in a narrow window every line fits; elsewhere goals are shown longer."""

import pytest

from toolwright.cli.verify import jobs_of
from toolwright.errors import UsageError
from toolwright.screen.batch import batch_table
from toolwright.settings import load

LONG = "Apply the first operation to every row of the table in sales.csv"
WHY = "the model's answer for decompose (Make it) could not be used: no JSON"
ROWS = [
    ("3", "done before", "4", "9.1 s", LONG, "[1, 2]"),
    ("104", "failed", "12", "1 min", "Make it", WHY),
    ("105", "left", "-", "-", "Then another", ""),
]


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_a_table_fits_the_window(width: int) -> None:
    """Goals and results are cut to what is left, numbers and statuses never."""
    lines = batch_table(ROWS, width)
    assert len(lines) == 4
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines] == ["LINE", "3", "104", "105"]
    assert all(
        words in line for words, line in zip(("done before", "failed", "left"), lines[1:], strict=True)
    )
    assert "[1, 2]" in lines[1]


def test_in_a_pipe_there_is_room() -> None:
    """Goals have 50 characters there, results 60."""
    first, second = batch_table(ROWS, None)[1:3]
    assert "Apply the first operation to every row of the tab…" in first
    assert second.endswith(f"{WHY[:59]}…")


def test_how_many_go_side_by_side() -> None:
    """What is typed counts, then the setting, then the processors; what is no number is said with a hint."""
    assert jobs_of("7", load({}, {"TOOLWRIGHT_JOBS": "3"})) == 7
    assert jobs_of("", load({}, {"TOOLWRIGHT_JOBS": "3"})) == 3
    assert 1 <= jobs_of("", load({}, {})) <= 4
    for said in ("0", "-1", "65", "abc", "٣"):
        with pytest.raises(UsageError, match="--jobs takes a number from 1 to 64") as caught:
            jobs_of(said, load({}, {}))
        assert caught.value.hint == "--jobs 4"

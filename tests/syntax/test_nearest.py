"""Names that somebody may have meant."""

import pytest

from toolwright.syntax.nearest import nearest_names, tool_not_found


def test_the_best_comes_first():
    """At most three names, the most similar first; nothing that is not similar."""
    known = ["read_file", "read_files", "read_line", "write_file", "health_check"]

    assert nearest_names("read_fil", known)[0] == "read_file"
    assert len(nearest_names("read_fil", known)) == 3
    assert nearest_names("zzz", known) == ()


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["list_dir"], "there is no tool 'list_dri' in the library; did you mean list_dir?"),
        (["list_dir", "list_dirs"], "the nearest are list_dir, list_dirs"),
        (["zzz"], "there is no tool 'list_dri' in the library"),
        ([], "there is no tool 'list_dri' in the library; the library is empty"),
    ],
)
def test_the_error_offers_them(known, said):
    """The error names what was asked for, what there is instead, and the command that lists all."""
    error = tool_not_found("list_dri", known)

    assert said in str(error)
    assert error.hint == "python agent.py tools"

"""Commands on the screen are written as the user started the program."""

import pytest

from toolwright.screen.program import program


@pytest.mark.parametrize(
    ("started", "written"),
    [
        ("agent.py", "python agent.py"),
        ("../tool wright/agent.py", "python '../tool wright/agent.py'"),
        ("/home/me/.venv/bin/toolwright", "toolwright"),
        ("/home/me/site/toolwright/__main__.py", "python -m toolwright"),
        ("/home/me/site/pytest/__main__.py", "python agent.py"),
        ("", "python agent.py"),
    ],
)
def test_the_program_is_named_as_it_was_started(started: str, written: str) -> None:
    """A script, a console command and a module are each named so that the line can be copied."""
    assert program(started) == written

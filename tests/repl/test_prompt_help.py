"""What the prompt says of its commands: a help that fits, the nearest name, hints that can be typed there."""

from toolwright.cli.prompt_table import prompt_table
from toolwright.repl.table import as_typed_here, help_lines, nearest_command
from toolwright.screen.program import program


def test_the_help_fits_and_names_every_command() -> None:
    """No line is wider than the terminal or than a hundred columns; a usage begins a line, whole."""
    table = prompt_table()
    for width, most in ((200, 100), (80, 80), (60, 60), (5, 100)):
        lines = help_lines(table, width)
        assert max(len(line) for line in lines if not line.startswith("  :")) <= most
        for entry in table.values():
            assert any(line.startswith(f"  :{entry.usage}") for line in lines)


def test_the_nearest_command_is_found_or_none() -> None:
    """A letter wrong, missing or swapped still finds it; another word finds nothing."""
    table = prompt_table()
    meant = {"Hlep": "help", "aprovals": "approvals", "qit": "quit", "directve": "directive", "xyzzy": ""}
    assert {word: nearest_command(word, table) for word in meant} == meant


def test_hints_for_the_shell_become_hints_for_the_prompt() -> None:
    """The program and --library fall away before a command; what is no command stays as it is."""
    table = prompt_table()
    for hint, here in (
        (f"{program()} tools show x", ":tools show x"),
        (f"{program()} --library '/a b' undo; or not", ":undo; or not"),
        (f"see {program()} --library /a doctor", "see :doctor"),
        (f"{program()} --help", f"{program()} --help"),
        ("export KEY=...", "export KEY=..."),
    ):
        assert as_typed_here(hint, table) == here

"""What a call imports: what its tool declares, what the tools it calls declare, what stands at the top."""

from toolwright.library.needs import required_packages
from toolwright.syntax.reading import read_library

LIBRARY = '''import json
HEAD

def load(path: str) -> str:
    """Load.

    Requires: PyYAML (yaml)
    """
    import yaml

    return str(yaml)


def show(path: str) -> str:
    """Show.

    Requires: rich
    """
    return _decorated(path)


def plain(path: str) -> str:
    """Do it plainly."""
    return path


def _decorated(path: str) -> str:
    return load(path) + TEXT


TEXT = """
import numpy
"""
'''


def needed(name: str, head: str = "") -> tuple[str, ...]:
    """The entries for one tool."""
    text = LIBRARY.replace("HEAD", head)
    return required_packages(text, {tool.name: tool for tool in read_library(text).tools}, name)


def test_a_tool_needs_what_it_and_its_callees_declare() -> None:
    """Through helpers too; other tools' packages are not its own."""
    assert needed("load") == ("PyYAML (yaml)",)
    assert set(needed("show")) == {"rich", "PyYAML (yaml)"}
    assert needed("plain") == ()


def test_what_a_person_imports_at_the_top_every_tool_needs() -> None:
    """The file would not load without it; a text that looks like an import is none."""
    assert needed("plain", "import requests.adapters\nfrom yaml import dump\n") == ("requests", "yaml")
    assert needed("plain", "from . import other\nimport os.path\n") == ()

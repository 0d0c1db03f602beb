"""A library whose tools declare permissions, read off its text."""

from toolwright.syntax.reading import read_library

SOURCE = '''
"""Tools for tests."""

import os
from pathlib import Path


def read_text(path: str) -> str:
    """Read a file.

    Permissions: read
    """
    return Path(path).read_text()


def write_text(path: str, text: str) -> int:
    """Write a file.

    Permissions: write
    """
    return Path(path).write_text(text)


def copy_text(source: str, target: str) -> int:
    """Copy a file.

    Permissions: read write
    """
    return write_text(target, read_text(source))


def names(path: str = ".") -> list[str]:
    """List a folder without having declared that."""
    return sorted(os.listdir(path))


def count_lines(path: str) -> int:
    """Count lines by means of another tool."""
    return len(_text(path).splitlines())


def _text(path: str) -> str:
    return read_text(path)


def fetch(path: str, base_url: str = "https://api.example.org") -> str:
    """Get a page.

    Permissions: network
    """
    return base_url + path


def ping(host: str) -> str:
    """Say whether a host answers.

    Permissions: Network
    """
    return host


def run(command: list[str]) -> int:
    """Run a program.

    Permissions: execute
    """
    return len(command)


def upper(text: str) -> str:
    """Write in capitals."""
    return text.upper()
'''
TOOLS = {tool.name: tool for tool in read_library(SOURCE).tools}

"""Entries of a `Requires:` line: which package is meant, by whichever of its names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.requirements import Requirement, covers, normalized, read_requirement, requirements


@pytest.mark.parametrize(
    ("entry", "requirement"),
    [
        ("requests", Requirement("requests")),
        ("requests>=2.31", Requirement("requests", ">=2.31")),
        ("pandas == 2.*", Requirement("pandas", "==2.*")),
        ("Pillow", Requirement("pillow")),
        ("PIL", Requirement("pillow", "", "PIL")),
        ("yaml", Requirement("pyyaml", "", "yaml")),
        ("cv2", Requirement("opencv-python", "", "cv2")),
        ("sklearn", Requirement("scikit-learn", "", "sklearn")),
        ("dateutil", Requirement("python-dateutil", "", "dateutil")),
        ("bs4", Requirement("beautifulsoup4", "", "bs4")),
        ("beautifulsoup4>=4 (bs4)", Requirement("beautifulsoup4", ">=4", "bs4")),
        ("ruamel.yaml", Requirement("ruamel-yaml")),
        ("requests[socks]>=2", Requirement("requests", ">=2")),
        ("<3", None),
        ("", None),
        ("--index-url=x", None),
        ("a @ file:///x", None),
        ("../x", None),
        ("a b", None),
        ("-r x", None),
        ("a==1\n-r x", None),
    ],
)
def test_an_entry_names_a_package(entry: str, requirement: Requirement | None) -> None:
    """As an index knows it; what could be anything but a name and a version is none."""
    assert read_requirement(entry) == requirement


@given(st.text())
def test_no_entry_can_become_an_option(entry: str) -> None:
    """Whatever a model writes, what is passed on is a plain name, perhaps with a version."""
    for requirement in requirements([entry]):
        assert str(requirement)[0].isalnum()
        assert not set(str(requirement)) & set(" \n\r\t/\\@;:#,'\"")


@pytest.mark.parametrize(
    ("entry", "module", "covered"),
    [
        ("Pillow", "PIL", True),
        ("PIL", "PIL", True),
        ("PyYAML (yaml)", "yaml", True),
        ("scikit-learn", "sklearn", True),
        ("opencv-python-headless", "cv2", True),
        ("pytest-httpserver", "pytest_httpserver", True),
        ("charset-normalizer", "charset_normalizer", True),
        ("typing-extensions", "typing_extensions", True),
        ("requests", "urllib3", False),
        ("requests", "yaml", False),
        ("PyYAML (yaml)", "pyyaml2", False),
    ],
)
def test_which_modules_an_entry_declares(entry: str, module: str, covered: bool) -> None:
    """Those of the package itself, not what it needs."""
    found = read_requirement(entry)
    assert found is not None
    assert covers(found, module) == covered


def test_an_installed_package_says_itself_what_it_brings() -> None:
    """Beyond the table of well-known names."""
    assert covers(Requirement("import-linter"), "importlinter")


def test_names_are_compared_as_indexes_do() -> None:
    """Case and separators make no difference."""
    assert normalized("Typing__Extensions.X") == normalized("typing-extensions_x") == "typing-extensions-x"

"""Which packages a tool's cell can import, and that it can change none of them."""

import subprocess
import sys

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.levels import LEVELS, try_level
from toolwright.sandbox.process import ProcessSandbox
from toolwright.sandbox.wrapped import WrappedSandbox
from toolwright.types import Policy

SOURCE = """
import importlib
import os
import sys

def value(module):
    return importlib.import_module(module).VALUE

def version(module, name):
    importlib.import_module(module)
    from importlib.metadata import version
    return version(name)

def where(module):
    return os.path.dirname(importlib.import_module(module).__file__)

def overwrite(path):
    with open(path, "w", encoding="utf-8") as file:
        return file.write("VALUE = 'changed'")

def names(path):
    return sorted(os.listdir(path))

def threads():
    return os.environ.get("OPENBLAS_NUM_THREADS")
"""


@pytest.fixture(scope="module", params=["process", *LEVELS, "bwrap"])
def box(request):
    """A sandbox at each level that works here."""
    if request.param == "process":
        yield ProcessSandbox()
        return
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    if request.param == "bwrap":
        yield WrappedSandbox("bwrap")
        return
    with ConfinedSandbox(request.param) as box:
        yield box


@pytest.fixture
def library(tmp_path):
    """A library directory whose packages folder holds two packages and a secret beside them."""
    folder = tmp_path / ".toolwright" / "packages" / "set"
    for name in ("alpha", "beta"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"from . import _inner\nVALUE = '{name}'\n")
        (folder / name / "_inner.py").write_text("")
    (folder / "alpha" / "uses.py").write_text("import beta\nVALUE = beta.VALUE\n")
    about = folder / "alpha_tools-1.5.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: alpha-tools\nVersion: 1.5\n")
    (tmp_path / ".toolwright" / "plans").write_text("private")
    (tmp_path / "own").mkdir()
    return tmp_path


def policy(library, *packages):
    """What a tool gets that declares packages and works in the library directory."""
    folder = library / ".toolwright" / "packages" / "set"
    granted = (str(library), str(library / "own"))
    return Policy(str(library), write=granted, packages=packages, package_folder=str(folder))


def call(box, policy, function, **arguments):
    """One call of the source."""
    return box.call(SOURCE, function, arguments, policy)


def test_a_granted_package_is_imported_with_its_inner_modules(box, library):
    """Also one that is installed for the library only, below a folder that is hidden otherwise."""
    assert call(box, policy(library, "alpha"), "value", module="alpha").value == "alpha"
    assert call(box, policy(library, "alpha"), "version", module="alpha", name="alpha-tools").value == "1.5"


def test_a_package_that_is_not_granted_is_named(box, library):
    """The tool is told what to do about it, and not that there were no such package."""
    refused = call(box, policy(library, "alpha"), "value", module="beta")

    assert refused.error_type == "ModuleNotFoundError"
    assert refused.message == "'beta' is not declared under Requires"


def test_what_a_package_imports_must_be_granted_too(box, library):
    """The grant of a package holds the names that it imports itself."""
    both = policy(library, "alpha", "beta")

    assert call(box, both, "value", module="alpha.uses").value == "beta"
    assert call(box, policy(library, "alpha"), "value", module="alpha.uses").status == "raised"


@pytest.mark.parametrize("module", ["together", "rich", "pytest", "libcst"])
def test_the_programs_own_packages_are_not_offered(box, library, module):
    """They serve the program; a tool that wants one declares it."""
    refused = call(box, policy(library, "alpha"), "value", module=module)

    assert refused.message == f"{module!r} is not declared under Requires"


def test_a_package_of_the_programs_environment_can_be_granted(box, library):
    """`requests` with what it imports, for one."""
    names = ("requests", "urllib3", "certifi", "idna", "charset_normalizer")

    assert call(box, policy(library, *names), "where", module="requests").status == "returned"


def test_threads_are_few_where_packages_compute(box, library):
    """Linear algebra would start one for each processor, each with memory of its own."""
    assert call(box, policy(library, "alpha"), "threads").value == "1"
    assert call(box, policy(library), "threads").value is None


def test_a_tool_cannot_change_a_package(box, library):
    """Not even where it may write to the folder around; what is beside the packages stays hidden."""
    if isinstance(box, ProcessSandbox):
        pytest.skip("a plain process confines nothing")
    granted = policy(library, "alpha")
    place = call(box, granted, "where", module="alpha").value
    file = library / ".toolwright" / "packages" / "set" / "alpha" / "__init__.py"
    before = file.read_text()

    for path in (f"{place}/__init__.py", f"{place}/new.py", str(file), str(file.parent / "new.py")):
        assert call(box, granted, "overwrite", path=path).status == "raised"
    assert file.read_text() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["__init__.py", "_inner.py", "uses.py"]
    assert call(box, granted, "overwrite", path=str(library / "own" / "mine.txt")).status == "returned"
    hidden = str(library / ".toolwright" / "plans")
    assert call(box, granted, "overwrite", path=hidden).status == "raised"


def test_a_folder_that_is_gone_is_said(box, library):
    """Its packages can be installed again from the record."""
    missing = Policy(packages=("alpha",), package_folder=str(library / "gone"))

    if isinstance(box, ProcessSandbox):
        assert call(box, missing, "value", module="alpha").message == "No module named 'alpha'"
    else:
        with pytest.raises(SandboxError, match="gone"):
            call(box, missing, "value", module="alpha")


TESTED = """
def shout(text: str) -> str:
    from alpha import VALUE
    return text.upper() + VALUE
"""
TESTS = """
from tools import shout

def test_with_the_package():
    import alpha
    assert shout("a") == "A" + alpha.VALUE

def test_without():
    assert shout("") == "alpha"
"""


def test_tests_may_import_what_the_tool_requires(box, library):
    """The judge finds the packages of the library as the tool does."""
    granted = policy(library, "alpha")
    plain = Policy(packages=granted.packages, package_folder=granted.package_folder)
    verdict = box.verify(TESTED, TESTS, plain, function="shout")

    assert (verdict.why, verdict.passed) == ("", True)


NATIVE = """
def solve(size: int) -> bool:
    import numpy as np
    matrix = np.random.default_rng(0).random((size, size))
    return bool(np.allclose(matrix @ np.linalg.inv(matrix), np.eye(size)))
"""


@pytest.fixture(scope="module")
def numpy_folder(tmp_path_factory):
    """A real package of compiled modules, where there is an index to get it from."""
    folder = tmp_path_factory.mktemp("numpy")
    words = ["uv", "pip", "install", "numpy", "--target", str(folder), "--only-binary", ":all:"]
    try:
        done = subprocess.run(
            [*words, "--python", sys.executable], capture_output=True, check=False, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is None or done.returncode != 0:
        pytest.skip("numpy cannot be installed here")
    return folder


@pytest.mark.slow
def test_compiled_packages_compute_confined(box, numpy_folder):
    """Within the usual memory, threads and processes, from a folder that may not be changed."""
    granted = Policy(packages=("numpy",), package_folder=str(numpy_folder))
    done = box.call(NATIVE, "solve", {"size": 200}, granted)

    assert (done.message, done.value) == ("", True)

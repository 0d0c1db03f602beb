"""health_check reports on the interpreter that runs the tools: the same one that runs these tests."""

import platform

from tools import health_check


def test_status_is_ok():
    assert health_check()["status"] == "ok"


def test_names_the_python_version():
    assert health_check()["python"] == platform.python_version()


def test_names_system_release_and_machine_in_this_order():
    names = [platform.system(), platform.release(), platform.machine()]

    assert health_check()["platform"] == " ".join(name for name in names if name)


def test_reports_nothing_else():
    assert sorted(health_check()) == ["platform", "python", "status"]


def test_two_calls_agree():
    first = health_check()

    assert first["python"] == platform.python_version()
    assert health_check() == first

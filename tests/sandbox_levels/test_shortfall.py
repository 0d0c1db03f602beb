"""What is said of a machine that confines less: the reason it gives, what it costs, what helps."""

import pytest

from toolwright.sandbox.levels import TRIED, Found
from toolwright.sandbox.shortfall import EXPOSED, MENDS, describe_shortfall, find_mend

REFUSED = (("full", "tools cannot be confined at level full: unshare: Operation not permitted (EPERM)"),)


def machine(root, files):
    """Make a folder that looks like the root of a machine."""
    for path, text in files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"/proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft\n"}, "wsl --set-version"),
        (
            {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n"},
            "apparmor_restrict_unprivileged_userns=0",
        ),
        ({"/proc/sys/kernel/unprivileged_userns_clone": "0\n"}, "unprivileged_userns_clone=1"),
        ({"/proc/sys/user/max_user_namespaces": "0\n"}, "max_user_namespaces="),
        ({"/.dockerenv": ""}, "docker run --security-opt"),
        ({"/run/.containerenv": ""}, "podman run --security-opt"),
        ({"/proc/self/status": "Name:\tpython\nSeccomp:\t2\n"}, "--security-opt"),
        (
            {"/proc/self/status": "Seccomp:\t0\n", "/proc/sys/user/max_user_namespaces": "90000\n"},
            "bubblewrap",
        ),
        ({"/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "0\n"}, "bubblewrap"),
    ],
)
def test_the_command_fits_the_machine(tmp_path, files, command):
    """Each switch or container that stands in the way leads to what takes it away, others do not."""
    assert command in find_mend(machine(tmp_path, files)).command


def test_every_mend_has_one_command(tmp_path):
    """Each entry of the table says why, in one line, and gives one command, in one line."""
    for mend in MENDS:
        assert mend.why
        assert mend.command
        assert "\n" not in mend.why + mend.command


@pytest.mark.parametrize("level", [*TRIED[1:], ""])
def test_a_shortfall_is_one_sentence(tmp_path, level):
    """It names the level, the errno, what a tool could do because of it, and the command."""
    root = machine(tmp_path, {"/proc/sys/kernel/unprivileged_userns_clone": "0\n"})
    said = describe_shortfall(Found(level, REFUSED), root)
    for part in (
        f"level {level or 'none'}",
        "EPERM",
        EXPOSED[level or "none"],
        "unprivileged_userns_clone=1",
    ):
        assert part in said
    assert "\n" not in said


def test_full_is_nothing_to_speak_of():
    """At full there is no shortfall."""
    assert describe_shortfall(Found("full")) == ""

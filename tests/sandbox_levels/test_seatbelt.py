"""The profile for macOS as text: it has never been run by us, so this is all that is promised of it."""

from toolwright.sandbox.seatbelt import seatbelt_profile
from toolwright.sandbox.zygote.order import Grant, Order

GOLDEN = """\
(version 1)
(deny default)
(allow process-info* (target self))
(allow signal (target self))
(allow sysctl-read)
(allow file-read-metadata)
(allow process-exec (subpath "/opt/python"))
(deny process-fork)
(deny network*)
(allow file-read* (subpath "/Library/Frameworks"))
(allow file-read* (subpath "/System/Library"))
(allow file-read* (subpath "/opt/python"))
(allow file-read* (subpath "/private/etc/localtime"))
(allow file-read* (subpath "/usr/lib"))
(allow file-read* (subpath "/usr/share"))
(allow file-read* file-write-data (literal "/dev/null"))
(allow file-read* file-write-data (literal "/dev/zero"))
(allow file-read* file-write-data (literal "/dev/random"))
(allow file-read* file-write-data (literal "/dev/urandom"))
(allow file-read* file-write* (subpath "/Users/me/work"))
(allow file-read* (subpath "/Users/me/data \\"x\\""))
(allow file-read* file-write* (subpath "/private/tmp/scratch"))
(deny file-read* file-write* (subpath "/Users/me/work/.env"))
(deny file-write* (subpath "/Users/me/work/.venv"))
(deny file-write* (subpath "/opt/python"))
"""


def test_the_profile_is_the_golden_one():
    """Grants, masks after grants, no network, no fork, nothing else; quotes in a path stay in the text."""
    grants = (
        Grant("/Users/me/work", True, ((".env", "hidden"), (".venv", "kept"))),
        Grant('/Users/me/data "x"', False),
    )
    order = Order("/Users/me/work", "/private/tmp/scratch", grants, False, 64, 4096, 16)
    assert seatbelt_profile(order, ["/opt/python"]) == GOLDEN

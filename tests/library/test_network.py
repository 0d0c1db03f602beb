"""What is said of a library on a network file system."""

from toolwright.library.network import caution, network_in

# As kernels list them: with optional fields or none, escaped spaces, options of the mount and of the server.
MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
36 27 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw
90 36 0:50 / /mnt/a\040b rw,relatime shared:60 - nfs4 box:/all rw,vers=4.2,local_lock=none
91 36 0:51 / /old rw - nfs box:/old rw,vers=3,nolock,local_lock=all
92 36 0:52 / /ssh rw - fuse.sshfs me@box: rw,user_id=0
93 36 0:53 / /odd rw - fuse.portal portal rw
"""


def test_a_network_file_system_is_known(tmp_path):
    """Found by its device, with whether its locks reach other machines; what is local is not."""
    found = {device: network_in(MOUNTS, device) for device in ("8:1", "0:50", "0:51", "0:52", "0:53", "9:9")}
    told = {device: (one.kind, one.locks_reach) for device, one in found.items() if one}
    assert told == {"0:50": ("nfs4", True), "0:51": ("nfs", False), "0:52": ("fuse.sshfs", False)}
    assert caution(tmp_path) == ""
    assert caution(tmp_path / "missing") == ""

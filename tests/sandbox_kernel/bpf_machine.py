"""A machine that runs a filter as the kernel does: program bytes and a system call in, its verdict out."""

import struct

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def run(program, number, arguments=(), arch=ARCHES["x86_64"]):
    """Return "allow", "kill" or the errno."""
    values = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=IIQ6Q", number & 0xFFFFFFFF, arch, 0, *(v & 0xFFFFFFFFFFFFFFFF for v in values))
    steps = list(struct.iter_unpack("=HBBI", program))
    at = word = 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        match code:
            case 0x20:
                word = struct.unpack_from("=I", data, value)[0]
            case 0x54:
                word &= value
            case 0x06:
                return {ALLOW: "allow", KILL: "kill"}.get(value, value - ERRNO)
            case 0x15:
                at += yes if word == value else no
            case 0x35:
                at += yes if word >= value else no
            case 0x45:
                at += yes if word & value else no

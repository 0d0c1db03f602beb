"""Attacks by sockets: each must reach nobody."""

from attack import Attack, killed_by_filter, refused


def _attack(name, body, **more):
    return Attack("network", name, body, **{"holds": refused, "control": True, **more})


ATTACKS = [
    _attack(
        "tcp to a loopback service",
        """
        import socket
        def f():
            return tried(done(lambda: socket.create_connection(("127.0.0.1", TCP), 2).sendall(b"X")))
        """,
    ),
    _attack(
        "tcp over ipv6 to loopback",
        """
        import socket
        def f():
            return tried(done(lambda: socket.socket(socket.AF_INET6)))
        """,
    ),
    _attack(
        "udp to a loopback service",
        """
        import socket
        def f():
            def send():
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"X", ("127.0.0.1", UDP))
            return tried(done(send))
        """,
    ),
    _attack(
        "name lookup",
        "import socket\ndef f():\n    return tried(lambda: socket.getaddrinfo('example.org', 443))\n",
        control=False,
    ),
    _attack(
        "tcp to a public address",
        "import socket\n"
        "def f():\n    return tried(lambda: socket.create_connection(('192.0.2.1', 443), 1))\n",
        control=False,
    ),
    _attack(
        "unix socket by path",
        """
        import socket
        def f():
            def send():
                end = socket.socket(socket.AF_UNIX); end.connect(LAB + "/stream"); end.sendall(b"X")
            return tried(done(send))
        """,
    ),
    _attack(
        "abstract unix socket",
        """
        import socket
        def f():
            def send():
                end = socket.socket(socket.AF_UNIX); end.connect(ABSTRACT); end.sendall(b"X")
            return tried(done(send))
        """,
    ),
    _attack(
        "datagram to an abstract name from a socket pair",
        """
        import socket
        def f():
            def send():
                socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"X", ABSTRACT_DATAGRAM)
            return tried(done(send))
        """,
    ),
    _attack(
        "datagram to a path from a socket pair",
        """
        import socket
        def f():
            def send():
                socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"X", LAB + "/datagram")
            return tried(done(send))
        """,
    ),
    _attack(
        "datagram pair by seqpacket type with flags",
        """
        import socket
        def f():
            kinds = [socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.SOCK_SEQPACKET, 2 | 0o4000]
            return each(*(done(lambda kind=kind: kernel("socketpair", 1, kind, 0,
                ctypes.create_string_buffer(8))) for kind in kinds))
        """,
    ),
    _attack(
        "listen on all interfaces",
        """
        import socket
        def f():
            def listen():
                end = socket.socket(); end.bind(("0.0.0.0", 0)); end.listen()
            return tried(done(listen))
        """,
    ),
    _attack(
        "netlink, packet, raw, vsock and alg sockets",
        """
        import socket
        def f():
            kinds = ((16, 3), (17, 3), (2, 3), (40, 1), (38, 5), (44, 3), (15, 3))
            return each(*(done(lambda kind=kind: socket.socket(*kind)) for kind in kinds))
        """,
    ),
    _attack(
        "socket by raw system call",
        "def f():\n    return tried(done(lambda: kernel('socket', 2, 1, 0)))\n",
    ),
    _attack(
        "socket by int 0x80, the 32-bit ABI",
        r"""
        import mmap
        def f():
            def run():
                code = bytes([0x53, 0xB8, 0x67, 1, 0, 0, 0xBB, 2, 0, 0, 0, 0xB9, 1, 0, 0, 0, 0xBA, 0, 0, 0, 0,
                              0xCD, 0x80, 0x5B, 0xC3])  # eax = 359: socket(2, 1, 0)
                page = mmap.mmap(-1, 4096, prot=7)
                page.write(code)
                start = ctypes.addressof(ctypes.c_char.from_buffer(page))
                return ctypes.CFUNCTYPE(ctypes.c_int)(start)() >= 0
            return tried(run)
        """,
        holds=killed_by_filter,
    ),
    _attack(
        "socket by an x32 number",
        "def f():\n    return tried(done(lambda: kernel(0x40000000 | 41, 2, 1, 0)))\n",
        holds=killed_by_filter,
        control=False,
    ),
    _attack(
        "io_uring, which needs no socket call",
        "def f():\n"
        "    room = ctypes.create_string_buffer(256)\n"
        "    return tried(done(lambda: kernel('io_uring_setup', 8, room)))\n",
    ),
    _attack(
        "an inherited descriptor",
        """
        import stat
        def f():
            found = []
            for number in range(3, 4096):
                try:
                    found.append((number, oct(os.fstat(number).st_mode)))
                except OSError:
                    pass
            return {"escaped": [number for number, _ in found] != [4], "detail": str(found)}
        """,
        control=False,
    ),
    _attack(
        "descriptors passed over the answer's channel",
        """
        import socket
        def f():
            return tried(lambda: socket.socket(fileno=os.dup(4)).recvmsg(1, 100))
        """,
        control=False,
    ),
]

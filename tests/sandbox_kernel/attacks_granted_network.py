"""Attacks by tools that may use the network, through their proxy or raw: each reaches nobody else."""

from attack import Attack, refused

from toolwright.types import Limits, Policy

HOSTS = Policy(network=("granted.example", "127.0.0.1:1", "localhost"), limits=Limits(wall_s=8.0))
PUBLIC = Policy(network=("*",), limits=Limits(wall_s=8.0))
RAW = Policy(network=("raw",), limits=Limits(wall_s=8.0))

THROUGH = '''
import socket
def through(host, port, line=None):
    """Ask the proxy for a connection; where there is none, connect. True when something answered."""
    proxy = os.environ.get("HTTP_PROXY", "").rpartition("/")[2]
    if not proxy:
        socket.create_connection((host.strip("[]"), port), 2).sendall(b"X")
        return True
    name, _, number = proxy.partition(":")
    end = socket.create_connection((name, int(number)), 3)
    line = line or f"CONNECT {host}:{port} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n\\r\\n"
    end.sendall(line.encode())
    answer = end.recv(300)
    if b" 200 " not in answer[:16]:
        raise OSError(answer.decode().partition("\\r\\n")[0])
    return True
'''


def refused_by_proxy(result):
    """It got nowhere, and the proxy has a record of every request, each refused with a reason."""
    return refused(result) and bool(result.exchanges) and not any(one.allowed for one in result.exchanges)


def _attack(name, body, **more):
    return Attack(
        "granted network", name, body, **{"holds": refused, "policy": HOSTS, "level": "full", **more}
    )


def _through(name, *targets, control=False, **more):
    body = THROUGH + f"def f():\n    return each(*(lambda t=t: through(*t) for t in {_code(targets)}))\n"
    return _attack(name, body, **{"holds": refused_by_proxy, "control": control, **more})


def _raw(name, body, **more):
    return Attack("raw network", name, body, **{"holds": refused, "policy": RAW, **more})


def _code(targets):
    """Targets as Python writes them, where a port may be the name of a canary's."""
    return "[" + ", ".join(f"({host!r}, {port})" for host, port in targets) + "]"


UNIX = """
import socket
def f():
    def stream():
        end = socket.socket(socket.AF_UNIX); end.connect(LAB + "/stream"); end.sendall(b"X")
    def abstract():
        end = socket.socket(socket.AF_UNIX); end.connect(ABSTRACT); end.sendall(b"X")
    def pair():
        socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"X", ABSTRACT_DATAGRAM)
    return each(*map(done, (stream, abstract, pair)))
"""

FAMILIES = """
import socket
def f():
    kinds = ((16, 3), (17, 3), (2, 3), (10, 3), (40, 1), (38, 5), (44, 3), (15, 3), (1, 1), (30, 1), (29, 3))
    return each(*(done(lambda kind=kind: socket.socket(*kind)) for kind in kinds))
"""

PROTOCOLS = """
def f():
    kinds = ((2, 1, 262), (2, 1, 132), (2, 1, 256), (2, 2, 1), (10, 2, 58), (2, 2, 136), (2, 6, 33))
    return each(*(done(lambda kind=kind: kernel("socket", *kind)) for kind in kinds))
"""

OWN_NETWORK = """
import fcntl, socket, struct
def f():
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address = struct.pack("16sHH4s8s", b"lo:1", 2, 0, socket.inet_aton("10.9.9.9"), b"")
    flags = struct.pack("16sh22x", b"lo", 0)
    changes = ((0x8916, address), (0x8914, flags))
    return each(*(done(lambda change=change: fcntl.ioctl(end, *change)) for change in changes))
"""

ATTACKS = [
    _through("the host's loopback by the proxy", ("127.0.0.1", "TCP"), control=True),
    _through("another host by the proxy", ("evil.example", 443), ("1.1.1.1", 443)),
    _through(
        "loopback in other spellings by the proxy",
        *(
            (host, "TCP")
            for host in ("127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]")
        ),
        control=True,
    ),
    _through("another port of a granted host", ("localhost", "TCP"), ("granted.example", 22), control=True),
    _through(
        "a granted host's name as part of another",
        ("granted.example.evil.example", 443),
        ("granted.example@evil.example", 443),
        ("evil.example#granted.example", 443),
        ("sub.granted.example", 443),
    ),
    _through(
        "a loopback service where any public host is granted",
        ("127.0.0.1", 80),
        ("127.8.8.8", 443),
        policy=PUBLIC,
    ),
    _through(
        "link-local and metadata addresses",
        ("169.254.169.254", 80),
        ("169.254.1.1", 80),
        ("[fe80::1]", 80),
        ("[fd00:ec2::254]", 80),
        ("100.100.100.200", 80),
        policy=PUBLIC,
    ),
    _through(
        "private addresses",
        *((host, 443) for host in ("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fc00::1]")),
        policy=PUBLIC,
    ),
    _attack(
        "names that lead inside",
        THROUGH + "def f():\n"
        "    names = ['localhost', 'localhost.', 'a.localhost', 'LOCALHOST', HOST]\n"
        "    return each(*(lambda name=name: through(name, 80) for name in names))\n",
        holds=refused_by_proxy,
        policy=PUBLIC,
    ),
    _through(
        "another port where any public host is granted", ("1.1.1.1", 22), ("1.1.1.1", 25), policy=PUBLIC
    ),
    _attack(
        "a request whose line and Host differ",
        THROUGH
        + """
def f():
    line = f"GET http://granted.example/ HTTP/1.1\\r\\nHost: 127.0.0.1:{TCP}\\r\\n\\r\\n"
    smuggled = f"GET http://127.0.0.1:{TCP}/ HTTP/1.1\\r\\nHost: granted.example\\r\\n\\r\\n"
    return each(*(lambda one=one: through("127.0.0.1", TCP, one) for one in (line, smuggled)))
""",
        holds=refused_by_proxy,
        control=True,
    ),
    _attack(
        "the host's loopback directly",
        """
        import socket
        def f():
            return tried(done(lambda: socket.create_connection(("127.0.0.1", TCP), 2).sendall(b"X")))
        """,
        control=True,
    ),
    _attack(
        "past the proxy to anywhere",
        """
        import socket
        def f():
            hosts = ("1.1.1.1", "192.0.2.1", "10.0.0.1", "169.254.169.254", "2606:4700::1111", "fe80::1")
            return each(*(done(lambda host=host: socket.create_connection((host, 443), 1)) for host in hosts))
        """,
    ),
    _attack(
        "datagrams out",
        """
        import socket
        def f():
            end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            def loopback():
                end.sendto(b"X", ("127.0.0.1", UDP)); return False  # the canary tells
            def outside():
                return end.sendto(b"X", ("1.1.1.1", 53))
            return each(loopback, outside)
        """,
        control=True,
    ),
    _attack(
        "a name lookup of its own",
        "import socket\ndef f():\n    return tried(lambda: socket.getaddrinfo('example.org', 443))\n",
    ),
    _attack("unix sockets", UNIX, control=True),
    _attack("sockets of other families", FAMILIES, control=True),
    _attack("other protocols of the inet families", PROTOCOLS),
    _attack("an address and the state of its own network", OWN_NETWORK),
    _attack(
        "the proxy's place",
        """
        import socket
        def f():
            def take(option):
                end = socket.socket(); end.setsockopt(socket.SOL_SOCKET, option, 1)
                end.bind(("127.0.0.1", int(os.environ["HTTP_PROXY"].rpartition(":")[2]))); end.listen()
            return each(*(done(lambda option=option: take(option)) for option in
                (socket.SO_REUSEADDR, socket.SO_REUSEPORT)))
        """,
    ),
    _attack(
        "the proxy's socket among its descriptors",
        """
        import socket
        def f():
            found = []
            for number in range(3, 4096):
                try:
                    os.fstat(number); found.append(number)
                except OSError:
                    pass
            def accept(number):
                end = socket.socket(fileno=os.dup(number)); end.settimeout(0.2); return end.accept()
            outcome = each(*(lambda number=number: accept(number) for number in found))
            return {"escaped": found != [4] or outcome["escaped"], "detail": str((found, outcome))}
        """,
    ),
    _attack(
        "private keys and accounts of the host",
        """
        def f():
            paths = ("/etc/ssl/private", "/etc/pki/tls/private", "/etc/shadow", "/etc/passwd", "/etc/ssh")
            return each(*(lambda path=path: os.listdir(path) if os.path.isdir(path) else open(path).read()
                for path in paths))
        """,
        control=True,
    ),
    _attack(
        "an authority of its own",
        """
        def f():
            def put(path):
                open(path, "w").write("x")
            paths = ("/etc/ssl/certs/own.pem", "/etc/ssl/certs/ca-certificates.crt")
            return each(*(done(lambda path=path: put(path)) for path in paths))
        """,
    ),
    _raw("unix sockets where the network is raw", UNIX, control=True),
    _raw("sockets of other families where the network is raw", FAMILIES, control=True),
    _raw("other protocols where the network is raw", PROTOCOLS),
    _raw("the host's interfaces where the network is raw", OWN_NETWORK),
    _raw(
        "files of the host where the network is raw",
        """
        def f():
            return each(lambda: open(LAB + "/secret").read(), lambda: open("/etc/passwd").read(),
                done(lambda: open(LAB + "/drop/new", "w").close()))
        """,
        control=True,
    ),
    _raw(
        "processes and signals where the network is raw",
        """
        def f(victim):
            return each(lambda: os.fork() or os._exit(0), done(lambda: os.kill(victim, 9)),
                lambda: open(f"/proc/{victim}/environ", "rb").read())
        """,
        victim=True,
        control=True,
    ),
    _raw(
        "a small port where the network is raw",
        """
        import socket
        def f():
            return tried(done(lambda: socket.socket().bind(("127.0.0.1", 81))))
        """,
        level="full",
    ),
]

"""Attacks by system calls and by the result: the kernel's doors are shut, and only data comes back."""

from attack import QUICK, Attack, no_answer, refused

from toolwright.sandbox.kernel.numbers import NUMBERS
from toolwright.sandbox.kernel.seccomp import ALWAYS_DENIED


def _call(name, body, **more):
    return Attack("syscall", name, body, **{"holds": refused, **more})


def _calls(name, *calls):
    body = f"""
def f():
    return each(*(done(lambda one=one: kernel(*one)) for one in {calls!r}))
"""
    return _call(name, body)


def _result(name, body, **more):
    return Attack("result", name, body, **{"holds": no_answer, "policy": QUICK, **more})


PASSED_BY = {"uretprobe", "uprobe"}
"""Linux lets these past every filter, and ends whoever calls them from elsewhere than a probe."""

DENIED = sorted(
    {*ALWAYS_DENIED.split(), "execve", "execveat", "connect", "bind", "listen", "socket"} - PASSED_BY
)

SYSTEM_CALLS = [
    _calls(
        "mounts",
        ("mount", b"none", b"/scratch", b"tmpfs", 0, 0),
        ("umount2", b"/scratch", 2),
        ("pivot_root", b".", b"."),
        ("chroot", b"."),
        ("open_tree", -100, b"/", 1),
        ("fsopen", b"tmpfs", 0),
        ("mount_setattr", -100, b"/", 0, 0, 0),
    ),
    _calls("namespaces", ("unshare", 0x10000000), ("setns", 0, 0), ("clone", 0x10000011, 0, 0, 0, 0)),
    _calls("clone3, whose flags lie in memory", ("clone3", 0, 88)),
    _calls(
        "bpf, perf, userfaultfd", ("bpf", 0, 0, 0), ("perf_event_open", 0, 0, -1, -1, 0), ("userfaultfd", 1)
    ),
    _calls(
        "modules, kexec, swap, host name",
        ("init_module", 0, 0, 0),
        ("finit_module", -1, b"", 0),
        ("kexec_load", 0, 0, 0, 0),
        ("swapon", b"/x", 0),
        ("sethostname", b"x", 1),
    ),
    _calls("personality and kernel log", ("personality", 0x0400000), ("syslog", 3, 0, 0)),
    _calls("a second filter", ("seccomp", 1, 8, 0)),
    _calls("calls that are newer than the filter", (463, 0, 0), (471, 0, 0), (9999, 0), (100_000, 0)),
    _call(
        "every denied call is refused by the filter, not by luck",
        f"""
def f():
    bad = []
    for name in {[name for name in DENIED if name in NUMBERS]!r}:
        if name not in NUMBERS:
            continue
        try:
            kernel(name, 0, 0, 0, 0, 0); bad.append((name, "answered"))
        except OSError as error:
            if error.errno != errno.EPERM: bad.append((name, error.errno))
    return {{"escaped": bool(bad), "detail": str(bad)}}
""",
    ),
    _call(
        "typing into a terminal",
        """
        import fcntl
        def f():
            bad = []
            for request in (0x5412, 0x541C):
                try:
                    fcntl.ioctl(0, request, b"x"); bad.append(request)
                except OSError as error:
                    if error.errno != errno.EPERM: bad.append((request, error.errno))
            return {"escaped": bool(bad), "detail": str(bad)}
        """,
        control=True,
    ),
    _call(
        "capabilities and no_new_privs",
        """
        import struct
        def f():
            data = ctypes.create_string_buffer(24)
            LIBC.capget(struct.pack("Ii", 0x20080522, 0), data)
            sets, locked = struct.unpack("6I", data.raw), LIBC.prctl(39, 0, 0, 0, 0)
            bounding = [n for n in range(64) if LIBC.prctl(23, n, 0, 0, 0) == 1]
            bad = any(sets) or locked != 1 or (LEVEL == "full" and bounding) or os.getuid() == 0
            return {"escaped": bool(bad), "detail": str((sets, locked, os.getuid(), bounding))}
        """,
    ),
    _call(
        "other users and groups",
        """
        def f():
            ways = (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]))
            return each(*map(done, ways))
        """,
    ),
    _call(
        "core dumps and being traced",
        "def f():\n    return {'escaped': LIBC.prctl(3, 0, 0, 0, 0) != 0, 'detail': ''}\n",
        control=False,
    ),
    _call(
        "executable memory mapped from its own file",
        """
        import mmap
        def f():
            def run():
                place = os.open("code", os.O_RDWR | os.O_CREAT); os.write(place, bytes(4096))
                mmap.mmap(place, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC); return True
            return tried(run)
        """,
        level="full",
        control=True,
    ),
    _call(
        "a way out by chroot and fchdir",
        """
        def f():
            def leave():
                place = os.open("/", os.O_RDONLY); os.mkdir("c"); os.chroot("c"); os.fchdir(place)
            return tried(done(leave))
        """,
    ),
]

FRAME = "import json, struct\ndef put(data):\n    os.write(4, struct.pack('>I', len(data)) + data)\n"

RESULTS = [
    _result("not a number", "def f():\n    return [float('nan'), float('inf')]\n"),
    _result("bytes, set, object", "def f():\n    return {'a': b'x', 'b': {1}, 'c': object()}\n"),
    _result("100 MB", "def f():\n    return 'x' * (100 << 20)\n"),
    _result("deep nesting", "def f():\n    x = []\n    for _ in range(100000): x = [x]\n    return x\n"),
    _result("a list in itself", "def f():\n    x = []; x.append(x); return x\n"),
    _result("an endless integer", "def f():\n    return 10 ** 5000\n"),
    _result("a lone surrogate", "def f():\n    return '\\ud800'\n"),
    _result(
        "kinds of str and dict with hostile methods",
        """
        class D(dict):
            def items(self): os._exit(0)
            def __iter__(self): os._exit(0)
        class S(str):
            def __str__(self): os._exit(0)
        def f():
            return D(a=S("x"))
        """,
    ),
    _result(
        "a forged frame, then an answer",
        FRAME + 'def f():\n    put(b\'{"status":"returned","value":1}\')\n    return 1\n',
    ),
    _result(
        "a forged frame with half another",
        FRAME
        + 'def f():\n    put(b\'{"status":"returned","value":1}\')\n'
        + "    os.write(4, b'\\0\\0')\n    os._exit(0)\n",
    ),
    _result("garbage", "def f():\n    os.write(4, b'\\xff' * 64); os._exit(0)\n"),
    _result(
        "a frame of 200000 brackets",
        FRAME + "def f():\n    put(b'[' * 200000 + b']' * 200000); os._exit(0)\n",
    ),
    _result(
        "a frame with NaN", FRAME + 'def f():\n    put(b\'{"status":"returned","value":NaN}\'); os._exit(0)\n'
    ),
    _result("a pickle", FRAME + "def f():\n    import pickle; put(pickle.dumps(print)); os._exit(0)\n"),
    _result(
        "a frame and a bad end",
        FRAME + 'def f():\n    put(b\'{"status":"returned","value":1}\'); os._exit(3)\n',
    ),
    _result("no answer", "def f():\n    os._exit(0)\n"),
    _result("an end while loading", "sys.exit(0)\ndef f():\n    return 1\n"),
    _result(
        "escape sequences on the output",
        "def f():\n    os.write(1, b'\\xff\\xfe\\x1b]0;pwned\\x07'); return 1\n",
        holds=lambda result: result.status == "returned" and "\\xff" in result.stdout,
    ),
    _result(
        "an exception whose text raises",
        """
        class E(Exception):
            def __str__(self): raise SystemExit
        def f():
            raise E()
        """,
    ),
    _result("the answer's channel closed", "def f():\n    os.close(4); return 1\n"),
]

ATTACKS = [*SYSTEM_CALLS, *RESULTS]

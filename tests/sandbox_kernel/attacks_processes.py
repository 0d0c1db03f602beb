"""Attacks by processes and by using up resources: nothing starts, nothing is left, limits are named."""

from attack import QUICK, ROOMY, Attack, limited, no_answer, refused, stopped

from toolwright.types import Limits, Policy

EXECUTE = Policy(execute=True, limits=Limits(wall_s=3.0))


def _process(name, body, **more):
    return Attack("process", name, body, **{"holds": refused, **more})


def _resource(name, body, **more):
    return Attack("resource", name, body, **{"holds": stopped, "policy": QUICK, **more})


def ran_out(result):
    """A limit ended it, or it says that it did not get far."""
    return limited(result) or refused(result)


BOMB = """
def f():
    children = 0
    while children < 3000:
        try:
            if os.fork() == 0:
                time.sleep(30); os._exit(0)
        except OSError as error:
            return {"escaped": children > 64, "detail": f"{children} {error}"}
        children += 1
    return {"escaped": True, "detail": str(children)}
"""

PROCESSES = [
    _process("fork", "def f():\n    return tried(lambda: os.fork() or os._exit(0))\n", control=True),
    _process(
        "vfork by raw call", "def f():\n    return tried(done(lambda: kernel('clone', 17, 0, 0, 0, 0)))\n"
    ),
    _process(
        "a shell",
        """
        import subprocess
        def f():
            return tried(lambda: subprocess.run(["/bin/sh", "-c", "echo hi"], capture_output=True).stdout)
        """,
        control=True,
    ),
    _process(
        "posix_spawn",
        "def f():\n    return tried(lambda: os.posix_spawn('/bin/true', ['true'], {}))\n",
        control=True,
    ),
    _process(
        "execve over itself",
        "def f():\n    return tried(lambda: os.execv('/bin/echo', ['echo', '5 passed']))\n",
    ),
    _process(
        "execveat of a descriptor",
        """
        def f():
            place = os.open("/bin/echo", os.O_RDONLY)
            return tried(lambda: kernel("execveat", place, b"", 0, 0, 0x1000))
        """,
    ),
    _process(
        "exec of a file it wrote",
        """
        def f():
            def run():
                open("x.sh", "w").write("#!/bin/sh\\necho pwned\\n"); os.chmod("x.sh", 0o755)
                os.execv("./x.sh", ["x"])
            return tried(run)
        """,
    ),
    _process("fork bomb", BOMB),
    _process(
        "fork bomb where processes are granted",
        BOMB,
        policy=EXECUTE,
        level="full",
        holds=lambda result: refused(result) or limited(result),
    ),
    _process(
        "thread bomb",
        """
        import threading
        def f():
            threads = 0
            try:
                while threads < 5000:
                    threading.Thread(target=time.sleep, args=(30,), daemon=True).start(); threads += 1
            except RuntimeError as error:
                return {"escaped": threads > 400, "detail": f"{threads} {error}"}
            return {"escaped": True, "detail": str(threads)}
        """,
    ),
    _process(
        "a daemon that outlives the answer",
        """
        def f():
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    while True:
                        time.sleep(0.05)
                os._exit(0)
            return {"escaped": False, "detail": "started"}
        """,
        policy=EXECUTE,
        level="full",
    ),
    _process(
        "signals to everybody",
        """
        def f():
            if os.getuid() == 0:
                return {"escaped": False, "detail": "not tried as uid 0"}
            try:
                os.kill(-1, 9)
            except OSError as error:
                return {"escaped": False, "detail": str(error)}
            return {"escaped": False, "detail": "whoever is alive counts"}
        """,
    ),
    _process(
        "signal to its parent",
        "def f():\n    return tried(done(lambda: os.kill(os.getppid() or -999999, 0)))\n",
        control=True,
    ),
    _process(
        "signal to a process of the same user",
        "def f(victim):\n    return tried(done(lambda: os.kill(victim, 0)))\n",
        victim=True,
        control=True,
    ),
    _process(
        "pidfd of a process of the same user",
        "def f(victim):\n    return tried(done(lambda: kernel('pidfd_open', victim, 0)))\n",
        victim=True,
        control=True,
    ),
    _process(
        "ptrace and memory of a process of the same user",
        """
        def f(victim):
            return each(done(lambda: kernel("ptrace", 16, victim, 0, 0)),
                        done(lambda: kernel("process_vm_readv", victim, 0, 0, 0, 0, 0)),
                        done(lambda: kernel("kcmp", os.getpid(), victim, 0, 0, 0)))
        """,
        victim=True,
    ),
    _process(
        "priority and scheduling of a process of the same user",
        """
        def f(victim):
            return each(done(lambda: os.setpriority(os.PRIO_PROCESS, victim, 19)),
                        done(lambda: os.sched_setaffinity(victim, {0})))
        """,
        victim=True,
        control=True,
    ),
    _process(
        "resource limits of a process of the same user",
        """
        import resource
        def f(victim):
            return tried(done(lambda: resource.prlimit(victim, resource.RLIMIT_NOFILE, (10, 10))))
        """,
        victim=True,
        control=True,
    ),
    _process(
        "signal to a thread of a process of the same user",
        "def f(victim):\n    return tried(done(lambda: kernel('tgkill', victim, victim, 0)))\n",
        victim=True,
        control=True,
    ),
    _process(
        "a pipe that signals a process of the same user",
        """
        import fcntl
        def f(victim):
            def point():
                read, write = os.pipe()
                fcntl.fcntl(read, fcntl.F_SETOWN, victim)
                fcntl.fcntl(read, 10, 0)
                return fcntl.fcntl(read, fcntl.F_GETOWN) == victim
            return tried(point)
        """,
        victim=True,
        control=True,
    ),
    _process(
        "threads that outlive the answer",
        """
        import threading
        def f():
            threading.Thread(target=time.sleep, args=(20,), daemon=False).start()
            return {"escaped": False, "detail": ""}
        """,
        holds=lambda result: refused(result) and result.seconds < 2,
    ),
]

RESOURCES = [
    _resource("endless loop", "def f():\n    while True: pass\n", holds=limited),
    _resource(
        "endless loop that swallows everything",
        """
        import signal
        def f():
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            while True:
                try:
                    while True: pass
                except BaseException:
                    pass
        """,
        holds=limited,
    ),
    _resource("sleep for ever", "def f():\n    time.sleep(1e6)\n", holds=limited),
    _resource(
        "stop itself", "def f():\n    import signal\n    os.kill(os.getpid(), signal.SIGSTOP)\n    return 1\n"
    ),
    _resource(
        "regular expression that backtracks",
        "import re\ndef f():\n    return re.match('(a+)+$', 'a' * 40 + 'b')\n",
        holds=limited,
    ),
    _resource("huge power", "def f():\n    return len(str(9 ** (9 ** 9)))\n"),
    _resource(
        "memory by bytes", "def f():\n    x = []\n    while True: x.append(b'x' * (1 << 24))\n", holds=limited
    ),
    _resource("memory by one list", "def f():\n    return len([0] * (1 << 34))\n", holds=limited),
    _resource("memory by doubling", "def f():\n    s = 'x'\n    while True: s += s\n", holds=limited),
    _resource(
        "memory by shared maps",
        """
        import mmap
        def f():
            kept, size = [], 0
            try:
                while size < 4000:
                    page = mmap.mmap(-1, 1 << 24); page.write(b"x" * (1 << 24)); kept.append(page); size += 16
            except (OSError, MemoryError, ValueError) as error:
                return {"escaped": size > 800, "detail": f"{size} MB {error}"}
            return {"escaped": True, "detail": f"{size} MB"}
        """,
        holds=ran_out,
    ),
    _resource(
        "memory by anonymous files",
        """
        def f():
            def fill():
                place = os.memfd_create("x")
                return os.write(place, b"x" * (1 << 20))
            return tried(fill)
        """,
        holds=refused,
        control=True,
    ),
    _resource(
        "zip bomb",
        """
        import zlib
        def f():
            packer = zlib.compressobj(9)
            packed = packer.compress(b"\\0" * (1 << 27)) + packer.flush()
            return len([zlib.decompress(packed) for _ in range(20)])
        """,
        holds=limited,
        policy=Policy(limits=Limits(wall_s=5, memory_mb=256)),
    ),
    _resource(
        "disk by many files",
        """
        def f():
            size = 0
            try:
                for number in range(40):
                    with open(f"f{number}", "wb") as file:
                        for _ in range(8):
                            size += file.write(b"x" * (1 << 20)) >> 20
            except OSError as error:
                return {"escaped": size > 100, "detail": f"{size} MB {error}"}
            time.sleep(0.2)
            return {"escaped": True, "detail": f"{size} MB"}
        """,
        holds=ran_out,
        policy=ROOMY,
        control=False,
    ),
    _resource(
        "inodes",
        """
        def f():
            number = 0
            try:
                while number < 8000:
                    open(f"i{number}", "w").close(); number += 1
            except OSError as error:
                return {"escaped": number > 5000, "detail": f"{number} {error}"}
            time.sleep(0.2)
            return {"escaped": True, "detail": str(number)}
        """,
        holds=ran_out,
        policy=ROOMY,
    ),
    _resource(
        "one huge file",
        """
        def f():
            place = os.open("s", os.O_RDWR | os.O_CREAT)
            return tried(done(lambda: os.posix_fallocate(place, 0, 1 << 33)))
        """,
        holds=refused,
    ),
    _resource(
        "descriptors",
        """
        def f():
            kept = []
            try:
                while len(kept) < 5000: kept.append(os.open("/dev/null", 0))
            except OSError as error:
                return {"escaped": len(kept) > 64, "detail": f"{len(kept)} {error}"}
            return {"escaped": True, "detail": str(len(kept))}
        """,
        holds=refused,
    ),
    _resource(
        "raise its own limits",
        """
        import resource
        def f():
            names = ("AS", "DATA", "CPU", "NOFILE", "NPROC", "FSIZE", "CORE", "MEMLOCK", "MSGQUEUE")
            def raised(name):
                which = getattr(resource, "RLIMIT_" + name)
                hard = resource.getrlimit(which)[1]
                if hard == resource.RLIM_INFINITY:
                    return LEVEL == "full"
                resource.setrlimit(which, (hard + 1, hard + 1)); return True
            return each(lambda: os.nice(-5) < 0, *(lambda name=name: raised(name) for name in names))
        """,
        holds=refused,
    ),
    _resource(
        "a gigabyte of output",
        "def f():\n    for _ in range(1024): sys.stdout.write('x' * (1 << 20))\n",
        holds=limited,
    ),
    _resource("endless complaints", "def f():\n    while True: os.write(2, b'y' * 65536)\n", holds=limited),
    _resource(
        "output, then silence",
        "def f():\n    os.write(1, b'z' * 60000)\n    time.sleep(100)\n",
        holds=limited,
    ),
    _resource("recursion", "def f(n=0):\n    return f(n + 1)\n"),
    _resource(
        "recursion in C",
        """
        def f():
            sys.setrecursionlimit(10 ** 9)
            x = []
            for _ in range(10 ** 6): x = [x]
            return len(repr(x))
        """,
        holds=no_answer,
        policy=ROOMY,
    ),
    _resource("null pointer", "def f():\n    ctypes.string_at(0)\n", holds=no_answer),
    _resource("abort", "def f():\n    os.abort()\n", holds=no_answer),
]

ATTACKS = [*PROCESSES, *RESOURCES]

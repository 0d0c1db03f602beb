"""Attacks by tools that may start processes: none leaves the cell, none outlives it."""

from attack import Attack, limited, no_answer, refused

from toolwright.types import Limits, Policy

EXECUTE = Policy(execute=True, limits=Limits(wall_s=4.0, memory_mb=128, processes=12))
SHORT = Policy(execute=True, limits=Limits(wall_s=1.0))

RUN = '''
import subprocess
def run(*command):
    """What a program printed when it ended well."""
    done = subprocess.run(command, capture_output=True, timeout=3, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise OSError(done.returncode, done.stderr.decode(errors="replace")[-100:])
    return done.stdout.decode(errors="replace") or "ran"
def shell(text):
    return run("/bin/sh", "-c", text)
'''


def _attack(name, body, **more):
    return Attack(
        "execute", name, RUN + body, **{"holds": refused, "policy": EXECUTE, "level": "full", **more}
    )


def stopped_or_refused(result):
    """A limit ended it, or it says that it did not get far."""
    return limited(result) or refused(result)


ATTACKS = [
    _attack(
        "a shell's fork bomb",
        """
def f():
    def bomb():
        subprocess.run(["/bin/sh", "-c", "b() { b | b & }; b; sleep 1"], timeout=2, capture_output=True)
    tried(bomb)
    return {"escaped": False, "detail": "whoever is alive counts"}
""",
        holds=lambda result: stopped_or_refused(result) or no_answer(result),
    ),
    _attack(
        "a daemon, forked twice, in a session of its own",
        """
def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(64):
                try: os.close(number)
                except OSError: pass
            time.sleep(60)
        os._exit(0)
    time.sleep(0.1)
    return {"escaped": False, "detail": "started"}
""",
    ),
    _attack(
        "a program that ignores every signal",
        """
def f():
    subprocess.Popen(["/bin/sh", "-c", "trap '' HUP INT TERM QUIT PIPE; while :; do sleep 1; done"],
                     start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
    time.sleep(0.1)
    return {"escaped": False, "detail": "started"}
""",
    ),
    _attack(
        "a child that keeps the output open",
        """
def f():
    if os.fork() == 0:
        time.sleep(60)
    return {"escaped": False, "detail": "started"}
""",
    ),
    _attack(
        "orphans of a call that runs out of time",
        """
def f():
    for _ in range(5):
        subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    while True:
        time.sleep(1)
""",
        policy=SHORT,
        holds=lambda result: result.status == "timeout",
    ),
    _attack(
        "orphans of a call that crashes",
        """
def f():
    subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    os.kill(os.getpid(), 11)
""",
        holds=lambda result: result.status == "crashed",
    ),
    _attack(
        "programs that raise privileges",
        """
def f():
    return each(*(lambda command=command: run(*command) for command in (
        ["su", "-c", "id"], ["sudo", "-n", "id"], ["mount", "-t", "tmpfs", "none", "/scratch"],
        ["unshare", "-Ur", "id"], ["chroot", "/", "id"])))
""",
        control=True,
    ),
    _attack(
        "a program made set-user-ID",
        """
import shutil
def f():
    shutil.copy("/usr/bin/id", "own"); os.chmod("own", 0o755)
    made = tried(lambda: not os.chmod("own", 0o6755))  # refused, and were it not, it would have no effect
    return made if made["escaped"] else tried(lambda: "=0(" in run("./own") or "euid" in run("./own"))
""",
    ),
    _attack(
        "programs that read the host's files",
        """
def f():
    return each(*(lambda text=text: shell(text) for text in (
        f"cat {LAB}/secret", "cat /etc/passwd", "cat /proc/1/environ", "ls /home/*", "ls /mnt /srv")))
""",
        control=True,
    ),
    _attack(
        "programs that write to the host",
        "def f():\n    return tried(lambda: shell(f'echo X > {LAB}/drop/new'))\n",
        control=True,
    ),
    _attack(
        "a program that connects",
        """
def f():
    code = f"import socket; socket.create_connection(('127.0.0.1', {TCP}), 1).sendall(b'X')"
    return tried(lambda: run(sys.executable, "-I", "-S", "-c", code))
""",
        control=True,
    ),
    _attack(
        "a program that traces its parent",
        """
def f():
    code = ("import ctypes, os; l = ctypes.CDLL(None); "
            f"n = {NUMBERS['ptrace']}; os._exit(l.syscall(n, 16, os.getppid(), 0, 0) != 0)")
    return tried(lambda: run(sys.executable, "-I", "-S", "-c", code))
""",
    ),
    _attack(
        "signals to everybody by a program",
        """
def f(victim):
    return tried(lambda: shell(f"kill -9 {victim}"))
""",
        victim=True,
        control=True,
    ),
    _attack(
        "signals to a whole namespace",
        """
def f():
    subprocess.Popen(["/bin/sh", "-c", "sleep 0.2; kill -9 -1"])
    time.sleep(1)
    return {"escaped": False, "detail": "lives"}
""",
        holds=lambda result: no_answer(result) or refused(result),
    ),
    _attack(
        "a child that answers too",
        """
def f():
    if os.fork() == 0:
        data = b'{"status":"returned","value":{"escaped":true}}'
        os.write(4, len(data).to_bytes(4, "big") + data)
        os._exit(0)
    os.wait()
    return {"escaped": True}
""",
        holds=no_answer,
    ),
    _attack(
        "memory of many processes",
        """
def f():
    reached = []
    for _ in range(3):
        read, write = os.pipe()
        if os.fork() == 0:
            try:
                room = bytearray(400 << 20); os.write(write, b"!")
            finally:
                os._exit(0)
        os.close(write)
        reached.append(os.read(read, 1))
    return {"escaped": any(reached), "detail": str(reached)}
""",
        control=True,
    ),
    _attack(
        "limits raised by a shell",
        """
def f():
    return each(lambda: shell("ulimit -u 4000"), lambda: shell("ulimit -v unlimited"),
                lambda: shell("ulimit -n 9999"))
""",
    ),
]

"""Attacks on files, secrets and leftovers: nothing outside is read, changed or even seen."""

from attack import Attack, no_answer, refused


def _attack(name, body, **more):
    return Attack("files", name, body, **{"holds": refused, "control": True, **more})


def _one(name, expression, **more):
    return _attack(name, f"def f():\n    return tried(lambda: {expression})\n", **more)


ATTACKS = [
    _one("read a secret file", "open(LAB + '/secret').read()"),
    _one("read the list of users", "open('/etc/passwd').read()"),
    _one("read by a relative way out", "open('../../../../../../etc/passwd').read()"),
    _one("watch who opens what", "kernel('inotify_add_watch', kernel('inotify_init1', 0), b'/usr', 0xFFF)"),
    _one("attributes of a file by its path", "os.listxattr(LAB + '/secret') is not None"),
    _one("existence of a path by stat", "os.stat(LAB + '/secret').st_size", level="full"),
    _one("existence of a path by access", "os.access(LAB + '/secret', os.F_OK)", level="full"),
    _attack(
        "list folders of the host",
        """
        def f():
            return each(*(lambda place=place: os.listdir(place) for place in
                          ("/", "/tmp", "/home", "/var", "/etc", "/run", "/opt")))
        """,
    ),
    _attack(
        "a key in os.environ",
        """
        def f():
            return {"escaped": any("SECRET" in value for value in os.environ.values()),
                    "detail": str(dict(os.environ))}
        """,
        control=False,
    ),
    _attack(
        "a key left in the C library's environment",
        """
        def f():
            environ = ctypes.POINTER(ctypes.c_char_p).in_dll(LIBC, "environ")
            found, at = [], 0
            while environ and environ[at]:
                found.append(environ[at].decode()); at += 1
            return {"escaped": any("SECRET" in text for text in found), "detail": str(found)}
        """,
        control=False,
    ),
    _attack(
        "/proc of this and other processes",
        """
        def f():
            names = ["1", str(os.getppid()), "self"]
            return each(*(lambda name=name, file=file: open(f"/proc/{name}/{file}", "rb").read(300)
                          for name in names for file in ("environ", "cmdline", "maps", "status")))
        """,
    ),
    _attack(
        "/proc of a process of the same user",
        "def f(victim):\n    return tried(lambda: open(f'/proc/{victim}/environ').read())\n",
        victim=True,
    ),
    _one("write outside", "open(LAB + '/drop/w', 'w').write('x')"),
    _attack(
        "write into the standard library",
        """
        import json
        def f():
            return tried(done(lambda: open(os.path.dirname(json.__file__) + "/evil.py", "w")))
        """,
        control=False,
    ),
    _attack(
        "write into installed packages",
        """
        def f():
            places = [place for place in sys.path if "-packages" in place]
            return each(*(done(lambda place=place: open(place + "/evil.pth", "w")) for place in places))
        """,
        control=False,
    ),
    _attack(
        "links out, read and written through",
        """
        def f():
            def read():
                os.symlink(LAB + "/secret", "l"); return open("l").read()
            def write():
                os.symlink(LAB + "/drop/s", "m"); return open("m", "w").write("x")
            return each(read, write)
        """,
    ),
    _attack(
        "hard link to a file of the same user",
        """
        def f():
            def link():
                os.link(LAB + "/drop/own", LAB + "/drop/h"); return open(LAB + "/drop/h").read()
            return tried(link)
        """,
    ),
    _attack(
        "rename, unlink, truncate and make outside",
        """
        def f():
            return each(*map(done, (
                lambda: os.rename(LAB + "/drop/own", LAB + "/drop/renamed"),
                lambda: os.truncate(LAB + "/drop/renamed", 0),
                lambda: os.unlink(LAB + "/drop/renamed"),
                lambda: os.mkdir(LAB + "/drop/folder"),
                lambda: os.mkfifo(LAB + "/drop/pipe"))))
        """,
    ),
    _attack(
        "mode, times and attributes of a file outside",
        """
        def f():
            place = LAB + "/drop/own"
            return each(*map(done, (lambda: os.chmod(place, 0o777), lambda: os.utime(place, (1, 1)),
                                    lambda: os.setxattr(place, "user.x", b"1"))))
        """,
    ),
    _attack(
        "mode and times by raw system calls",
        """
        def f():
            place = (LAB + "/drop/own").encode()
            return each(done(lambda: kernel("fchmodat", -100, place, 0o777)),
                        done(lambda: kernel("fchmodat2", -100, place, 0o777, 0)),
                        done(lambda: kernel("utimensat", -100, place, 0, 0)))
        """,
    ),
    _attack(
        "open by handle",
        """
        def f():
            buffer, mount = ctypes.create_string_buffer(200), ctypes.c_int()
            return each(done(lambda: kernel("name_to_handle_at", -100, b"/", buffer, ctypes.byref(mount), 0)),
                        done(lambda: kernel("open_by_handle_at", -100, buffer, 0)))
        """,
        control=False,
    ),
    _attack(
        "device node",
        """
        def f():
            def make():
                os.mknod("d", 0o020666, os.makedev(1, 1)); return open("d", "rb").read(1)
            return tried(make)
        """,
        control=False,
    ),
    _attack(
        "devices of the host",
        """
        def f():
            names = ("kmsg", "mem", "tty", "vda", "sda", "fuse", "kvm", "shm", "ptmx", "net/tun", "vsock")
            return each(*(done(lambda name=name: os.open("/dev/" + name, os.O_RDONLY)) for name in names))
        """,
    ),
    _attack(
        "leave a file for the next call",
        """
        def f():
            found, name = [], "/toolwright-left-" + os.path.basename(LAB)  # no earlier one
            places = ("/dev/shm", "/tmp", "/var/tmp", ".", os.environ["HOME"], "/cell", "/empty/folder")
            for place in {os.path.realpath(place) for place in places}:
                if os.path.exists(place + name):
                    found.append(place)
                try:
                    open(place + name, "w").close()
                except OSError:
                    pass
            return {"escaped": bool(found), "detail": str(found)}
        """,
        twice=True,
        control=False,
    ),
    _attack(
        "leave shared memory, a queue or a key",
        """
        def f():
            return each(done(lambda: kernel("shmget", 0x7A01, 4096, 0o1666)),
                        done(lambda: kernel("semget", 0x7A01, 1, 0o1666)),
                        done(lambda: kernel("msgget", 0x7A01, 0o1666)),
                        done(lambda: kernel("mq_open", b"q", 0o102, 0o666, 0)),
                        done(lambda: kernel("keyctl", 0, -3, 0)),
                        done(lambda: kernel("add_key", b"user", b"x", b"y", 1, -4)),
                        done(lambda: kernel("memfd_create", b"m", 0)))
        """,
        control=False,
    ),
    _attack(
        "leave something in the interpreter for the next call",
        """
        import builtins, json
        def f():
            found = hasattr(builtins, "left") or hasattr(json, "left")
            builtins.left = json.left = True
            return {"escaped": found, "detail": ""}
        """,
        twice=True,
        control=False,
    ),
    _attack(
        "the jail's own folders",
        """
        def f():
            return each(*(done(lambda place=place: open(place + "/x", "w"))
                          for place in ("/", "/cell", "/empty", "/usr", "/usr/lib", "/etc", "/dev")))
        """,
        control=False,
    ),
    _attack(
        "the old root after pivot_root",
        """
        def f():
            return each(*(lambda place=place: os.listdir(place) for place in
                          ("/.old", "/host", "/proc/1/root", "/..", "/../..")))
        """,
        control=False,
    ),
    _attack(
        "who the users are",
        "import pwd\ndef f():\n    return tried(lambda: {u.pw_uid for u in pwd.getpwall()} - {0, 65534})\n",
    ),
    _attack(
        "the host's name",
        """
        import socket
        def f():
            return {"escaped": socket.gethostname() == HOST, "detail": socket.gethostname()}
        """,
        level="full",
    ),
    _attack(
        "an argument that is a path out",
        """
        def f():
            return open(LAB + "/secret").read()
        """,
        holds=no_answer,
        control=False,
    ),
]

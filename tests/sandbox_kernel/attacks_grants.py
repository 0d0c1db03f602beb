"""Attacks by tools that may write in a folder: what is guarded there is not read, changed, made or moved."""

from attack import Attack, refused

HELP = """
import threading
os.chdir(WORK)
READ = lambda name: open(name).read()
def guarded(text):
    return "CANARY" in text
def swap(name, *targets):
    for number in range(3000):
        beside = name + str(number % 2)
        os.symlink(targets[number % len(targets)], beside); os.replace(beside, name)
"""


def _attack(name, body, **more):
    return Attack("grants", name, HELP + body, **{"holds": refused, "control": True, "granted": True, **more})


def _one(name, expression, **more):
    return _attack(name, f"def f():\n    return tried(lambda: {expression})\n", **more)


def told(result):
    """The call failed, and says that it made what no tool may make."""
    return result.status == "limit" and "made what no tool may make" in result.message


def told_or_refused(result):
    """It was not possible, or it was found out."""
    return told(result) or refused(result) or result.status == "raised"


def _plant(name, code):
    body = f"def f():\n    {code}\n    return {{'escaped': True, 'detail': 'planted'}}\n"
    return _attack(name, body, holds=told_or_refused)


ATTACKS = [
    _one("read a guarded file", "guarded(READ('.env'))"),
    _one("read a guarded file by a way around", "guarded(READ('./deep/../.env'))"),
    _one("read a nested guarded file", "guarded(READ('deep/.env'))"),
    _one("read in a guarded folder", "guarded(READ('.git/config'))"),
    _one("read through a link that was there", "guarded(READ('secret-link'))"),
    _one("read through a link out that was there", "guarded(READ('out'))"),
    _one("list a guarded folder", "os.listdir('.git')", level="full"),
    _one(
        "read by a descriptor of the folder",
        "guarded(os.read(os.open('.env', os.O_RDONLY, dir_fd=os.open('.', os.O_PATH)), 99).decode())",
    ),
    _one(
        "read by a descriptor for paths",
        "guarded(READ(f'/proc/self/fd/{os.open(chr(46) + \"env\", os.O_PATH)}'))",
    ),
    _one("read by the root of a process", "guarded(READ('/proc/self/root' + WORK + '/.env'))"),
    _attack(
        "read by a hard link",
        "def f():\n    def go():\n        os.link('.env', 'hard'); return guarded(READ('hard'))\n"
        "    return tried(go)\n",
    ),
    _attack(
        "read after moving the folder around it",
        "def f():\n    def go():\n        os.rename('deep', 'away'); return guarded(READ('away/.env'))\n"
        "    return tried(go)\n",
    ),
    _attack(
        "read by exchanging names",
        """
def f():
    def go():
        open("mine", "w").close()
        kernel("renameat2", -100, b".env", -100, b"mine", 2)
        return guarded(READ("mine"))
    return tried(go)
""",
    ),
    _attack(
        "read through a link that is swapped while it is opened",
        """
def f():
    threading.Thread(target=swap, args=("race", "plain", LAB + "/secret"), daemon=True).start()
    def go():
        for _ in range(3000):
            try:
                if guarded(READ("race")): return True
            except OSError: pass
    return tried(go)
""",
    ),
    _attack(
        "write through a link that is swapped while it is opened",
        """
def f():
    threading.Thread(target=swap, args=("race", "plain", LAB + "/drop/raced"), daemon=True).start()
    def go():
        for _ in range(3000):
            try: open("race", "w").close()
            except OSError: pass
    return tried(go)
""",
    ),
    _attack(
        "write through a folder that is a link out",
        "def f():\n    def go():\n        os.symlink(LAB + '/drop', 'd')\n"
        "        open('d/w', 'w').close(); return True\n"
        "    return tried(go)\n",
    ),
    _one("change a guarded file", "open('.env', 'a').write('x')"),
    _one("remove a guarded file", "not os.unlink('.env')"),
    _one("replace a guarded file", "not os.replace('plain', '.env')"),
    _one("empty a guarded file", "not os.truncate('.env', 0)"),
    _one("give a guarded file another mode", "not os.chmod('.env', 0o777)"),
    _one("move a guarded folder", "not os.rename('.git', 'git')"),
    _one("write in a guarded folder", "open('.git/hook', 'w').write('x')"),
    _one("change a startup file", "open('.bashrc', 'a').write('x')"),
    _one("replace a startup file", "not os.replace('plain', '.bashrc')"),
    _one("replace a link with a guarded name", "not os.replace('plain', '.netrc')"),
    _one("make a program that runs with its owner's rights", "not os.chmod('plain', 0o4755)"),
    _one(
        "make one that runs with its group's rights", "not os.fchmod(os.open('plain', os.O_RDONLY), 0o2755)"
    ),
    _one(
        "make a file that has its owner's rights from the beginning",
        "os.fstat(os.open('new', os.O_CREAT | os.O_WRONLY, 0o4755)).st_mode & 0o4000",
    ),
    _attack(
        "make one with its owner's rights by raw calls",
        """
def f():
    path, how = WORK.encode() + b"/raw", b"".join(n.to_bytes(8, "little") for n in (0o101, 0o4755, 0))
    return each(lambda: kernel("openat2", -100, path, how, 24),
                lambda: not kernel("fchmodat2", -100, WORK.encode() + b"/plain", 0o4755, 0))
""",
    ),
    _attack(
        "take the covers off",
        """
def f():
    return each(*(done(lambda place=place: kernel("umount2", place, 2))
                  for place in (b".env", b".git", WORK.encode() + b"/.env")))
""",
        control=False,
    ),
    _plant("plant a folder in a folder", "os.makedirs('a/b/.git/hooks')"),
    _plant(
        "plant by renaming a folder",
        "os.mkdir('x'); open('x/config', 'w').close(); os.rename('x', 'deep/.git')",
    ),
    _plant("plant in other letters", "os.makedirs('a/.GIT')"),
    _plant("plant a link", "os.mkdir('a'); os.symlink('../plain', 'a/.env')"),
    _plant("plant below a folder called packages", "os.makedirs('node_modules/.git')"),
    _plant("plant in a folder that is closed afterwards", "os.makedirs('a/.git'); os.chmod('a', 0)"),
    _plant("plant a startup file", "os.mkdir('home'); open('home/.profile', 'w').write('evil')"),
    _plant(
        "plant a nameless file under a name",
        "os.mkdir('a'); n = os.open('a', os.O_TMPFILE | os.O_RDWR); "
        "LIBC.linkat(n, b'', -100, b'a/.env', 0x1000); os.listdir('a')[0]",
    ),
    _plant(
        "plant in the last moment",
        "os.mkdir('a'); threading.Thread(target=lambda: [os.path.exists('a/.git') or os.mkdir('a/.git') "
        "for _ in iter(int, 1)], daemon=True).start(); time.sleep(0.2)",
    ),
]

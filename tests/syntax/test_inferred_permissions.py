"""What a function needs, read off its text: by table, through helpers and tools, and for any table entry."""

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.permissions import files, outside, quiet
from toolwright.syntax.permissions.inference import Needs, infer_needs

R, W, N, X = "read", "write", "network", "execute"


def needs(body: str, tools: dict[str, tuple[str, ...]] | None = None, above: str = "") -> Needs:
    """What a function `tool(path, text, names)` with this body needs."""
    source = f"{above}\n\ndef tool(path: str, text: str = '', names: list[str] = ()) -> object:\n"
    return infer_needs(ast.parse(source + textwrap.indent(textwrap.dedent(body), "    ")), "tool", tools)


CERTAIN = [
    ("return open(path).read()", {R}),
    ("return open(path, 'rb').read()", {R}),
    ("open(path, 'w').write(text)", {W}),
    ("open(path, mode='a').write(text)", {W}),
    ("open(path, 'xb')", {W}),
    ("open(path, 'r+')", {R, W}),
    ("open(path, 'rb+')", {R, W}),
    ("open(path, 'w+')", {W}),
    ("open(path, text)", {R, W}),
    ("open(path, 'r' if text else 'rb')", {R}),
    ("open(path, 'w' if text else 'a')", {W}),
    ("open(path, 'w' if text else 'r')", {R, W}),
    ("open(*names)", {R, W}),
    ("open(0)", set()),
    ("return list(map(open, names))", {R}),
    ("import io\nreturn io.open(path)", {R}),
    ("import codecs\nreturn codecs.open(path, 'w', 'utf-8')", {W}),
    ("import builtins\nreturn builtins.open(path)", {R}),
    ("from os import open as o, O_RDONLY\nreturn o(path, O_RDONLY)", {R}),
    ("import os\nreturn os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)", {W}),
    ("import os\nreturn os.open(path, os.O_RDWR)", {R, W}),
    ("import os\nreturn os.listdir(path)", {R}),
    ("import os as system\nreturn system.walk(path)", {R}),
    ("from os import scandir as look\nreturn [e.name for e in look(path)]", {R}),
    ("import os\nreturn os.path.getsize(path)", {R}),
    ("from os import path as p\nreturn p.exists(path)", {R}),
    ("import os.path\nreturn os.path.join(path, text)", set()),
    ("import os\nos.makedirs(path, exist_ok=True)", {W}),
    ("import os\nos.rename(path, text)", {W}),
    ("import os\nreturn os.environ.get(text)", set()),
    ("import os\nreturn list(map(os.remove, names))", {W}),
    ("import shutil\nshutil.copy(path, text)", {R, W}),
    ("import shutil\nshutil.rmtree(path)", {W}),
    ("import shutil\nreturn shutil.disk_usage(path)", {R}),
    ("import glob\nreturn glob.glob(path)", {R}),
    ("from glob import iglob\nreturn list(iglob(path))", {R}),
    ("from pathlib import Path\nreturn Path(path).read_text()", {R}),
    ("from pathlib import Path\nreturn Path(path).exists()", {R}),
    ("from pathlib import Path\nPath(path).rename(text)", {W}),
    ("from pathlib import Path\nreturn Path(path).open('w')", {W}),
    ("import pathlib\nreturn pathlib.Path(path).open().read()", {R}),
    ("from pathlib import Path\np = Path(path)\nq = p / text\nreturn q.stat().st_size", {R}),
    ("from pathlib import Path\nreturn [c.is_dir() for c in sorted(Path(path).iterdir())]", {R}),
    ("from pathlib import Path\nfor c in Path(path).rglob('*'):\n    c.chmod(0o600)", {R, W}),
    ("from pathlib import Path\nreturn Path(path).parent.joinpath(text).replace(path)", {W}),
    ("from pathlib import Path\nreturn Path(path).suffix + Path(path).name.replace('a', 'b')", set()),
    ("from pathlib import Path\nreturn f'{Path(path)}.old'.replace('a', 'b')", set()),
    ("from pathlib import Path, PurePath\nreturn PurePath(path).name", set()),
    ("from pathlib import Path\nreturn list(map(Path.read_text, names))", {R}),
    ("path.touch()", {W}),
    ("return text.replace('a', 'b').strip()", set()),
    ("import csv\nwith open(path, newline='') as f:\n    return list(csv.DictReader(f))", {R}),
    ("import csv\nwith open(path, 'w') as f:\n    csv.writer(f).writerow(names)", {W}),
    ("import csv, io\nreturn list(csv.reader(io.StringIO(text)))", set()),
    ("import json\nreturn json.loads(text)", set()),
    ("import sqlite3\nreturn sqlite3.connect(path).execute(text)", {R, W}),
    ("import sqlite3\nreturn sqlite3.connect(':memory:').execute(text)", set()),
    ("import sqlite3\nreturn sqlite3.connect(f'file:{path}?mode=ro', uri=True)", {R}),
    ("import zipfile\nreturn zipfile.ZipFile(path).namelist()", {R}),
    ("import zipfile\nwith zipfile.ZipFile(path, 'w') as z:\n    z.writestr('a', text)", {W}),
    ("import zipfile\nzipfile.ZipFile(path).extractall(text)", {R, W}),
    ("import io, zipfile\nreturn zipfile.ZipFile(io.BytesIO(text.encode())).namelist()", set()),
    ("import tarfile\nreturn tarfile.open(path, 'r:gz').getnames()", {R}),
    ("import tarfile\ntarfile.open(path, 'w:gz').close()", {W}),
    ("import gzip\nreturn gzip.open(path, 'rt').read()", {R}),
    ("import bz2\nbz2.open(path, 'wb').write(b'')", {W}),
    ("import lzma\nreturn lzma.LZMAFile(path).read()", {R}),
    ("import gzip\nreturn gzip.compress(text.encode()).hex()", set()),
    ("import tempfile\nreturn tempfile.mkdtemp()", set()),
    ("import tempfile\nwith tempfile.NamedTemporaryFile('w') as f:\n    f.write(text)", set()),
    (
        (
            "import tempfile\nfrom pathlib import Path\nwith tempfile.TemporaryDirectory() as d:\n"
            "    p = Path(d) / 'a'\n    p.write_text(text)\n    return p.read_text()"
        ),
        set(),
    ),
    (
        (
            "import os, tempfile\nd = tempfile.mkdtemp()\nopen(os.path.join(d, 'a'), 'w').write(text)\n"
            "open(f'{d}/b', 'w').write(text)\nos.mkdir(d + '/c')"
        ),
        set(),
    ),
    (
        "import shutil, tempfile\nwith tempfile.TemporaryDirectory() as d:\n    shutil.copy(path, d)",
        {R},
    ),
    ("import tempfile, os\nf, t = tempfile.mkstemp()\nos.replace(t, path)", {W}),
    ("import tempfile\nt = tempfile.mkdtemp()\nt = path\nopen(t, 'w')", {W}),
    ("import fileinput\nreturn list(fileinput.input(path))", {R}),
    ("import fileinput\nreturn list(fileinput.input(path, inplace=True))", {R, W}),
    ("import configparser\nc = configparser.ConfigParser()\nc.read(path)", {R}),
    ("import configparser\nc = configparser.ConfigParser()\nc.read_string(text)", set()),
    ("import logging\nlogging.getLogger('a').addHandler(logging.FileHandler(path))", {W}),
    ("import logging\nlogging.basicConfig(filename=path)", {W}),
    ("import logging\nlogging.getLogger('a').info(text)", set()),
    ("import shelve\nreturn shelve.open(path)", {R, W}),
    ("import dbm\nreturn dbm.open(path)", {R}),
    ("import xml.etree.ElementTree as ET\nreturn ET.parse(path).getroot().tag", {R}),
    ("import xml.etree.ElementTree as ET\nt = ET.parse(path)\nt.write(text)", {R, W}),
    ("import xml.etree.ElementTree as ET\nreturn ET.fromstring(text).tag", set()),
    ("import tomllib\nreturn tomllib.loads(text)", set()),
    ("import hashlib\nreturn hashlib.sha256(text.encode()).hexdigest()", set()),
    ("import numpy as np\nreturn np.load(path).tolist()", {R}),
    ("import numpy as np\nnp.savetxt(path, names)", {W}),
    ("import numpy as np\nreturn float(np.mean(names))", set()),
    ("import pandas as pd\nreturn pd.read_csv(path).to_dict()", {R}),
    ("import pandas as pd\npd.DataFrame(names).to_csv(path, index=False)", {W}),
    ("import pandas as pd\nreturn pd.DataFrame(names).to_csv(index=False)", set()),
    ("import io\nimport pandas as pd\nreturn pd.read_csv(io.StringIO(text)).to_json()", set()),
    ("import pandas as pd\nreturn pd.read_csv('https://x.example/a.csv').to_json()", {N}),
    ("import urllib.request\nreturn urllib.request.urlopen(path).read().decode()", {N}),
    ("from urllib.request import urlopen, Request\nreturn urlopen(Request(path)).status", {N}),
    ("from urllib import request\nrequest.urlretrieve(path, text)", {N, W}),
    ("from urllib.parse import urlsplit\nreturn urlsplit(path).netloc", set()),
    ("import http.client\nreturn http.client.HTTPSConnection(path)", {N}),
    ("import socket\nreturn socket.create_connection((path, 80))", {N}),
    ("import socket\ns = socket.socket(socket.AF_INET)", {N}),
    ("import smtplib\nsmtplib.SMTP(path)", {N}),
    ("import ftplib\nftplib.FTP(path)", {N}),
    ("import imaplib\nimaplib.IMAP4_SSL(path)", {N}),
    ("import poplib\npoplib.POP3(path)", {N}),
    ("import xmlrpc.client\nxmlrpc.client.ServerProxy(path)", {N}),
    ("import asyncio\nasyncio.run(asyncio.open_connection(path, 80))", {N}),
    ("import requests\nreturn requests.get(path, timeout=9).json()", {N}),
    ("import requests as r\nwith r.Session() as s:\n    return s.get(path).text", {N}),
    ("import requests\nreturn requests.codes.ok", set()),
    ("import httpx\nreturn httpx.get(path).text", {N}),
    ("import aiohttp\nreturn aiohttp.ClientSession()", {N}),
    ("import urllib3\nreturn urllib3.PoolManager()", {N}),
    ("import websockets\nreturn websockets.connect(path)", {N}),
    ("import subprocess\nreturn subprocess.run(names, stdout=subprocess.PIPE).returncode", {X}),
    ("from subprocess import check_output as co\nreturn co(names)", {X}),
    ("import os\nreturn os.system(path)", {X}),
    ("import os\nos.execvp(path, names)", {X}),
    ("import os\nreturn os.fork()", {X}),
    ("import multiprocessing as mp\nreturn mp.Pool(2).map(len, names)", {X}),
    ("from concurrent.futures import ProcessPoolExecutor\nreturn ProcessPoolExecutor()", {X}),
    ("from concurrent.futures import ThreadPoolExecutor\nreturn ThreadPoolExecutor()", set()),
    ("import pty\npty.spawn(path)", {X}),
    ("import asyncio\nasyncio.run(asyncio.create_subprocess_exec(path))", {X}),
    ("import math\nreturn math.sqrt(4)", set()),
    ("open = len\nreturn open(path)", set()),
    ("glob = path\nreturn glob.strip()", set()),
    ("def inner(p):\n    return open(p)\nreturn inner(path)", {R}),
    ("return (lambda p: open(p, 'w'))(path)", {W}),
    ("try:\n    return open(path).read()\nexcept OSError:\n    return ''", {R}),
    ("with open(path) as a, open(text, 'w') as b:\n    b.write(a.read())", {R, W}),
    ("match open(path).read():\n    case '':\n        return 1", {R}),
]


@pytest.mark.parametrize(("body", "expected"), CERTAIN, ids=[body for body, _ in CERTAIN])
def test_what_is_certainly_needed(body, expected):
    """Every snippet needs exactly this for certain."""
    assert needs(body).permissions == expected


NOT_KNOWN = [
    "return eval(text)",
    "exec(text)",
    "return __import__(text).remove(path)",
    "import importlib\nreturn importlib.import_module(text)",
    "import os\nreturn getattr(os, text)(path)",
    "import os\nreturn vars(os)[text](path)",
    "import converter\nreturn converter.convert(path)",
    "from converter import convert\nreturn list(map(convert, names))",
    "import ctypes\nreturn ctypes.CDLL(path)",
    "import runpy\nreturn runpy.run_module(text)",
    "return ().__class__.__base__.__subclasses__()",
    "import logging.config\nlogging.config.dictConfig({})",
]


@pytest.mark.parametrize("body", NOT_KNOWN)
def test_what_nobody_can_know(body):
    """Where a text may do anything, any declaration is as good as another."""
    assert needs(body).perhaps == {R, W, N, X}


@pytest.mark.parametrize(
    "body",
    [body for body, expected in CERTAIN if not expected],
)
def test_what_needs_nothing_may_not_need_something(body):
    """Ordinary code without permissions leaves no doubt: what is declared there is a finding."""
    assert not needs(body).perhaps & {N, X}


def test_an_unknown_value_with_an_ambiguous_method_may_need_something():
    """`x.open()` of something unknown neither asks for a permission nor speaks against one."""
    found = needs("import json\nfor x in json.loads(text):\n    x.open('w')")

    assert found.permissions == set()
    assert found.perhaps == {R, W}


def test_helpers_are_followed():
    """What a helper needs, the tool needs, by the helper's line; a helper it does not reach does not."""
    above = (
        "import os\n\n\ndef _first(p):\n    return _second(p)\n\n\n"
        "def _second(p):\n    return os.listdir(p)\n\n\n"
        "def _other(p):\n    os.remove(p)\n"
    )
    found = needs("return sorted(names, key=_first)", above=above)

    assert [(need.permission, need.line, need.why) for need in found.certain] == [
        (R, 9, "`os.listdir(p)` lists a directory")
    ]


def test_constants_and_classes_are_followed():
    """A table of functions and a method of a private class are part of what a tool reaches."""
    above = "import os\n\n_DO = {'a': os.remove}\n\n\nclass _C:\n    def m(self):\n        return open('x')\n"

    assert needs("return _DO[text](path)", above=above).permissions == {W}
    assert needs("return _C().m()", above=above).permissions == {R}


def test_other_tools_are_followed():
    """A tool needs what the tools it calls declare, unless the name is its own."""
    tools = {"save_rows": (R, W), "fetch": (N,), "add": ()}

    found = needs("return save_rows(path, add(1))", tools)
    assert [(need.permission, need.line) for need in found.certain] == [(R, 4), (W, 4)]
    assert found.certain[0].why == "save_rows, a tool of the library that is called, needs read"
    assert needs("return list(map(fetch, names))", tools).permissions == {N}
    assert needs("fetch = len\nreturn fetch(path)", tools).permissions == set()


def test_recursion_ends():
    """Helpers that call each other are looked at once."""
    above = "def _a(p):\n    return _b(p)\n\n\ndef _b(p):\n    open(p)\n    return _a(p)\n"

    assert needs("return tool(_a(path))", above=above).permissions == {R}


def test_annotations_need_nothing():
    """What only stands in an annotation is never called."""
    assert needs("import requests\nx: requests.Session = None\nreturn x").permissions == set()


def test_a_typed_helper_knows_its_path():
    """A parameter annotated as a path is one."""
    above = "from pathlib import Path\n\n\ndef _f(p: Path | None):\n    return p.stat()\n"

    assert needs("return _f(path)", above=above).permissions == {R}


TABLE = sorted((name, row) for name, row in {**files.FUNCTIONS, **outside.FUNCTIONS}.items())


@given(entry=st.sampled_from([name for name, _ in TABLE]), alias=st.sampled_from(["alias", "_x", "os"]))
def test_every_entry_of_the_tables_counts_under_any_alias(entry, alias):
    """Whatever is in a table needs its permissions however it is imported."""
    row = dict(TABLE)[entry]
    module, _, name = entry.rpartition(".")
    ways = [f"{name}({{}})" if not module else f"import {module} as {alias}\nreturn {alias}.{name}({{}})"]
    if module and module[0].islower() and not module.endswith(("TarFile", "Path")):
        ways.append(f"from {module} import {name} as {alias}\nreturn {alias}({{}})")
        ways.append(f"import {module}\nreturn {entry}({{}})")
    for way in ways:
        found = needs(way.format("path, text, names"))
        assert set(row.kinds) & found.permissions, way
        assert found.permissions <= set(row.kinds) | {W}, way


@given(name=st.sampled_from(sorted(files.PATH_METHODS)), steps=st.integers(0, 3))
def test_every_method_of_a_path_counts_however_the_path_is_made(name, steps):
    """The name of a path goes from hand to hand, and stays a path."""
    lines = ["from pathlib import Path", "p0 = Path(path)"]
    lines += [f"p{n + 1} = p{n} / text if text else p{n}.parent" for n in range(steps)]
    found = needs("\n".join([*lines, f"return p{steps}.{name}('r')"]))

    assert found.permissions & set(files.PATH_METHODS[name].kinds)


@given(st.text(alphabet="abcos.()[]=:\n ,'+/{}", max_size=60))
def test_any_text_is_read_without_a_crash(text):
    """Whatever parses is looked at without an exception."""
    try:
        tree = ast.parse(f"def tool(a):\n    {text}\n")
    except (SyntaxError, ValueError):
        return
    assert isinstance(infer_needs(tree, "tool"), Needs)


def test_no_name_is_both_quiet_and_in_a_table():
    """The tables do not contradict each other."""
    listed = set(files.FUNCTIONS) | set(outside.FUNCTIONS)

    assert not listed & quiet.OPAQUE
    assert not listed & outside.QUIET
    assert not set(files.FUNCTIONS) & set(outside.FUNCTIONS)
    assert not set(files.DISTINCTIVE) & set(files.AMBIGUOUS)

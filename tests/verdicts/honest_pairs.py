"""Right tools with honest tests: they must pass."""

from dataclasses import replace

from verdict_case import LOOPBACK, POLICY, Case

T = "import pytest\nimport tools\nfrom tools import f\n"
ADD = "def f(a, b):\n    return a + b\n"


def _pair(name, source, tests, **more):
    return Case(name, source, T + tests, **more)


VALUES = [
    _pair("sums", ADD, "def test_a(): assert f(1, 2) == 3\ndef test_b(): assert f(-1, 1) == 0\n"),
    _pair("zero", ADD, "def test_a(): assert f(0, 0) == 0\n"),
    _pair("minus one", ADD, "def test_a(): assert f(0, -1) == -1\n"),
    _pair(
        "true",
        "def f(a): return a > 0\n",
        "def test_a(): assert f(1) is True\ndef test_b(): assert not f(0)\n",
    ),
    _pair("empty text", "def f(a): return a.strip()\n", "def test_a(): assert f('  ') == ''\n"),
    _pair("empty list", "def f(a): return sorted(a)\n", "def test_a(): assert f([]) == []\n"),
    _pair("empty dict", "def f(a): return dict(a)\n", "def test_a(): assert f({}) == {}\n"),
    _pair("sorted", "def f(a): return sorted(a)\n", "def test_a(): assert f([3, 1, 2]) == [1, 2, 3]\n"),
    _pair(
        "found or None",
        "def f(a, x): return a.index(x) if x in a else None\n",
        "def test_there(): assert f([5, 6], 6) == 1\ndef test_absent(): assert f([5], 6) is None\n",
    ),
    _pair(
        "approximate",
        "def f(a): return a / 3\n",
        "def test_a(): assert f(1) == pytest.approx(0.33, abs=0.01)\ndef test_b(): assert f(0.0) == 0.0\n",
    ),
    _pair(
        "nested",
        "def f(a): return {'ratio': a / 3, 'rows': [{'n': a, 'ok': True, 'none': None}]}\n",
        "def test_a(): assert f(3)['rows'] == [{'n': 3, 'ok': True, 'none': None}]\n"
        "def test_b(): assert f(3)['ratio'] == pytest.approx(1.0)\n",
    ),
    _pair(
        "parametrized",
        ADD,
        "@pytest.mark.parametrize('x,y,z', [(1, 2, 3), (0, 0, 0), (-5, 5, 0)])\n"
        "def test_a(x, y, z): assert f(x, y) == z\n",
    ),
    _pair(
        "a class with fixtures",
        ADD,
        "@pytest.fixture\ndef one(): return 1\n@pytest.fixture(scope='module')\ndef both(): return f(1, 2)\n"
        "class TestF:\n    def test_a(self, one): assert f(one, one) == 2\n"
        "    def test_b(self, both): assert both == 3\n",
    ),
    _pair(
        "unittest",
        ADD,
        "import unittest\nclass Sums(unittest.TestCase):\n    def setUp(self): self.n = 2\n"
        "    def test_a(self): self.assertEqual(f(1, self.n), 3)\n"
        "    def test_b(self):\n        with self.assertRaises(TypeError): f('x', 1)\n",
    ),
    _pair(
        "properties",
        ADD,
        "from hypothesis import given, strategies as st\n@given(st.integers(), st.integers())\n"
        "def test_sum(a, b): assert f(a, b) == a + b\n"
        "@given(st.integers(), st.integers())\ndef test_order(a, b): assert f(a, b) == f(b, a)\n",
    ),
    _pair(
        "there and back",
        "def f(text): return text[::-1]\n",
        "def test_a(): assert f('abc') == 'cba'\ndef test_b(): assert f(f('hello')) == 'hello'\n",
    ),
    _pair(
        "many calls",
        "def f(n): return n * n\n",
        "def test_a():\n    squares = (f(n) for n in range(20))\n"
        "    assert list(squares) == [n * n for n in range(20)]\n",
    ),
    _pair(
        "doc examples",
        'def f(a):\n    """Double it.\n\n    >>> f(2)\n    4\n    """\n    return a * 2\n',
        "def test_a(): assert f(2) == 4\n",
    ),
    _pair(
        "a random answer",
        "import random, string\ndef f(n): return ''.join(random.choices(string.ascii_letters, k=n))\n",
        "def test_a():\n    r = f(9)\n    assert len(r) == 9 and r.isalpha()\n",
    ),
    _pair(
        "for ever when answers are wrong",
        "def f(n): return n - 1 if n > 0 else 0\n",
        "def test_a():\n    n, steps = 2, 0\n    while n != 0:\n"
        "        n, steps = f(n), steps + 1\n    assert steps == 2\n"
        "def test_b(): assert f(7) == 6\n",
    ),
    _pair(
        "another tool of the library helps",
        "def g(a): return [a]\ndef f(rows): return len(rows)\n",
        "from tools import g\ndef test_a(): assert f(g(1)) == 1\n",
    ),
    _pair(
        "what it prints does not matter",
        "def f(a):\n    print('noise')\n    return a\n",
        "def test_a(capsys):\n    print('mine')\n    assert f(1) == 1\n"
        "    assert capsys.readouterr().out == 'mine\\n'\n",
    ),
]

EXCEPTIONS = [
    _pair(
        "builtin exception",
        "def f(a):\n    if a < 0: raise ValueError('negative')\n    return a\n",
        "def test_a():\n    with pytest.raises(ValueError, match='negative'): f(-1)\n"
        "def test_b(): assert f(2) == 2\n",
    ),
    _pair(
        "own exception class",
        "class Bad(ValueError): pass\nclass Worse(Bad): pass\ndef f(a):\n"
        "    if a is None: raise Worse('none')\n    return {'sum': [a]}\n",
        "def test_a():\n    with pytest.raises(tools.Bad): f(None)\n"
        "def test_b():\n    with pytest.raises(tools.Worse, match='none'): f(None)\n"
        "def test_c(): assert f(1)['sum'] == [1]\n",
    ),
    _pair(
        "a check that raises or says nothing",
        "def f(mail):\n    if '@' not in mail: raise ValueError(f'no @ in {mail}')\n",
        "def test_good(): assert f('a@b') is None\ndef test_good_too(): f('c@d')\n"
        "def test_bad():\n    with pytest.raises(ValueError, match='no @ in x'): f('x')\n",
    ),
    _pair(
        "only raises",
        "def f(code): raise KeyError(code)\n",
        "def test_a():\n    with pytest.raises(KeyError): f('x')\n",
    ),
]

FILES = [
    _pair(
        "save",
        "def f(path, text):\n    with open(path, 'w') as file: file.write(text)\n",
        "def test_a(tmp_path):\n    assert f(str(tmp_path / 'a'), 'x') is None\n"
        "    assert (tmp_path / 'a').read_text() == 'x'\n"
        "def test_b():\n    f('b', 'y')\n    assert open('b').read() == 'y'\n",
    ),
    _pair(
        "save and say how much",
        "def f(path, text):\n    with open(path, 'w') as file: return file.write(text)\n",
        "def test_a(tmp_path):\n    assert f(str(tmp_path / 'a'), 'xyz') == 3\n"
        "def test_b(tmp_path):\n    f(str(tmp_path / 'a'), 'xyz')\n"
        "    assert (tmp_path / 'a').read_text() == 'xyz'\n",
    ),
    _pair(
        "read",
        "def f(path):\n    with open(path) as file: return file.read().upper()\n",
        "def test_a(tmp_path):\n    (tmp_path / 'a').write_text('x')\n"
        "    assert f(str(tmp_path / 'a')) == 'X'\n"
        "def test_b(tmp_path):\n    with pytest.raises(FileNotFoundError): f(str(tmp_path / 'none'))\n",
    ),
    _pair(
        "append, twice",
        "def f(path, line):\n    with open(path, 'a') as file: file.write(line)\n",
        "def test_a(tmp_path):\n    p = tmp_path / 'log'\n    f(str(p), 'a')\n    f(str(p), 'b')\n"
        "    assert p.read_text() == 'ab'\n",
    ),
    _pair(
        "remove",
        "import os\ndef f(path): os.remove(path)\n",
        "def test_a(tmp_path):\n    p = tmp_path / 'a'\n    p.write_text('x')\n    f(str(p))\n"
        "    assert not p.exists()\n",
    ),
    _pair(
        "folders and links",
        "import os\ndef f(path):\n    os.makedirs(path + '/x/y')\n"
        "    os.symlink('x', path + '/l')\n    return path\n",
        "def test_a(tmp_path):\n    assert f(str(tmp_path)) == str(tmp_path)\n"
        "    assert (tmp_path / 'l' / 'y').is_dir()\n",
    ),
    _pair(
        "a temporary file that is left",
        "import tempfile\ndef f(text):\n    file = tempfile.NamedTemporaryFile('w', delete=False)\n"
        "    file.write(text)\n"
        "    return text.upper()\n",
        "def test_a(): assert f('x') == 'X'\n",
    ),
]

DECLARED = [
    _pair(
        "declares to write, and a test reads what it wrote",
        "def f(path, text):\n    with open(path, 'w') as file: return file.write(text)\n",
        "def test_a(tmp_path):\n    assert f(str(tmp_path / 'a'), 'xyz') == 3\n"
        "    assert (tmp_path / 'a').read_text() == 'xyz'\ndef test_b(): assert f('b', '') == 0\n",
        policy=replace(POLICY, effects=("write",)),
    ),
    _pair(
        "old tests of a tool that writes since it was widened",
        "def f(text, copy=None):\n    if copy: open(copy, 'w').write(text)\n    return text.upper()\n",
        "def test_a(): assert f('x') == 'X'\n",
        policy=replace(POLICY, effects=()),
    ),
    _pair(
        "old tests of a tool that can fetch since it was widened",
        "def f(text, url=None): return text.upper()\n",
        "def test_a(): assert f('x') == 'X'\n",
        policy=replace(LOOPBACK, effects=()),
    ),
]

VARYING = [
    _pair(
        "a time that the test looks up too",
        "import time\ndef f():\n    return time.time_ns() // 1000\n",
        "import time\ndef test_a():\n    before = time.time_ns() // 1000\n    now = f()\n"
        "    assert before <= now <= time.time_ns() // 1000\n",
    ),
    _pair(
        "another answer each time",
        "import random\ndef f(n):\n    return [n, random.random()]\n",
        "def test_a():\n    assert f(5) != f(5)\n    assert f(3)[0] == 3\n",
    ),
]

SERVED = [
    _pair(
        "get",
        "import urllib.request\ndef f(url):\n"
        "    with urllib.request.urlopen(url) as answer: return answer.read().decode()\n",
        "def test_a(httpserver):\n    httpserver.expect_request('/x').respond_with_data('served')\n"
        "    assert f(httpserver.url_for('/x')) == 'served'\n    assert len(httpserver.log) == 1\n",
        policy=LOOPBACK,
    ),
    _pair(
        "post",
        "import urllib.request\ndef f(url, text):\n"
        "    with urllib.request.urlopen(urllib.request.Request(url, data=text.encode())): pass\n",
        "def test_a(httpserver):\n    httpserver.expect_request('/x').respond_with_data('ok')\n"
        "    f(httpserver.url_for('/x'), 'hello')\n    assert httpserver.log[0][0].get_data() == b'hello'\n",
        policy=LOOPBACK,
    ),
    _pair(
        "fetch into a file, and name the address",
        "import urllib.request\ndef f(url, path):\n    with urllib.request.urlopen(url) as answer:\n"
        "        open(path, 'wb').write(answer.read())\n    return {'url': url}\n",
        "def test_a(httpserver, tmp_path):\n    httpserver.expect_request('/x').respond_with_data('served')\n"
        "    url = httpserver.url_for('/x')\n    assert f(url, str(tmp_path / 'a')) == {'url': url}\n"
        "    assert (tmp_path / 'a').read_text() == 'served'\n    assert len(httpserver.log) == 1\n",
        policy=LOOPBACK,
    ),
]

CASES = [*VALUES, *EXCEPTIONS, *FILES, *DECLARED, *SERVED, *VARYING]

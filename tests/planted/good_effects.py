"""Sound tools that touch files, servers, programs, secrets or chance: they must be admitted."""

from planted import Planted, asserting, slowly

READ = Planted(
    "a reader of files",
    "count_lines(path: str) -> int",
    ">>> count_lines('/dev/null')\n0",
    "with open(path, encoding='utf-8') as file:\n    return sum(1 for line in file if line.strip())",
    "import pytest\nfrom tools import count_lines\n\n\n"
    "def test_lines(tmp_path):\n    (tmp_path / 'a').write_text('one\\n\\ntwo\\n')\n"
    "    assert count_lines(str(tmp_path / 'a')) == 2\n\n\n"
    "def test_empty(tmp_path):\n    (tmp_path / 'a').write_text('')\n"
    "    assert count_lines(str(tmp_path / 'a')) == 0\n\n\n"
    "def test_absent(tmp_path):\n    with pytest.raises(FileNotFoundError):\n"
    "        count_lines(str(tmp_path / 'none'))\n",
    says=("Permissions: read",),
    raises="FileNotFoundError: there is no such file.",
)
CSV = Planted(
    "a reader of tables",
    "read_table(path: str) -> list[dict[str, str]]",
    ">>> read_table('/dev/null')\n[]",
    "with open(path, newline='', encoding='utf-8') as file:\n    return list(csv.DictReader(file))",
    "from tools import read_table\n\n\n"
    "def test_rows(tmp_path):\n    (tmp_path / 'a.csv').write_text('n,c\\nx,1\\ny,2\\n')\n"
    "    assert read_table(str(tmp_path / 'a.csv')) == [{'n': 'x', 'c': '1'}, {'n': 'y', 'c': '2'}]\n\n\n"
    "def test_header_only(tmp_path):\n    (tmp_path / 'a.csv').write_text('n,c\\n')\n"
    "    assert read_table(str(tmp_path / 'a.csv')) == []\n",
    says=("Permissions: read",),
    raises="FileNotFoundError: there is no such file.",
    above="import csv",
)
SAVE = Planted(
    "a writer of files that returns nothing",
    "save_text(path: str, text: str) -> None",
    ">>> save_text('note.txt', 'hello')",
    "with open(path, 'w', encoding='utf-8') as file:\n    file.write(text)",
    "from tools import save_text\n\n\n"
    "def test_saved(tmp_path):\n    assert save_text(str(tmp_path / 'a'), 'x') is None\n"
    "    assert (tmp_path / 'a').read_text() == 'x'\n\n\n"
    "def test_replaced(tmp_path):\n    (tmp_path / 'a').write_text('old text')\n"
    "    save_text(str(tmp_path / 'a'), 'new')\n    assert (tmp_path / 'a').read_text() == 'new'\n",
    says=("Permissions: write",),
    raises="OSError: it cannot be written.",
)
BACKUP = Planted(
    "a reader and writer",
    "upper_copy(path: str) -> str",
    ">>> upper_copy('/dev/null')  # doctest: +SKIP\n'/dev/null.upper'",
    """
    target = path + ".upper"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(target, "w", encoding="utf-8") as file:
        file.write(text.upper())
    return target
    """,
    "import pytest\nfrom tools import upper_copy\n\n\n"
    "def test_copy(tmp_path):\n    (tmp_path / 'a').write_text('abc')\n"
    "    assert upper_copy(str(tmp_path / 'a')) == str(tmp_path / 'a.upper')\n"
    "    assert (tmp_path / 'a.upper').read_text() == 'ABC'\n\n\n"
    "def test_absent(tmp_path):\n    with pytest.raises(FileNotFoundError):\n"
    "        upper_copy(str(tmp_path / 'none'))\n",
    says=("Permissions: read write",),
    raises="FileNotFoundError: there is no such file.",
)
FETCH = Planted(
    "a client of a server",
    "fetch_status(city: str, base_url: str = 'https://api.example.org') -> str",
    ">>> fetch_status('Rome')  # doctest: +SKIP\n'sunny'",
    """
    with urllib.request.urlopen(f"{base_url}/{city}", timeout=5) as answer:
        return json.loads(answer.read())["status"]
    """,
    "import pytest\nfrom urllib.error import HTTPError\nfrom tools import fetch_status\n\n\n"
    "def test_city(httpserver):\n"
    "    httpserver.expect_request('/Rome').respond_with_json({'status': 'sunny'})\n"
    "    assert fetch_status('Rome', httpserver.url_for('')) == 'sunny'\n"
    "    assert len(httpserver.log) == 1\n"
    "\n\ndef test_another(httpserver):\n"
    "    httpserver.expect_request('/Oslo').respond_with_json({'status': 'snow'})\n"
    "    assert fetch_status('Oslo', httpserver.url_for('')) == 'snow'\n    assert len(httpserver.log) == 1\n"
    "\n\ndef test_error(httpserver):\n"
    "    httpserver.expect_request('/x').respond_with_data('', status=500)\n"
    "    with pytest.raises(HTTPError) as info:\n        fetch_status('x', httpserver.url_for(''))\n"
    "    assert info.value.code == 500\n",
    says=("Permissions: network", "Varies: network"),
    raises="OSError: the server does not answer.",
    above="import json\nimport urllib.request",
)
POST = Planted(
    "a client with a secret",
    "send_note(text: str, api_key: str, base_url: str = 'https://notes.example.org') -> int",
    ">>> send_note('a', 'dummy-secret-NOTES')  # doctest: +SKIP\n200",
    """
    request = urllib.request.Request(
        f"{base_url}/notes", data=text.encode(), headers={"Authorization": f"Bearer {api_key}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.status
    """,
    "from tools import send_note\n\n\n"
    "def test_sent(httpserver):\n    httpserver.expect_request('/notes').respond_with_data('', status=201)\n"
    "    assert send_note('hello', 'dummy-secret-NOTES', httpserver.url_for('')) == 201\n"
    "    sent = httpserver.log[0][0]\n    assert sent.get_data() == b'hello'\n"
    "    assert sent.headers['Authorization'] == 'Bearer dummy-secret-NOTES'\n\n\n"
    "def test_accepted(httpserver):\n"
    "    httpserver.expect_request('/notes').respond_with_data('', status=202)\n"
    "    assert send_note('x', 'dummy-secret-NOTES', httpserver.url_for('')) == 202\n"
    "    assert len(httpserver.log) == 1\n",
    says=("Permissions: network", "Varies: network", "Secrets: api_key"),
    raises="OSError: the server does not answer.",
    above="import urllib.request",
)
RUN = Planted(
    "a program that is started",
    "echo_back(text: str) -> str",
    ">>> echo_back('a')\n'a'",
    "done = subprocess.run(['printf', '%s', text], check=True, timeout=5, capture_output=True, text=True)\n"
    "return done.stdout",
    asserting(
        "echo_back",
        "assert echo_back('hello there') == 'hello there'",
        "assert echo_back('') == ''",
    ),
    says=("Permissions: execute",),
    raises="OSError: there is no such program.",
    above="import subprocess",
)
FOLDER = Planted(
    "files that vary",
    "list_texts(folder: str) -> list[str]",
    ">>> list_texts('/dev/null/none')  # doctest: +SKIP\n[]",
    "return sorted(path.name for path in pathlib.Path(folder).glob('*.txt'))",
    "from tools import list_texts\n\n\n"
    "def test_texts(tmp_path):\n    for name in ['b.txt', 'a.txt', 'c.md']:\n"
    "        (tmp_path / name).write_text('x')\n    assert list_texts(str(tmp_path)) == ['a.txt', 'b.txt']\n"
    "\n\ndef test_none(tmp_path):\n    assert list_texts(str(tmp_path)) == []\n",
    says=("Permissions: read", "Varies: files"),
    above="import pathlib",
)
CHEESE = Planted(
    "a tool that needs a package",
    "name_cheese(loud: bool) -> str",
    ">>> name_cheese(True)\n'CHEESE 1.0'",
    "import cheese\n\nreturn cheese.VALUE.upper() if loud else cheese.VALUE",
    asserting(
        "name_cheese",
        "assert name_cheese(False) == 'cheese 1.0'",
        "assert name_cheese(True) == 'CHEESE 1.0'",
    ),
    says=("Requires: cheese",),
    installed=("cheese",),
)

CASES = (READ, SAVE, POST, RUN, *slowly(CSV, BACKUP, FETCH, FOLDER, CHEESE))

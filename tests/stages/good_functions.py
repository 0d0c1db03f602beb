"""Functions of every shape that review must let pass: each a whole tool, with the docstring that one has."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def whole(signature: str, body: str, above: str = "", lines: str = "") -> str:
    """Write a tool with a full docstring; `lines` are those such as `Permissions: read`, split at `|`."""
    parameters = re.findall(r"(\w+): ", signature.partition("(")[2].rpartition(") ->")[0])
    described = "".join(f"        {name}: What is given.\n" for name in parameters)
    arguments = f"    Args:\n{described}\n" if parameters else ""
    name = signature.partition("(")[0]
    more = "".join(f"    {line}\n" for line in lines.split("|") if line)
    indented = "".join(f"    {line}\n" if line else "\n" for line in body.strip("\n").split("\n"))
    doc = f'    """Do it.\n\n{arguments}    Returns:\n        What is asked for.\n\n    Raises: nothing\n\n'
    example = f"    Example:\n        >>> {name}()  # doctest: +SKIP\n\n    Keywords: one, two\n{more}"
    return f'{above}\n\ndef {signature}:\n{doc}{example}    """\n{indented}'


NOW = "now: str | None = None"
GOOD = [
    whole("slug(text: str, separator: str = '-') -> str", "return separator.join(text.lower().split())"),
    whole(
        "fibonacci(n: int) -> list[int]",
        "found = [0, 1]\nwhile len(found) < n:\n    found.append(found[-1] + found[-2])\nreturn found[:n]",
    ),
    whole(
        "is_prime(n: int) -> bool",
        "return n > 1 and all(n % k for k in range(2, math.isqrt(n) + 1))",
        "import math\n",
    ),
    whole(
        "count_words(text: str) -> dict[str, int]",
        "return dict(Counter(text.split()))",
        "from collections import Counter\n",
    ),
    whole(
        "group_rows(rows: list[dict[str, str]], key: str) -> dict[str, list[dict[str, str]]]",
        (
            "groups: dict[str, list[dict[str, str]]] = {}\nfor row in rows:\n"
            "    groups.setdefault(row[key], []).append(row)\nreturn groups"
        ),
    ),
    whole(
        "sort_rows(rows: list[dict[str, int]], key: str, reverse: bool = False) -> list[dict[str, int]]",
        "rows = list(rows)\nrows.sort(key=lambda row: row[key], reverse=reverse)\nreturn rows",
    ),
    whole(
        "add_column(rows: list[dict[str, int]], name: str) -> list[dict[str, int]]",
        (
            "copies = [dict(row) for row in rows]\nfor number, row in enumerate(copies):\n"
            "    row[name] = number\nreturn copies"
        ),
    ),
    whole(
        "flatten(tree: dict[str, list[str]]) -> list[str]",
        (
            "found: list[str] = []\n\ndef visit(name: str) -> None:\n    found.append(name)\n"
            "    for below in tree.get(name, []):\n        visit(below)\n\nvisit('root')\n"
            "return found"
        ),
    ),
    whole(
        "read_json(path: str) -> dict[str, str]",
        "with open(path, encoding='utf-8') as file:\n    return dict(json.load(file))",
        "import json\n",
        "Permissions: read|Varies: files",
    ),
    whole(
        "write_csv(rows: list[dict[str, str]], path: str) -> int",
        (
            "with open(path, 'w', newline='', encoding='utf-8') as file:\n"
            "    writer = csv.DictWriter(file, list(rows[0]))\n    writer.writeheader()\n"
            "    writer.writerows(rows)\nreturn len(rows)"
        ),
        "import csv\n",
        "Permissions: write",
    ),
    whole(
        "find_files(folder: str, pattern: str = '*') -> list[str]",
        "return sorted(str(path) for path in Path(folder).rglob(pattern))",
        "from pathlib import Path\n",
        "Permissions: read|Varies: files",
    ),
    whole(
        "fetch(path: str, base_url: str = 'https://api.example.org', timeout: float = 9) -> str",
        (
            "with urllib.request.urlopen(f'{base_url}/{path}', timeout=timeout) as answer:\n"
            "    return str(answer.read(), 'utf-8')"
        ),
        "import urllib.request\n",
        "Permissions: network|Varies: network",
    ),
    whole(
        "post_json(url: str, data: dict[str, str], token: str | None = None) -> int",
        (
            "import requests\n\nheaders = {'Authorization': f'Bearer {token}'} if token else {}\n"
            "last: requests.RequestException | None = None\nfor _ in range(3):\n    try:\n"
            "        return requests.post(url, json=data, headers=headers, timeout=9).status_code\n"
            "    except requests.Timeout as error:\n        last = error\n"
            "raise ValueError(f'{url} does not answer') from last"
        ),
        lines="Permissions: network|Varies: network|Requires: requests|Secrets: token",
    ),
    whole(
        "read_feed(url: str) -> list[str]",
        (
            "with urllib.request.urlopen(url, timeout=9) as answer:\n"
            "    root = ElementTree.fromstring(answer.read())\n"
            "return [node.text or '' for node in root.iter('{http://www.w3.org/2005/Atom}title')]"
        ),
        "import urllib.request\nfrom xml.etree import ElementTree\n",
        "Permissions: network|Varies: network",
    ),
    whole(
        "count_lines(path: str) -> int",
        (
            "done = subprocess.run(['wc', '-l', path], capture_output=True, text=True, check=True)\n"
            "return int(done.stdout.split()[0])"
        ),
        "import subprocess\n",
        "Permissions: execute",
    ),
    whole(
        f"days_until(date: str, {NOW}) -> int",
        (
            "today = dt.date.fromisoformat(now) if now else dt.date.today()\n"
            "return (dt.date.fromisoformat(date) - today).days"
        ),
        "import datetime as dt\n",
        "Varies: clock",
    ),
    whole(
        f"stamp({NOW}) -> str",
        "if now is None:\n    now = datetime.now(timezone.utc).isoformat()\nreturn now",
        "from datetime import datetime, timezone\n",
        "Varies: clock",
    ),
    whole(
        "shuffle(items: list[str], seed: int | None = None) -> list[str]",
        "items = list(items)\nrandom.Random(seed).shuffle(items)\nreturn items",
        "import random\n",
        "Varies: random",
    ),
    whole(
        "make_id(prefix: str, seed: int | None = None) -> str",
        (
            "if seed is None:\n    return f'{prefix}-{secrets.token_hex(4)}'\n"
            "return f'{prefix}-{random.Random(seed).getrandbits(32):08x}'"
        ),
        "import random\nimport secrets\n",
        "Varies: random",
    ),
    whole(
        "checksum(path: str) -> str",
        (
            "digest = hashlib.md5(usedforsecurity=False)\nwith open(path, 'rb') as file:\n"
            "    while chunk := file.read(65536):\n        digest.update(chunk)\n"
            "return digest.hexdigest()"
        ),
        "import hashlib\n",
        "Permissions: read|Varies: files",
    ),
    whole(
        "parse_number(text: str, default: float | None = None) -> float | None",
        "try:\n    return float(text)\nexcept ValueError:\n    return default",
    ),
    whole(
        "check_json(text: str) -> str | None",
        (
            "try:\n    json.loads(text)\nexcept json.JSONDecodeError as error:\n"
            "    return f'line {error.lineno}: {error.msg}'\nreturn None"
        ),
        "import json\n",
    ),
    whole(
        "tokens(text: str) -> list[str]",
        (
            "found: list[str] = []\nposition = 0\nwhile True:\n"
            "    match = _WORD.search(text, position)\n    if match is None:\n        return found\n"
            "    found.append(match[0])\n    position = match.end()"
        ),
        "import re\n\n_WORD = re.compile(r'\\w+')\n",
    ),
    whole(
        "primes(limit: int) -> list[int]",
        (
            "found: list[int] = []\nfor n in itertools.count(2):\n    if n > limit:\n        break\n"
            "    if all(n % p for p in found):\n        found.append(n)\nreturn found"
        ),
        "import itertools\n",
    ),
    whole(
        "binomial(n: int, k: int) -> int",
        "return _binomial(n, k)",
        (
            "import functools\n\n\n@functools.lru_cache(maxsize=None)\n"
            "def _binomial(n: int, k: int) -> int:\n"
            "    return 1 if k in (0, n) else _binomial(n - 1, k - 1) + _binomial(n - 1, k)\n"
        ),
    ),
    whole(
        "status(text: str, kind: Literal['short', 'long'] = 'short') -> _Status",
        (
            "match kind:\n    case 'short':\n"
            "        return {'text': text[:9], 'id': 1, 'type': 'a'}\n    case _:\n"
            "        return {'text': text, 'id': 2, 'type': 'b'}"
        ),
        (
            "from typing import Literal, TypedDict\n\n\nclass _Status(TypedDict):\n    text: str\n"
            "    id: int\n    type: str\n"
        ),
    ),
    whole(
        "clamp(value: float, min: float = 0, max: float = 1) -> float",
        "if value < min:\n    return min\nreturn max if value > max else value",
    ),
    whole(
        "table(rows: list[list[str]]) -> str",
        "out = io.StringIO()\nfor row in rows:\n    print(*row, sep=' | ', file=out)\nreturn out.getvalue()",
        "import io\n",
    ),
    whole(
        "query(path: str, table: str, limit: int = 10) -> list[list[str]]",
        (
            "if not table.isidentifier():\n    raise ValueError(f'{table!r} is not a name')\n"
            "with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as "
            "database:\n    found = database.execute(f'SELECT * FROM {table} LIMIT ?', [limit])\n"
            "    return [[str(value) for value in row] for row in found]"
        ),
        "import contextlib\nimport sqlite3\n",
        "Permissions: read|Varies: files",
    ),
    whole(
        "precise(text: str, digits: int = 3) -> str",
        "with localcontext() as context:\n    context.prec = digits\n    return str(+Decimal(text))",
        "from decimal import Decimal, localcontext\n",
    ),
    whole(
        "merge(one: dict[str, int], other: dict[str, int] | None = None) -> dict[str, int]",
        (
            "merged = dict(one)\nfor name, value in (other or {}).items():\n"
            "    merged[name] = merged.get(name, 0) + value\nreturn merged"
        ),
    ),
    whole(
        "unpack(path: str, folder: str) -> list[str]",
        (
            "with tarfile.open(path) as archive:\n    archive.extractall(folder, filter='data')\n"
            "    return archive.getnames()"
        ),
        "import tarfile\n",
        "Permissions: read, write|Varies: files",
    ),
    whole(
        "retry_delay(attempt: int, start: float = 1.0) -> float",
        "if attempt < 0:\n    raise _AttemptError(f'{attempt} is negative')\nreturn start * 2**attempt",
        "class _AttemptError(ValueError):\n    pass\n",
    ),
]


def kept() -> list[tuple[str, str]]:
    """Return name and text of the starter library's tools, the demo's and its library's."""
    replies = (ROOT / "examples" / "demo_replies.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", replies, re.DOTALL)
    tools = [block for block in blocks if "from tools import" not in block]
    return [(re.findall(r"^def ([a-z]\w*)\(", block, re.MULTILINE)[-1], block) for block in tools]

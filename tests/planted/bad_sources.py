"""Functions whose text shows the defect, while their tests pass: review refuses them, each by a rule."""

from good_effects import FETCH, POST, READ, RUN, SAVE
from good_shapes import AGE, COMPOSED, PORT, SHUFFLED
from good_values import ADD, CONVERT, FACTORIAL, FIND, GROUP, INITIALS, ROMAN


def _body(planted, title, rule, body, **changes):
    return planted.spoilt(title, "review", f"[{rule}]", body=body, **changes)


CASES = (
    _body(ADD, "no Python", "syntax", "return first +"),
    _body(ADD, "prints beside returning", "prints", "print(first)\nreturn first + second"),
    _body(ADD, "evaluates a text", "dynamic-code", "return eval(f'{first} + {second}')"),
    _body(
        ADD,
        "executes a text",
        "dynamic-code",
        "found = {}\nexec(f's = {first} + {second}', found)\nreturn found['s']",
    ),
    _body(
        ADD,
        "reaches a builtin by another way",
        "dynamic-code",
        "return getattr(builtins, 'ev' + 'al')(f'{first} + {second}')",
        above="import builtins",
    ),
    _body(ADD, "walks frames", "interpreter", "sys._getframe(1)\nreturn first + second", above="import sys"),
    _body(
        ADD,
        "ends the program",
        "exits",
        "if first > 10**9:\n    sys.exit(1)\nreturn first + second",
        above="import sys",
    ),
    _body(ADD, "asks somebody", "asks", "return first + second if first < 10**9 else int(input())"),
    _body(
        ADD,
        "a loop that nothing leaves",
        "endless",
        "while first > 10**9:\n    pass\nwhile True:\n    second += 1",
    ),
    _body(
        ADD,
        "counts its calls",
        "module-state",
        "global _CALLS\n_CALLS += 1\nreturn first + second",
        above="_CALLS = 0",
    ),
    _body(
        ADD,
        "a cache for ever",
        "module-state",
        "_SUMS[f'{first} {second}'] = first + second\nreturn _SUMS[f'{first} {second}']",
        above="_SUMS = {}",
    ),
    _body(
        ADD,
        "state in an attribute of a class",
        "module-state",
        body="return first + second + _Seen().count()",
        above="class _Seen(Exception):\n    calls = []\n\n    def count(self) -> int:\n"
        "        self.calls.append(1)\n        return len(self.calls) - 1",
    ),
    _body(
        ADD,
        "replaces a part of another module",
        "patching",
        "math.pi = 3\nreturn first + second",
        above="import math",
    ),
    _body(
        ADD,
        "changes the environment",
        "process-state",
        "os.environ['LANG'] = 'C'\nreturn first + second",
        above="import os",
    ),
    _body(ADD, "acts when it is imported", "top-level", "return first + second", below="add_numbers(1, 2)"),
    _body(
        ADD,
        "reads a file when it is imported",
        "import-time",
        "return first + second + 0 * len(_TEXT)",
        above="_TEXT = open('/dev/null').read()",
    ),
    _body(
        ADD,
        "another signature",
        "signature",
        "return first + second",
        signature="add_numbers(first: int, second: int = 0) -> int",
        stub=ADD.contract,
    ),
    _body(
        ADD,
        "other words than promised",
        "promised",
        "return first + second",
        doctest=">>> add_numbers(1, 3)\n4",
        stub=ADD.contract,
    ),
    _body(
        ADD,
        "a second public function",
        "one-function",
        "return total(first, second)",
        below="def total(a: int, b: int) -> int:\n    return a + b",
    ),
    _body(
        ADD,
        "declares more than it does",
        "permissions",
        "return first + second",
        says=("Permissions: network",),
    ),
    _body(
        ADD,
        "chance that nobody can fix",
        "varies",
        "return first + second + 0 * random.randint(1, 9)",
        above="import random",
    ),
    _body(
        INITIALS,
        "a missing import that the tests hide",
        "unresolved",
        "return ''.join(re.findall(r'\\b\\w', full_name.upper()))",
        tests="import re\n" + INITIALS.tests,
    ),
    _body(
        INITIALS,
        "hides a builtin",
        "masked",
        "list = full_name.split()\nreturn ''.join(word[0].upper() for word in list)",
    ),
    _body(
        INITIALS,
        "a package that nobody declared",
        "imports",
        "import numpy\n\n"
        "return ''.join(numpy.array([w[0].upper() for w in full_name.split()], dtype=object))",
    ),
    _body(INITIALS, "imports everything", "imports", INITIALS.body, above="from string import *"),
    _body(
        INITIALS,
        "swallows every error",
        "swallowed",
        "try:\n    return ''.join(w[0].upper() for w in full_name.split())\nexcept Exception:\n    return ''",
    ),
    PORT.spoilt(
        "returns an error as a text",
        "review",
        "[swallowed]",
        signature="parse_port(text: str) -> str",
        body="try:\n    return str(int(text))\nexcept ValueError as error:\n    return f'Error: {error}'",
        tests="from tools import parse_port\n\n\ndef test_a():\n    assert parse_port('80') == '80'\n"
        "    assert parse_port('x').startswith('Error')\n",
        beside="",
        doctest=">>> parse_port('80')\n'80'",
        raises="nothing",
    ),
    GROUP.spoilt(
        "changes what it was given",
        "review",
        "[mutated-argument]",
        body="for row in rows:\n    row.setdefault(key, '')\ngroups = {}\nfor row in rows:\n"
        "    groups.setdefault(row[key], []).append(row)\nreturn groups",
    ),
    FIND.spoilt(
        "takes the items out one by one",
        "review",
        "[mutated-argument]",
        body="index = 0\nwhile items:\n    if items.pop(0) == wanted:\n        return index\n"
        "    index += 1\nreturn None",
    ),
    GROUP.spoilt(
        "a default that is shared",
        "contract",
        "[mutable-default]",
        signature=GROUP.signature.replace(", key: str", " = [], key: str = ''"),
    ),
    READ.spoilt(
        "does more than it declares",
        "review",
        "[permissions]",
        body=READ.body.replace("with open", "open(path + '.seen', 'w').close()\nwith open", 1),
    ),
    SAVE.spoilt("declares less than it does", "review", "[permissions]", says=("Permissions: read",)),
    FETCH.spoilt(
        "a fixed address",
        "review",
        "[addresses]",
        old='f"{base_url}/{city}"',
        new='f"http://127.0.0.1:8000/{city}"',
    ),
    FETCH.spoilt("fetches without saying so", "review", "[permissions]", says=("Varies: network",)),
    POST.spoilt(
        "a secret that is shown",
        "review",
        "[secrets]",
        old="return answer.status",
        new="if answer.status > 299:\n            raise OSError(api_key)\n        return answer.status",
    ),
    RUN.spoilt(
        "through a shell",
        "review",
        "[shell]",
        body="done = subprocess.run('printf %s ' + text, shell=True, timeout=5, capture_output=True, "
        "text=True)\n"
        "return done.stdout",
    ),
    AGE.spoilt(
        "reads the clock whatever it is told",
        "review",
        "[varies]",
        old="if now else date.today()",
        new="if False else date.today()",
    ),
    AGE.spoilt("a clock that is not declared", "review", "[varies]", says=()),
    SHUFFLED.spoilt(
        "a generator that all programs share",
        "review",
        "[varies]",
        old="random.Random(seed).sample",
        new="random.sample",
    ),
    CONVERT.spoilt(
        "rebinds its own table",
        "review",
        "[module-state]",
        body="_METRES.update(m=1.0)\n"
        "if unit not in _METRES:\n    raise KeyError(unit)\nreturn value * _METRES[unit]",
    ),
    FACTORIAL.spoilt(
        "raises the limit of recursion",
        "review",
        "[process-state]",
        body="sys.setrecursionlimit(10**6)\nif number < 0:\n    raise ValueError('not negative')\n"
        "return 1 if number == 0 else number * factorial_of(number - 1)",
        above="import sys",
    ),
    ROMAN.spoilt(
        "a weak digest",
        "review",
        "[bandit]",
        old="count, number",
        new="hashlib.md5(digit.encode()).digest()\n        count, number",
        above=ROMAN.above + "\nimport hashlib",
    ),
    COMPOSED.spoilt("calls a tool that is not there", "review", "[unresolved]", kept=()),
    ADD.spoilt(
        "a text from a stranger is loaded",
        "review",
        "[bandit]",
        body="pickle.loads(pickle.dumps(first))\nreturn first + second",
        above="import pickle",
    ),
)

"""States of a library that several people edit, for property tests."""

from hypothesis import strategies as st

PIECES = (
    'def tool_{n}(a: int, b: "Row" = 2) -> str:\n    """Do.\n\n    Keywords: one\n    """\n    return a\n',
    "def tool_{n}(rows: list[Row]) -> dict[str, Size]:\n    return {{}}\n",
    "@cached\ndef tool_{n}(a: float = 1e999) -> bool | None: return None\n",
    "def tool_{n}(a) -> int:\n    return 1\n",
    "def tool_{n}(a: int) -> int:\n    yield a\n",
    "async def tool_{n}(a: int) -> int:\n    return a\n",
    "Row = int\n",
    "Row = list[Size]\n",
    "Size = str\n",
    "class Row(TypedDict):\n    a: int\n    size: Size\n",
    "class Row(Base):\n    b: str\n",
    "class Base(TypedDict, total=False):\n    c: float\n",
    "tool_{n} = 3\n",
    "def _tool(a=(tool_{n} := 1)): pass\n",
    "if True:\n    def tool_{n}(): pass\n",
    "import tool_{n}; tool_{m} = 1\n",
    "for tool_{n}, x in (): pass\n",
    "# a comment\n",
    "int = str\n",
    'X = """\ndef tool_{n}(a: int) -> int:\n    return a\n"""\n',
)


@st.composite
def histories(draw):
    """The states of a library that several people edit: pieces come, go and change."""
    piece = st.builds(
        lambda text, n, m: text.format(n=n, m=m) if "{n}" in text else text,
        st.sampled_from(PIECES),
        st.integers(0, 3),
        st.integers(0, 3),
    )
    now = draw(st.lists(piece, max_size=7))
    states = [[*now]]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(now)))
        now[at : at + draw(st.integers(0, 2))] = draw(st.lists(piece, max_size=2))
        states.append([*now])
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return ["".join(state).replace("\n", newline) for state in states]

"""What the rest of the program hears of the network: one record for each request, without secrets."""

from collections.abc import Callable
from typing import TypeAlias

from toolwright.types import Exchange

OnExchange: TypeAlias = Callable[[Exchange], None]
"""Hears of every exchange, one at a time, from threads of the proxy; it must be quick and must not raise."""

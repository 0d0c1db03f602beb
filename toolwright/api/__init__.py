"""The program as a Python library: `Agent` runs goals, `Library` calls tools."""

from toolwright.api.agent import Agent
from toolwright.api.library import Library

__all__ = ["Agent", "Library"]

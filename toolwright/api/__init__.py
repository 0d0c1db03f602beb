"""The program as a Python library: `Agent` runs goals, `Library` calls tools."""

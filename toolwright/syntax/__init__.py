"""What can be read off Python text without running it: chunks, tools, docstrings, names, JSON Schemas."""

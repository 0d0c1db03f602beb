"""What the agent can do: the only readers and writers of tools.py and tool_tests/.

`store.Store` reads, merges, commits and undoes; `index.Index` finds tools; `merge` holds the pure operations
on text. Import from those modules: nothing is loaded here.
"""

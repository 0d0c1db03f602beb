"""Folders that go with a run, also when the program is killed: made, held, removed."""

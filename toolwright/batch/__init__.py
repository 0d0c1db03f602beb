"""Many goals: read from a file, run side by side, and what is done is not done again."""

"""The text of a function -> the permissions it needs, each with the line that says so and why."""

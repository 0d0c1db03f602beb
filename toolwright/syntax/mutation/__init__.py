"""Text of a function in, deliberately broken copies of it out, each with what was changed and where."""

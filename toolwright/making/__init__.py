"""A step that no tool does -> a proven function in the library, or why there is none."""

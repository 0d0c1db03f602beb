"""Packages that tools import: which are allowed, where they are, and how more of them get there."""

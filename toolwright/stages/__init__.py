"""The stages of a goal, one file each; every stage is a function of its arguments."""

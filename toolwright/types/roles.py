"""What a model can be chosen for: nothing goes in, the name of each role and what it is come out."""

ROLES = {
    "decompose": "The model that splits a goal into steps, where it is not that of TOOLWRIGHT_MODEL.",
    "classify": "The model that says which tool does a step; an easy role, a small one will do.",
    "contract": "The model that writes signature, docstring and tests of a function.",
    "generate": "The model that writes and repairs functions.",
    "bind": "The model that gives each step its arguments; an easy role, a small one will do.",
    "judge": "The model that says whether the result answers the goal; an easy role, a small one will do.",
}
"""What a model can be chosen for, and what that is."""

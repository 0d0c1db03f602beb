"""The text of a goal as it was given -> the goal, or what is wrong with it."""

from toolwright.errors import UsageError


def checked_goal(goal: str, limit: int) -> str:
    """Return the goal without surrounding blanks.

    Raises:
        UsageError: there is nothing in it, it is too long, or it holds characters that are not text.
    """
    goal = goal.strip()
    if not goal:
        raise UsageError("the goal is empty", hint='python agent.py "what you want done"')
    if len(goal) > limit:
        raise UsageError(
            f"the goal is {len(goal)} characters long; at most {limit} are taken",
            hint="put long data into a file and name the file in the goal",
        )
    if "\0" in goal or any("\ud800" <= char <= "\udfff" for char in goal):
        raise UsageError("the goal holds characters that are not text", hint="write it in UTF-8")
    return goal

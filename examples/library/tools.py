"""The function library that the demo starts with: one function, written for an earlier and narrower need."""

import math


def sum_by_group(rows: list[dict[str, str]], group: str) -> dict[str, float]:
    """Add up the column `amount` of rows, separately for each value of another column.

    Args:
        rows: Rows of a table, each with the same columns; numbers are text such as "12.50".
        group: The column whose values name the groups.

    Returns:
        The total of each group, in the order in which the groups first appear.

    Raises:
        KeyError: a row lacks one of the columns.
        ValueError: an amount is not a number.

    Example:
        >>> sum_by_group([{"who": "Ann", "amount": "2"}, {"who": "Ann", "amount": "3"}], "who")
        {'Ann': 5.0}

    Keywords: group by, aggregate, subtotal, pivot, totals per category
    """
    amounts: dict[str, list[float]] = {}
    for row in rows:
        amounts.setdefault(row[group], []).append(float(row["amount"]))
    return {name: math.fsum(values) for name, values in amounts.items()}

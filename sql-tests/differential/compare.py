"""Two results → whether they are the same rows: in order where the query has one, else as multisets."""

import decimal
import math
from itertools import zip_longest

# Sums of doubles differ in their last digits with the order of rows.
RELATIVE, RELATIVE_APPROXIMATE = 1e-12, 1e-9


def canonical(value, type):
    """A value of any engine, as one that compares; `-0.0` is `0.0`, as in every comparison of SQL."""
    if value is None:
        return None
    if type.is_integer:
        return int(value)
    if type.is_decimal:
        return decimal.Decimal(value)
    if type.name == "double":
        return float(value) + 0.0
    if type.name in ("date", "timestamp"):
        text = str(value)
        return text[:-6] if text.endswith("+00:00") else text
    return value


def same(left, right, types, ordered, approximate):
    if len(left) != len(right) or any(len(row) != len(types) for row in left + right):
        return False
    left, right = ([[canonical(value, type) for value, type in zip(row, types)] for row in rows] for rows in (left, right))
    if not ordered:
        left, right = (sorted(rows, key=lambda row: sort_key(row, types)) for rows in (left, right))
    tolerance = RELATIVE_APPROXIMATE if approximate else RELATIVE
    return all(equal(a, b, tolerance) for row, other in zip(left, right) for a, b in zip(row, other))


def sort_key(row, types):
    """Doubles come last and rounded, so that rows that differ in the last digits only stand at the same place."""
    exact = [(value is not None, str(value)) for value, type in zip(row, types) if type.name != "double"]
    rough = [(value is not None, f"{value:.5e}" if value is not None else "") for value, type in zip(row, types)
             if type.name == "double"]
    return exact + rough


def equal(left, right, tolerance):
    if isinstance(left, float) and isinstance(right, float):
        close = math.isclose(left, right, rel_tol=tolerance, abs_tol=tolerance)
        return left == right or close or math.isnan(left) and math.isnan(right)
    if isinstance(left, decimal.Decimal) and isinstance(right, decimal.Decimal):
        # The type is the same only if the scale is.
        return left == right and left.as_tuple().exponent == right.as_tuple().exponent
    return left == right and type(left) is type(right)


def show(left, right, types, ordered, most=15):
    """Rows of either side that the other lacks."""
    texts = [[str([canonical(value, type) for value, type in zip(row, types)]) for row in rows] for rows in (left, right)]
    if ordered:
        pairs = [(a, b) for a, b in zip_longest(*texts) if a != b][:most]
        return "\n".join(f"  {a}\n  {b}" for a, b in pairs)
    lines = []
    for mine, other, sign in [(texts[0], texts[1], "<"), (texts[1], texts[0], ">")]:
        rest = list(other)
        for row in mine:
            if row in rest:
                rest.remove(row)
            else:
                lines.append(f"  {sign} {row}")
    return f"  {len(left)} and {len(right)} rows\n" + "\n".join(lines[:most])

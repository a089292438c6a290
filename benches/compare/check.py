#!/usr/bin/env python3
"""Compares two bench runs: whether the results are the same, and how the times relate.

    pip install pyarrow
    benches/compare/check.py results LEFT_DIR RIGHT_DIR --queries DIR
    benches/compare/check.py times LEFT.json RIGHT.json

`results`: Parquet files of the same name hold the same rows: in order where the query's outermost part has ORDER BY,
else in any; numbers may differ by 1e-9 of their size, and where only one side is a decimal, by half of its last digit
(an engine's avg of decimals may be a double). Names and types of columns do not count, their number does. Rows that tie
in the order may come in any order, so an ordered result that differs only there is reported as `same, ties`.
`times`: per query the best run of each and left/right, then the totals and the geometric mean. Exit code 1 on a difference.
"""

import argparse
import datetime
import decimal
import json
import math
import re
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet

TOLERANCE = 1e-9


def plain(value):
    """A value that compares across engines: numbers as float or int, times as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return [plain(item) for item in value.values()]
    return value


def close(left, right, slack=0.0):
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(close, left, right))
    numbers = (int, float)
    if isinstance(left, numbers) and isinstance(right, numbers) and not isinstance(left, bool):
        both_nan = isinstance(left, float) and isinstance(right, float) and math.isnan(left) and math.isnan(right)
        return left == right or both_nan or math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=slack)
    return left == right


def same_row(left, right, slacks):
    return all(map(close, left, right, slacks))


def column_slack(left, right):
    """Half of the last digit where one type is a decimal and the other is not."""
    scales = [kind.scale for kind in (left, right) if pyarrow.types.is_decimal(kind)]
    return 0.5000001 * 10.0 ** -scales[0] if len(scales) == 1 else 0.0


def is_inexact(left, right):
    return any(map(pyarrow.types.is_floating, (left, right)))


def sort_key(row, inexact):
    """Exact columns first; the others rounded, so that values within the tolerance (nearly always) sort alike."""

    def rounded(value):
        return f"{value:.4e}" if isinstance(value, (int, float)) else str(value)

    exact_values = [str(value) for value, skip in zip(row, inexact) if not skip]
    return exact_values, [rounded(value) for value, take in zip(row, inexact) if take]


def rows(path):
    table = pyarrow.parquet.read_table(path)
    columns = [[plain(value) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns)], table.schema.types


def is_ordered(sql):
    bare = re.sub(r"--[^\n]*|'[^']*'", " ", sql)
    while (inner := re.sub(r"\([^()]*\)", " ", bare)) != bare:
        bare = inner
    return re.search(r"\border\s+by\b", bare, flags=re.I) is not None


def compare_results(left, right, ordered):
    if not left.exists() or not right.exists():
        return "missing on one side"
    (left_rows, left_types), (right_rows, right_types) = rows(left), rows(right)
    if len(left_types) != len(right_types):
        return f"{len(left_types)} columns and {len(right_types)}"
    slacks = list(map(column_slack, left_types, right_types))
    if len(left_rows) != len(right_rows):
        return f"{len(left_rows)} rows and {len(right_rows)}"
    if ordered and all(same_row(*pair, slacks) for pair in zip(left_rows, right_rows)):
        return "same"
    inexact = list(map(is_inexact, left_types, right_types))
    left_rows, right_rows = (sorted(side, key=lambda row: sort_key(row, inexact)) for side in (left_rows, right_rows))
    pairs = list(zip(left_rows, right_rows))
    differing = [pair for pair in pairs if not same_row(*pair, slacks)]
    if differing:
        return f"{len(differing)} of {len(pairs)} rows differ, such as {differing[0][0]} and {differing[0][1]}"
    return "same, ties" if ordered else "same"


def check_results(arguments):
    names = {path.stem for folder in (arguments.left, arguments.right) for path in folder.glob("*.parquet")}
    differing = 0
    for name in sorted(names):
        sql = (arguments.queries / f"{name}.sql").read_text()
        verdict = compare_results(
            arguments.left / f"{name}.parquet", arguments.right / f"{name}.parquet", is_ordered(sql)
        )
        differing += not verdict.startswith("same")
        print(f"{name:<8} {verdict}")
    print(f"{len(names) - differing} same, {differing} differ")
    return 1 if differing or not names else 0


def best_runs(path):
    report = json.loads(path.read_text())
    queries = report["queries"] if isinstance(report, dict) else report
    return {q["name"]: min(q["seconds"]) for q in queries if q.get("seconds") and not q.get("error")}


def check_times(arguments):
    left, right = best_runs(arguments.left), best_runs(arguments.right)
    both = sorted(left.keys() & right.keys())
    print(f"{'query':<8} {'left':>10} {'right':>10} {'left/right':>11}")
    for name in both:
        print(f"{name:<8} {left[name]:>8.3f} s {right[name]:>8.3f} s {left[name] / right[name]:>11.2f}")
    for name in sorted(left.keys() ^ right.keys()):
        print(f"{name:<8} failed or missing on one side")
    if not both:
        return 1
    totals = [sum(times[name] for name in both) for times in (left, right)]
    mean = math.exp(sum(math.log(left[name] / right[name]) for name in both) / len(both))
    print(f"{'total':<8} {totals[0]:>8.3f} s {totals[1]:>8.3f} s {totals[0] / totals[1]:>11.2f}")
    print(f"geometric mean of the ratios {mean:.2f}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("results", "times"):
        command = commands.add_parser(name)
        command.add_argument("left", type=Path)
        command.add_argument("right", type=Path)
        if name == "results":
            command.add_argument("--queries", type=Path, required=True)
    arguments = parser.parse_args()
    sys.exit(check_results(arguments) if arguments.command == "results" else check_times(arguments))


if __name__ == "__main__":
    main()

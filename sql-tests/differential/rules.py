"""Why the engines may differ. Each rule is one reason, and says so little that no fault of ours hides behind it."""

from typing import Callable, NamedTuple


class Rule(NamedTuple):
    name: str
    reason: str
    applies: Callable  # (tree, Firesteel's result, the other's result)


def refused(engine, *texts):
    return engine.failed and any(text in f"{engine.condition} {engine.message}" for text in texts)


def holds(node, kind):
    return any(part.kind == kind for part in node.walk())


RULES = [
    Rule("spark refuses", "Spark's own restrictions on subqueries, which Firesteel keeps",
         lambda tree, ours, other: not other.failed and refused(ours, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY")),
    Rule("duckdb cannot", "DuckDB says that it does not do this",
         lambda tree, ours, other: not ours.failed and refused(
             other, "NotImplementedException", "InternalException", "window functions are not allowed in window definitions")),
    Rule("duckdb computes too much", "DuckDB casts values of rows that joins and filters leave out",
         lambda tree, ours, other: not ours.failed and refused(other, "ConversionException", "OutOfRangeException")),
    Rule("duckdb: NOT IN a list with EXISTS", "in DuckDB 2.0.0 it is TRUE where EXISTS is FALSE",
         lambda tree, ours, other: not ours.failed and not other.failed and any(
             node.kind == "in" and node.negated and holds(node, "exists") for node in tree.walk())),
    Rule("duckdb loses a key", "DuckDB does not find a key of GROUP BY again that it has rewritten in one of both places",
         lambda tree, ours, other: not ours.failed
         and refused(other, "must appear in the GROUP BY clause", "Referenced table")
         and any(node.kind == "group" and any(key.kind != "ref" for key in node.args) for node in tree.walk())),
]


def explain(tree, ours, other):
    """The name of the rule that accounts for a difference."""
    return next((rule.name for rule in RULES if rule.applies(tree, ours, other)), None)

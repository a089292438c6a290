"""Why the engines may differ. Each rule is one reason, and says so little that no fault of ours hides behind it."""

from typing import Callable, NamedTuple


class Rule(NamedTuple):
    name: str
    reason: str
    applies: Callable  # (tree, Firesteel's result, the other's result)


def refused(engine, *texts):
    return engine.failed and any(text in f"{engine.condition} {engine.message}" for text in texts)


RULES = [
    Rule("spark refuses", "Spark's own restrictions on subqueries, which Firesteel keeps",
         lambda tree, ours, other: not other.failed and refused(ours, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY")),
    Rule("duckdb cannot", "DuckDB says that it does not do this",
         lambda tree, ours, other: not ours.failed and refused(other, "NotImplementedException", "InternalException")),
]


def explain(tree, ours, other):
    """The name of the rule that accounts for a difference."""
    return next((rule.name for rule in RULES if rule.applies(tree, ours, other)), None)

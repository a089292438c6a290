"""Shrinks a tree for as long as a test says that what was wrong still is."""

import itertools

from sqltypes import BOOLEAN
from tree import Node, literal

# Without these the rest is a query still.
OPTIONAL = {"where", "having", "qualify", "order", "limit", "with", "filter", "partition", "group"}
# Of these one part less will do.
LISTS = {"columns": 1, "and": 2, "or": 2, "in": 2, "values": 1, "order": 1, "partition": 1, "with": 1, "coalesce": 1, "case": 2,
         "group": 1, "concat": 1}


def candidates(root):
    """Smaller trees, the greatest cuts first."""
    nodes = sorted(root.walk(), key=lambda node: -sum(1 for _ in node.walk()))
    for node in nodes:
        for smaller in simpler(node):
            if smaller is not node:
                yield replaced(root, node, smaller)


def simpler(node):
    for inner in node.walk():
        # Any part that could stand for the whole.
        if inner is not node and inner.type is not None and inner.type == node.type and node.kind not in ("as", "row"):
            yield inner
    if node.kind in ("join", "set"):
        yield node.args[0]
        yield node.args[1]
    if node.kind == "operand" or node.kind == "query":
        yield from (inner for inner in node.walk() if inner.kind == node.kind and inner is not node)
    for at, arg in enumerate(node.args):
        if arg.kind in OPTIONAL or (node.kind in LISTS and len(node.args) > LISTS[node.kind]):
            yield with_args(node, node.args[:at] + node.args[at + 1:])
    if node.info.get("distinct"):
        yield with_info(node, distinct=False)
    if node.kind == "group" and node.form:
        yield with_info(node, form=None)
    if node.kind == "join" and node.how not in ("INNER", "CROSS"):
        yield with_info(node, how="INNER")
    if node.kind == "window" and node.frame:
        yield with_info(node, frame=None)
    if node.type is not None and node.args and node.kind not in ("as", "cte"):
        yield literal(None, node.type)
        if node.type == BOOLEAN:
            yield literal(True, BOOLEAN)
            yield literal(False, BOOLEAN)


def with_args(node, args):
    return Node(node.kind, args, node.type, **node.info)


def with_info(node, **info):
    return Node(node.kind, node.args, node.type, **{**node.info, **info})


def replaced(root, old, new):
    if root is old:
        return new
    return Node(root.kind, [replaced(arg, old, new) for arg in root.args], root.type, **root.info)


def reduce(tree, still_wrong, tell=lambda tree: None):
    """`still_wrong` runs the engines, so the work is in how often it is asked."""
    while True:
        before = tree
        # A cut that was refused is seldom possible later: go on behind it, and begin anew at the end.
        at = 0
        while (smaller := next(itertools.islice(candidates(tree), at, None), None)) is not None:
            if still_wrong(smaller):
                tree = smaller
                tell(tree)
            else:
                at += 1
        if tree is before:
            return tree

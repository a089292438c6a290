"""One tree for a query, whatever the dialect. A node is its kind, its parts, and plain facts beside them.

    Node("where", [Node("compare", [ref, literal], BOOLEAN, op="<")])
"""

from sqltypes import WIDTHS


class Node:
    __slots__ = ("kind", "args", "type", "info")

    def __init__(self, kind, args=(), type=None, **info):
        self.kind, self.args, self.type, self.info = kind, list(args), type, info

    def __getattr__(self, name):
        try:
            return self.info[name]
        except KeyError:
            raise AttributeError(f"{self.kind} has no {name}") from None

    def part(self, kind):
        """The first part of a kind, if there is one."""
        return next((arg for arg in self.args if arg.kind == kind), None)

    def copy(self):
        return Node(self.kind, [arg.copy() for arg in self.args], self.type, **self.info)

    def walk(self):
        yield self
        for arg in self.args:
            yield from arg.walk()

    @property
    def magnitude(self):
        """No integer that this expression gives is further from zero."""
        return self.info.get("limit") or WIDTHS[self.type.name]


def ref(alias, name, type, limit=None):
    return Node("ref", [], type, alias=alias, name=name, limit=limit)


def literal(value, type):
    limit = max(abs(value), 1) if type.is_integer and value is not None else (1 if type.is_integer else None)
    return Node("literal", [], type, value=value, limit=limit)


def cast(node, type):
    limit = node.magnitude if node.type.is_integer and type.is_integer else None
    return node if node.type == type else Node("cast", [node], type, limit=limit)


def all_of(conditions):
    return conditions[0] if len(conditions) == 1 else Node("and", conditions, conditions[0].type)

"""The text for DuckDB, written so that it means what Spark's means."""

import functions
from dialects import Dialect, comma
from sqltypes import BOOLEAN, DOUBLE, INT
from tree import Node


class Duck(Dialect):
    """Results are cast to the type that they have in Spark, where DuckDB's own is another."""

    NAMES = {"int": "INTEGER", "string": "VARCHAR"}

    def type(self, type):
        if type.is_decimal:
            return f"DECIMAL({type.precision},{type.scale})"
        return self.NAMES.get(type.name, type.name.upper())

    def typed(self, text, node):
        return f"CAST({text} AS {self.type(node.type)})"

    def _cast(self, node):
        source, text = node.args[0].type, self.text(node.args[0])
        if node.type.is_integer and (source.is_decimal or source == DOUBLE):
            # Spark cuts off, DuckDB rounds.
            text = f"trunc({text})"
        return self.typed(text, node)

    def _literal(self, node):
        # A bare number is of the type that the other operand wants.
        return super()._literal(node) if node.type != INT or node.value is None else f"CAST({node.value} AS INTEGER)"

    def _arithmetic(self, node):
        if node.type.is_decimal:
            # DuckDB's results keep to 18 digits as long as both operands do.
            left, right = self.all(node.args)
            precision, scale = max(19, node.args[0].type.precision), node.args[0].type.scale
            return self.typed(f"(CAST({left} AS DECIMAL({precision},{scale})) {node.op} {right})", node)
        return self.typed(super()._arithmetic(node), node)

    def _select(self, node):
        group = node.part("group")
        if group and group.form:
            # Over no rows the grand total is a row in DuckDB and none in Spark.
            condition = Node("literal", [], BOOLEAN, value=True)
            having = node.part("having") or Node("having", [condition])
            args = [arg for arg in node.args if arg.kind != "having"]
            at = args.index(group) + 1
            having = [self.text(having) + " AND count(*) > 0"]
            return "SELECT " + " ".join(self.all(args[:at]) + having + self.all(args[at:]))
        return super()._select(node)

    def _in_query(self, node, negated=False):
        # Inside of expressions, Spark asks only whether there is such a row: FALSE where SQL has NULL.
        asked = Node("in_query", node.args, BOOLEAN, negated=node.negated != negated)
        return f"coalesce({super()._in_query(asked)}, FALSE)"

    def _not(self, node):
        # As Spark does before it looks at subqueries: NOT moves inwards, up to a NOT IN.
        inner = node.args[0]
        if inner.kind == "in_query":
            return self._in_query(inner, negated=True)
        if inner.kind == "not":
            return self.text(inner.args[0])
        if inner.kind in ("and", "or") and any(part.kind == "in_query" for part in inner.walk()):
            negated = [Node("not", [part], BOOLEAN) for part in inner.args]
            return self.text(Node("or" if inner.kind == "and" else "and", negated, BOOLEAN))
        return super()._not(node)

    def _bits(self, node):
        return self.called("xor", node) if node.op == "^" else super()._bits(node)

    def _divide_integers(self, node):
        return self.typed(self.infix("//", node), node)

    def _round(self, node):
        return self.typed(f"round({self.text(node.args[0])}, {node.places})", node)

    def _call(self, node):
        return functions.BY_NAME[node.name].duck.format(*self.all(node.args))

    def _aggregate(self, node):
        return self.typed(self.bare(node), node)

    def bare(self, node, over=""):
        if node.name == "listagg":
            text = self.arguments(node)[0]
            return f"string_agg({text}, ',' ORDER BY {text}){self.filter(node)}"
        name = {"count_all": "count"}.get(node.name, node.name)
        if node.name == "count_pairs":
            # DuckDB counts pairs with NULLs in them, too.
            a, b = self.arguments(node)
            condition = node.part("filter")
            only = f" AND {self.text(condition.args[0])}" if condition else ""
            return f"count(DISTINCT ({a}, {b})) FILTER (WHERE {a} IS NOT NULL AND {b} IS NOT NULL{only})"
        if node.name == "count_if":
            # DuckDB's is NULL, where there are no rows.
            text = f"count(CASE WHEN {self.arguments(node)[0]} THEN 1 END){self.filter(node)} {over}"
            return text.rstrip()
        return f"{self.simple_aggregate(name, node)} {over}".rstrip()

    def _grouping(self, node):
        return self.typed(super()._grouping(node), node)

    def _shift(self, node):
        first, *rest = self.all(node.args)
        nulls = " IGNORE NULLS" if node.ignore_nulls else ""
        return f"{node.name}({comma([first] + rest)}{nulls})"

    def _window(self, node):
        call, over = node.args[0], self.over(node)
        text = self.bare(call, over) if call.kind == "aggregate" else f"{self.text(call)} {over}"
        return self.typed(text, node)

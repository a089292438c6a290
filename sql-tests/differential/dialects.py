"""A tree → a text, in each dialect. Here is the SQL that both read alike; what differs is in `spark` and `duck`."""

import math

from sqltypes import BIGINT, DOUBLE, INT


def comma(parts):
    return ", ".join(parts)


class Dialect:
    def text(self, node):
        return getattr(self, "_" + node.kind)(node)

    def all(self, nodes):
        return [self.text(node) for node in nodes]

    # Queries.

    def _query(self, node):
        return " ".join(self.all(node.args))

    def _with(self, node):
        recursive = "RECURSIVE " if any(cte.recursive for cte in node.args) else ""
        return f"WITH {recursive}{comma(self.all(node.args))}"

    def _cte(self, node):
        return f"{node.name}({comma(node.names)}) AS ({self.text(node.args[0])})"

    def _set(self, node):
        return f"{self.text(node.args[0])} {node.op} {self.text(node.args[1])}"

    def _operand(self, node):
        return f"({self.text(node.args[0])})"

    def _select(self, node):
        return "SELECT " + " ".join(self.all(node.args))

    def _columns(self, node):
        return ("DISTINCT " if node.distinct else "") + comma(self.all(node.args))

    def _as(self, node):
        return f"{self.text(node.args[0])} AS {node.name}"

    def _from(self, node):
        return "FROM " + self.text(node.args[0])

    def _where(self, node):
        return "WHERE " + self.text(node.args[0])

    def _having(self, node):
        return "HAVING " + self.text(node.args[0])

    def _qualify(self, node):
        return "QUALIFY " + self.text(node.args[0])

    def _group(self, node):
        keys = self.all(node.args)
        if node.form == "SETS":
            sets = ["(" + comma(keys[at] for at in chosen if at < len(keys)) + ")" for chosen in node.sets]
            return f"GROUP BY GROUPING SETS ({comma(sets)})"
        return f"GROUP BY {node.form}({comma(keys)})" if node.form else f"GROUP BY {comma(keys)}"

    def _order(self, node):
        return "ORDER BY " + comma(self.all(node.args))

    def _partition(self, node):
        return "PARTITION BY " + comma(self.all(node.args))

    def _key(self, node):
        direction = "DESC" if node.descending else "ASC"
        return f"{self.text(node.args[0])} {direction} NULLS {'FIRST' if node.nulls_first else 'LAST'}"

    def _limit(self, node):
        return f"LIMIT {node.count}" + (f" OFFSET {node.offset}" if node.offset else "")

    # Relations.

    def _table(self, node):
        return f"{node.name} AS {node.alias}"

    def _derived(self, node):
        lateral = "LATERAL " if node.info.get("lateral") else ""
        return f"{lateral}({self.text(node.args[0])}) AS {node.alias}"

    def _values(self, node):
        return f"(VALUES {comma(self.all(node.args))}) AS {node.alias}({comma(node.names)})"

    def _row(self, node):
        return f"({comma(self.all(node.args))})"

    def _join(self, node):
        right = self.text(node.args[1])
        using = node.info.get("using")
        right = f"({right})" if node.args[1].kind == "join" else right
        condition = f" USING ({comma(using)})" if using else " ".join([""] + self.all(node.args[2:]))
        natural = "NATURAL " if node.info.get("natural") else ""
        return f"{self.text(node.args[0])} {natural}{self.how(node.how)} JOIN {right}{condition}"

    def how(self, how):
        return how

    def _on(self, node):
        return "ON " + self.text(node.args[0])

    # Expressions.

    def _ref(self, node):
        return f"{node.alias}.{node.name}" if node.alias else node.name

    def _literal(self, node):
        value, type = node.value, node.type
        if value is None:
            return f"CAST(NULL AS {self.type(type)})"
        if type.name == "string":
            return "'" + value.replace("'", "''") + "'"
        if type.name == "boolean":
            return "TRUE" if value else "FALSE"
        if type.name in ("date", "timestamp"):
            return f"{type.name.upper()} '{value}'"
        if type == DOUBLE and not math.isfinite(value):
            return f"CAST('{'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'}' AS DOUBLE)"
        if type == BIGINT or type.is_decimal or type == DOUBLE or type.is_integer and type != INT:
            return f"CAST({value} AS {self.type(type)})"
        return f"({value})" if value < 0 else str(value)

    def _cast(self, node):
        return f"CAST({self.text(node.args[0])} AS {self.type(node.type)})"

    def _case(self, node):
        parts = self.all(node.args)
        pairs = [f"WHEN {parts[at]} THEN {parts[at + 1]}" for at in range(0, len(parts) - 1, 2)]
        otherwise = f" ELSE {parts[-1]}" if len(parts) % 2 else ""
        return f"CASE {' '.join(pairs)}{otherwise} END"

    def called(self, name, node):
        return f"{name}({comma(self.all(node.args))})"

    def _coalesce(self, node):
        return self.called("coalesce", node)

    def _nullif(self, node):
        return self.called("nullif", node)

    def _greatest(self, node):
        return self.called("greatest", node)

    def _least(self, node):
        return self.called("least", node)

    def _abs(self, node):
        return self.called("abs", node)

    def _negate(self, node):
        return f"(- {self.text(node.args[0])})"

    def infix(self, op, node):
        return "(" + f" {op} ".join(self.all(node.args)) + ")"

    def _arithmetic(self, node):
        return self.infix(node.op, node)

    def _bits(self, node):
        return self.infix(node.op, node)

    def _concat(self, node):
        return self.infix("||", node)

    def _and(self, node):
        return self.infix("AND", node)

    def _or(self, node):
        return self.infix("OR", node)

    def _compare(self, node):
        return self.infix(node.op, node)

    def _not(self, node):
        return f"(NOT {self.text(node.args[0])})"

    def _is(self, node):
        return f"({self.text(node.args[0])} IS {node.what})"

    def negation(self, node):
        return "NOT " if node.negated else ""

    def _like(self, node):
        left, right = self.all(node.args)
        return f"({left} {self.negation(node)}LIKE {right})"

    def _in(self, node):
        left, *members = self.all(node.args)
        return f"({left} {self.negation(node)}IN ({comma(members)}))"

    def _between(self, node):
        value, low, high = self.all(node.args)
        return f"({value} {self.negation(node)}BETWEEN {low} AND {high})"

    def _exists(self, node):
        return f"({self.negation(node)}EXISTS ({self.text(node.args[0])}))"

    def _in_query(self, node):
        return f"({self.text(node.args[0])} {self.negation(node)}IN ({self.text(node.args[1])}))"

    def _scalar(self, node):
        return f"({self.text(node.args[0])})"

    # Aggregates and windows.

    def arguments(self, node):
        return [self.text(arg) for arg in node.args if arg.kind != "filter"]

    def filter(self, node):
        condition = node.part("filter")
        return f" FILTER (WHERE {self.text(condition.args[0])})" if condition else ""

    def simple_aggregate(self, name, node):
        distinct = "DISTINCT " if node.info.get("distinct") else ""
        return f"{name}({distinct}{comma(self.arguments(node)) or '*'}){self.filter(node)}"

    def over(self, node):
        parts = self.all(node.args[1:]) + ([node.frame] if node.frame else [])
        return f"OVER ({' '.join(parts)})"

    def _ranking(self, node):
        return self.called(node.name, node)

    def _grouping(self, node):
        return self.called("grouping", node)

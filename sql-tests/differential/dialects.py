"""A tree → a text, in each dialect. What differs is in the two subclasses; the rest is SQL that both read alike."""

import math

import functions
from sqltypes import BIGINT, BOOLEAN, DOUBLE, INT
from tree import Node


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


class Spark(Dialect):
    def type(self, type):
        return f"DECIMAL({type.precision},{type.scale})" if type.is_decimal else type.name.upper()

    def how(self, how):
        return {"SEMI": "LEFT SEMI", "ANTI": "LEFT ANTI"}.get(how, how)

    def _divide_integers(self, node):
        return self.infix("div", node)

    def _round(self, node):
        return f"round({self.text(node.args[0])}, {node.places})"

    def _call(self, node):
        return functions.BY_NAME[node.name].spark.format(*self.all(node.args))

    def _aggregate(self, node):
        if node.name == "listagg":
            text = self.arguments(node)[0]
            return f"listagg({text}, ',') WITHIN GROUP (ORDER BY {text}){self.filter(node)}"
        return self.simple_aggregate("count" if node.name == "count_all" else node.name, node)

    def _shift(self, node):
        nulls = " IGNORE NULLS" if node.ignore_nulls else ""
        return self.called(node.name, node) + nulls

    def _window(self, node):
        return f"{self.text(node.args[0])} {self.over(node)}"


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
            scale = node.args[0].type.scale
            return self.typed(f"(CAST({left} AS DECIMAL({max(19, node.args[0].type.precision)},{scale})) {node.op} {right})", node)
        return self.typed(super()._arithmetic(node), node)

    def _select(self, node):
        group = node.part("group")
        if group and group.form:
            # Over no rows the grand total is a row in DuckDB and none in Spark.
            condition = Node("literal", [], BOOLEAN, value=True)
            having = node.part("having") or Node("having", [condition])
            args = [arg for arg in node.args if arg.kind != "having"]
            at = args.index(group) + 1
            return "SELECT " + " ".join(self.all(args[:at]) + [self.text(having) + " AND count(*) > 0"] + self.all(args[at:]))
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
        return f"{node.name}({comma([first + nulls] + rest)})" if not rest else f"{node.name}({comma([first] + rest)}{nulls})"

    def _window(self, node):
        call, over = node.args[0], self.over(node)
        text = self.bare(call, over) if call.kind == "aggregate" else f"{self.text(call)} {over}"
        return self.typed(text, node)

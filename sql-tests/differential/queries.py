"""Random queries: SELECT with all its clauses, set operations, CTEs, subqueries."""

from aggregates import Aggregates
from relations import Relations
from scalars import Scalars, Scope
from sqltypes import BIGINT, BOOLEAN, COMMON, INT, STRING, TINYINT, wider
from tree import Node, all_of, cast, literal, ref


SET_OPERATIONS = ["UNION", "UNION ALL", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL", "EXCEPT ALL"]


def is_about_column(node):
    return any(inner.kind == "ref" for inner in node.walk())


class Queries:
    def __init__(self, rng, tables):
        self.rng, self.names, self.common = rng, {}, []
        self.scalars = Scalars(rng, self)
        self.aggregates = Aggregates(rng, self.scalars)
        self.relations = Relations(rng, self.scalars, self, tables)

    def fresh(self, prefix):
        self.names[prefix] = self.names.get(prefix, 0) + 1
        return f"{prefix}{self.names[prefix]}"

    def chance(self, probability):
        return self.rng.random() < probability

    def statement(self):
        ctes = []
        if self.chance(0.2):
            ctes = [self.cte() for _ in range(self.rng.choice([1, 1, 2]))]
        query, columns, _ = self.query(2)
        if ctes:
            query.args.insert(0, Node("with", ctes))
        return query, [column.type for column in columns]

    def cte(self):
        recursive = self.chance(0.3)
        query, columns, rows = self.recursive() if recursive else self.query(1, ordered=False)
        name = self.fresh("cte")
        if recursive:
            for part in query.walk():
                if part.kind == "table" and part.name == "itself":
                    part.info["name"] = name
        self.common.append((name, columns, rows))
        return Node("cte", [query], name=name, names=[column.name for column in columns], recursive=recursive)

    def query(self, depth, types=None, ordered=None):
        """A query, its columns, and about how many rows it has."""
        roll = self.rng.random()
        if roll < 0.14 and depth > 0:
            body, columns, rows = self.set_operation(depth, types)
        else:
            body, columns, rows = self.select(depth, types)
        query = Node("query", [body])
        if ordered if ordered is not None else self.chance(0.3):
            rows = min(rows, self.order(query, columns))
        return query, columns, rows

    def order(self, query, columns):
        """By all columns, so that any LIMIT has one answer only."""
        keys = [ref(None, column.name, column.type) for column in columns]
        self.rng.shuffle(keys)
        query.args.append(Node("order", [self.aggregates.key(key) for key in keys]))
        count = self.rng.choice([0] + [1, 3, 10, 100, 100] * 4)
        offset = self.rng.choice([0, 0, 0, 1, 5])
        query.args.append(Node("limit", [], count=count, offset=offset))
        return count

    def set_operation(self, depth, types):
        types = types or [self.rng.choice(COMMON) for _ in range(self.rng.randint(1, 3))]
        # Integers may be narrower in one part: the wider one says what comes out.
        others = [self.scalars.narrower(type) if type.is_integer and self.chance(0.2) else type for type in types]
        parts = [self.query(depth - 1, part, ordered=self.chance(0.15)) for part in self.rng.choice(
            [[types, types], [types, others], [others, types], [types, types, others]])]
        node, columns, rows = Node("operand", [parts[0][0]]), parts[0][1], parts[0][2]
        for query, others, more in parts[1:]:
            op = self.rng.choice(SET_OPERATIONS)
            node = Node("set", [node, Node("operand", [query])], op=op)
            columns = [Node("as", [], self.widest(a.type, b.type), name=a.name, limit=self.larger(a, b))
                       for a, b in zip(columns, others)]
            rows += more
        return node, columns, rows

    def widest(self, a, b):
        return wider(a, b) if a.is_integer else a

    def larger(self, a, b):
        return max(a.magnitude, b.magnitude) if a.type.is_integer else None

    def columns(self, made):
        return [Node("as", [node], node.type, name=self.fresh("c"), limit=node.info.get("limit"),
                     samples=node.info.get("samples") if node.kind == "ref" else None) for node in made]

    def types(self):
        return [self.rng.choice(COMMON) for _ in range(self.rng.choice([1, 2, 2, 3, 4]))]

    def select(self, depth, types=None, outer=()):
        relation = self.relations.source(depth)
        scope = Scope(relation.atoms, outer, subqueries=depth)
        clauses = [Node("from", [relation.node])]
        if self.chance(0.4):
            clauses.append(Node("where", [self.scalars.condition(scope, 3)]))
        if self.chance(0.3):
            columns, more = self.grouped(scope, depth, types)
            rows = min(relation.rows, 200)
        else:
            columns, more = self.plain(scope, relation, types)
            rows = relation.rows
        distinct = self.chance(0.12)
        node = Node("select", [Node("columns", columns, distinct=distinct)] + clauses + more)
        return node, columns, rows

    def plain(self, scope, relation, types):
        windowed = not scope.outer and self.chance(0.2)
        if types or not windowed:
            columns = self.columns([self.scalars.expression(type, scope, 3) for type in types or self.types()])
            return columns, []
        makes = [lambda: self.aggregates.window(scope, 2, relation.keys), lambda: self.scalars.expression(
            self.rng.choice(COMMON), scope, 2)]
        made = [makes[0]()] + [self.rng.choice(makes)() for _ in range(self.rng.randint(0, 3))]
        qualify = []
        if self.chance(0.3):
            window = self.aggregates.window(scope, 1, relation.keys)
            if not any(node.info.get("approximate") for node in window.walk()):
                qualify = [Node("qualify", [self.scalars.comparison(Scope(scope.atoms), 2, window)])]
        return self.columns(made), qualify

    def grouped(self, scope, depth, types):
        rng = self.rng
        keys = [self.scalars.expression(rng.choice(COMMON), scope, rng.choice([0, 0, 1, 2])) for _ in
                range(rng.choice([0, 1, 1, 2, 3]))]
        # A constant would be taken for a position.
        keys = [key for key in keys if self.is_groupable(key)]
        form = rng.choice(["ROLLUP", "CUBE", "SETS"]) if len(keys) > 1 and self.chance(0.35) else None
        inner = Scope(scope.atoms)
        atoms = list(keys)
        atoms += [self.aggregates.aggregate(inner, 2) for _ in range(rng.randint(1, 3))]
        atoms += [self.aggregates.aggregate(inner, 1, type) for type in types or []]
        exact = [atom for atom in atoms if not any(node.info.get("approximate") for node in atom.walk())]
        above = Scope(exact, (), subqueries=min(depth, 1))
        above.grouped = True
        if types:
            made = [self.scalars.expression(type, above, 2) for type in types]
        else:
            made = [atom.copy() if self.chance(0.7) else self.scalars.expression(atom.type, above, 2) for atom in atoms
                    if atom.type in COMMON or self.chance(0.8)] or [atoms[0].copy()]
            if form and self.chance(0.5):
                made.append(Node("grouping", [rng.choice(keys).copy()], TINYINT, limit=1))
            if keys and self.chance(0.15):
                made.append(self.aggregates.window(above, 1, None if form else keys))
        clauses = []
        if keys:
            sets = None
            if form == "SETS":
                sets = [[at for at in range(len(keys)) if self.chance(0.5)] for _ in range(rng.randint(1, 3))]
                # A key in no set is no key.
                sets[-1] += [at for at in range(len(keys)) if not any(at in chosen for chosen in sets)]
            clauses.append(Node("group", [key.copy() for key in keys], form=form, sets=sets))
        if self.chance(0.2):
            clauses.append(Node("having", [self.scalars.condition(above, 2)]))
        return self.columns(made), clauses

    def is_groupable(self, key):
        return is_about_column(key) and not any(
            node.kind in ("exists", "in_query", "scalar") for node in key.walk())

    # Subqueries. They see the atoms of the scope they stand in.

    def small_query(self, outer, depth):
        """A query that names columns of the outer one, with one to two columns and no ORDER BY."""
        relation = self.relations.source(max(depth, 0), joins=self.rng.choice([0, 0, 0, 1]))
        scope = Scope(relation.atoms, subqueries=max(depth, 0))
        where = self.correlation(scope, outer)
        made = [self.scalars.expression(type, scope, 1) for type in [self.rng.choice(COMMON), INT]]
        if self.chance(0.5):
            made = [self.aggregates.aggregate(Scope(scope.atoms), 1) for _ in made]
        columns = self.columns(made)
        node = Node("select", [Node("columns", columns, distinct=False), Node("from", [relation.node])] + where)
        return Node("query", [node]), columns, 10

    def correlation(self, scope, outer):
        """WHERE of a subquery: an equality with a column outside as often as not, and other conditions."""
        conditions = []
        pairs = [(a, b) for a in scope.atoms for b in outer if a.type == b.type and a.type != BOOLEAN]
        if pairs and self.chance(0.75):
            for a, b in self.rng.choices(pairs, k=self.rng.choice([1, 1, 2])):
                op = self.rng.choice(["=", "=", "=", "=", "IS NOT DISTINCT FROM", "<", ">=", "<>"])
                conditions.append(Node("compare", [a.copy(), b.copy()], BOOLEAN, op=op))
        if not conditions or self.chance(0.4):
            inner = Scope(scope.atoms, outer if self.chance(0.4) else (), scope.subqueries)
            conditions.append(self.scalars.condition(inner, 2))
        return [Node("where", [all_of(conditions)])]

    def inner(self, scope):
        relation = self.relations.source(scope.subqueries - 1, joins=self.rng.choice([0, 0, 0, 1, 1, 2]))
        # Two levels out is allowed in both.
        outside = list(scope.atoms) + list(scope.outer)
        inner = Scope(relation.atoms, outside if self.chance(0.3) else (), scope.subqueries - 1)
        return relation, inner, self.correlation(Scope(relation.atoms, (), scope.subqueries - 1), self.nameable(scope))

    def nameable(self, scope):
        return [atom for atom in scope.atoms if atom.kind == "ref"] + list(scope.outer)

    def scalar_subquery(self, type, scope):
        """One row at most: an aggregate without GROUP BY, the row of a key, or the first in an order."""
        relation, inner, where = self.inner(scope)
        if self.chance(0.4):
            value = self.scalars.expression(type, Scope(inner.atoms), 1)
            return self.first_row(value, relation, where, scope)
        value = self.aggregates.aggregate(Scope(inner.atoms), 1, type)
        if value.type != type or value.info.get("approximate"):
            kinds = Scope(inner.atoms)
            value = self.aggregates.call("min", kinds, 1, type)
        if self.chance(0.3):
            value = Node("coalesce", [value, self.scalars.literal(type)], type, limit=value.info.get("limit"))
        select = Node("select", [Node("columns", self.columns([value]), distinct=False), Node("from", [relation.node])] + where)
        return Node("scalar", [Node("query", [select])], type, limit=None)

    def first_row(self, value, relation, where, scope):
        [column] = self.columns([value])
        outer = [atom for atom in self.nameable(scope) if atom.type == INT]
        more = []
        if relation.node.kind == "table" and relation.keys and outer and self.chance(0.5):
            key = Node("compare", [relation.keys[0].copy(), self.rng.choice(outer).copy()], BOOLEAN, op="=")
            where = [Node("where", [all_of([key] + [part.args[0] for part in where if self.chance(0.3)])])]
        else:
            order = self.aggregates.key(ref(None, column.name, column.type))
            more = [Node("order", [order]), Node("limit", [], count=1, offset=self.rng.choice([0, 0, 0, 1]))]
        select = Node("select", [Node("columns", [column], distinct=False), Node("from", [relation.node])] + where)
        return Node("scalar", [Node("query", [select] + more)], value.type, limit=None)

    def condition_subquery(self, scope, depth):
        relation, inner, where = self.inner(scope)
        if self.chance(0.5):
            columns = self.columns([literal(1, INT) if self.chance(0.5) else self.scalars.expression(INT, inner, 1)])
            kind, left = "exists", []
        else:
            type = self.rng.choice(COMMON)
            inside = self.scalars.narrower(type) if type.is_integer else type
            columns = self.columns([self.scalars.expression(inside, Scope(inner.atoms), 1)])
            kind, left = "in_query", [self.about_column(type, scope)]
        more = []
        if self.chance(0.15) and relation.atoms:
            key = self.rng.choice(relation.atoms).copy()
            columns = self.columns([key]) if kind == "exists" else self.columns([cast(literal(0, INT), INT)])
            if kind == "in_query":
                columns, left = self.columns([self.aggregates.call("count_all", inner, 0, None)]), [
                    self.about_column(BIGINT, scope)]
            more = [Node("group", [key.copy()], form=None, sets=None)]
        columns = Node("columns", columns, distinct=self.chance(0.1))
        select = Node("select", [columns, Node("from", [relation.node])] + where + more)
        return Node(kind, left + [Node("query", [select])], BOOLEAN, negated=self.chance(0.4))

    def about_column(self, type, scope):
        """Not a constant: where it is NULL, Spark leaves out the subquery."""
        made = self.scalars.expression(type, Scope(scope.atoms), 1)
        atoms = [atom for atom in scope.atoms if atom.type == type]
        return made if is_about_column(made) or not atoms else self.rng.choice(atoms).copy()

    def recursive(self):
        """Counts up, from constants or rows, perhaps over a table; `itself` is renamed to the CTE."""
        rng = self.rng
        names = [self.fresh("c"), self.fresh("c")]
        if self.chance(0.5):
            constants = self.named([literal(1, INT), literal("a", STRING)], names)
            start = Node("select", [Node("columns", constants, distinct=False)])
        else:
            relation = self.relations.single(0, rows_max=60)
            scope = Scope(relation.atoms)
            made = [literal(0, INT), self.scalars.expression(STRING, scope, 0)]
            start = Node("select", [Node("columns", self.named(made, names), distinct=self.chance(0.5)),
                                    Node("from", [relation.node])])
        alias = self.fresh("r")
        itself = Node("table", [], name="itself", alias=alias)
        number, text = ref(alias, names[0], INT, 100), ref(alias, names[1], STRING)
        step = Node("arithmetic", [number.copy(), literal(1, INT)], INT, op="+", limit=100)
        below = Node("compare", [number.copy(), literal(rng.choice([2, 3, 8]), INT)], BOOLEAN, op="<")
        source = itself
        word = rng.choice([text, Node("concat", [text.copy(), literal("b", STRING)], STRING)])
        if self.chance(0.35):
            other = self.relations.single(0, rows_max=30)
            on = Node("on", [Node("compare", [number.copy(), cast(literal(1, INT), INT)], BOOLEAN, op=">=")])
            integers = [atom for atom in other.atoms if atom.type == INT]
            if integers:
                on = Node("on", [Node("compare", [number.copy(), rng.choice(integers).copy()], BOOLEAN, op="=")])
            source = Node("join", [itself, other.node, on], how="INNER")
        again = Node("select", [Node("columns", self.columns([step, word.copy()]), distinct=False), Node("from", [source]),
                                Node("where", [below])])
        node = Node("set", [Node("operand", [Node("query", [part])]) for part in (start, again)], op="UNION ALL")
        columns = [Node("as", [], INT, name=names[0], limit=100), Node("as", [], STRING, name=names[1])]
        return Node("query", [node]), columns, 100

    def named(self, made, names):
        return [Node("as", [node], node.type, name=name, limit=node.info.get("limit")) for node, name in zip(made, names)]

"""Random relations: what stands behind FROM, with the atoms that the query above may use."""

from sqltypes import BOOLEAN, INT, STRING
from tree import Node, all_of, ref
from scalars import Scope

# Work that a debug build does in a second or so.
PAIRS_MAX = 60_000
KINDS = ["INNER", "LEFT", "LEFT", "RIGHT", "RIGHT", "FULL", "FULL", "SEMI", "ANTI", "CROSS"]


class Relation:
    """`keys`: columns that tell all rows apart, or None. `rows`: about how many there are."""

    def __init__(self, node, atoms, keys, rows):
        self.node, self.atoms, self.keys, self.rows = node, atoms, keys, rows


class Relations:
    def __init__(self, rng, scalars, queries, tables):
        self.rng, self.scalars, self.queries, self.tables = rng, scalars, queries, tables

    def source(self, depth, outer=(), joins=None):
        """A table or several joined."""
        rng = self.rng
        count = rng.choice([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4]) if joins is None else joins
        relation = self.single(depth, outer, rows_max=None if count < 3 else 200)
        for _ in range(count):
            relation = self.joined(relation, depth, outer)
        return relation

    def single(self, depth, outer=(), rows_max=None):
        roll = self.rng.random()
        if depth > 0 and roll < 0.25:
            return self.derived(depth - 1)
        if roll < 0.30:
            return self.values()
        if self.queries.common and roll < 0.6:
            return self.common()
        names = {"empty": 1, "one": 2, "tiny": 10, "small": 16, "other": 16, "medium": 12, "big": 4}
        allowed = [table for table in self.tables if rows_max is None or len(table.rows) <= rows_max]
        table = self.rng.choices(allowed, [names[table.name] for table in allowed])[0]
        alias = self.queries.fresh("t")
        atoms = [ref(alias, name, type, limit) for name, type, limit in table.columns]
        for at, atom in enumerate(atoms):
            atom.info["samples"] = [row[at] for row in table.rows[:8] if row[at] is not None]
        return Relation(Node("table", [], name=table.name, alias=alias), atoms, atoms[:1], len(table.rows))

    def derived(self, depth):
        query, columns, rows = self.queries.query(depth)
        alias = self.queries.fresh("q")
        return Relation(Node("derived", [query], alias=alias), self.atoms(alias, columns), None, rows)

    def atoms(self, alias, columns):
        atoms = [ref(alias, column.name, column.type, column.info.get("limit")) for column in columns]
        for atom, column in zip(atoms, columns):
            atom.info["samples"] = column.info.get("samples")
        return atoms

    def common(self):
        name, columns, rows = self.rng.choice(self.queries.common)
        alias = self.queries.fresh("w")
        return Relation(Node("table", [], name=name, alias=alias), self.atoms(alias, columns), None, rows)

    def values(self):
        types = [INT, self.rng.choice([INT, STRING, BOOLEAN])]
        rows = [Node("row", [self.scalars.literal(type) for type in types]) for _ in range(self.rng.randint(1, 5))]
        names = [self.queries.fresh("c") for _ in types]
        alias = self.queries.fresh("v")
        atoms = [ref(alias, name, type, 100 if type.is_integer else None) for name, type in zip(names, types)]
        return Relation(Node("values", rows, alias=alias, names=names), atoms, None, len(rows))

    def joined(self, left, depth, outer):
        rng = self.rng
        if depth > 0 and self.scalars.chance(0.08):
            return self.lateral(left, depth)
        right = self.single(depth, outer) if self.scalars.chance(0.9) else self.source(0, joins=1)
        kind = rng.choice(KINDS)
        small = left.rows * right.rows <= PAIRS_MAX
        if kind == "CROSS" and not small:
            kind = "INNER"
        if left.node.kind == right.node.kind == "table" and self.scalars.chance(0.12):
            return self.using(left, right, kind)
        both = Scope(left.atoms + right.atoms, outer)
        conditions = []
        if not small or self.scalars.chance(0.8):
            conditions.append(self.equal(left, right))
        if self.scalars.chance(0.1):
            conditions.append(self.equal(left, right))
        if not conditions or self.scalars.chance(0.15):
            conditions.append(self.scalars.condition(both, 2))
        rows = min(left.rows * right.rows, max(left.rows, right.rows, 1) * 3)
        if kind == "CROSS":
            conditions, rows = [], left.rows * right.rows
        on = [Node("on", [all_of(conditions)])] if conditions else []
        keys = left.keys and right.keys and left.keys + right.keys
        if kind in ("SEMI", "ANTI"):
            return Relation(Node("join", [left.node, right.node] + on, how=kind), left.atoms, left.keys, left.rows)
        return Relation(Node("join", [left.node, right.node] + on, how=kind), left.atoms + right.atoms, keys, rows)

    def equal(self, left, right):
        """An equality over one column of each side, or two expressions."""
        pairs = [(a, b) for a in left.atoms for b in right.atoms if a.type == b.type and a.type != BOOLEAN]
        # Unequal sizes join by what has many values.
        many = [(a, b) for a, b in pairs if a.name in ("k", "id") or b.name == "id"]
        alike = [(a, b) for a, b in pairs if a.name == b.name or a.name in ("k", "id") and b.name in ("k", "id")]
        pairs = many if left.rows * right.rows > PAIRS_MAX else alike if alike and self.scalars.chance(0.7) else pairs
        if not pairs:
            return Node("compare", [self.scalars.literal(INT), self.scalars.literal(INT)], BOOLEAN, op="=")
        a, b = (side.copy() for side in self.rng.choice(pairs))
        if self.scalars.chance(0.15) and left.rows * right.rows <= PAIRS_MAX:
            a = self.scalars.expression(a.type, Scope(left.atoms), 2)
        op = "IS NOT DISTINCT FROM" if self.scalars.chance(0.1) else "="
        return Node("compare", [a, b] if self.scalars.chance(0.5) else [b, a], BOOLEAN, op=op)

    def using(self, left, right, kind):
        """USING or NATURAL, over `k` and perhaps more: only the merged columns and the ids can be named."""
        kind = "INNER" if kind == "CROSS" else kind
        common = [a.name for a in left.atoms if any(b.name == a.name for b in right.atoms)]
        if "k" not in common:
            return left
        names = ["k"] + [name for name in common if name in ("g", "s") and self.scalars.chance(0.3)]
        node = Node("join", [left.node, right.node], how=kind, using=names)
        if self.scalars.chance(0.3):
            # NATURAL merges all that have a name in common, so the rest gets names of its own.
            left, right = self.wrapped(left, names), self.wrapped(right, names)
            node = Node("join", [left.node, right.node], how=kind, natural=True)
        if kind in ("SEMI", "ANTI"):
            return Relation(node, left.atoms, left.keys, left.rows)
        merged = []
        for name in names:
            a, b = (next(atom for atom in side.atoms if atom.name == name) for side in (left, right))
            limit = max(a.magnitude, b.magnitude) if a.type.is_integer else None
            merged.append(ref(None, name, a.type, limit))
        rest = [atom for atom in left.atoms + right.atoms if atom.name not in names]
        rows = max(left.rows, right.rows) * 3
        relation = Relation(node, merged + rest, left.keys and right.keys and left.keys + right.keys, rows)
        # Above, another relation's `k` would make the merged one ambiguous.
        return self.wrapped(relation)

    def wrapped(self, relation, kept=()):
        """As a derived table, whose columns have names of their own except for the merged ones and those kept."""
        alias, columns = self.queries.fresh("q"), []
        for atom in relation.atoms:
            name = atom.name if atom.alias is None or atom.name in kept else self.queries.fresh("c")
            columns.append(Node("as", [atom.copy()], atom.type, name=name, limit=atom.info.get("limit")))
        query = Node("query", [Node("select", [Node("columns", columns, distinct=False), Node("from", [relation.node])])])
        atoms = self.atoms(alias, columns)
        keys = [b for a, b in zip(relation.atoms, atoms) if any(a is key for key in relation.keys or [])] or None
        return Relation(Node("derived", [query], alias=alias), atoms, keys, relation.rows)

    def lateral(self, left, depth):
        alias = self.queries.fresh("l")
        query, columns, _ = self.queries.small_query(left.atoms, depth - 1)
        how = self.rng.choice(["CROSS", "LEFT"])
        node = Node("join", [left.node, Node("derived", [query], alias=alias, lateral=True)], how=how)
        if how == "LEFT":
            node.args.append(Node("on", [Node("literal", [], BOOLEAN, value=True)]))
        atoms = self.atoms(alias, columns)
        return Relation(node, left.atoms + atoms, None, left.rows * 2)

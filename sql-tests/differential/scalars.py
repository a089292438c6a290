"""Random expressions of a wanted type, over the atoms of a scope.

An atom is what an expression may be made of where it stands: a column, and above GROUP BY a key or an aggregate instead.
Integers carry how large they can get, and decimals their digits: operators that could overflow are left out, because which
rows an expression is evaluated for, and so whether it fails, is each engine's own business.
"""

import functions
from sqltypes import (BIGINT, BOOLEAN, COMMON, DATE, DECIMALS, DOUBLE, INT, INTEGERS, STRING, TIMESTAMP, WIDTHS, decimal,
                      wider)
from tables import WORDS, random_value
from tree import Node, all_of, cast, literal


class Scope:
    """`outer`: atoms of the queries around, which a subquery may name."""

    def __init__(self, atoms, outer=(), subqueries=0):
        self.atoms, self.outer, self.subqueries = list(atoms), list(outer), subqueries

    def of(self, test):
        return [atom for atom in self.atoms if test(atom.type)]


class Scalars:
    def __init__(self, rng, queries):
        self.rng, self.queries = rng, queries

    def chance(self, probability):
        return self.rng.random() < probability

    # Any type.

    def expression(self, type, scope, depth):
        if depth <= 0 or self.chance(0.25):
            return self.leaf(type, scope)
        roll = self.rng.random()
        if roll < 0.06:
            return self.case(type, scope, depth - 1)
        if roll < 0.10:
            return self.same_typed(self.rng.choice(["coalesce", "greatest", "least", "coalesce"]), 2, type, scope, depth - 1)
        if roll < 0.12:
            return self.same_typed("nullif", 2, type, scope, depth - 1)
        if roll < 0.15 and scope.subqueries > 0:
            return self.queries.scalar_subquery(type, scope)
        if type.is_integer:
            return self.integer(type, scope, depth)
        if type.is_decimal:
            return self.narrowed(self.any_decimal(scope, depth), type)
        make = {DOUBLE: self.double, STRING: self.string, BOOLEAN: self.boolean}.get(type, self.moment)
        return make(type, scope, depth)

    def leaf(self, type, scope):
        atoms = scope.of(lambda other: other == type)
        if atoms and self.chance(0.85):
            return self.rng.choice(atoms).copy()
        if type.is_integer and self.chance(0.7):
            narrower = scope.of(lambda other: other.is_integer)
            narrower = [atom for atom in narrower if atom.magnitude <= WIDTHS[type.name]]
            if narrower:
                return cast(self.rng.choice(narrower).copy(), type)
        if scope.outer and self.chance(0.2):
            outer = [atom for atom in scope.outer if atom.type == type]
            if outer:
                return self.rng.choice(outer).copy()
        if type == BOOLEAN and scope.atoms and self.chance(0.9):
            return self.about(self.rng.choice(scope.atoms), scope)
        return self.literal(type)

    def about(self, atom, scope):
        """A condition on a column that some of its rows fulfil and some do not."""
        samples, rng = atom.info.get("samples"), self.rng
        if self.chance(0.1):
            return Node("is", [atom.copy()], BOOLEAN, what=rng.choice(["NULL", "NOT NULL"]))
        if not samples or self.chance(0.3):
            return self.comparison(scope, 0, atom.copy())
        known = lambda: literal(rng.choice(samples), atom.type)
        kind = rng.choice(["compare", "compare", "in", "between"])
        if kind == "compare":
            op = rng.choice(["=", "<>", "<=", ">=", "<", ">", "IS NOT DISTINCT FROM"])
            return Node("compare", [atom.copy(), known()], BOOLEAN, op=op)
        members = [known() for _ in range(2 if kind == "between" else rng.choice([1, 3, 12]))]
        return Node(kind, [atom.copy()] + members, BOOLEAN, negated=self.chance(0.3))

    def literal(self, type):
        if self.chance(0.06):
            return literal(None, type)
        return literal(random_value(self.rng, type, 30), type)

    def case(self, type, scope, depth):
        branches = []
        for _ in range(self.rng.randint(1, 2)):
            branches += [self.expression(BOOLEAN, scope, depth), self.expression(type, scope, depth)]
        if self.chance(0.7):
            branches.append(self.expression(type, scope, depth))
        return self.typed("case", branches, type)

    def same_typed(self, kind, count, type, scope, depth):
        args = [self.expression(type, scope, depth) for _ in range(count)]
        if type.is_integer and kind != "nullif" and self.chance(0.3):
            # The other is wider and says what comes out.
            args[0] = self.expression(self.narrower(type), scope, depth)
        return self.typed(kind, args, type)

    def narrower(self, type):
        return self.rng.choice([other for other in INTEGERS if wider(type, other) == type])

    def typed(self, kind, args, type):
        limits = [arg.magnitude for arg in args if arg.type.is_integer] if type.is_integer else [None]
        return Node(kind, args, type, limit=max(limits))

    def function(self, type, scope, depth):
        function = self.rng.choice(functions.giving(type))
        args = []
        for wanted in function.args:
            if isinstance(wanted, tuple):
                value = self.rng.choice(wanted)
                args.append(literal(value, STRING if isinstance(value, str) else INT))
            else:
                args.append(self.expression(wanted, scope, depth - 1))
        return Node("call", args, type, name=function.name, limit=function.limit)

    # Numbers.

    def integer(self, type, scope, depth):
        roll, rng = self.rng.random(), self.rng
        if roll < 0.2:
            made = self.function(rng.choice([INT, INT, BIGINT]), scope, depth)
            return cast(made, type) if made.magnitude <= WIDTHS[type.name] else self.leaf(type, scope)
        if roll < 0.3:
            inner = self.expression(rng.choice(INTEGERS), scope, depth - 1)
            return cast(inner, type) if inner.magnitude <= WIDTHS[type.name] else self.leaf(type, scope)
        if roll < 0.35:
            return cast(self.expression(BOOLEAN, scope, depth - 1), type)
        left = self.expression(type, scope, depth - 1)
        if roll < 0.42:
            return Node(rng.choice(["negate", "abs"]), [left], type, limit=left.magnitude)
        right = self.expression(self.narrower(type), scope, depth - 1)
        if roll < 0.52:
            # Both divide by NULL instead of by zero: what each does about zero differs.
            modulo = Node("arithmetic", [left, Node("nullif", [right, literal(0, right.type)], right.type)], type, op="%",
                          limit=left.magnitude)
            if type == BIGINT and self.chance(0.5):
                modulo.kind, modulo.info["op"] = "divide_integers", "div"
            return modulo
        if roll < 0.58:
            right = self.expression(type, scope, depth - 1)
            return Node("bits", [left, right], type, op=rng.choice("&|^"))
        op = rng.choice("+-*")
        limit = left.magnitude * right.magnitude if op == "*" else left.magnitude + right.magnitude
        if limit > WIDTHS[type.name]:
            return left
        return Node("arithmetic", [left, right], type, op=op, limit=limit)

    def any_decimal(self, scope, depth):
        """A decimal of whatever precision comes out."""
        rng = self.rng
        atoms = scope.of(lambda type: type.is_decimal)
        if depth <= 0 or self.chance(0.3):
            return rng.choice(atoms).copy() if atoms else self.literal(rng.choice(DECIMALS))
        roll = rng.random()
        left = self.any_decimal(scope, depth - 1)
        precision, scale = left.type.precision, left.type.scale
        if roll < 0.15:
            return Node(rng.choice(["negate", "abs"]), [left], left.type)
        if roll < 0.3:
            places = rng.randint(0, scale)
            if precision - scale + places + 1 > 38:
                return left
            return Node("round", [left], decimal(precision - scale + places + 1, places), places=places)
        if roll < 0.4:
            inner = self.expression(INT, scope, depth - 1)
            return cast(inner, decimal(10, 0))
        right = self.any_decimal(scope, depth - 1)
        if roll < 0.55:
            product = decimal(precision + right.type.precision + 1, scale + right.type.scale)
            # A result of more than 38 digits loses places in ways of each engine.
            return Node("arithmetic", [left, right], product, op="*") if product.precision <= 38 else left
        places = max(scale, right.type.scale)
        result = decimal(max(left.type.integer_digits, right.type.integer_digits) + places + 1, places)
        if result.precision > 38:
            return left
        return Node("arithmetic", [left, right], result, op=rng.choice("+-"))

    def narrowed(self, node, type):
        """As the wanted type, if it is sure to fit."""
        fits = node.type == type or node.type.integer_digits < type.integer_digits
        return cast(node, type) if fits else self.literal(type)

    def double(self, type, scope, depth):
        roll, rng = self.rng.random(), self.rng
        if roll < 0.2:
            return self.function(DOUBLE, scope, depth)
        if roll < 0.35:
            return cast(self.expression(rng.choice(INTEGERS), scope, depth - 1), DOUBLE)
        if roll < 0.45:
            return cast(self.any_decimal(scope, depth - 1), DOUBLE)
        left, right = self.expression(DOUBLE, scope, depth - 1), self.expression(DOUBLE, scope, depth - 1)
        if roll < 0.55:
            return Node(rng.choice(["negate", "abs"]), [left], DOUBLE)
        if roll < 0.65:
            numbers = [self.expression(rng.choice([INT, DOUBLE]), scope, depth - 1) for _ in range(2)]
            divisor = Node("nullif", [numbers[1], literal(0, INT)], numbers[1].type)
            return Node("arithmetic", [numbers[0], divisor], DOUBLE, op="/")
        return Node("arithmetic", [left, right], DOUBLE, op=rng.choice("+-*"))

    # Texts, dates.

    def string(self, type, scope, depth):
        roll = self.rng.random()
        if roll < 0.2:
            return Node("concat", [self.expression(STRING, scope, depth - 1) for _ in range(self.rng.randint(2, 3))], STRING)
        if roll < 0.35:
            source = self.rng.choice(INTEGERS + DECIMALS + [DATE, TIMESTAMP, BOOLEAN])
            return cast(self.expression(source, scope, depth - 1), STRING)
        return self.function(STRING, scope, depth)

    def moment(self, type, scope, depth):
        if self.chance(0.25):
            return cast(self.expression(TIMESTAMP if type == DATE else DATE, scope, depth - 1), type)
        return self.function(type, scope, depth)

    # Conditions.

    def boolean(self, type, scope, depth):
        rng = self.rng
        roll = rng.random()
        if roll < 0.22:
            return Node(rng.choice(["and", "or", "or"]),
                        [self.expression(BOOLEAN, scope, depth - 1) for _ in range(rng.choice([2, 2, 3]))], BOOLEAN)
        if roll < 0.29:
            return Node("not", [self.expression(BOOLEAN, scope, depth - 1)], BOOLEAN)
        if roll < 0.36:
            return self.function(BOOLEAN, scope, depth)
        if roll < 0.43:
            inner = self.expression(rng.choice(COMMON), scope, depth - 1)
            return Node("is", [inner], BOOLEAN, what=rng.choice(["NULL", "NOT NULL"]))
        if roll < 0.46:
            what = rng.choice(["TRUE", "NOT TRUE", "FALSE", "NOT FALSE"])
            return Node("is", [self.expression(BOOLEAN, scope, depth - 1)], BOOLEAN, what=what)
        if roll < 0.53:
            pattern = self.pattern() if self.chance(0.85) else self.expression(STRING, scope, depth - 1)
            return Node("like", [self.expression(STRING, scope, depth - 1), pattern], BOOLEAN, negated=self.chance(0.3))
        if roll < 0.64 and scope.subqueries > 0:
            return self.queries.condition_subquery(scope, depth)
        kind = rng.choice(COMMON)
        if roll < 0.72:
            members = [self.literal(kind) if self.chance(0.8) else self.expression(kind, scope, depth - 1)
                       for _ in range(rng.choice([1, 2, 3, 12]))]
            return Node("in", [self.expression(kind, scope, depth - 1)] + members, BOOLEAN, negated=self.chance(0.3))
        if roll < 0.78:
            args = [self.expression(kind, scope, depth - 1) for _ in range(3)]
            return Node("between", args, BOOLEAN, negated=self.chance(0.3))
        return self.comparison(scope, depth)

    def comparison(self, scope, depth, left=None):
        rng = self.rng
        op = rng.choice(["=", "=", "<", "<=", ">", ">=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
        left = left or self.expression(rng.choice(COMMON), scope, depth - 1)
        return Node("compare", [left, self.expression(self.comparable(left.type), scope, depth - 1)], BOOLEAN, op=op)

    def comparable(self, type):
        """A type that both engines compare with this one alike."""
        if self.chance(0.75):
            return type
        if type.is_integer:
            return self.rng.choice(INTEGERS + [DOUBLE])
        if type.is_decimal:
            return self.rng.choice(DECIMALS)
        return self.rng.choice({DATE: [DATE, TIMESTAMP], TIMESTAMP: [DATE, TIMESTAMP]}.get(type, [type]))

    def pattern(self):
        word = self.rng.choice(WORDS)
        at = self.rng.randint(0, len(word))
        text = self.rng.choice([word, word[:at] + "%", "%" + word[at:], f"%{word[:3]}%", word[:at] + "_" + word[at + 1:], "%",
                                word[:1] + "%" + word[-1:]])
        return literal(text, STRING)

    def condition(self, scope, depth):
        """For WHERE, ON and HAVING: likely to be about a column."""
        conditions = []
        for _ in range(self.rng.choice([1, 1, 1, 1, 2, 3])):
            atom = self.rng.choice(scope.atoms) if scope.atoms else None
            if atom is not None and atom.type in COMMON and self.chance(0.5):
                conditions.append(self.about(atom, scope))
            else:
                conditions.append(self.expression(BOOLEAN, scope, depth))
        return all_of(conditions)

"""Random aggregates and window functions, those whose results do not depend on the order of rows."""

from sqltypes import BIGINT, BOOLEAN, COMMON, DECIMALS, DOUBLE, INT, INTEGERS, STRING, WIDTHS, decimal
from tree import Node, literal

# More rows than any query here sums up.
ROWS_MAX = 10_000_000
FRAMES = ["ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", "ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING",
          "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING",
          "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING", "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"]
# Peers are in or out together, so these need no total order.
PEER_FRAMES = [None, None, "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
               "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
               "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"]
DISTANCE_FRAMES = ["RANGE BETWEEN 2 PRECEDING AND CURRENT ROW", "RANGE BETWEEN 1 PRECEDING AND 3 FOLLOWING",
                   "RANGE BETWEEN 5 PRECEDING AND 1 PRECEDING"]


class Aggregates:
    def __init__(self, rng, scalars):
        self.rng, self.scalars = rng, scalars

    def aggregate(self, scope, depth, type=None, windowed=False):
        """An aggregate call; of a type, if one is wanted, or None when there is none."""
        rng = self.rng
        name = rng.choice(["count", "count_all", "sum", "sum", "min", "max", "min", "max", "avg", "bool", "bits", "listagg",
                           "count_if", "median", "moments"])
        if type is not None:
            name = {"boolean": rng.choice(["bool", "min", "max"]), "double": rng.choice(["avg", "sum", "min", "max"]),
                    "bigint": rng.choice(["count", "count_all", "sum", "max"])}.get(type.name, rng.choice(["min", "max"]))
        if windowed and name in ("listagg", "median", "moments"):
            name = "count"
        call = self.call(name, scope, depth, type)
        if name not in ("median", "moments") and self.scalars.chance(0.15):
            call.args.append(Node("filter", [self.scalars.expression(BOOLEAN, scope, depth)]))
        return call

    def call(self, name, scope, depth, type):
        rng, make = self.rng, lambda wanted: self.scalars.expression(wanted, scope, depth)
        distinct = self.scalars.chance(0.2)
        if name == "count_all":
            return self.made("count_all", [], BIGINT, ROWS_MAX)
        if name == "count" and distinct and self.scalars.chance(0.4):
            pair = [make(rng.choice(COMMON)), make(rng.choice(COMMON))]
            return self.made("count_pairs", pair, BIGINT, ROWS_MAX)
        if name == "count":
            return self.made("count", [make(rng.choice(COMMON))], BIGINT, ROWS_MAX, distinct=distinct)
        if name == "count_if":
            return self.made("count_if", [make(BOOLEAN)], BIGINT, ROWS_MAX)
        if name == "sum":
            return self.sum(make, type, distinct)
        if name == "avg":
            return self.made("avg", [make(rng.choice([INT, BIGINT, DOUBLE, DOUBLE]))], DOUBLE, distinct=distinct)
        if name == "bool":
            return self.made(rng.choice(["bool_and", "bool_or"]), [make(BOOLEAN)], BOOLEAN)
        if name == "bits":
            kind = rng.choice([INT, BIGINT])
            return self.made(rng.choice(["bit_and", "bit_or", "bit_xor"]), [make(kind)], kind)
        if name == "listagg":
            return self.made("listagg", [make(STRING)], STRING)
        if name == "median":
            return self.made("median", [make(rng.choice([INT, DOUBLE]))], DOUBLE, approximate=True)
        if name == "moments":
            function = rng.choice(["stddev_samp", "var_samp", "stddev_pop", "var_pop"])
            return self.made(function, [make(INT)], DOUBLE, approximate=True)
        inner = make(type or rng.choice(COMMON))
        return self.made(name, [inner], inner.type, inner.magnitude if inner.type.is_integer else None, distinct=distinct)

    def sum(self, make, type, distinct):
        kind = self.rng.choice([DOUBLE] if type == DOUBLE else INTEGERS if type == BIGINT else INTEGERS + DECIMALS + [DOUBLE])
        inner = make(kind)
        if kind.is_decimal:
            return self.made("sum", [inner], decimal(kind.precision + 10, kind.scale), distinct=distinct)
        if kind == DOUBLE:
            return self.made("sum", [inner], DOUBLE, distinct=distinct, approximate=True)
        if inner.magnitude * ROWS_MAX > WIDTHS["bigint"]:
            return self.made("count", [inner], BIGINT, ROWS_MAX)
        return self.made("sum", [inner], BIGINT, inner.magnitude * ROWS_MAX, distinct=distinct)

    def made(self, name, args, type, limit=None, **info):
        return Node("aggregate", args, type, name=name, limit=limit, **info)

    def window(self, scope, depth, keys):
        """A window function; `keys` are columns that tell all rows apart, if there are such."""
        rng, scalars = self.rng, self.scalars
        partition = [scalars.expression(rng.choice(COMMON), scope, 1) for _ in range(rng.choice([0, 1, 1, 2]))]
        order = [self.key(scalars.expression(rng.choice(COMMON), scope, 1)) for _ in range(rng.choice([1, 1, 2]))]
        total = bool(keys) and scalars.chance(0.6)
        if total:
            order += [self.key(key.copy()) for key in keys]
        kinds = ["aggregate", "aggregate", "peers"] + (["rows", "shift", "nth"] if total else [])
        kind = rng.choice(kinds)
        frame = None
        if kind == "shift":
            call = self.shift(scope, depth)
        elif kind == "peers":
            call = self.ranking(total)
        elif kind == "nth":
            call = self.nth(scope, depth)
            frame = rng.choice([None] + FRAMES)
        else:
            call = self.aggregate(scope, depth, windowed=True)
            if call.info.get("distinct") or call.name == "count_pairs":
                call = self.call("count_all", scope, depth, None)
            if kind == "rows":
                frame = rng.choice(FRAMES)
            else:
                frame, order = self.peer_frame(scope, order)
        parts = [Node("partition", partition)] if partition else []
        parts += [Node("order", order)] if order else []
        return Node("window", [call] + parts, call.type, frame=frame, limit=call.info.get("limit"))

    def peer_frame(self, scope, order):
        numbers = scope.of(lambda type: type in (INT, DOUBLE))
        if self.scalars.chance(0.2):
            return None, []
        if numbers and self.scalars.chance(0.25):
            return self.rng.choice(DISTANCE_FRAMES), [self.key(self.rng.choice(numbers).copy())]
        return self.rng.choice(PEER_FRAMES), order

    def ranking(self, total):
        rng = self.rng
        name = rng.choice(["rank", "dense_rank", "percent_rank", "cume_dist"] + (["row_number", "row_number", "ntile"] * total))
        args = [literal(rng.randint(1, 5), INT)] if name == "ntile" else []
        if name in ("percent_rank", "cume_dist"):
            return Node("ranking", args, DOUBLE, name=name)
        return Node("ranking", args, INT, name=name, limit=ROWS_MAX)

    def shift(self, scope, depth):
        inner = self.scalars.expression(self.rng.choice(COMMON), scope, depth)
        args = [inner, literal(self.rng.randint(0, 3), INT)]
        if self.scalars.chance(0.4):
            args.append(self.scalars.literal(inner.type))
        return Node("shift", args, inner.type, name=self.rng.choice(["lag", "lead"]), ignore_nulls=self.scalars.chance(0.2))

    def nth(self, scope, depth):
        inner = self.scalars.expression(self.rng.choice(COMMON), scope, depth)
        name = self.rng.choice(["first_value", "last_value", "nth_value"])
        args = [inner] + ([literal(self.rng.randint(1, 3), INT)] if name == "nth_value" else [])
        return Node("shift", args, inner.type, name=name, ignore_nulls=self.scalars.chance(0.3))

    def key(self, node):
        return Node("key", [node], descending=self.scalars.chance(0.4), nulls_first=self.scalars.chance(0.5))

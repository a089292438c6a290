"""Random tables. One set of them serves a block of seeds; `generate` gives the same set for the same number.

Doubles are eighths, so that sums are exact in any order; integers and texts come from small ranges, so that joins, groups
and filters hit.
"""

import datetime as dt
import decimal as dec
import math
import random
from typing import NamedTuple

from sqltypes import BIGINT, BOOLEAN, DATE, DOUBLE, INT, SMALLINT, STRING, TIMESTAMP, TINYINT, decimal

SEEDS_PER_SET = 50

# Name, type, and for integers how far from zero they may be.
COLUMNS = [
    ("k", INT, 30),
    ("g", TINYINT, 4),
    ("h", SMALLINT, 300),
    ("b", BIGINT, 3_000_000_000),
    ("d", decimal(5, 2), None),
    ("e", decimal(12, 4), None),
    ("f", decimal(20, 3), None),
    ("x", DOUBLE, None),
    ("s", STRING, None),
    ("u", STRING, None),
    ("dt", DATE, None),
    ("ts", TIMESTAMP, None),
    ("p", BOOLEAN, None),
]
WORDS = ["", "a", "A", "ab", "abc", "b", "Ba", " a", "a ", "foo", "foobar", "Foo bar", "bar", "%", "a_c", "été", "naïve",
         "日本",
         "a longer text than fits in twelve bytes", "a longer text than fits in twelve byteS", "zz"]
EPOCH = dt.date(2000, 1, 1)


class Table(NamedTuple):
    name: str
    columns: list  # (name, type, limit)
    rows: list  # tuples

    def path(self, folder):
        return folder / f"{self.name}.parquet"


def random_value(rng, type, limit=None):
    if type.is_integer:
        near = min(limit, rng.choice([3, 10, limit]))
        return rng.randint(-near if rng.random() < 0.3 else 0, near)
    if type.is_decimal:
        digits = rng.choice([3, 4, min(type.precision, 9), type.precision])
        return dec.Decimal(rng.randint(-(10**digits) + 1, 10**digits - 1)).scaleb(-type.scale)
    if type == DOUBLE:
        odd = rng.choice([0.0, -0.0, math.nan, math.inf])
        return rng.choice([0.5, -1.25, rng.randint(-80, 80) / 8, rng.randint(-800_000, 800_000) / 8, odd])
    if type == STRING:
        return rng.choice(WORDS)
    if type == DATE:
        return EPOCH + dt.timedelta(days=rng.choice([0, 1, 30, 31, 59, 60, 366, rng.randint(-400, 9000)]))
    if type == TIMESTAMP:
        day = dt.datetime.combine(random_value(rng, DATE), dt.time())
        return day + dt.timedelta(seconds=rng.choice([0, 1, 3600, 86_399, rng.randint(0, 86_399)]))
    return rng.random() < 0.5


def random_column(rng, name, type, limit, rows):
    nulls = rng.choice([0, 0, 0, 0.1, 0.1, 0.1, 0.4, 0.9])
    if name == "u":
        make = lambda: str(rng.randint(0, 40))
    elif name == "k" and rows > 1000:
        make = lambda: rng.randint(0, 2000)
    else:
        make = lambda: random_value(rng, type, limit)
    # Few distinct values make a dictionary.
    pool = [make() for _ in range(rng.choice([1, 3, 20, 20, 200]))] if name != "k" else None
    return [None if rng.random() < nulls else (rng.choice(pool) if pool else make()) for _ in range(rows)]


def generate(number):
    rng = random.Random(f"tables {number}")
    sizes = {"empty": 0, "one": 1, "tiny": 6, "small": 30, "other": 60, "medium": 200, "big": 20_000}
    tables = []
    for name, rows in sizes.items():
        chosen = [("id", INT, 20_000)]
        chosen += [column for column in COLUMNS if column[0] in ("k", "g", "s") or rng.random() < 0.75]
        data = [list(range(rows))]
        rng.shuffle(data[0])
        data += [random_column(rng, *column, rows) for column in chosen[1:]]
        if name == "big":
            chosen = [(n, t, 2000 if n == "k" else limit) for n, t, limit in chosen]
        tables.append(Table(name, chosen, list(zip(*data))))
    return tables


def write(tables, folder):
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = {"tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(), "double": pa.float64(),
             "string": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC"), "boolean": pa.bool_()}
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        columns = {}
        for at, (name, type, _) in enumerate(table.columns):
            kind = pa.decimal128(type.precision, type.scale) if type.is_decimal else arrow[type.name]
            columns[name] = pa.array([row[at] for row in table.rows], kind)
        pq.write_table(pa.table(columns), table.path(folder), row_group_size=3000, data_page_size=4096)

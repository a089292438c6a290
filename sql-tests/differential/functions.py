"""Functions that mean the same in both engines, as templates of each dialect's text.

DuckDB's results are cast to the type that Spark's function has, where they differ. `{0}` is an argument's text.
"""

from typing import NamedTuple

from sqltypes import BIGINT, BOOLEAN, DATE, DOUBLE, INT, STRING, TIMESTAMP


class Function(NamedTuple):
    name: str
    type: object
    # Types of arguments, or a tuple of literals to choose from.
    args: list
    spark: str
    duck: str
    # How far from zero integer results may be.
    limit: int = None


def same(name, type, args, limit=None):
    text = f"{name}({', '.join('{%d}' % at for at in range(len(args)))})"
    duck = f"CAST({text} AS {'INTEGER' if type == INT else 'BIGINT'})" if type in (INT, BIGINT) else text
    return Function(name, type, args, text, duck, limit)


def _(name, type, args, spark, duck, limit=None):
    return Function(name, type, args, spark, duck, limit)


def guarded(text):
    """What has no integer is NULL: each engine has its own idea of it."""
    return f"CASE WHEN abs({{0}}) < 1e15 THEN {text} END"


SMALL, FROM_ONE = (0, 1, 2, 3, 7), (1, 2, 3, 5)
PIECES = ("a", "b", "fo", "oo", "A", "zz", " ")
UNITS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE")

ALL = [
    same("length", INT, [STRING], 100_000),
    same("instr", INT, [STRING, PIECES], 100_000),
    same("year", INT, [DATE], 10_000),
    same("month", INT, [DATE], 12),
    same("day", INT, [DATE], 31),
    same("quarter", INT, [DATE], 4),
    same("dayofyear", INT, [DATE], 366),
    same("weekofyear", INT, [DATE], 53),
    same("hour", INT, [TIMESTAMP], 23),
    same("minute", INT, [TIMESTAMP], 59),
    _("dayofweek", INT, [DATE], "dayofweek({0})", "CAST(dayofweek({0}) + 1 AS INTEGER)", 7),
    _("datediff", INT, [DATE, DATE], "datediff({0}, {1})", "CAST({0} - {1} AS INTEGER)", 4_000_000),
    _("floor", BIGINT, [DOUBLE], guarded("floor({0})"), guarded("CAST(floor({0}) AS BIGINT)")),
    _("ceil", BIGINT, [DOUBLE], guarded("ceil({0})"), guarded("CAST(ceil({0}) AS BIGINT)")),
    _("extract", INT, [DATE], "extract(YEAR FROM {0})", "CAST(extract(YEAR FROM {0}) AS INTEGER)", 10_000),
    same("upper", STRING, [STRING]),
    same("lower", STRING, [STRING]),
    same("trim", STRING, [STRING]),
    same("ltrim", STRING, [STRING]),
    same("rtrim", STRING, [STRING]),
    same("reverse", STRING, [STRING]),
    same("replace", STRING, [STRING, PIECES, ("", "x", "yy")]),
    same("substring", STRING, [STRING, FROM_ONE, SMALL]),
    same("left", STRING, [STRING, SMALL]),
    same("right", STRING, [STRING, SMALL]),
    same("repeat", STRING, [STRING, SMALL]),
    same("lpad", STRING, [STRING, SMALL, ("x", "ab", " ")]),
    same("rpad", STRING, [STRING, SMALL, ("x", "ab", " ")]),
    same("translate", STRING, [STRING, ("abc", "o"), ("xy", "0")]),
    same("concat_ws", STRING, [(",", "", "--"), STRING, STRING]),
    same("md5", STRING, [STRING]),
    same("split_part", STRING, [STRING, ("a", "o", " "), FROM_ONE]),
    same("contains", BOOLEAN, [STRING, STRING]),
    _("startswith", BOOLEAN, [STRING, STRING], "startswith({0}, {1})", "starts_with({0}, {1})"),
    _("endswith", BOOLEAN, [STRING, STRING], "endswith({0}, {1})", "ends_with({0}, {1})"),
    same("last_day", DATE, [DATE]),
    _("date_add", DATE, [DATE, SMALL], "date_add({0}, {1})", "({0} + {1})"),
    _("date_sub", DATE, [DATE, SMALL], "date_sub({0}, {1})", "({0} - {1})"),
    _("add_months", DATE, [DATE, SMALL], "add_months({0}, {1})", "CAST({0} + to_months({1}) AS DATE)"),
    _("trunc_month", DATE, [DATE], "trunc({0}, 'MM')", "CAST(date_trunc('month', {0}) AS DATE)"),
    _("trunc_year", DATE, [DATE], "trunc({0}, 'YEAR')", "CAST(date_trunc('year', {0}) AS DATE)"),
    _("date_trunc", TIMESTAMP, [UNITS, TIMESTAMP], "date_trunc({0}, {1})", "date_trunc({0}, {1})"),
    _("plus_hours", TIMESTAMP, [TIMESTAMP], "({0} + INTERVAL '5' HOUR)", "({0} + INTERVAL 5 HOUR)"),
    _("minus_days", TIMESTAMP, [TIMESTAMP], "({0} - INTERVAL '40' DAY)", "({0} - INTERVAL 40 DAY)"),
    _("plus_months", DATE, [DATE], "({0} + INTERVAL '1' MONTH)", "CAST({0} + INTERVAL 1 MONTH AS DATE)"),
    _("sqrt", DOUBLE, [DOUBLE], "sqrt(abs({0}))", "sqrt(abs({0}))"),
    _("sign", DOUBLE, [DOUBLE], "sign({0})", "CASE WHEN isnan({0}) THEN {0} ELSE CAST(sign({0}) AS DOUBLE) END"),
    _("to_double", DOUBLE, [STRING], "try_cast(nullif({0}, '') AS DOUBLE)", "TRY_CAST(nullif({0}, '') AS DOUBLE)"),
]

BY_NAME = {function.name: function for function in ALL}


def giving(type):
    return [function for function in ALL if function.type == type]

"""The types that both engines have, as the generator knows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    name: str
    precision: int = 0
    scale: int = 0

    @property
    def is_integer(self):
        return self.name in WIDTHS

    @property
    def is_decimal(self):
        return self.name == "decimal"

    @property
    def integer_digits(self):
        return self.precision - self.scale


WIDTHS = {"tinyint": 2**7 - 1, "smallint": 2**15 - 1, "int": 2**31 - 1, "bigint": 2**63 - 1}

TINYINT, SMALLINT, INT, BIGINT = (Type(name) for name in WIDTHS)
INTEGERS = [TINYINT, SMALLINT, INT, BIGINT]
DOUBLE, STRING, DATE, TIMESTAMP, BOOLEAN = (Type(n) for n in ["double", "string", "date", "timestamp", "boolean"])


def decimal(precision, scale):
    return Type("decimal", precision, scale)


DECIMALS = [decimal(5, 2), decimal(12, 4), decimal(20, 3)]
# What columns, casts and set operations are made of.
COMMON = INTEGERS + DECIMALS + [DOUBLE, STRING, DATE, TIMESTAMP, BOOLEAN]


def wider(left, right):
    return max(left, right, key=lambda integer: WIDTHS[integer.name])

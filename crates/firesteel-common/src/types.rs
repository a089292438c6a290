//! [`SqlType`]: Spark's type, which says what Arrow's cannot (CHAR lengths, collations, interval fields, VOID, …), and its
//! one canonical Arrow type. Physical encodings (dictionary, constant, narrow decimal) are the executor's affair.

use std::fmt;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, IntervalUnit, TimeUnit};
use serde::{Deserialize, Serialize};

/// How text compares. 0 is UTF8_BINARY, by bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Collation(pub u16);

impl Collation {
    pub const UTF8_BINARY: Collation = Collation(0);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum YearMonthField {
    Year,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DayTimeField {
    Day,
    Hour,
    Minute,
    Second,
}

/// A field of a STRUCT. Names keep their case and match without it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StructField {
    pub name: Arc<str>,
    pub data_type: SqlType,
    pub nullable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SqlType {
    /// The type of a bare NULL.
    Void,
    Boolean,
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Float,
    Double,
    /// `precision` 1..=38 digits, `scale` of them after the point, `0 <= scale <= precision`.
    Decimal {
        precision: u8,
        scale: i8,
    },
    String(Collation),
    /// Padded with blanks to its length, in characters. In expressions both CHAR and VARCHAR are STRING.
    Char(u32),
    Varchar(u32),
    Binary,
    /// Days since 1970-01-01.
    Date,
    /// Nanoseconds since midnight; the precision (0..=6) counts printed digits.
    Time(u8),
    /// An instant: microseconds since the epoch in UTC; the session zone parses and displays.
    Timestamp,
    /// A wall clock: microseconds since 1970-01-01 00:00:00, no zone.
    TimestampNtz,
    /// Months; from and to field say what is shown.
    YearMonthInterval(YearMonthField, YearMonthField),
    /// Microseconds; from and to field say what is shown.
    DayTimeInterval(DayTimeField, DayTimeField),
    /// Months, days and microseconds kept apart; not ordered.
    CalendarInterval,
    Array {
        element: Arc<SqlType>,
        contains_null: bool,
    },
    Map {
        key: Arc<SqlType>,
        value: Arc<SqlType>,
        value_contains_null: bool,
    },
    Struct(Arc<[StructField]>),
    Variant,
}

impl SqlType {
    pub const STRING: SqlType = SqlType::String(Collation::UTF8_BINARY);
    pub const YEAR_MONTH: SqlType = SqlType::YearMonthInterval(YearMonthField::Year, YearMonthField::Month);
    pub const DAY_TIME: SqlType = SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Second);
    pub const DECIMAL_PRECISION_MAX: u8 = 38;
    /// What a function result of unknown digits gets: DECIMAL(38,18).
    pub const DECIMAL_SYSTEM_DEFAULT: SqlType = SqlType::Decimal { precision: 38, scale: 18 };
    /// `DECIMAL` without digits: DECIMAL(10,0).
    pub const DECIMAL_USER_DEFAULT: SqlType = SqlType::Decimal { precision: 10, scale: 0 };

    pub fn decimal(precision: u8, scale: i8) -> SqlType {
        SqlType::Decimal { precision, scale }
    }

    pub fn array(element: SqlType, contains_null: bool) -> SqlType {
        SqlType::Array { element: Arc::new(element), contains_null }
    }

    pub fn map(key: SqlType, value: SqlType, value_contains_null: bool) -> SqlType {
        SqlType::Map { key: Arc::new(key), value: Arc::new(value), value_contains_null }
    }

    pub fn is_integral(&self) -> bool {
        matches!(self, SqlType::TinyInt | SqlType::SmallInt | SqlType::Int | SqlType::BigInt)
    }

    pub fn is_fractional(&self) -> bool {
        matches!(self, SqlType::Float | SqlType::Double)
    }

    pub fn is_decimal(&self) -> bool {
        matches!(self, SqlType::Decimal { .. })
    }

    pub fn is_numeric(&self) -> bool {
        self.is_integral() || self.is_fractional() || self.is_decimal()
    }

    /// STRING, CHAR or VARCHAR.
    pub fn is_string(&self) -> bool {
        matches!(self, SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_))
    }

    pub fn is_datetime(&self) -> bool {
        matches!(self, SqlType::Date | SqlType::Timestamp | SqlType::TimestampNtz)
    }

    /// Year-month or day-time, the intervals that compare and add.
    pub fn is_ansi_interval(&self) -> bool {
        matches!(self, SqlType::YearMonthInterval(..) | SqlType::DayTimeInterval(..))
    }

    pub fn is_nested(&self) -> bool {
        matches!(self, SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Struct(_))
    }

    /// Whether `<`, ORDER BY and min/max are defined.
    pub fn is_orderable(&self) -> bool {
        match self {
            SqlType::Map { .. } | SqlType::CalendarInterval | SqlType::Variant => false,
            SqlType::Array { element, .. } => element.is_orderable(),
            SqlType::Struct(fields) => fields.iter().all(|field| field.data_type.is_orderable()),
            _ => true,
        }
    }

    /// The one Arrow type in which a flat column of this type travels between operators.
    pub fn to_arrow(&self) -> DataType {
        match self {
            SqlType::Void => DataType::Null,
            SqlType::Boolean => DataType::Boolean,
            SqlType::TinyInt => DataType::Int8,
            SqlType::SmallInt => DataType::Int16,
            SqlType::Int => DataType::Int32,
            SqlType::BigInt => DataType::Int64,
            SqlType::Float => DataType::Float32,
            SqlType::Double => DataType::Float64,
            SqlType::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale),
            SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_) => DataType::Utf8View,
            SqlType::Binary | SqlType::Variant => DataType::BinaryView,
            SqlType::Date => DataType::Date32,
            SqlType::Time(_) => DataType::Time64(TimeUnit::Nanosecond),
            SqlType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
            SqlType::TimestampNtz => DataType::Timestamp(TimeUnit::Microsecond, None),
            SqlType::YearMonthInterval(..) => DataType::Interval(IntervalUnit::YearMonth),
            SqlType::DayTimeInterval(..) => DataType::Duration(TimeUnit::Microsecond),
            SqlType::CalendarInterval => DataType::Interval(IntervalUnit::MonthDayNano),
            SqlType::Array { element, contains_null } => {
                DataType::List(Arc::new(Field::new("element", element.to_arrow(), *contains_null)))
            }
            SqlType::Map { key, value, value_contains_null } => {
                let entry = Fields::from(vec![
                    Field::new("key", key.to_arrow(), false),
                    Field::new("value", value.to_arrow(), *value_contains_null),
                ]);
                DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entry), false)), false)
            }
            SqlType::Struct(fields) => DataType::Struct(
                fields.iter().map(|f| Field::new(f.name.as_ref(), f.data_type.to_arrow(), f.nullable)).collect(),
            ),
        }
    }

    /// The type that data of an Arrow type gets when it comes from outside; `None` for what SQL has no name for.
    pub fn from_arrow(arrow: &DataType) -> Option<SqlType> {
        Some(match arrow {
            DataType::Null => SqlType::Void,
            DataType::Boolean => SqlType::Boolean,
            DataType::Int8 => SqlType::TinyInt,
            DataType::Int16 | DataType::UInt8 => SqlType::SmallInt,
            DataType::Int32 | DataType::UInt16 => SqlType::Int,
            DataType::Int64 | DataType::UInt32 => SqlType::BigInt,
            DataType::UInt64 => SqlType::decimal(20, 0),
            DataType::Float16 | DataType::Float32 => SqlType::Float,
            DataType::Float64 => SqlType::Double,
            DataType::Decimal32(p, s) | DataType::Decimal64(p, s) | DataType::Decimal128(p, s) => {
                SqlType::decimal(*p, *s)
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => SqlType::STRING,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                SqlType::Binary
            }
            DataType::Date32 | DataType::Date64 => SqlType::Date,
            DataType::Time32(_) | DataType::Time64(_) => SqlType::Time(6),
            DataType::Timestamp(_, Some(_)) => SqlType::Timestamp,
            DataType::Timestamp(_, None) => SqlType::TimestampNtz,
            DataType::Interval(IntervalUnit::YearMonth) => SqlType::YEAR_MONTH,
            DataType::Duration(_) | DataType::Interval(IntervalUnit::DayTime) => SqlType::DAY_TIME,
            DataType::Interval(IntervalUnit::MonthDayNano) => SqlType::CalendarInterval,
            DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
                SqlType::array(SqlType::from_arrow(field.data_type())?, field.is_nullable())
            }
            DataType::Map(entries, _) => {
                let DataType::Struct(fields) = entries.data_type() else { return None };
                let [key, value] = fields.as_ref() else { return None };
                SqlType::map(
                    SqlType::from_arrow(key.data_type())?,
                    SqlType::from_arrow(value.data_type())?,
                    value.is_nullable(),
                )
            }
            DataType::Struct(fields) => SqlType::Struct(
                fields
                    .iter()
                    .map(|f| {
                        Some(StructField {
                            name: Arc::from(f.name().as_str()),
                            data_type: SqlType::from_arrow(f.data_type())?,
                            nullable: f.is_nullable(),
                        })
                    })
                    .collect::<Option<_>>()?,
            ),
            DataType::Dictionary(_, values) => SqlType::from_arrow(values)?,
            DataType::RunEndEncoded(_, values) => SqlType::from_arrow(values.data_type())?,
            _ => return None,
        })
    }

    /// The upper-case form of error messages and `CAST(x AS …)`: `DECIMAL(10,2)`, `ARRAY<INT>`.
    pub fn sql(&self) -> String {
        match self {
            SqlType::Struct(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|f| {
                        let name = crate::names::quote_if_needed(&f.name);
                        format!("{name}: {}{}", f.data_type.sql(), if f.nullable { "" } else { " NOT NULL" })
                    })
                    .collect();
                format!("STRUCT<{}>", fields.join(", "))
            }
            SqlType::Array { element, .. } => format!("ARRAY<{}>", element.sql()),
            SqlType::Map { key, value, .. } => format!("MAP<{}, {}>", key.sql(), value.sql()),
            _ => self.to_string().to_uppercase(),
        }
    }

    /// `"INT"`: the type as Spark's error parameters quote it.
    pub fn quoted_sql(&self) -> String {
        format!("\"{}\"", self.sql())
    }
}

impl fmt::Display for YearMonthField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            YearMonthField::Year => "year",
            YearMonthField::Month => "month",
        })
    }
}

impl fmt::Display for DayTimeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DayTimeField::Day => "day",
            DayTimeField::Hour => "hour",
            DayTimeField::Minute => "minute",
            DayTimeField::Second => "second",
        })
    }
}

/// The lower-case form of schemas: `struct<a:int,b:decimal(10,2)>`.
impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SqlType::Void => f.write_str("void"),
            SqlType::Boolean => f.write_str("boolean"),
            SqlType::TinyInt => f.write_str("tinyint"),
            SqlType::SmallInt => f.write_str("smallint"),
            SqlType::Int => f.write_str("int"),
            SqlType::BigInt => f.write_str("bigint"),
            SqlType::Float => f.write_str("float"),
            SqlType::Double => f.write_str("double"),
            SqlType::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            SqlType::String(_) => f.write_str("string"),
            SqlType::Char(length) => write!(f, "char({length})"),
            SqlType::Varchar(length) => write!(f, "varchar({length})"),
            SqlType::Binary => f.write_str("binary"),
            SqlType::Date => f.write_str("date"),
            SqlType::Time(precision) => write!(f, "time({precision})"),
            SqlType::Timestamp => f.write_str("timestamp"),
            SqlType::TimestampNtz => f.write_str("timestamp_ntz"),
            SqlType::YearMonthInterval(from, to) if from == to => write!(f, "interval {from}"),
            SqlType::YearMonthInterval(from, to) => write!(f, "interval {from} to {to}"),
            SqlType::DayTimeInterval(from, to) if from == to => write!(f, "interval {from}"),
            SqlType::DayTimeInterval(from, to) => write!(f, "interval {from} to {to}"),
            SqlType::CalendarInterval => f.write_str("interval"),
            SqlType::Array { element, .. } => write!(f, "array<{element}>"),
            SqlType::Map { key, value, .. } => write!(f, "map<{key},{value}>"),
            SqlType::Struct(fields) => {
                f.write_str("struct<")?;
                for (at, field) in fields.iter().enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    write!(f, "{comma}{}:{}", field.name, field.data_type)?;
                }
                f.write_str(">")
            }
            SqlType::Variant => f.write_str("variant"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_round_trip_keeps_the_canonical_type() {
        let nested = SqlType::map(SqlType::STRING, SqlType::array(SqlType::decimal(12, 2), true), true);
        for sql_type in [SqlType::Timestamp, SqlType::DAY_TIME, SqlType::YEAR_MONTH, SqlType::Date, nested] {
            assert_eq!(SqlType::from_arrow(&sql_type.to_arrow()), Some(sql_type));
        }
    }

    #[test]
    fn two_spellings() {
        let fields = [StructField { name: Arc::from("a"), data_type: SqlType::Int, nullable: true }];
        let sql_type = SqlType::array(SqlType::Struct(Arc::from(fields)), true);
        assert_eq!(sql_type.to_string(), "array<struct<a:int>>");
        assert_eq!(sql_type.sql(), "ARRAY<STRUCT<a: INT>>");
    }
}

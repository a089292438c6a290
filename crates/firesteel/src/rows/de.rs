//! Arrow arrays as a source of serde values.
//!
//! ```text
//! row                struct by column names, tuple by position; of one column its value
//! numbers            as they are; decimals as text, or as f64 where that is asked for
//! date, timestamp    ISO text (what chrono reads), or days and microseconds where an integer is asked for
//! array, map, struct sequence, map, map by field names
//! ```

use std::fmt::Display;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::*;
use chrono::{DateTime, NaiveDate, TimeDelta};
use firesteel_common::{Error, Result, error};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

pub(super) fn row<T: DeserializeOwned>(batch: &RecordBatch, row: usize) -> Result<T> {
    T::deserialize(RowReader { batch, row }).map_err(|misfit| misfit.into_error("the row"))
}

pub(super) fn value<T: DeserializeOwned>(array: &ArrayRef, row: usize, name: &str) -> Result<T> {
    T::deserialize(ValueReader { array, row }).map_err(|misfit| misfit.into_error(&format!("column {name}")))
}

/// What serde says when a value is not what was asked for.
#[derive(Debug)]
struct Misfit(String);

impl Misfit {
    fn into_error(self, what: &str) -> Error {
        error!(CANNOT_DESERIALIZE, what = what, reason = self.0)
    }
}

impl Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: Display>(message: T) -> Self {
        Misfit(message.to_string())
    }
}

#[derive(Clone, Copy)]
struct RowReader<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl<'a> RowReader<'a> {
    fn cells(self) -> impl Iterator<Item = ValueReader<'a>> {
        self.batch.columns().iter().map(move |array| ValueReader { array, row: self.row })
    }

    fn fields(self) -> Fields<'a> {
        let schema = self.batch.schema_ref();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        Fields { left: names.zip(self.cells()).collect::<Vec<_>>().into_iter(), value: None }
    }

    /// The value of the only column.
    fn only(self) -> Result<ValueReader<'a>, Misfit> {
        match self.batch.columns() {
            [array] => Ok(ValueReader { array, row: self.row }),
            columns => {
                Err(Misfit(format!("{} columns are no single value: ask for a tuple or a struct", columns.len())))
            }
        }
    }
}

/// Calls that mean one value are the only column's.
macro_rules! of_only_column {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.only()?.$method(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for RowReader<'_> {
    type Error = Misfit;

    of_only_column! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.fields())
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.fields())
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.fields())
    }

    /// A `Vec` from one column that is an array is that array.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.only() {
            Ok(cell) if matches!(cell.array.data_type(), DataType::List(_)) => cell.deserialize_seq(visitor),
            _ => visitor.visit_seq(Elements(self.cells().collect::<Vec<_>>().into_iter())),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Misfit> {
        match self.batch.num_columns() {
            columns if columns == len => visitor.visit_seq(Elements(self.cells().collect::<Vec<_>>().into_iter())),
            columns => Err(Misfit(format!("{columns} columns are no tuple of {len}"))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! { u128 unit unit_struct ignored_any }
}

/// One value of an array.
#[derive(Clone, Copy)]
struct ValueReader<'a> {
    array: &'a ArrayRef,
    row: usize,
}

impl ValueReader<'_> {
    fn primitive<T: ArrowPrimitiveType>(&self) -> T::Native {
        self.array.as_primitive::<T>().value(self.row)
    }

    /// What a date or a time counts.
    fn integer(&self) -> Option<i64> {
        match self.array.data_type() {
            DataType::Date32 => Some(self.primitive::<Date32Type>().into()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => Some(self.primitive::<TimestampMicrosecondType>()),
            DataType::Time64(TimeUnit::Nanosecond) => Some(self.primitive::<Time64NanosecondType>()),
            DataType::Interval(IntervalUnit::YearMonth) => Some(self.primitive::<IntervalYearMonthType>().into()),
            DataType::Duration(TimeUnit::Microsecond) => Some(self.primitive::<DurationMicrosecondType>()),
            _ => None,
        }
    }

    /// Values that have no form of their own in serde, as text.
    fn text(&self) -> Result<String, Misfit> {
        let none = || Misfit(format!("{} has no form as a value", self.array.data_type()));
        Ok(match self.array.data_type() {
            DataType::Decimal128(..) => self.array.as_primitive::<Decimal128Type>().value_as_string(self.row),
            DataType::Date32 => {
                let days = TimeDelta::try_days(self.primitive::<Date32Type>().into());
                let date = days.and_then(|days| NaiveDate::default().checked_add_signed(days));
                date.ok_or_else(|| Misfit("a date out of range".to_owned()))?.to_string()
            }
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                let instant = DateTime::from_timestamp_micros(self.primitive::<TimestampMicrosecondType>());
                let instant = instant.ok_or_else(|| Misfit("a timestamp out of range".to_owned()))?;
                match zone {
                    Some(_) => instant.to_rfc3339(),
                    None => instant.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
                }
            }
            DataType::Time64(TimeUnit::Nanosecond) => {
                let clock = DateTime::from_timestamp_nanos(self.primitive::<Time64NanosecondType>());
                clock.time().to_string()
            }
            DataType::Interval(_) | DataType::Duration(_) => {
                let values = arrow::util::display::array_value_to_string(self.array, self.row);
                values.map_err(|error| Misfit(error.to_string()))?
            }
            _ => return Err(none()),
        })
    }
}

/// Integers are dates and timestamps, too, where they are asked for.
macro_rules! counted {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            match self.integer() {
                Some(count) if !self.array.is_null(self.row) => visitor.visit_i64(count),
                _ => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> de::Deserializer<'de> for ValueReader<'_> {
    type Error = Misfit;

    counted! { deserialize_i32 deserialize_i64 deserialize_u32 deserialize_u64 deserialize_i128 }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.array.is_null(self.row) || *self.array.data_type() == DataType::Null {
            return visitor.visit_unit();
        }
        match self.array.data_type() {
            DataType::Boolean => visitor.visit_bool(self.array.as_boolean().value(self.row)),
            DataType::Int8 => visitor.visit_i8(self.primitive::<Int8Type>()),
            DataType::Int16 => visitor.visit_i16(self.primitive::<Int16Type>()),
            DataType::Int32 => visitor.visit_i32(self.primitive::<Int32Type>()),
            DataType::Int64 => visitor.visit_i64(self.primitive::<Int64Type>()),
            DataType::Float32 => visitor.visit_f32(self.primitive::<Float32Type>()),
            DataType::Float64 => visitor.visit_f64(self.primitive::<Float64Type>()),
            DataType::Utf8 => visitor.visit_str(self.array.as_string::<i32>().value(self.row)),
            DataType::Utf8View => visitor.visit_str(self.array.as_string_view().value(self.row)),
            DataType::Binary => visitor.visit_bytes(self.array.as_binary::<i32>().value(self.row)),
            DataType::BinaryView => visitor.visit_bytes(self.array.as_binary_view().value(self.row)),
            DataType::List(_) => {
                let elements = self.array.as_list::<i32>().value(self.row);
                let cells = (0..elements.len()).map(|row| ValueReader { array: &elements, row });
                visitor.visit_seq(Elements(cells.collect::<Vec<_>>().into_iter()))
            }
            DataType::Map(..) => {
                let entries = self.array.as_map().value(self.row);
                let (keys, values) = (entries.column(0), entries.column(1));
                let pair = |row| (ValueReader { array: keys, row }, ValueReader { array: values, row });
                visitor.visit_map(Entries {
                    left: (0..entries.len()).map(pair).collect::<Vec<_>>().into_iter(),
                    value: None,
                })
            }
            DataType::Struct(fields) => {
                let names = fields.iter().map(|field| field.name().as_str());
                let columns = self.array.as_struct().columns();
                let cells = columns.iter().map(|array| ValueReader { array, row: self.row });
                visitor.visit_map(Fields { left: names.zip(cells).collect::<Vec<_>>().into_iter(), value: None })
            }
            _ => visitor.visit_string(self.text()?),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.array.is_null(self.row) || *self.array.data_type() == DataType::Null {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.array.data_type() {
            DataType::Decimal128(..) if !self.array.is_null(self.row) => {
                visitor.visit_f64(self.text()?.parse().map_err(|_| Misfit("a decimal that is no number".to_owned()))?)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    /// A struct may be read as a tuple of its fields.
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Misfit> {
        match self.array.data_type() {
            DataType::Struct(fields) if fields.len() == len && !self.array.is_null(self.row) => {
                let columns = self.array.as_struct().columns();
                let cells = columns.iter().map(|array| ValueReader { array, row: self.row });
                visitor.visit_seq(Elements(cells.collect::<Vec<_>>().into_iter()))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    /// Variants by their names.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let text = match self.array.data_type() {
            DataType::Utf8 if !self.array.is_null(self.row) => self.array.as_string::<i32>().value(self.row),
            DataType::Utf8View if !self.array.is_null(self.row) => self.array.as_string_view().value(self.row),
            other => return Err(Misfit(format!("{other} names no variant of {name}"))),
        };
        let reader: StrDeserializer<'_, Misfit> = text.into_deserializer();
        reader.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 u8 u16 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple_struct map struct
        identifier ignored_any
    }
}

struct Elements<'a>(std::vec::IntoIter<ValueReader<'a>>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Misfit;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misfit> {
        self.0.next().map(|cell| seed.deserialize(cell)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Fields<'a> {
    left: std::vec::IntoIter<(&'a str, ValueReader<'a>)>,
    value: Option<ValueReader<'a>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Misfit;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misfit> {
        let Some((name, cell)) = self.left.next() else { return Ok(None) };
        self.value = Some(cell);
        let reader: StrDeserializer<'_, Misfit> = name.into_deserializer();
        seed.deserialize(reader).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        next_value(&mut self.value, seed)
    }
}

struct Entries<'a> {
    left: std::vec::IntoIter<(ValueReader<'a>, ValueReader<'a>)>,
    value: Option<ValueReader<'a>>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Misfit;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misfit> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        next_value(&mut self.value, seed)
    }
}

fn next_value<'de, S: DeserializeSeed<'de>>(cell: &mut Option<ValueReader<'_>>, seed: S) -> Result<S::Value, Misfit> {
    match cell.take() {
        Some(cell) => seed.deserialize(cell),
        None => Err(Misfit("a value before its key".to_owned())),
    }
}

//! A value known at planning time.

use std::fmt;
use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema};
use arrow::ipc::{reader::StreamReader, writer::StreamWriter};
use datafusion_common::ScalarValue;
use firesteel_common::{Result, SqlType, internal};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// A value and its SQL type. The scalar is always in the type's canonical Arrow form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Literal {
    value: ScalarValue,
    data_type: SqlType,
}

impl Literal {
    /// Fails when the scalar is not in the canonical Arrow form of `data_type`.
    pub fn new(value: ScalarValue, data_type: SqlType) -> Result<Self> {
        if value.data_type() != data_type.to_arrow() {
            return Err(internal!("a literal of {data_type} held as {}", value.data_type()));
        }
        Ok(Self { value, data_type })
    }

    pub fn null(data_type: SqlType) -> Self {
        let value = ScalarValue::try_from(&data_type.to_arrow()).unwrap_or(ScalarValue::Null);
        Self { value, data_type }
    }

    pub fn boolean(value: bool) -> Self {
        Self { value: ScalarValue::Boolean(Some(value)), data_type: SqlType::Boolean }
    }

    pub fn tinyint(value: i8) -> Self {
        Self { value: ScalarValue::Int8(Some(value)), data_type: SqlType::TinyInt }
    }

    pub fn int(value: i32) -> Self {
        Self { value: ScalarValue::Int32(Some(value)), data_type: SqlType::Int }
    }

    pub fn bigint(value: i64) -> Self {
        Self { value: ScalarValue::Int64(Some(value)), data_type: SqlType::BigInt }
    }

    pub fn double(value: f64) -> Self {
        Self { value: ScalarValue::Float64(Some(value)), data_type: SqlType::Double }
    }

    pub fn string(value: impl Into<String>) -> Self {
        Self { value: ScalarValue::Utf8View(Some(value.into())), data_type: SqlType::STRING }
    }

    /// `unscaled` × 10^-scale.
    pub fn decimal(unscaled: i128, precision: u8, scale: i8) -> Self {
        Self {
            value: ScalarValue::Decimal128(Some(unscaled), precision, scale),
            data_type: SqlType::decimal(precision, scale),
        }
    }

    /// Days since 1970-01-01.
    pub fn date(days: i32) -> Self {
        Self { value: ScalarValue::Date32(Some(days)), data_type: SqlType::Date }
    }

    /// The first row of an array in canonical form.
    pub fn from_array(array: &ArrayRef, data_type: SqlType) -> Result<Self> {
        Self::new(ScalarValue::try_from_array(array, 0)?, data_type)
    }

    pub fn value(&self) -> &ScalarValue {
        &self.value
    }

    pub fn data_type(&self) -> &SqlType {
        &self.data_type
    }

    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub fn as_boolean(&self) -> Option<bool> {
        match self.value {
            ScalarValue::Boolean(value) => value,
            _ => None,
        }
    }

    /// The value of any integral literal.
    pub fn as_integer(&self) -> Option<i64> {
        match self.value {
            ScalarValue::Int8(value) => value.map(i64::from),
            ScalarValue::Int16(value) => value.map(i64::from),
            ScalarValue::Int32(value) => value.map(i64::from),
            ScalarValue::Int64(value) => value,
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            ScalarValue::Utf8View(value) => value.as_deref(),
            _ => None,
        }
    }

    /// One row.
    pub fn to_array(&self) -> Result<ArrayRef> {
        Ok(self.value.to_array()?)
    }
}

/// As EXPLAIN prints it.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            value if value.is_null() => f.write_str("null"),
            ScalarValue::Decimal128(Some(unscaled), precision, scale) => {
                use arrow::datatypes::DecimalType;
                f.write_str(&arrow::datatypes::Decimal128Type::format_decimal(*unscaled, *precision, *scale))
            }
            value => write!(f, "{value}"),
        }
    }
}

/// On the wire a literal is its type and a one-row Arrow stream: one form for scalars and nested values alike.
impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let bytes = to_ipc(self).map_err(ser::Error::custom)?;
        (&self.data_type, bytes).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (data_type, bytes): (SqlType, Vec<u8>) = Deserialize::deserialize(deserializer)?;
        from_ipc(&bytes, data_type).map_err(de::Error::custom)
    }
}

fn to_ipc(literal: &Literal) -> Result<Vec<u8>> {
    let array = literal.to_array()?;
    let schema = Arc::new(Schema::new(vec![Field::new("", array.data_type().clone(), true)]));
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    writer.write(&RecordBatch::try_new(schema, vec![array])?)?;
    Ok(writer.into_inner()?)
}

fn from_ipc(bytes: &[u8], data_type: SqlType) -> Result<Literal> {
    let batch = StreamReader::try_new(Cursor::new(bytes), None)?
        .next()
        .ok_or_else(|| internal!("a literal without a row"))??;
    Literal::from_array(batch.column(0), data_type)
}

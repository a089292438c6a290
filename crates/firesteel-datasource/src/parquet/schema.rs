//! A file's schema as ours: the Arrow types to decode into, and the SQL type of each column.
//!
//! ```text
//! Parquet leaf types ──inferred Arrow schema──▶ decode types (views, narrow decimals, µs for INT96) ──▶ SqlType, all nullable
//! ```
//! An Arrow schema embedded by other writers is not looked at: what the Parquet types say counts, as in Spark.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, TimeUnit};
use firesteel_common::{Result, SqlType, StructField, error};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::basic::Type as PhysicalType;
use parquet::errors::ParquetError;
use parquet::schema::types::SchemaDescriptor;

/// More digits do not fit 64 bits.
const NARROW_DECIMAL_DIGITS: u8 = 18;

/// A column of a file.
#[derive(Debug, Clone)]
pub(crate) struct FileColumn {
    pub(crate) name: Arc<str>,
    pub(crate) data_type: SqlType,
    /// Its first leaf and how many it has: one, unless it is nested.
    pub(crate) leaves: std::ops::Range<usize>,
}

/// The schema to ask the decoder for.
pub(crate) fn decode_schema(parquet: &SchemaDescriptor) -> Result<Schema, ParquetError> {
    let inferred = parquet_to_arrow_schema(parquet, None)?;
    let mut leaves = (0..parquet.num_columns()).map(|leaf| parquet.column(leaf).physical_type());
    let fields: Fields = inferred.fields().iter().map(|field| decode_field(field, &mut leaves, true)).collect();
    Ok(Schema::new(fields))
}

/// `leaves` gives the physical type of each leaf below, in order.
fn decode_field(field: &FieldRef, leaves: &mut dyn Iterator<Item = PhysicalType>, top: bool) -> FieldRef {
    let mut member = |inner: &FieldRef| decode_field(inner, &mut *leaves, false);
    let data_type = match field.data_type() {
        DataType::List(inner) => DataType::List(member(inner)),
        DataType::LargeList(inner) => DataType::LargeList(member(inner)),
        DataType::FixedSizeList(inner, length) => DataType::FixedSizeList(member(inner), *length),
        DataType::Map(entries, sorted) => DataType::Map(member(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(member).collect()),
        leaf => decode_leaf(leaf, leaves.next(), top),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

fn decode_leaf(inferred: &DataType, physical: Option<PhysicalType>, top: bool) -> DataType {
    match inferred {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        // Within nested columns only the canonical form travels.
        DataType::Decimal128(precision, scale) if top && *precision <= NARROW_DECIMAL_DIGITS => {
            DataType::Decimal64(*precision, *scale)
        }
        // An instant, whose nanoseconds would not reach far beyond 1677 to 2262.
        DataType::Timestamp(TimeUnit::Nanosecond, None) if physical == Some(PhysicalType::INT96) => {
            SqlType::Timestamp.to_arrow()
        }
        other => other.clone(),
    }
}

/// The columns of a file, by root field in order.
pub(crate) fn file_columns(decoded: &Schema, parquet: &SchemaDescriptor) -> Result<Vec<FileColumn>> {
    let mut leaf = 0;
    let mut columns = Vec::with_capacity(decoded.fields().len());
    for (root, field) in decoded.fields().iter().enumerate() {
        let first = leaf;
        while leaf < parquet.num_columns() && parquet.get_column_root_idx(leaf) == root {
            leaf += 1;
        }
        let data_type = column_type(field)?;
        columns.push(FileColumn { name: Arc::from(field.name().as_str()), data_type, leaves: first..leaf });
    }
    Ok(columns)
}

fn column_type(field: &Field) -> Result<SqlType> {
    let data_type = SqlType::from_arrow(field.data_type());
    let data_type = data_type.ok_or_else(|| {
        error!(PARQUET_TYPE_NOT_SUPPORTED, parquetType = format!("{} of column {}", field.data_type(), field.name()))
    })?;
    Ok(all_nullable(&data_type))
}

/// What files promise about NULLs is not relied on.
fn all_nullable(data_type: &SqlType) -> SqlType {
    match data_type {
        SqlType::Array { element, .. } => SqlType::array(all_nullable(element), true),
        SqlType::Map { key, value, .. } => SqlType::map(all_nullable(key), all_nullable(value), true),
        SqlType::Struct(fields) => {
            let fields = fields.iter().map(|field| StructField {
                name: Arc::clone(&field.name),
                data_type: all_nullable(&field.data_type),
                nullable: true,
            });
            SqlType::Struct(fields.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::schema::parser::parse_message_type;

    fn types_of(message: &str) -> Vec<String> {
        let message = parse_message_type(message).expect("a message type");
        let parquet = SchemaDescriptor::new(Arc::new(message));
        let decoded = decode_schema(&parquet).expect("a schema");
        let columns = file_columns(&decoded, &parquet).expect("columns");
        columns.iter().map(|column| format!("{} {} {:?}", column.name, column.data_type, column.leaves)).collect()
    }

    #[test]
    fn parquet_types_are_sparks() {
        let message = "message m {
            required boolean b; optional int32 i8 (INT_8); optional int32 u16 (UINT_16); optional int64 u64 (UINT_64);
            optional int32 d (DATE); optional int64 ts (TIMESTAMP(MILLIS,true)); optional int64 ntz (TIMESTAMP(NANOS,false));
            optional int96 legacy; optional int32 d32 (DECIMAL(9,2)); optional fixed_len_byte_array(16) d128 (DECIMAL(38,10));
            optional binary s (UTF8); optional binary raw; optional float f; optional double g;
            optional int64 t (TIME(MICROS,true));
        }";
        let types = types_of(message);
        let expected = [
            "b boolean",
            "i8 tinyint",
            "u16 int",
            "u64 decimal(20,0)",
            "d date",
            "ts timestamp",
            "ntz timestamp_ntz",
            "legacy timestamp",
            "d32 decimal(9,2)",
            "d128 decimal(38,10)",
            "s string",
            "raw binary",
            "f float",
            "g double",
            "t time(6)",
        ];
        for (at, (found, expected)) in types.iter().zip(expected).enumerate() {
            assert_eq!(found, &format!("{expected} {at}..{}", at + 1));
        }
        assert_eq!(types.len(), expected.len());
    }

    #[test]
    fn nested_columns_span_their_leaves() {
        let message = "message m {
            optional int32 a;
            optional group l (LIST) { repeated group list { required int64 element; } }
            optional group m (MAP) { repeated group key_value { required binary key (UTF8); optional int96 value; } }
            required group s { required int32 x; optional group y { optional double z; } }
            optional int32 z;
        }";
        assert_eq!(
            types_of(message),
            [
                "a int 0..1",
                "l array<bigint> 1..2",
                "m map<string,timestamp> 2..4",
                "s struct<x:int,y:struct<z:double>> 4..6",
                "z int 6..7",
            ]
        );
    }
}

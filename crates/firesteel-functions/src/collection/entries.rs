//! Maps put together from keys and values: keys are never NULL and never repeat.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, MapArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use firesteel_common::{Result, SqlType, bail, internal};
use firesteel_expr::Column;
use firesteel_expr::ExprRef;
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::cast::to_string::value_text;
use firesteel_expr::coerce::errors;
use hashbrown::HashSet;

use super::lists::Keys;

/// An argument's maps.
pub(crate) struct Maps(MapArray);

impl Maps {
    pub(crate) fn new(column: &Column) -> Result<Maps> {
        let flat = column.flat()?;
        let map = flat.as_map_opt().ok_or_else(|| internal!("{} is no map", flat.data_type()))?;
        Ok(Maps(map.clone()))
    }

    /// The keys of all rows; those of row `r` are at `range(r)`.
    pub(crate) fn keys(&self) -> &ArrayRef {
        self.0.keys()
    }

    pub(crate) fn values(&self) -> &ArrayRef {
        self.0.values()
    }

    pub(crate) fn range(&self, row: usize) -> Range<usize> {
        let offsets = self.0.value_offsets();
        offsets[row] as usize..offsets[row + 1] as usize
    }

    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.0.is_valid(row)
    }

    pub(crate) fn map(&self) -> &MapArray {
        &self.0
    }
}

/// Maps of the type, row by row; keys are checked.
pub(crate) fn map_column(
    data_type: &SqlType,
    keys: ArrayRef,
    values: ArrayRef,
    offsets: OffsetBuffer<i32>,
    nulls: Option<NullBuffer>,
) -> Result<Column> {
    let (SqlType::Map { key, .. }, DataType::Map(field, _)) = (data_type, data_type.to_arrow()) else {
        return Err(internal!("{data_type} is no map"));
    };
    let DataType::Struct(fields) = field.data_type() else { return Err(internal!("a map without entries")) };
    check_keys(&keys, key, &offsets)?;
    let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    Ok(Column::Array(Arc::new(MapArray::try_new(field, offsets, entries, nulls, false)?)))
}

fn check_keys(keys: &ArrayRef, key_type: &SqlType, offsets: &OffsetBuffer<i32>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    if keys.null_count() > 0 || *key_type == SqlType::Void {
        bail!(NULL_MAP_KEY);
    }
    let bytes = Keys::of(keys)?;
    for bounds in offsets.windows(2).filter(|bounds| bounds[1] - bounds[0] > 1) {
        let mut known = HashSet::with_capacity((bounds[1] - bounds[0]) as usize);
        for at in bounds[0] as usize..bounds[1] as usize {
            if !known.insert(bytes.get(at)) {
                bail!(
                    DUPLICATED_MAP_KEY,
                    key = key_text(keys, at, key_type),
                    mapKeyDedupPolicy = "\"spark.sql.mapKeyDedupPolicy\""
                );
            }
        }
    }
    Ok(())
}

/// A key as the error shows it: dates and timestamps as numbers, members of nested keys in brackets.
fn key_text(keys: &ArrayRef, at: usize, data_type: &SqlType) -> String {
    if keys.is_null(at) {
        return "null".to_owned();
    }
    let listed = |texts: Vec<String>| format!("[{}]", texts.join(","));
    match data_type {
        SqlType::Date => keys.as_primitive::<Date32Type>().value(at).to_string(),
        SqlType::Timestamp | SqlType::TimestampNtz => {
            keys.as_primitive::<TimestampMicrosecondType>().value(at).to_string()
        }
        SqlType::Array { element, .. } => {
            let members = keys.as_list::<i32>().value(at);
            listed((0..members.len()).map(|member| key_text(&members, member, element)).collect())
        }
        SqlType::Struct(fields) => {
            let columns = keys.as_struct().columns().iter().zip(fields.iter());
            listed(columns.map(|(column, field)| key_text(column, at, &field.data_type)).collect())
        }
        _ => value_text(keys, at, data_type, &Zone::UTC),
    }
}

/// Fails for a type that cannot be a map's key.
pub(crate) fn check_key_type(name: &'static str, args: &[ExprRef], key: &SqlType) -> Result<()> {
    match has_map(key) {
        false => Ok(()),
        true => bail!(
            DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE,
            sqlExpr = errors::call_text(name, args),
            keyType = key.quoted_sql()
        ),
    }
}

fn has_map(data_type: &SqlType) -> bool {
    match data_type {
        SqlType::Map { .. } => true,
        SqlType::Array { element, .. } => has_map(element),
        SqlType::Struct(fields) => fields.iter().any(|field| has_map(&field.data_type)),
        _ => false,
    }
}

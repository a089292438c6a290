//! Row-group statistics of a file as bounds of its columns' values.
//!
//! What a writer got wrong is left out: statistics in the old form order text and unsigned numbers as if signed, and
//! floating-point bounds that are NaN bound nothing.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, UInt64Array};
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::error::ArrowError;
use firesteel_common::SqlType;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::basic::{SortOrder, Type as PhysicalType};

use super::DecodeError;
use super::footer_cache::Footer;
use crate::conform::Conform;
use crate::prune::Bounds;

/// `None` when the type has no bounds.
pub(super) fn of_column(footer: &Footer, column: usize) -> Result<Option<Bounds>, DecodeError> {
    let file_column = &footer.columns[column];
    if file_column.data_type.is_nested() || matches!(file_column.data_type, SqlType::Void) {
        return Ok(None);
    }
    let leaf = file_column.leaves.start;
    let metadata = footer.metadata();
    let parquet = metadata.file_metadata().schema_descr();
    let physical = parquet.column(leaf).physical_type();
    let schema = footer.reader.schema();
    // By name: a file may have two columns of one name, of which the first is the one that plans see.
    if physical == PhysicalType::INT96 || schema.index_of(&file_column.name)? != column {
        return Ok(None);
    }
    let converter = StatisticsConverter::try_new(&file_column.name, schema, parquet)?;
    let converter = converter.with_missing_null_counts_as_zero(false);
    let groups = metadata.row_groups();
    let nulls: UInt64Array = converter.row_group_null_counts(groups)?;
    let fixed_width = !matches!(physical, PhysicalType::BYTE_ARRAY | PhysicalType::FIXED_LEN_BYTE_ARRAY);
    let signed = fixed_width && parquet.column(leaf).sort_order() == SortOrder::SIGNED;
    let untrusted: BooleanArray = groups
        .iter()
        .map(|group| Some(group.column(leaf).statistics().is_some_and(|s| s.is_min_max_deprecated() && !signed)))
        .collect();
    let conform = Conform::new(&file_column.data_type);
    let bound = |values: ArrayRef| -> Result<ArrayRef, DecodeError> {
        let values = nullif(&values, &untrusted)?;
        let values = firesteel_expr::Column::Array(conform.apply(&values)?).flat()?;
        Ok(without_nan(&values)?)
    };
    Ok(Some(Bounds {
        min: bound(converter.row_group_mins(groups)?)?,
        max: bound(converter.row_group_maxes(groups)?)?,
        nulls,
    }))
}

fn without_nan(values: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let nan: BooleanArray = match values.data_type() {
        DataType::Float32 => {
            values.as_primitive::<Float32Type>().iter().map(|v| Some(v.is_some_and(f32::is_nan))).collect()
        }
        DataType::Float64 => {
            values.as_primitive::<Float64Type>().iter().map(|v| Some(v.is_some_and(f64::is_nan))).collect()
        }
        _ => return Ok(Arc::clone(values)),
    };
    nullif(values, &nan)
}

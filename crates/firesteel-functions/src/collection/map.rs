//! `map`: keys and values by turns, as one value. Keys are never NULL and never repeat.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, MapArray, StructArray, new_empty_array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};
use firesteel_common::{Result, SqlType, bail, error, internal};
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::cast::to_string::value_text;
use firesteel_expr::coerce::{common_type_of, errors};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};
use firesteel_expr::{CastMode, Column, Expr, ExprRef};

pub(super) const MAP: ScalarFunction = ScalarFunction {
    name: "map",
    signature: Signature::Custom(operands),
    returns: |types| {
        let at = |at: usize| types.get(at).cloned().unwrap_or(SqlType::Void);
        Ok(SqlType::map(at(0), at(1), true))
    },
    nullability: Nullability::Never,
    can_fail: CanFail::When(|args| args.len() > 2 || args.iter().step_by(2).any(|key| key.nullable())),
    kernel: Kernel::Batch(map),
    doc: Doc {
        usage: "map(key0, value0, key1, value1, ...) - Creates a map with the given key/value pairs.",
        since: "2.0.0",
        examples: &[("SELECT map(1.0, '2', 3.0, '4')", "{1.0:\"2\",3.0:\"4\"}")],
    },
    ..ScalarFunction::DEFAULT
};

/// Keys in one type, values in one type.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !args.len().is_multiple_of(2) {
        return Err(errors::wrong_num_args(name, "2n (n > 0)", args.len()));
    }
    let types =
        |first: usize| args.iter().skip(first).step_by(2).map(|arg| arg.data_type().clone()).collect::<Vec<_>>();
    let (keys, values) = (types(0), types(1));
    if keys.is_empty() {
        return Ok(args);
    }
    let listed =
        |types: &[SqlType]| format!("[{}]", types.iter().map(SqlType::quoted_sql).collect::<Vec<_>>().join(", "));
    let key = common_type_of(&keys).ok_or_else(|| {
        error!(
            DATATYPE_MISMATCH_CREATE_MAP_KEY_DIFF_TYPES,
            sqlExpr = errors::call_text(name, &args),
            functionName = "`map`",
            dataType = listed(&keys)
        )
    })?;
    let value = common_type_of(&values).ok_or_else(|| {
        error!(
            DATATYPE_MISMATCH_CREATE_MAP_VALUE_DIFF_TYPES,
            sqlExpr = errors::call_text(name, &args),
            functionName = "`map`",
            dataType = listed(&values)
        )
    })?;
    if !key.is_orderable() {
        bail!(
            DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE,
            sqlExpr = errors::call_text(name, &args),
            keyType = key.quoted_sql()
        );
    }
    let cast = |(at, arg): (usize, ExprRef)| {
        let to = if at.is_multiple_of(2) { &key } else { &value };
        Expr::cast(arg, to.clone(), CastMode::Ansi)
    };
    Ok(args.into_iter().enumerate().map(cast).collect())
}

fn map(args: &KernelArgs<'_>) -> Result<Column> {
    let (SqlType::Map { key, value, .. }, DataType::Map(field, _)) = (args.return_type, args.return_type.to_arrow())
    else {
        return Err(internal!("map() of type {}", args.return_type));
    };
    let DataType::Struct(fields) = field.data_type() else { return Err(internal!("a map without entries")) };
    let pairs = args.columns.len() / 2;
    let keys = by_turns(args, 0, key)?;
    let values = by_turns(args, 1, value)?;
    check_keys(&keys, key, pairs, args)?;
    let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    let offsets = OffsetBuffer::from_repeated_length(pairs, args.rows);
    Ok(Column::Array(Arc::new(MapArray::try_new(field, offsets, entries, None, false)?)))
}

/// Every second argument from `first` on: those of the first row, those of the second, ….
fn by_turns(args: &KernelArgs<'_>, first: usize, data_type: &SqlType) -> Result<ArrayRef> {
    let columns = args.columns.iter().skip(first).step_by(2);
    let columns = columns.map(|column| column.flat_as(data_type)).collect::<Result<Vec<_>>>()?;
    if columns.is_empty() || args.rows == 0 {
        return Ok(new_empty_array(&data_type.to_arrow()));
    }
    let places: Vec<_> = (0..args.rows).flat_map(|row| (0..columns.len()).map(move |at| (at, row))).collect();
    let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
    Ok(arrow::compute::interleave(&columns, &places)?)
}

/// `pairs` keys in a row belong to one map.
fn check_keys(keys: &ArrayRef, key_type: &SqlType, pairs: usize, args: &KernelArgs<'_>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    if keys.null_count() > 0 || *key_type == SqlType::Void {
        bail!(NULL_MAP_KEY);
    }
    if pairs < 2 {
        return Ok(());
    }
    let converter = RowConverter::new(vec![SortField::new(keys.data_type().clone())])?;
    let rows = converter.convert_columns(std::slice::from_ref(keys))?;
    for first in (0..keys.len()).step_by(pairs) {
        for at in first + 1..first + pairs {
            if (first..at).any(|before| rows.row(before) == rows.row(at)) {
                let zone = Zone::parse_or_utc(&args.context.time_zone);
                bail!(
                    DUPLICATED_MAP_KEY,
                    key = value_text(keys, at, key_type, &zone),
                    mapKeyDedupPolicy = "\"spark.sql.mapKeyDedupPolicy\""
                );
            }
        }
    }
    Ok(())
}

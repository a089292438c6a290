//! `map`: keys and values by turns, as one value. Keys are never NULL and never repeat.

use arrow::array::{Array, ArrayRef, new_empty_array};
use arrow::buffer::OffsetBuffer;
use firesteel_common::{Result, SqlType, error, internal};
use firesteel_expr::coerce::{common_type_of, errors};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};
use firesteel_expr::{CastMode, Column, Expr, ExprRef};

use super::entries::{check_key_type, map_column};

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
    check_key_type(name, &args, &key)?;
    let cast = |(at, arg): (usize, ExprRef)| {
        let to = if at.is_multiple_of(2) { &key } else { &value };
        Expr::cast(arg, to.clone(), CastMode::Ansi)
    };
    Ok(args.into_iter().enumerate().map(cast).collect())
}

fn map(args: &KernelArgs<'_>) -> Result<Column> {
    let SqlType::Map { key, value, .. } = args.return_type else {
        return Err(internal!("map() of type {}", args.return_type));
    };
    let pairs = args.columns.len() / 2;
    let keys = by_turns(args, 0, key)?;
    let values = by_turns(args, 1, value)?;
    map_column(args.return_type, keys, values, OffsetBuffer::from_repeated_length(pairs, args.rows), None)
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

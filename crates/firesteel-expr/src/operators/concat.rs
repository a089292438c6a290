//! `concat`, also written `||`: text, binary and arrays joined end to end.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewBuilder, ListArray, StringViewBuilder};
use arrow::array::{MutableArrayData, make_array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, error, internal};

use super::elementwise::union_nulls;
use crate::coerce::{common_type_of, errors, implicit_cast, implicit_type};
use crate::column::Column;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

/// Binaries stay binary, arrays meet in one type, all else becomes text.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let types: Vec<SqlType> = args.iter().map(|arg| arg.data_type().clone()).collect();
    if types.iter().any(|given| matches!(given, SqlType::Array { .. })) {
        // What is no array is text.
        let text = |given: &SqlType| match given {
            SqlType::Array { .. } => given.clone(),
            given => implicit_type(given, Param::String).unwrap_or_else(|| given.clone()),
        };
        let types: Vec<SqlType> = types.iter().map(text).collect();
        let common = common_type_of(&types).ok_or_else(|| errors::different_types(name, &args, &types))?;
        return Ok(args.into_iter().map(|arg| Expr::cast(arg, common.clone(), CastMode::Ansi)).collect());
    }
    if !types.is_empty() && types.iter().all(|given| *given == SqlType::Binary) {
        return Ok(args);
    }
    let cast = |(at, arg)| {
        implicit_cast(arg, Param::String).ok_or_else(|| {
            errors::unexpected_input(name, &args, at, "(\"STRING\" or \"BINARY\" or \"ARRAY\")".to_owned())
        })
    };
    args.iter().enumerate().map(cast).collect()
}

fn concat(args: &KernelArgs<'_>) -> Result<Column> {
    let nulls = union_nulls(args.columns);
    let columns = args.columns.iter().map(Column::flat).collect::<Result<Vec<_>>>()?;
    let is_valid = |at: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(at));
    let joined: ArrayRef = match args.return_type {
        SqlType::Array { .. } => join_arrays(&columns, nulls, args)?,
        SqlType::Binary => {
            let parts: Vec<_> = columns.iter().map(|column| column.as_binary_view()).collect();
            let (mut builder, mut row) = (BinaryViewBuilder::with_capacity(args.rows), Vec::new());
            for at in 0..args.rows {
                row.clear();
                parts.iter().for_each(|part| row.extend_from_slice(part.value(at)));
                builder.append_option(is_valid(at).then_some(&row));
            }
            Arc::new(builder.finish())
        }
        _ => {
            let parts: Vec<_> = columns.iter().map(|column| column.as_string_view()).collect();
            let (mut builder, mut row) = (StringViewBuilder::with_capacity(args.rows), String::new());
            for at in 0..args.rows {
                row.clear();
                parts.iter().for_each(|part| row.push_str(part.value(at)));
                builder.append_option(is_valid(at).then_some(&row));
            }
            Arc::new(builder.finish())
        }
    };
    Ok(Column::Array(joined))
}

fn join_arrays(columns: &[ArrayRef], nulls: Option<NullBuffer>, args: &KernelArgs<'_>) -> Result<ArrayRef> {
    let DataType::List(element) = args.return_type.to_arrow() else { return Err(internal!("no array type")) };
    let lists: Vec<_> = columns.iter().map(|column| column.as_list::<i32>()).collect();
    let members: Vec<_> = lists.iter().map(|list| list.values().to_data()).collect();
    let mut values = MutableArrayData::new(members.iter().collect(), false, 0);
    let mut lengths = Vec::with_capacity(args.rows);
    for at in 0..args.rows {
        let mut length = 0;
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(at)) {
            for (part, list) in lists.iter().enumerate() {
                let offsets = list.value_offsets();
                let (start, end) = (offsets[at] as usize, offsets[at + 1] as usize);
                values.try_extend(part, start, end)?;
                length += end - start;
            }
        }
        lengths.push(length);
    }
    if i32::try_from(values.len()).is_err() {
        return Err(error!(
            COLLECTION_SIZE_LIMIT_EXCEEDED,
            numberOfElements = values.len().to_string(),
            maxRoundedArrayLength = i32::MAX.to_string(),
            functionName = "`concat`"
        ));
    }
    let values = make_array(values.freeze());
    Ok(Arc::new(ListArray::try_new(element, OffsetBuffer::from_lengths(lengths), values, nulls)?))
}

pub const CONCAT: ScalarFunction = ScalarFunction {
    name: "concat",
    aliases: &["||"],
    signature: Signature::Custom(operands),
    returns: |types| Ok(types.first().cloned().unwrap_or(SqlType::STRING)),
    can_fail: CanFail::When(|args| args.iter().any(|arg| arg.data_type().is_nested())),
    kernel: Kernel::Batch(concat),
    doc: Doc {
        usage: "concat(col1, col2, ..., colN) - Returns the concatenation of col1, col2, ..., colN.",
        since: "1.5.0",
        examples: &[("SELECT concat('Spark', 'SQL')", "SparkSQL"), ("SELECT 'Spark' || 'SQL'", "SparkSQL")],
    },
    ..ScalarFunction::DEFAULT
};

pub const ALL: &[ScalarFunction] = &[CONCAT];

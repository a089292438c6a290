//! `greatest` and `least`: NULLs are passed over.

use arrow::array::{Array, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use firesteel_common::{Result, SqlType, internal};

use super::comparison::{Comparison, compare};
use super::encoding::choose;
use crate::column::Column;
use crate::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

/// The value for which `better` holds against all others.
fn extreme(args: &KernelArgs<'_>, better: Comparison) -> Result<Column> {
    let mut columns = args.columns.iter().filter(|column| !column.is_constant_null());
    let Some(first) = columns.next() else { return Ok(Column::nulls(args.return_type, args.rows)) };
    let data_type = args.return_type;
    if *data_type == SqlType::Void {
        return Ok(Column::nulls(data_type, args.rows));
    }
    columns.try_fold(first.clone(), |best, next| {
        let wins = compare(better, next, &best, data_type, args.rows)?;
        let valid = |column: &Column| {
            column.nulls_buffer().map_or_else(|| BooleanBuffer::new_set(args.rows), NullBuffer::into_inner)
        };
        let wins = match wins.nulls() {
            None => wins.values().clone(),
            // Where one is NULL the other wins.
            Some(both) => &(wins.values() & both.inner()) | &(&valid(next) & &!&valid(&best)),
        };
        choose(&BooleanArray::new(wins, None), next, &best, data_type)
    })
}

const EXTREME: ScalarFunction = ScalarFunction {
    signature: Signature::Variadic { fixed: &[], rest: Param::CommonOrderable, min: 2 },
    returns: |types| types.first().cloned().ok_or_else(|| internal!("an extreme of nothing")),
    nullability: Nullability::Custom(|args| args.iter().all(|arg| arg.nullable())),
    ..ScalarFunction::DEFAULT
};

pub const GREATEST: ScalarFunction = ScalarFunction {
    name: "greatest",
    kernel: Kernel::Batch(|args| extreme(args, Comparison::Greater)),
    doc: Doc {
        usage: "greatest(expr, ...) - Returns the greatest value of all parameters, skipping null values.",
        since: "1.5.0",
        examples: &[("SELECT greatest(10, 9, 2, 4, 3)", "10")],
    },
    ..EXTREME
};

pub const LEAST: ScalarFunction = ScalarFunction {
    name: "least",
    kernel: Kernel::Batch(|args| extreme(args, Comparison::Less)),
    doc: Doc {
        usage: "least(expr, ...) - Returns the least value of all parameters, skipping null values.",
        since: "1.5.0",
        examples: &[("SELECT least(10, 9, 2, 4, 3)", "2")],
    },
    ..EXTREME
};

pub const ALL: &[ScalarFunction] = &[GREATEST, LEAST];

//! `size` of arrays and maps.

use arrow::array::{Array, AsArray, Int32Array};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use std::sync::Arc;

pub(super) const SIZE: ScalarFunction = ScalarFunction {
    name: "size",
    aliases: &["cardinality"],
    signature: Signature::OneOf(&[&[Param::AnyArray], &[Param::AnyMap]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(size),
    doc: Doc {
        usage: "size(expr) - Returns the size of an array or a map; NULL for NULL.",
        since: "1.5.0",
        examples: &[("SELECT size(array('b', 'd', 'c', 'a'))", "4")],
    },
    ..ScalarFunction::DEFAULT
};

fn size(args: &KernelArgs<'_>) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let offsets = match args.types[0] {
        SqlType::Array { .. } => flat.as_list::<i32>().value_offsets(),
        _ => flat.as_map().value_offsets(),
    };
    let sizes = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    Ok(Column::Array(Arc::new(Int32Array::new(sizes.into(), flat.nulls().cloned()))))
}

//! `overlay`: a part of a text or of bytes replaced.

use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use super::substring::{range, substring};
use crate::rows::{Bytes, Numbers, Texts, binary_column, optional, text_column};

pub(super) const OVERLAY: ScalarFunction = ScalarFunction {
    name: "overlay",
    signature: Signature::OneOf(&[
        &[Param::String, Param::String, Param::Int, Param::Int],
        &[Param::String, Param::String, Param::Int],
        &[Param::Binary, Param::Binary, Param::Int, Param::Int],
        &[Param::Binary, Param::Binary, Param::Int],
    ]),
    returns: |types| Ok(if types[0] == SqlType::Binary { SqlType::Binary } else { SqlType::STRING }),
    kernel: Kernel::Batch(overlay),
    doc: Doc {
        usage: "overlay(input, replace, pos[, len]) - Replace `input` with `replace` that starts at `pos` and is of length \
                `len`, as long as `replace` if `len` is negative or missing.",
        since: "3.0.0",
        examples: &[
            ("SELECT overlay('Spark SQL' PLACING '_' FROM 6)", "Spark_SQL"),
            ("SELECT overlay('Spark SQL' PLACING 'CORE' FROM 7)", "Spark CORE"),
            ("SELECT overlay('Spark SQL' PLACING 'ANSI ' FROM 7 FOR 0)", "Spark ANSI SQL"),
            ("SELECT overlay('Spark SQL' PLACING 'tructured' FROM 2 FOR 4)", "Structured SQL"),
            ("SELECT overlay(encode('Spark SQL', 'utf-8') PLACING encode('_', 'utf-8') FROM 6)", "Spark_SQL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn overlay(args: &KernelArgs<'_>) -> Result<Column> {
    let positions = Numbers::<Int32Type>::of(args, 2)?;
    let lengths = optional(args, 3, Numbers::<Int32Type>::of)?;
    // The position, and how much is replaced; a negative length means as much as is put in.
    let place = |row: usize| -> Option<(i64, i64)> {
        let length = match &lengths {
            Some(lengths) => lengths.get(row)?,
            None => -1,
        };
        Some((positions.get(row)?.into(), length.into()))
    };
    if args.types[0] == SqlType::Binary {
        let (inputs, replacements) = (Bytes::of(args, 0)?, Bytes::of(args, 1)?);
        return binary_column(args, |row| {
            let (input, replacement) = (inputs.get(row)?, replacements.get(row)?);
            let (position, length) = place(row)?;
            let length = if length < 0 { replacement.len() as i64 } else { length };
            let (from, to) = range(input.len(), 1, position - 1);
            let (rest, end) = range(input.len(), position + length, i64::MAX);
            Some([&input[from..to], replacement, &input[rest..end]].concat())
        });
    }
    let (inputs, replacements) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    text_column(args, |row| {
        let (input, replacement) = (inputs.get(row)?, replacements.get(row)?);
        let (position, length) = place(row)?;
        let length = if length < 0 { replacement.chars().count() as i64 } else { length };
        let (head, tail) = (substring(input, 1, position - 1), substring(input, position + length, i64::MAX));
        Some([head, replacement, tail].concat())
    })
}

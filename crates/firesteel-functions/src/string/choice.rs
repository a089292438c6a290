//! One text among several: `elt`, `find_in_set`.

use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::Column;
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Bytes, Numbers, Texts, number_column, try_binary_column, try_text_column};

pub(super) const ELT: ScalarFunction = ScalarFunction {
    name: "elt",
    signature: Signature::Custom(operands),
    returns: |types| Ok(types[1].clone()),
    nullability: Nullability::Always,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(elt),
    doc: Doc {
        usage: "elt(n, input1, input2, ...) - Returns the `n`-th input, e.g., returns `input2` when `n` is 2.",
        since: "2.0.0",
        examples: &[("SELECT elt(1, 'scala', 'java')", "scala")],
    },
    ..ScalarFunction::DEFAULT
};

/// A number, then all BINARY or all STRING.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() < 2 {
        return Err(errors::wrong_num_args(name, "> 1", args.len()));
    }
    let binary = args[1..].iter().all(|arg| matches!(arg.data_type(), SqlType::Binary));
    let rest = if binary { Param::Binary } else { Param::String };
    let signature = Signature::Variadic { fixed: &[Param::Int], rest, min: 1 };
    let args = signature::apply(name, signature, args)?;
    Ok(args.into_iter().enumerate().map(|(at, arg)| if at == 0 { arg } else { plain_text(arg) }).collect())
}

fn plain_text(arg: ExprRef) -> ExprRef {
    if arg.data_type().is_string() { Expr::cast(arg, SqlType::STRING, CastMode::Ansi) } else { arg }
}

fn elt(args: &KernelArgs<'_>) -> Result<Column> {
    let numbers = Numbers::<Int32Type>::of(args, 0)?;
    let count = args.columns.len() - 1;
    let chosen = |row: usize| -> Result<Option<usize>> {
        match numbers.get(row) {
            Some(number) if number < 1 || number as usize > count => {
                bail!(INVALID_ARRAY_INDEX, indexValue = number.to_string(), arraySize = count.to_string())
            }
            number => Ok(number.map(|number| number as usize - 1)),
        }
    };
    if *args.return_type == SqlType::Binary {
        let inputs = (1..=count).map(|at| Bytes::of(args, at)).collect::<Result<Vec<_>>>()?;
        return try_binary_column(args, |row| Ok(chosen(row)?.and_then(|at| inputs[at].get(row)).map(<[u8]>::to_vec)));
    }
    let inputs = (1..=count).map(|at| Texts::of(args, at)).collect::<Result<Vec<_>>>()?;
    try_text_column(args, |row| Ok(chosen(row)?.and_then(|at| inputs[at].get(row))))
}

pub(super) const FIND_IN_SET: ScalarFunction = ScalarFunction {
    name: "find_in_set",
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let (words, sets) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        number_column::<Int32Type>(args, |row| {
            let (word, set) = (words.get(row)?, sets.get(row)?);
            Some(set.split(',').position(|known| known == word).map_or(0, |at| at as i32 + 1))
        })
    }),
    doc: Doc {
        usage: "find_in_set(str, str_array) - Returns the index (1-based) of the given string (`str`) in the \
                comma-delimited list (`str_array`). Returns 0, if the string was not found or if the given string (`str`) \
                contains a comma.",
        since: "1.5.0",
        examples: &[("SELECT find_in_set('ab','abc,b,ab,c,def')", "3")],
    },
    ..ScalarFunction::DEFAULT
};

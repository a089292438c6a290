//! Logarithms: NULL where there is none.

use arrow::datatypes::Float64Type;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, number_column};

const ONE: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Double]]),
    returns: |_| Ok(SqlType::Double),
    nullability: Nullability::StrictAndMore,
    ..ScalarFunction::DEFAULT
};

/// Above `asymptote`, NULL elsewhere.
fn log_of(args: &KernelArgs<'_>, asymptote: f64, log: fn(f64) -> f64) -> Result<Column> {
    let numbers = Numbers::<Float64Type>::of(args, 0)?;
    number_column::<Float64Type>(args, |row| {
        numbers.get(row).filter(|number| *number > asymptote || number.is_nan()).map(log)
    })
}

pub(super) const LN: ScalarFunction = ScalarFunction {
    name: "ln",
    kernel: Kernel::Batch(|args| log_of(args, 0.0, f64::ln)),
    doc: Doc {
        usage: "ln(expr) - Returns the natural logarithm (base e) of `expr`.",
        since: "1.4.0",
        examples: &[("SELECT ln(1)", "0.0")],
    },
    ..ONE
};

pub(super) const LOG10: ScalarFunction = ScalarFunction {
    name: "log10",
    kernel: Kernel::Batch(|args| log_of(args, 0.0, f64::log10)),
    doc: Doc {
        usage: "log10(expr) - Returns the logarithm of `expr` with base 10.",
        since: "1.4.0",
        examples: &[("SELECT log10(10)", "1.0")],
    },
    ..ONE
};

pub(super) const LOG2: ScalarFunction = ScalarFunction {
    name: "log2",
    kernel: Kernel::Batch(|args| log_of(args, 0.0, f64::log2)),
    doc: Doc {
        usage: "log2(expr) - Returns the logarithm of `expr` with base 2.",
        since: "1.4.0",
        examples: &[("SELECT log2(2)", "1.0")],
    },
    ..ONE
};

pub(super) const LOG1P: ScalarFunction = ScalarFunction {
    name: "log1p",
    kernel: Kernel::Batch(|args| log_of(args, -1.0, f64::ln_1p)),
    doc: Doc {
        usage: "log1p(expr) - Returns log(1 + `expr`).",
        since: "1.4.0",
        examples: &[("SELECT log1p(0)", "0.0")],
    },
    ..ONE
};

pub(super) const LOG: ScalarFunction = ScalarFunction {
    name: "log",
    signature: Signature::OneOf(&[&[Param::Double], &[Param::Double, Param::Double]]),
    kernel: Kernel::Batch(|args| {
        if args.columns.len() == 1 {
            return log_of(args, 0.0, f64::ln);
        }
        let (bases, numbers) = (Numbers::<Float64Type>::of(args, 0)?, Numbers::<Float64Type>::of(args, 1)?);
        number_column::<Float64Type>(args, |row| {
            let (base, number) = (bases.get(row)?, numbers.get(row)?);
            (base > 0.0 && number > 0.0).then(|| number.ln() / base.ln())
        })
    }),
    doc: Doc {
        usage: "log([base, ]expr) - Returns the logarithm of `expr` with `base`, the natural one without.",
        since: "1.5.0",
        examples: &[("SELECT log(10, 100)", "2.0")],
    },
    ..ONE
};

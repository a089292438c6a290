//! `factorial`.

use arrow::datatypes::{Int32Type, Int64Type};
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, number_column};

pub(super) const FACTORIAL: ScalarFunction = ScalarFunction {
    name: "factorial",
    signature: Signature::OneOf(&[&[Param::Int]]),
    returns: |_| Ok(SqlType::BigInt),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let numbers = Numbers::<Int32Type>::of(args, 0)?;
        number_column::<Int64Type>(args, |row| {
            let number = numbers.get(row).filter(|number| (0..=20).contains(number))?;
            Some((1..=i64::from(number)).product())
        })
    }),
    doc: Doc {
        usage: "factorial(expr) - Returns the factorial of `expr`. `expr` is [0..20]. Otherwise, null.",
        since: "1.5.0",
        examples: &[("SELECT factorial(5)", "120")],
    },
    ..ScalarFunction::DEFAULT
};

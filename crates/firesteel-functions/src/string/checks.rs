//! `luhn_check`, `quote`.

use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Texts, boolean_column, text_column};

pub(super) const LUHN_CHECK: ScalarFunction = ScalarFunction {
    name: "luhn_check",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::Boolean),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        boolean_column(args, |row| texts.get(row).map(passes_luhn))
    }),
    doc: Doc {
        usage: "luhn_check(str) - Checks that a string of digits is valid according to the Luhn algorithm, the checksum of \
                credit card numbers and government identification numbers.",
        since: "3.5.0",
        examples: &[
            ("SELECT luhn_check('8112189876')", "true"),
            ("SELECT luhn_check('79927398713')", "true"),
            ("SELECT luhn_check('79927398714')", "false"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// Every second digit from the right counts double, its digits summed.
fn passes_luhn(text: &str) -> bool {
    let mut sum = 0;
    for (at, c) in text.chars().rev().enumerate() {
        let Some(digit) = c.to_digit(10) else { return false };
        sum += match (at % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        };
    }
    !text.is_empty() && sum % 10 == 0
}

pub(super) const QUOTE: ScalarFunction = ScalarFunction {
    name: "quote",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        text_column(args, |row| Some(format!("'{}'", texts.get(row)?.replace('\'', "\\'"))))
    }),
    doc: Doc {
        usage: "quote(str) - Returns `str` enclosed by single quotes and each instance of single quote in it is preceded by \
                a backslash.",
        since: "4.1.0",
        examples: &[(r"SELECT quote('Don\'t')", r"'Don\'t'")],
    },
    ..ScalarFunction::DEFAULT
};

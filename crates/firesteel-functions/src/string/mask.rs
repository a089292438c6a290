//! `mask`: letters and digits replaced by kind.

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::Literal;
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Texts, constant_text, text_column};

const MASKS: [(&str, Option<&str>); 4] =
    [("upperChar", Some("X")), ("lowerChar", Some("x")), ("digitChar", Some("n")), ("otherChar", None)];

pub(super) const MASK: ScalarFunction = ScalarFunction {
    name: "mask",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::STRING),
    // A mask that is NULL keeps characters.
    nullability: Nullability::Custom(|args| args[0].nullable()),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        let masks = (1..5).map(|at| Texts::of(args, at)).collect::<Result<Vec<_>>>()?;
        text_column(args, |row| {
            let text = texts.get(row)?;
            let masked = |c: char| masks[kind(c)].get(row).and_then(|mask| mask.chars().next()).unwrap_or(c);
            Some(text.chars().map(masked).collect::<String>())
        })
    }),
    doc: Doc {
        usage: "mask(input[, upperChar, lowerChar, digitChar, otherChar]) - Masks the given string value: upper-case letters \
                with 'X', lower-case letters with 'x', digits with 'n' by default. NULL retains the original characters.",
        since: "3.4.0",
        examples: &[
            ("SELECT mask('abcd-EFGH-8765-4321')", "xxxx-XXXX-nnnn-nnnn"),
            ("SELECT mask('abcd-EFGH-8765-4321', 'Q')", "xxxx-QQQQ-nnnn-nnnn"),
            ("SELECT mask('AbCD123-@$#', 'Q', 'q')", "QqQQnnn-@$#"),
            ("SELECT mask('AbCD123-@$#', 'Q', 'q', 'd', 'o')", "QqQQdddoooo"),
            ("SELECT mask('AbCD123-@$#', NULL, 'q', 'd', 'o')", "AqCDdddoooo"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// Which of the masks.
fn kind(c: char) -> usize {
    match c {
        _ if c.is_uppercase() => 0,
        _ if c.is_lowercase() => 1,
        _ if c.is_ascii_digit() || (c.is_numeric() && !c.is_ascii()) => 2,
        _ => 3,
    }
}

/// Masks are known, and one character each.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    const LISTS: [&[Param]; 5] =
        [&[Param::String], &[Param::String; 2], &[Param::String; 3], &[Param::String; 4], &[Param::String; 5]];
    let mut args = signature::apply(name, Signature::OneOf(&LISTS), args)?;
    for (at, (mask, _)) in MASKS.iter().enumerate().take(args.len() - 1) {
        let arg = &args[at + 1];
        if !arg.is_foldable() {
            return Err(error!(
                DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
                sqlExpr = errors::call_text(name, &args),
                inputName = format!("`{mask}`"),
                inputType = "\"STRING\"",
                inputExpr = format!("\"{}\"", errors::sql_text(arg))
            ));
        }
        if constant_text(arg).is_some_and(|text| text.chars().count() != 1) {
            return Err(error!(
                DATATYPE_MISMATCH_INPUT_SIZE_NOT_ONE,
                sqlExpr = errors::call_text(name, &args),
                exprName = *mask
            ));
        }
    }
    for (_, default) in &MASKS[args.len() - 1..] {
        args.push(Expr::literal(match default {
            Some(text) => Literal::string(*text),
            None => Literal::null(SqlType::STRING),
        }));
    }
    Ok(args)
}

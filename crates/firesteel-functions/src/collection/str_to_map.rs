//! `str_to_map`: text split into pairs, pairs into keys and values; delimiters are regular expressions.

use std::sync::Arc;

use arrow::array::{StringViewArray, StringViewBuilder};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use firesteel_common::{Result, SqlType};
use firesteel_expr::coerce::errors;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, ScalarFunction, Signature};
use firesteel_expr::{Column, Expr, ExprRef, Literal};

use super::entries::map_column;
use super::operands::cast;
use crate::rows::Texts;
use crate::string::regexp::{Pattern, parts};

pub(super) const STR_TO_MAP: ScalarFunction = ScalarFunction {
    name: "str_to_map",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::map(SqlType::STRING, SqlType::STRING, true)),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(str_to_map),
    doc: Doc {
        usage: "str_to_map(text[, pairDelim[, keyValueDelim]]) - Creates a map after splitting the text into key/value \
                pairs using delimiters, by default ',' and ':'. Both are treated as regular expressions.",
        since: "2.0.1",
        examples: &[
            ("SELECT str_to_map('a:1,b:2,c:3', ',', ':')", "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}"),
            ("SELECT str_to_map('a')", "{\"a\":null}"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(1..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[1, 2, 3]", args.len()));
    }
    for default in &[",", ":"][args.len() - 1..] {
        args.push(Expr::literal(Literal::string(*default)));
    }
    // Numbers are not read as text here.
    match args.iter().position(|arg| !arg.data_type().is_string() && *arg.data_type() != SqlType::Void) {
        Some(at) => Err(errors::unexpected_input(name, &args, at, "\"STRING\"".to_owned())),
        None => Ok(args.iter().map(|arg| cast(arg, SqlType::STRING)).collect()),
    }
}

fn str_to_map(args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, pairs, inner) = (Texts::of(args, 0)?, Texts::of(args, 1)?, Texts::of(args, 2)?);
    let (mut by_pair, mut by_key) = (Pattern::new("str_to_map"), Pattern::new("str_to_map"));
    let (mut keys, mut values) = (StringViewBuilder::new(), StringViewBuilder::new());
    let (mut lengths, mut valid) = (Vec::with_capacity(args.rows), Vec::with_capacity(args.rows));
    for row in 0..args.rows {
        let (Some(text), Some(pair), Some(inner)) = (texts.get(row), pairs.get(row), inner.get(row)) else {
            lengths.push(0);
            valid.push(false);
            continue;
        };
        let mut entries = Vec::new();
        parts(by_pair.get(pair)?, text, -1, |entry| entries.push(entry))?;
        let by_key = by_key.get(inner)?;
        for text in &entries {
            let mut entry = Vec::with_capacity(2);
            parts(by_key, text, 2, |part| entry.push(part))?;
            keys.append_value(entry[0]);
            values.append_option(entry.get(1));
        }
        lengths.push(entries.len());
        valid.push(true);
    }
    let keys: StringViewArray = keys.finish();
    let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
    let offsets = OffsetBuffer::from_lengths(lengths);
    map_column(args.return_type, Arc::new(keys), Arc::new(values.finish()), offsets, nulls)
}

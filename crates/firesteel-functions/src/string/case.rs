//! `upper`, `lower`, `initcap`.

use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Texts, by_entries, text_column};

const TEXT_TO_TEXT: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    ..ScalarFunction::DEFAULT
};

pub(super) const UPPER: ScalarFunction = ScalarFunction {
    name: "upper",
    aliases: &["ucase"],
    kernel: Kernel::Batch(|args| {
        by_entries(args, |args| {
            let texts = Texts::of(args, 0)?;
            text_column(args, |row| texts.get(row).map(str::to_uppercase))
        })
    }),
    doc: Doc {
        usage: "upper(str) - Returns `str` with all characters changed to uppercase.",
        since: "1.0.1",
        examples: &[("SELECT upper('SparkSql')", "SPARKSQL")],
    },
    ..TEXT_TO_TEXT
};

pub(super) const LOWER: ScalarFunction = ScalarFunction {
    name: "lower",
    aliases: &["lcase"],
    kernel: Kernel::Batch(|args| {
        by_entries(args, |args| {
            let texts = Texts::of(args, 0)?;
            text_column(args, |row| texts.get(row).map(str::to_lowercase))
        })
    }),
    doc: Doc {
        usage: "lower(str) - Returns `str` with all characters changed to lowercase.",
        since: "1.0.1",
        examples: &[("SELECT lower('SparkSql')", "sparksql")],
    },
    ..TEXT_TO_TEXT
};

pub(super) const INITCAP: ScalarFunction = ScalarFunction {
    name: "initcap",
    kernel: Kernel::Batch(|args| {
        by_entries(args, |args| {
            let texts = Texts::of(args, 0)?;
            text_column(args, |row| texts.get(row).map(capitalized))
        })
    }),
    doc: Doc {
        usage: "initcap(str) - Returns `str` with the first letter of each word in uppercase, all other letters in \
                lowercase. Words are delimited by blanks.",
        since: "1.5.0",
        examples: &[("SELECT initcap('sPark sql')", "Spark Sql")],
    },
    ..TEXT_TO_TEXT
};

fn capitalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut starts_word = true;
    for c in text.to_lowercase().chars() {
        match starts_word {
            true => out.extend(c.to_uppercase()),
            false => out.push(c),
        }
        starts_word = c == ' ';
    }
    out
}

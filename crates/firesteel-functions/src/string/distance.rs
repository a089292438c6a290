//! How alike texts are, and sound: `levenshtein`, `soundex`.

use arrow::datatypes::Int32Type;
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, number_column, optional, text_column};

pub(super) const LEVENSHTEIN: ScalarFunction = ScalarFunction {
    name: "levenshtein",
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let (left, right) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        let thresholds = optional(args, 2, Numbers::<Int32Type>::of)?;
        number_column::<Int32Type>(args, |row| {
            let distance = distance(left.get(row)?, right.get(row)?) as i32;
            match &thresholds {
                Some(thresholds) if distance > thresholds.get(row)? => Some(-1),
                _ => Some(distance),
            }
        })
    }),
    doc: Doc {
        usage: "levenshtein(str1, str2[, threshold]) - Returns the Levenshtein distance between the two given strings. If \
                threshold is set and distance more than it, return -1.",
        since: "1.5.0",
        examples: &[
            ("SELECT levenshtein('kitten', 'sitting')", "3"),
            ("SELECT levenshtein('kitten', 'sitting', 2)", "-1"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// Row by row of the usual table, of which only the last is kept.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut costs: Vec<usize> = (0..=right.len()).collect();
    for (row, l) in left.chars().enumerate() {
        let mut diagonal = costs[0];
        costs[0] = row + 1;
        for (column, r) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(l != *r);
            diagonal = costs[column + 1];
            costs[column + 1] = replaced.min(diagonal + 1).min(costs[column] + 1);
        }
    }
    costs[right.len()]
}

pub(super) const SOUNDEX: ScalarFunction = ScalarFunction {
    name: "soundex",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        text_column(args, |row| texts.get(row).map(soundex))
    }),
    doc: Doc {
        usage: "soundex(str) - Returns Soundex code of the string.",
        since: "1.5.0",
        examples: &[("SELECT soundex('Miller')", "M460")],
    },
    ..ScalarFunction::DEFAULT
};

/// What does not begin with an English letter is returned as it is.
fn soundex(text: &str) -> String {
    /// By letter; H and W do not even part equal codes.
    const CODES: &[u8; 26] = b"01230127022455012623017202";
    let code = |letter: u8| CODES[usize::from(letter - b'A')];
    let Some(first) = text.bytes().next().filter(u8::is_ascii_alphabetic) else { return text.to_owned() };
    let first = first.to_ascii_uppercase();
    let mut out = String::from(char::from(first));
    let mut last = code(first);
    for byte in text.bytes().skip(1) {
        let code = if byte.is_ascii_alphabetic() { code(byte.to_ascii_uppercase()) } else { b'0' };
        if code == b'7' {
            continue;
        }
        if code != b'0' && code != last {
            out.push(char::from(code));
            if out.len() == 4 {
                return out;
            }
        }
        last = code;
    }
    format!("{out:0<4}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds() {
        for (text, code) in [("Miller", "M460"), ("Robert", "R163"), ("Tymczak", "T522"), ("Pfister", "P236"), ("", "")]
        {
            assert_eq!(soundex(text), code);
        }
        assert_eq!(soundex("4you"), "4you");
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("äb", "ab"), 1);
    }
}

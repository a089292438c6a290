//! Text as bytes of a character set and back: `encode`, `decode`.

use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::registry;

use crate::rows::{Bytes, Texts, try_binary_column, try_text_column};

pub(super) const ENCODE: ScalarFunction = ScalarFunction {
    name: "encode",
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::Binary),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (texts, names) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        try_binary_column(args, |row| {
            let (Some(text), Some(name)) = (texts.get(row), names.get(row)) else { return Ok(None) };
            let charset = Charset::of("encode", name)?;
            charset.encode(text).map(Some).ok_or_else(|| malformed("encode", name))
        })
    }),
    doc: Doc {
        usage: "encode(str, charset) - Encodes the first argument using the second argument character set: 'US-ASCII', \
                'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16' or 'UTF-32'.",
        since: "1.5.0",
        examples: &[("SELECT hex(encode('abc', 'utf-8'))", "616263")],
    },
    ..ScalarFunction::DEFAULT
};

/// With two arguments bytes as text; with more a choice among values.
pub(super) const DECODE: ScalarFunction = ScalarFunction {
    name: "decode",
    signature: Signature::Custom(|name, args| match args.len() {
        0 | 1 => Err(errors::wrong_num_args(name, "> 1", args.len())),
        _ => Ok(args),
    }),
    kernel: Kernel::Rewrite(|args| match args.len() {
        2 => {
            let args = signature::apply("decode", Signature::OneOf(&[&[Param::Binary, Param::String]]), args)?;
            Expr::call_named("decode_bytes", args)
        }
        _ => choice(args),
    }),
    doc: Doc {
        usage: "decode(bin, charset) - Decodes the first argument using the second argument character set. \
                decode(expr, search, result [, search, result ] ... [, default]) - Compares expr to each search value in \
                order, NULL being equal to NULL, and returns the result beside the one that it is equal to, or default.",
        since: "1.5.0",
        examples: &[
            ("SELECT decode(encode('abc', 'utf-8'), 'utf-8')", "abc"),
            (
                "SELECT decode(2, 1, 'Southlake', 2, 'San Francisco', 3, 'New Jersey', 4, 'Seattle', 'Non domestic')",
                "San Francisco",
            ),
            ("SELECT decode(6, 1, 'Southlake', 2, 'San Francisco', 3, 'New Jersey', 4, 'Seattle')", "NULL"),
            ("SELECT decode(null, 6, 'Spark', NULL, 'SQL', 4, 'rocks')", "SQL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn choice(args: Vec<ExprRef>) -> Result<ExprRef> {
    let mut branches = Vec::with_capacity(args.len());
    for pair in args[1..].chunks(2) {
        match pair {
            [search, result] => {
                branches.push(registry::call("<=>", vec![args[0].clone(), search.clone()])?);
                branches.push(result.clone());
            }
            rest => branches.extend_from_slice(rest),
        }
    }
    registry::call("when", branches)
}

/// What `decode` of bytes is computed by.
pub(super) const DECODE_BYTES: ScalarFunction = ScalarFunction {
    name: "decode_bytes",
    signature: Signature::OneOf(&[&[Param::Binary, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (binaries, names) = (Bytes::of(args, 0)?, Texts::of(args, 1)?);
        try_text_column(args, |row| {
            let (Some(bytes), Some(name)) = (binaries.get(row), names.get(row)) else { return Ok(None) };
            let charset = Charset::of("decode", name)?;
            charset.decode(bytes).map(Some).ok_or_else(|| malformed("decode", name))
        })
    }),
    display: |_, args| format!("decode({})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};

fn malformed(function: &str, charset: &str) -> Error {
    error!(MALFORMED_CHARACTER_CODING, function = format!("`{function}`"), charset = charset)
}

#[derive(Clone, Copy)]
enum Charset {
    Ascii,
    Latin1,
    Utf8,
    /// With a mark in front.
    Utf16,
    Utf16Be,
    Utf16Le,
    Utf32,
}

impl Charset {
    fn of(function: &str, name: &str) -> Result<Charset> {
        Ok(match name.to_uppercase().as_str() {
            "US-ASCII" => Charset::Ascii,
            "ISO-8859-1" => Charset::Latin1,
            "UTF-8" => Charset::Utf8,
            "UTF-16" => Charset::Utf16,
            "UTF-16BE" => Charset::Utf16Be,
            "UTF-16LE" => Charset::Utf16Le,
            "UTF-32" => Charset::Utf32,
            _ => {
                return Err(error!(
                    INVALID_PARAMETER_VALUE_CHARSET,
                    charset = name,
                    charsets = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8",
                    functionName = format!("`{function}`"),
                    parameter = "`charset`"
                ));
            }
        })
    }

    /// `None` for a character that the set does not have.
    fn encode(self, text: &str) -> Option<Vec<u8>> {
        let units = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        Some(match self {
            Charset::Utf8 => text.as_bytes().to_vec(),
            Charset::Ascii if !text.is_ascii() => return None,
            Charset::Ascii => text.as_bytes().to_vec(),
            Charset::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>()?,
            Charset::Utf16Be => units(u16::to_be_bytes),
            Charset::Utf16Le => units(u16::to_le_bytes),
            Charset::Utf16 if text.is_empty() => Vec::new(),
            Charset::Utf16 => [&[0xfe, 0xff], units(u16::to_be_bytes).as_slice()].concat(),
            Charset::Utf32 => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        })
    }

    /// `None` for bytes that are no text of the set.
    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Charset::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Charset::Ascii => bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect()),
            Charset::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Charset::Utf16Be => utf16(bytes, u16::from_be_bytes),
            Charset::Utf16Le => utf16(bytes, u16::from_le_bytes),
            Charset::Utf16 => match bytes {
                [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
                [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
                rest => utf16(rest, u16::from_be_bytes),
            },
            Charset::Utf32 => {
                let (units, rest) = bytes.as_chunks::<4>();
                let units = units.strip_prefix(&[[0, 0, 0xfe, 0xff]]).unwrap_or(units);
                let text = units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect();
                if rest.is_empty() { text } else { None }
            }
        }
    }
}

fn utf16(bytes: &[u8], from: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| from(*unit)).collect();
    if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::Charset;

    #[test]
    fn there_and_back() {
        use Charset::{Ascii, Latin1, Utf8, Utf16, Utf16Be, Utf16Le, Utf32};
        for charset in [Utf8, Utf16, Utf16Be, Utf16Le, Utf32] {
            let bytes = charset.encode("aä€𝄞").expect("bytes");
            assert_eq!(charset.decode(&bytes).as_deref(), Some("aä€𝄞"));
        }
        assert_eq!(Latin1.encode("ä"), Some(vec![0xe4]));
        assert_eq!(Latin1.encode("€"), None);
        assert_eq!(Ascii.encode("ä"), None);
        assert_eq!(Ascii.decode(&[0x80]), None);
        assert_eq!(Utf16.encode("a"), Some(vec![0xfe, 0xff, 0, 0x61]));
    }
}

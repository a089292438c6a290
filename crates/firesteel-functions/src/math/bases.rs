//! Numbers in other bases, and their bits: `conv`, `bin`, `bit_count`, `bit_get`.

use arrow::datatypes::{Int8Type, Int32Type, Int64Type};
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::Column;
use firesteel_expr::expr::CastMode;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, number_column, text_column, try_number_column, try_text_column};

pub(super) const BIN: ScalarFunction = ScalarFunction {
    name: "bin",
    signature: Signature::OneOf(&[&[Param::BigInt]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let numbers = Numbers::<Int64Type>::of(args, 0)?;
        text_column(args, |row| numbers.get(row).map(|number| format!("{number:b}")))
    }),
    doc: Doc {
        usage: "bin(expr) - Returns the string representation of the long value `expr` represented in binary.",
        since: "1.5.0",
        examples: &[
            ("SELECT bin(13)", "1101"),
            ("SELECT bin(-13)", "1111111111111111111111111111111111111111111111111111111111110011"),
            ("SELECT bin(13.3)", "1101"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const CONV: ScalarFunction = ScalarFunction {
    name: "conv",
    signature: Signature::OneOf(&[&[Param::String, Param::Int, Param::Int]]),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        let [from, to] = [1, 2].map(|at| Numbers::<Int32Type>::of(args, at));
        let (from, to) = (from?, to?);
        try_text_column(args, |row| match (texts.get(row), from.get(row), to.get(row)) {
            (Some(text), Some(from), Some(to)) => convert(text, from, to),
            _ => Ok(None),
        })
    }),
    doc: Doc {
        usage: "conv(num, from_base, to_base) - Convert `num` from `from_base` to `to_base`.",
        since: "1.5.0",
        examples: &[("SELECT conv('100', 2, 10)", "4"), ("SELECT conv(-10, 16, -10)", "-16")],
    },
    ..ScalarFunction::DEFAULT
};

/// Digits up to the first that is none; to a negative base as a signed number.
fn convert(text: &str, from: i32, to: i32) -> Result<Option<String>> {
    let legal = |base: i32| (2..=36).contains(&base);
    let text = text.trim_matches(' ');
    if !legal(from) || !(legal(to) || legal(-to)) || text.is_empty() {
        return Ok(None);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let mut value: u64 = 0;
    for digit in digits.chars().map_while(|c| c.to_digit(from as u32)) {
        let next = value.checked_mul(from as u64).and_then(|value| value.checked_add(digit.into()));
        value = next.ok_or_else(overflow)?;
    }
    if negative && to > 0 {
        // What is too large for a signed number is all ones.
        value = if value > i64::MAX as u64 { u64::MAX } else { value.wrapping_neg() };
    }
    let mut shown_negative = negative && to < 0;
    if to < 0 && !negative && (value as i64) < 0 {
        (value, shown_negative) = (value.wrapping_neg(), true);
    }
    let digits = in_base(value, to.unsigned_abs());
    Ok(Some(if shown_negative { format!("-{digits}") } else { digits }))
}

fn overflow() -> firesteel_common::Error {
    error!(
        ARITHMETIC_OVERFLOW,
        message = "Overflow in function conv()",
        alternative = "",
        config = "\"spark.sql.ansi.enabled\""
    )
}

fn in_base(mut value: u64, base: u32) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = char::from_digit((value % u64::from(base)) as u32, base).unwrap_or('0');
        digits.push(digit.to_ascii_uppercase());
        value /= u64::from(base);
        if value == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

pub(super) const BIT_COUNT: ScalarFunction = ScalarFunction {
    name: "bit_count",
    signature: Signature::OneOf(&[&[Param::Integral], &[Param::Boolean]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let numbers = longs(args)?;
        number_column::<Int32Type>(args, |row| numbers.get(row).map(|number| number.count_ones() as i32))
    }),
    doc: Doc {
        usage: "bit_count(expr) - Returns the number of bits that are set in the argument expr as an unsigned 64-bit integer, \
                or NULL if the argument is NULL.",
        since: "3.0.0",
        examples: &[("SELECT bit_count(0)", "0"), ("SELECT bit_count(-1)", "64")],
    },
    ..ScalarFunction::DEFAULT
};

/// The first argument as BIGINT.
fn longs(args: &KernelArgs<'_>) -> Result<Numbers<Int64Type>> {
    let long =
        firesteel_expr::cast::cast(&args.columns[0], &args.types[0], &SqlType::BigInt, CastMode::Ansi, args.context)?;
    Numbers::of(&KernelArgs { columns: &[long], ..*args }, 0)
}

pub(super) const BIT_GET: ScalarFunction = ScalarFunction {
    name: "bit_get",
    aliases: &["getbit"],
    signature: Signature::OneOf(&[&[Param::Integral, Param::Int]]),
    returns: |_| Ok(SqlType::TinyInt),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let bits = match args.types[0] {
            SqlType::TinyInt => 8,
            SqlType::SmallInt => 16,
            SqlType::Int => 32,
            _ => 64,
        };
        let (numbers, positions) = (longs(args)?, Numbers::<Int32Type>::of(args, 1)?);
        try_number_column::<Int8Type>(args, |row| {
            let (Some(number), Some(position)) = (numbers.get(row), positions.get(row)) else { return Ok(None) };
            if !(0..bits).contains(&position) {
                bail!(
                    INVALID_PARAMETER_VALUE_BIT_POSITION_RANGE,
                    functionName = "`bit_get`",
                    parameter = "`pos`",
                    upper = bits.to_string(),
                    invalidValue = position.to_string()
                );
            }
            Ok(Some((number >> position & 1) as i8))
        })
    }),
    doc: Doc {
        usage: "bit_get(expr, pos) - Returns the value of the bit (0 or 1) at the specified position. The positions are \
                numbered from right to left, starting at zero. The position argument cannot be negative.",
        since: "3.2.0",
        examples: &[("SELECT bit_get(11, 0)", "1"), ("SELECT bit_get(11, 2)", "0")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const BITMAP_BIT_POSITION: ScalarFunction = ScalarFunction {
    name: "bitmap_bit_position",
    signature: Signature::OneOf(&[&[Param::BigInt]]),
    returns: |_| Ok(SqlType::BigInt),
    kernel: Kernel::Batch(|args| {
        let numbers = Numbers::<Int64Type>::of(args, 0)?;
        number_column::<Int64Type>(args, |row| {
            numbers
                .get(row)
                .map(|number| if number > 0 { (number - 1) % BITMAP_BITS } else { number.wrapping_neg() % BITMAP_BITS })
        })
    }),
    doc: Doc {
        usage: "bitmap_bit_position(child) - Returns the bit position for the given input child expression.",
        since: "3.5.0",
        examples: &[("SELECT bitmap_bit_position(1)", "0"), ("SELECT bitmap_bit_position(123)", "122")],
    },
    ..ScalarFunction::DEFAULT
};

/// Bits of a bitmap; numbers beyond go into the next bucket.
const BITMAP_BITS: i64 = 32_768;

pub(super) const BITMAP_BUCKET_NUMBER: ScalarFunction = ScalarFunction {
    name: "bitmap_bucket_number",
    can_fail: CanFail::Never,
    kernel: Kernel::Batch(|args| {
        let numbers = Numbers::<Int64Type>::of(args, 0)?;
        number_column::<Int64Type>(args, |row| {
            numbers
                .get(row)
                .map(|number| if number > 0 { 1 + (number - 1) / BITMAP_BITS } else { number / BITMAP_BITS })
        })
    }),
    doc: Doc {
        usage: "bitmap_bucket_number(child) - Returns the bucket number for the given input child expression.",
        since: "3.5.0",
        examples: &[("SELECT bitmap_bucket_number(123)", "1"), ("SELECT bitmap_bucket_number(0)", "0")],
    },
    ..BITMAP_BIT_POSITION
};

pub(super) const BITMAP_COUNT: ScalarFunction = ScalarFunction {
    name: "bitmap_count",
    signature: Signature::OneOf(&[&[Param::Binary]]),
    returns: |_| Ok(SqlType::BigInt),
    kernel: Kernel::Batch(|args: &KernelArgs<'_>| -> Result<Column> {
        let bitmaps = crate::rows::Bytes::of(args, 0)?;
        let ones = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(byte.count_ones())).sum();
        number_column::<Int64Type>(args, |row| bitmaps.get(row).map(ones))
    }),
    doc: Doc {
        usage: "bitmap_count(child) - Returns the number of set bits in the child bitmap.",
        since: "3.5.0",
        examples: &[("SELECT bitmap_count(X'1010')", "2"), ("SELECT bitmap_count(X'FFFF')", "16")],
    },
    ..ScalarFunction::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::convert;

    #[test]
    fn bases() {
        let conv = |text: &str, from, to| convert(text, from, to).expect("a number");
        assert_eq!(conv("100", 2, 10).as_deref(), Some("4"));
        assert_eq!(conv("-10", 16, -10).as_deref(), Some("-16"));
        assert_eq!(conv("-1", 10, 16).as_deref(), Some("FFFFFFFFFFFFFFFF"));
        assert_eq!(conv("11abc", 10, 16).as_deref(), Some("B"));
        assert_eq!(conv("zz", 10, 16).as_deref(), Some("0"));
        assert_eq!(conv("", 10, 16), None);
        assert_eq!(conv("1", 1, 16), None);
        assert!(convert("99999999999999999999999", 10, 16).is_err());
    }
}

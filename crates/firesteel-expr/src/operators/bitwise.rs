//! `& | ^ ~` and the shifts, over integers.

use arrow::array::ArrowNativeTypeOp;
use arrow::datatypes::{ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type};
use firesteel_common::{Result, SqlType, internal};

use super::elementwise::{binary, unary};
use crate::coerce::{arithmetic_operands, errors};
use crate::column::Column;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature, call_form, infix_form};

fn integers(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [left, right] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    let Some((left, right)) = arithmetic_operands(left, right) else {
        return Err(errors::different_operands(name, &args));
    };
    match left.data_type() {
        SqlType::Void => Ok([left, right].map(|side| Expr::cast(side, SqlType::Int, CastMode::Ansi)).to_vec()),
        common if common.is_integral() => Ok(vec![left, right]),
        common => Err(errors::wrong_operands(name, &args, errors::required_type(&[Param::Integral]), common)),
    }
}

fn first(types: &[SqlType]) -> Result<SqlType> {
    types.first().cloned().ok_or_else(|| internal!("an operator without operands"))
}

macro_rules! bitwise {
    ($args:expr, $operator:tt) => {
        match &$args.types[0] {
            SqlType::TinyInt => binary::<Int8Type, Int8Type, Int8Type>($args, |l, r| l $operator r),
            SqlType::SmallInt => binary::<Int16Type, Int16Type, Int16Type>($args, |l, r| l $operator r),
            SqlType::Int => binary::<Int32Type, Int32Type, Int32Type>($args, |l, r| l $operator r),
            SqlType::BigInt => binary::<Int64Type, Int64Type, Int64Type>($args, |l, r| l $operator r),
            other => Err(internal!("bits of {other}")),
        }
    };
}

fn complement(args: &KernelArgs<'_>) -> Result<Column> {
    fn flip<T: ArrowPrimitiveType>(args: &KernelArgs<'_>) -> Result<Column>
    where
        T::Native: ArrowNativeTypeOp + std::ops::Not<Output = T::Native>,
    {
        unary::<T, T>(args, |value| !value)
    }
    match &args.types[0] {
        SqlType::TinyInt => flip::<Int8Type>(args),
        SqlType::SmallInt => flip::<Int16Type>(args),
        SqlType::Int => flip::<Int32Type>(args),
        SqlType::BigInt => flip::<Int64Type>(args),
        other => Err(internal!("bits of {other}")),
    }
}

/// INT or BIGINT by INT. Only the low five or six bits of the distance count, as in Java.
fn shifted(args: &KernelArgs<'_>, int: impl Fn(i32, u32) -> i32, bigint: impl Fn(i64, u32) -> i64) -> Result<Column> {
    match &args.types[0] {
        SqlType::Int => binary::<Int32Type, Int32Type, Int32Type>(args, |base, by| int(base, by as u32 & 31)),
        _ => binary::<Int64Type, Int32Type, Int64Type>(args, |base, by| bigint(base, by as u32 & 63)),
    }
}

const BITWISE: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(integers),
    returns: first,
    display: infix_form,
    ..ScalarFunction::DEFAULT
};

pub const AND: ScalarFunction = ScalarFunction {
    name: "&",
    kernel: Kernel::Batch(|args| bitwise!(args, &)),
    doc: Doc {
        usage: "expr1 & expr2 - Returns the result of bitwise AND of `expr1` and `expr2`.",
        since: "1.4.0",
        examples: &[("SELECT 3 & 5", "1")],
    },
    ..BITWISE
};

pub const OR: ScalarFunction = ScalarFunction {
    name: "|",
    kernel: Kernel::Batch(|args| bitwise!(args, |)),
    doc: Doc {
        usage: "expr1 | expr2 - Returns the result of bitwise OR of `expr1` and `expr2`.",
        since: "1.4.0",
        examples: &[("SELECT 3 | 5", "7")],
    },
    ..BITWISE
};

pub const XOR: ScalarFunction = ScalarFunction {
    name: "^",
    kernel: Kernel::Batch(|args| bitwise!(args, ^)),
    doc: Doc {
        usage: "expr1 ^ expr2 - Returns the result of bitwise exclusive OR of `expr1` and `expr2`.",
        since: "1.4.0",
        examples: &[("SELECT 3 ^ 5", "6")],
    },
    ..BITWISE
};

pub const NOT: ScalarFunction = ScalarFunction {
    name: "~",
    signature: Signature::OneOf(&[&[Param::Integral]]),
    kernel: Kernel::Batch(complement),
    display: |_, args| format!("~{}", args.join(", ")),
    doc: Doc {
        usage: "~ expr - Returns the result of bitwise NOT of `expr`.",
        since: "1.4.0",
        examples: &[("SELECT ~ 0", "-1")],
    },
    ..BITWISE
};

const SHIFT: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Int, Param::Int], &[Param::BigInt, Param::Int]]),
    returns: first,
    display: call_form,
    ..ScalarFunction::DEFAULT
};

pub const SHIFT_LEFT: ScalarFunction = ScalarFunction {
    name: "shiftleft",
    aliases: &["<<"],
    kernel: Kernel::Batch(|args| shifted(args, |base, by| base << by, |base, by| base << by)),
    doc: Doc {
        usage: "base << exp - Bitwise left shift.",
        since: "1.5.0",
        examples: &[("SELECT shiftleft(2, 1)", "4"), ("SELECT 2 << 1", "4")],
    },
    ..SHIFT
};

pub const SHIFT_RIGHT: ScalarFunction = ScalarFunction {
    name: "shiftright",
    aliases: &[">>"],
    kernel: Kernel::Batch(|args| shifted(args, |base, by| base >> by, |base, by| base >> by)),
    doc: Doc {
        usage: "base >> expr - Bitwise (signed) right shift.",
        since: "1.5.0",
        examples: &[("SELECT shiftright(4, 1)", "2"), ("SELECT 4 >> 1", "2")],
    },
    ..SHIFT
};

pub const SHIFT_RIGHT_UNSIGNED: ScalarFunction = ScalarFunction {
    name: "shiftrightunsigned",
    aliases: &[">>>"],
    kernel: Kernel::Batch(|args| {
        shifted(args, |base, by| (base as u32 >> by) as i32, |base, by| (base as u64 >> by) as i64)
    }),
    doc: Doc {
        usage: "base >>> expr - Bitwise unsigned right shift.",
        since: "1.5.0",
        examples: &[("SELECT shiftrightunsigned(4, 1)", "2"), ("SELECT 4 >>> 1", "2")],
    },
    ..SHIFT
};

pub const ALL: &[ScalarFunction] = &[AND, OR, XOR, NOT, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_UNSIGNED];

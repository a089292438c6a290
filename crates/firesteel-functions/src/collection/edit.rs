//! Arrays with elements put in, taken out, or in another order: `array_append`, `array_prepend`, `array_insert`,
//! `array_remove`, `array_compact`, `array_repeat`, `slice`, `reverse`, `flatten`, `shuffle`.

use std::sync::Arc;

use arrow::array::{Array, BinaryViewArray};
use arrow::datatypes::{Int32Type, Int64Type};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::{errors, implicit_cast, tightest_common_type};
use firesteel_expr::function::{
    CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature, Volatility,
};
use firesteel_expr::{Column, ExprRef};

use super::lists::{Keys, ListWriter, Lists, check_size};
use super::operands::{array_and_element, array_and_value, cast, element_of, meet, with_nulls};
use crate::rows::{Bytes, Numbers, Texts, text_column};

pub(super) const ARRAY_APPEND: ScalarFunction = ScalarFunction {
    name: "array_append",
    signature: Signature::Custom(array_and_element),
    returns: |types| Ok(with_nulls(&types[0])),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    kernel: Kernel::Batch(|args| with_element(args, false)),
    doc: Doc {
        usage: "array_append(array, element) - Add the element at the end of the array passed as first argument.",
        since: "3.4.0",
        examples: &[
            ("SELECT array_append(array('b', 'd', 'c', 'a'), 'd')", "[\"b\",\"d\",\"c\",\"a\",\"d\"]"),
            ("SELECT array_append(CAST(null as Array<Int>), 2)", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const ARRAY_PREPEND: ScalarFunction = ScalarFunction {
    name: "array_prepend",
    kernel: Kernel::Batch(|args| with_element(args, true)),
    doc: Doc {
        usage: "array_prepend(array, element) - Add the element at the beginning of the array passed as first argument.",
        since: "3.5.0",
        examples: &[
            ("SELECT array_prepend(array('b', 'd', 'c', 'a'), 'd')", "[\"d\",\"b\",\"d\",\"c\",\"a\"]"),
            ("SELECT array_prepend(array(1, 2, 3, null), null)", "[null,1,2,3,null]"),
        ],
    },
    ..ARRAY_APPEND
};

fn with_element(args: &KernelArgs<'_>, first: bool) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let elements = args.columns[1].flat_as(&args.types[1])?;
    let mut out = ListWriter::new(args.return_type, &[lists.elements(), &elements])?;
    for row in 0..args.rows {
        if !lists.is_valid(row) {
            out.end_null();
            continue;
        }
        if first {
            out.push(1, row);
        }
        out.extend(0, lists.range(row));
        if !first {
            out.push(1, row);
        }
        out.end();
    }
    out.finish(args)
}

pub(super) const ARRAY_INSERT: ScalarFunction = ScalarFunction {
    name: "array_insert",
    signature: Signature::Custom(insert_operands),
    returns: |types| Ok(with_nulls(&types[0])),
    nullability: Nullability::Custom(|args| args[0].nullable() || args[1].nullable()),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(array_insert),
    doc: Doc {
        usage: "array_insert(x, pos, val) - Places val into index pos of array x. Array indices start at 1, negative ones \
                count from the end; places beyond the array's ends are filled up with NULLs.",
        since: "3.4.0",
        examples: &[
            ("SELECT array_insert(array(1, 2, 3, 4), 5, 5)", "[1,2,3,4,5]"),
            ("SELECT array_insert(array(5, 4, 3, 2), -1, 1)", "[5,4,3,2,1]"),
            ("SELECT array_insert(array(5, 3, 2, 1), -4, 4)", "[5,4,3,2,1]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn insert_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() != 3 {
        return Err(errors::wrong_num_args(name, "3", args.len()));
    }
    let (array, value) = meet(name, &args, 2, tightest_common_type)?;
    let position = match args[1].data_type() {
        SqlType::BigInt => None,
        given if given.is_integral() || *given == SqlType::Void => implicit_cast(&args[1], Param::Int),
        _ => None,
    };
    match position {
        Some(position) => Ok(vec![array, position, value]),
        None => Err(errors::unexpected_input(name, &args, 1, errors::required_type(&[Param::Int]))),
    }
}

fn array_insert(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let positions = Numbers::<Int32Type>::of(args, 1)?;
    let values = args.columns[2].flat_as(&args.types[2])?;
    let mut out = ListWriter::new(args.return_type, &[lists.elements(), &values])?;
    for row in 0..args.rows {
        let Some(position) = positions.get(row).filter(|_| lists.is_valid(row)) else {
            out.end_null();
            continue;
        };
        let range = lists.range(row);
        let (length, distance) = (range.len(), position.unsigned_abs() as usize);
        match position {
            0 => bail!(INVALID_INDEX_OF_ZERO),
            // Before the first element, the gap filled with NULLs.
            ..0 if distance > length => {
                out.push(1, row);
                (length + 1..distance).for_each(|_| out.push_null());
                out.extend(0, range);
            }
            _ => {
                let before = if position > 0 { distance - 1 } else { length + 1 - distance };
                let split = range.start + before.min(length);
                out.extend(0, range.start..split);
                (length..before).for_each(|_| out.push_null());
                out.push(1, row);
                out.extend(0, split..range.end);
            }
        }
        out.check_size("array_insert")?;
        out.end();
    }
    out.finish(args)
}

pub(super) const ARRAY_REMOVE: ScalarFunction = ScalarFunction {
    name: "array_remove",
    signature: Signature::Custom(|name, args| match args.as_slice() {
        // Nothing to look for: the result is NULL.
        [array, value] if *value.data_type() == SqlType::Void => {
            Ok(vec![array.clone(), cast(value, element_of(array.data_type()))])
        }
        _ => array_and_value(name, args),
    }),
    returns: |types| Ok(types[0].clone()),
    kernel: Kernel::Batch(|args| {
        let lists = Lists::of(args, 0)?;
        let (elements, values) = (Keys::of(lists.elements())?, Keys::of(&args.columns[1].flat_as(&args.types[1])?)?);
        keep(args, &lists, |row| !values.is_null(row), |row, at| elements.value(at) != values.value(row))
    }),
    doc: Doc {
        usage: "array_remove(array, element) - Remove all elements that equal to element from array.",
        since: "2.4.0",
        examples: &[("SELECT array_remove(array(1, 2, 3, null, 3), 3)", "[1,2,null]")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const ARRAY_COMPACT: ScalarFunction = ScalarFunction {
    name: "array_compact",
    signature: Signature::OneOf(&[&[Param::AnyArray]]),
    returns: |types| Ok(SqlType::array(element_of(&types[0]), false)),
    kernel: Kernel::Batch(|args| {
        let lists = Lists::of(args, 0)?;
        let nulls = lists.elements().logical_nulls();
        keep(args, &lists, |_| true, |_, at| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(at)))
    }),
    doc: Doc {
        usage: "array_compact(array) - Removes null values from the array.",
        since: "3.4.0",
        examples: &[
            ("SELECT array_compact(array(1, 2, 3, null))", "[1,2,3]"),
            ("SELECT array_compact(array(\"a\", \"b\", \"c\"))", "[\"a\",\"b\",\"c\"]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// The elements for which `keeps` holds, of rows that are valid here and there.
fn keep(
    args: &KernelArgs<'_>,
    lists: &Lists,
    is_valid: impl Fn(usize) -> bool,
    keeps: impl Fn(usize, usize) -> bool,
) -> Result<Column> {
    let mut out = ListWriter::new(args.return_type, &[lists.elements()])?;
    for row in 0..args.rows {
        if !lists.is_valid(row) || !is_valid(row) {
            out.end_null();
            continue;
        }
        lists.range(row).filter(|at| keeps(row, *at)).for_each(|at| out.push(0, at));
        out.end();
    }
    out.finish(args)
}

pub(super) const ARRAY_REPEAT: ScalarFunction = ScalarFunction {
    name: "array_repeat",
    signature: Signature::OneOf(&[&[Param::Any, Param::Int]]),
    returns: |types| Ok(SqlType::array(types[0].clone(), true)),
    nullability: Nullability::Custom(|args| args[1].nullable()),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(array_repeat),
    doc: Doc {
        usage: "array_repeat(element, count) - Returns the array containing element count times.",
        since: "2.4.0",
        examples: &[("SELECT array_repeat('123', 2)", "[\"123\",\"123\"]")],
    },
    ..ScalarFunction::DEFAULT
};

fn array_repeat(args: &KernelArgs<'_>) -> Result<Column> {
    let elements = args.columns[0].flat_as(&args.types[0])?;
    let counts = Numbers::<Int32Type>::of(args, 1)?;
    let total = (0..args.rows).filter_map(|row| counts.get(row)).map(|count| count.max(0) as usize).sum();
    check_size("array_repeat", total)?;
    let mut out = ListWriter::new(args.return_type, &[&elements])?;
    for row in 0..args.rows {
        let Some(count) = counts.get(row) else {
            out.end_null();
            continue;
        };
        (0..count).for_each(|_| out.push(0, row));
        out.end();
    }
    out.finish(args)
}

pub(super) const SLICE: ScalarFunction = ScalarFunction {
    name: "slice",
    signature: Signature::OneOf(&[&[Param::AnyArray, Param::Int, Param::Int]]),
    returns: |types| Ok(types[0].clone()),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(slice),
    doc: Doc {
        usage: "slice(x, start, length) - Subsets array x starting from index start (array indices start at 1, or starting \
                from the end if start is negative) with the specified length.",
        since: "2.4.0",
        examples: &[
            ("SELECT slice(array(1, 2, 3, 4), 2, 2)", "[2,3]"),
            ("SELECT slice(array(1, 2, 3, 4), -2, 2)", "[3,4]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn slice(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let (starts, lengths) = (Numbers::<Int32Type>::of(args, 1)?, Numbers::<Int32Type>::of(args, 2)?);
    let mut out = ListWriter::new(args.return_type, &[lists.elements()])?;
    for row in 0..args.rows {
        let (true, Some(start), Some(length)) = (lists.is_valid(row), starts.get(row), lengths.get(row)) else {
            out.end_null();
            continue;
        };
        if start == 0 {
            bail!(INVALID_PARAMETER_VALUE_START, parameter = "`start`", functionName = "`slice`");
        }
        let Ok(length) = usize::try_from(length) else {
            bail!(
                INVALID_PARAMETER_VALUE_LENGTH,
                parameter = "`length`",
                functionName = "`slice`",
                length = length.to_string()
            );
        };
        let range = lists.range(row);
        let distance = start.unsigned_abs() as usize;
        let first = if start > 0 { Some(distance - 1) } else { range.len().checked_sub(distance) };
        if let Some(first) = first.filter(|first| *first < range.len()) {
            let from = range.start + first;
            out.extend(0, from..range.end.min(from.saturating_add(length)));
        }
        out.end();
    }
    out.finish(args)
}

pub(super) const REVERSE: ScalarFunction = ScalarFunction {
    name: "reverse",
    signature: Signature::Custom(reverse_operand),
    returns: |types| Ok(types[0].clone()),
    kernel: Kernel::Batch(|args| match args.types[0] {
        SqlType::Array { .. } => reverse_arrays(args),
        SqlType::Binary => {
            let binaries = Bytes::of(args, 0)?;
            let reversed = |row| binaries.get(row).map(|bytes| bytes.iter().rev().copied().collect::<Vec<u8>>());
            Ok(Column::Array(Arc::new((0..args.rows).map(reversed).collect::<BinaryViewArray>())))
        }
        _ => {
            let texts = Texts::of(args, 0)?;
            text_column(args, |row| texts.get(row).map(|text| text.chars().rev().collect::<String>()))
        }
    }),
    doc: Doc {
        usage: "reverse(expr) - Returns a reversed string or an array with reverse order of elements.",
        since: "1.5.0",
        examples: &[("SELECT reverse('Spark SQL')", "LQS krapS"), ("SELECT reverse(array(2, 1, 4, 3))", "[3,4,1,2]")],
    },
    ..ScalarFunction::DEFAULT
};

fn reverse_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [arg] = args.as_slice() else { return Err(errors::wrong_num_args(name, "1", args.len())) };
    match arg.data_type() {
        SqlType::Array { .. } | SqlType::Binary => Ok(args),
        _ => match implicit_cast(arg, Param::String) {
            Some(text) => Ok(vec![text]),
            None => Err(errors::unexpected_input(name, &args, 0, "(\"STRING\" or \"BINARY\" or \"ARRAY\")".to_owned())),
        },
    }
}

fn reverse_arrays(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let mut out = ListWriter::new(args.return_type, &[lists.elements()])?;
    for row in 0..args.rows {
        if lists.is_valid(row) {
            lists.range(row).rev().for_each(|at| out.push(0, at));
            out.end();
        } else {
            out.end_null();
        }
    }
    out.finish(args)
}

pub(super) const FLATTEN: ScalarFunction = ScalarFunction {
    name: "flatten",
    signature: Signature::Custom(flatten_operand),
    returns: |types| {
        let inner = element_of(&types[0]);
        Ok(if inner == SqlType::Void { SqlType::array(SqlType::Void, true) } else { inner })
    },
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(flatten),
    doc: Doc {
        usage: "flatten(arrayOfArrays) - Transforms an array of arrays into a single array.",
        since: "2.4.0",
        examples: &[("SELECT flatten(array(array(1, 2), array(3, 4)))", "[1,2,3,4]")],
    },
    ..ScalarFunction::DEFAULT
};

fn flatten_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [arg] = args.as_slice() else { return Err(errors::wrong_num_args(name, "1", args.len())) };
    match arg.data_type() {
        SqlType::Array { element, .. } if matches!(**element, SqlType::Array { .. }) => Ok(args),
        _ => Err(errors::unexpected_input(name, &args, 0, "\"ARRAY\" of \"ARRAY\"".to_owned())),
    }
}

fn flatten(args: &KernelArgs<'_>) -> Result<Column> {
    let outer = Lists::of(args, 0)?;
    let inner = Lists::new(&Column::Array(outer.elements().clone()))?;
    let mut out = ListWriter::new(args.return_type, &[inner.elements()])?;
    for row in 0..args.rows {
        if !outer.is_valid(row) || outer.range(row).any(|at| !inner.is_valid(at)) {
            out.end_null();
            continue;
        }
        outer.range(row).for_each(|at| out.extend(0, inner.range(at)));
        out.check_size("flatten")?;
        out.end();
    }
    out.finish(args)
}

pub(super) const SHUFFLE: ScalarFunction = ScalarFunction {
    name: "shuffle",
    signature: Signature::OneOf(&[&[Param::AnyArray], &[Param::AnyArray, Param::BigInt]]),
    returns: |types| Ok(types[0].clone()),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    volatility: Volatility::Volatile,
    kernel: Kernel::Batch(shuffle),
    doc: Doc {
        usage: "shuffle(array[, seed]) - Returns a random permutation of the given array.",
        since: "2.4.0",
        examples: &[("SELECT sort_array(shuffle(array(1, 20, 3, 5)))", "[1,3,5,20]")],
    },
    ..ScalarFunction::DEFAULT
};

fn shuffle(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let seed = match args.columns.len() {
        2 => Numbers::<Int64Type>::of(args, 1)?.get(0).unwrap_or(0) as u64,
        _ => std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), args.rows),
    };
    // Xorshift, which only zero would stop.
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let mut out = ListWriter::new(args.return_type, &[lists.elements()])?;
    for row in 0..args.rows {
        if !lists.is_valid(row) {
            out.end_null();
            continue;
        }
        let mut places: Vec<usize> = lists.range(row).collect();
        for at in (1..places.len()).rev() {
            places.swap(at, below(at + 1));
        }
        places.into_iter().for_each(|at| out.push(0, at));
        out.end();
    }
    out.finish(args)
}

//! Arguments read row by row, whatever encoding they travel in; results written row by row.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BinaryViewArray, BooleanArray, PrimitiveArray, StringViewArray,
};
use firesteel_common::{Error, Result};
use firesteel_expr::Column;
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::expr::ExprRef;
use firesteel_expr::function::KernelArgs;
use firesteel_expr::operators::encoding::over_entries;

/// One row of an argument, or as many as there are.
fn unpacked(args: &KernelArgs<'_>, at: usize) -> Result<(ArrayRef, bool)> {
    let column = &args.columns[at];
    Ok(match column.is_constant() {
        true => (column.slice(0, 1).flat()?, true),
        false => (column.flat()?, false),
    })
}

pub(crate) struct Texts {
    array: StringViewArray,
    repeated: bool,
}

impl Texts {
    pub(crate) fn of(args: &KernelArgs<'_>, at: usize) -> Result<Texts> {
        let (array, repeated) = unpacked(args, at)?;
        Ok(Texts { array: array.as_string_view().clone(), repeated })
    }

    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let row = if self.repeated { 0 } else { row };
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}

/// STRING or BINARY as bytes.
pub(crate) struct Bytes {
    array: BinaryViewArray,
    repeated: bool,
}

impl Bytes {
    pub(crate) fn of(args: &KernelArgs<'_>, at: usize) -> Result<Bytes> {
        let (array, repeated) = unpacked(args, at)?;
        let array = match array.as_string_view_opt() {
            Some(texts) => texts.clone().to_binary_view(),
            None => array.as_binary_view().clone(),
        };
        Ok(Bytes { array, repeated })
    }

    pub(crate) fn get(&self, row: usize) -> Option<&[u8]> {
        let row = if self.repeated { 0 } else { row };
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}

pub(crate) struct Numbers<T: ArrowPrimitiveType> {
    array: PrimitiveArray<T>,
    repeated: bool,
}

impl<T: ArrowPrimitiveType> Numbers<T> {
    pub(crate) fn of(args: &KernelArgs<'_>, at: usize) -> Result<Numbers<T>> {
        let (array, repeated) = unpacked(args, at)?;
        Ok(Numbers { array: array.as_primitive::<T>().clone(), repeated })
    }

    pub(crate) fn get(&self, row: usize) -> Option<T::Native> {
        let row = if self.repeated { 0 } else { row };
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}

/// Arguments that need not be given: what was given at `at`, if anything.
pub(crate) fn optional<R>(
    args: &KernelArgs<'_>,
    at: usize,
    reader: fn(&KernelArgs<'_>, usize) -> Result<R>,
) -> Result<Option<R>> {
    if args.columns.len() > at { reader(args, at).map(Some) } else { Ok(None) }
}

pub(crate) fn text_column<S: AsRef<str>>(args: &KernelArgs<'_>, row: impl FnMut(usize) -> Option<S>) -> Result<Column> {
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<StringViewArray>())))
}

/// As [`text_column`], for rows that may fail.
pub(crate) fn try_text_column<S: AsRef<str>>(
    args: &KernelArgs<'_>,
    row: impl FnMut(usize) -> Result<Option<S>>,
) -> Result<Column> {
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<Result<StringViewArray, Error>>()?)))
}

/// As [`binary_column`], for rows that may fail.
pub(crate) fn try_binary_column(
    args: &KernelArgs<'_>,
    row: impl FnMut(usize) -> Result<Option<Vec<u8>>>,
) -> Result<Column> {
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<Result<BinaryViewArray, Error>>()?)))
}

pub(crate) fn binary_column(args: &KernelArgs<'_>, row: impl FnMut(usize) -> Option<Vec<u8>>) -> Result<Column> {
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<BinaryViewArray>())))
}

pub(crate) fn boolean_column(args: &KernelArgs<'_>, row: impl FnMut(usize) -> Option<bool>) -> Result<Column> {
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<BooleanArray>())))
}

/// In the canonical Arrow form of the function's result type.
pub(crate) fn number_column<T: ArrowPrimitiveType>(
    args: &KernelArgs<'_>,
    row: impl FnMut(usize) -> Option<T::Native>,
) -> Result<Column> {
    let array: PrimitiveArray<T> = (0..args.rows).map(row).collect();
    Ok(Column::Array(Arc::new(array.with_data_type(args.return_type.to_arrow()))))
}

/// As [`number_column`], for rows that may fail.
pub(crate) fn try_number_column<T: ArrowPrimitiveType>(
    args: &KernelArgs<'_>,
    row: impl FnMut(usize) -> Result<Option<T::Native>>,
) -> Result<Column> {
    let array = (0..args.rows).map(row).collect::<Result<PrimitiveArray<T>, Error>>()?;
    Ok(Column::Array(Arc::new(array.with_data_type(args.return_type.to_arrow()))))
}

/// Computes a function that cannot fail once per dictionary entry of its first argument, when all others are constants.
pub(crate) fn by_entries(args: &KernelArgs<'_>, kernel: fn(&KernelArgs<'_>) -> Result<Column>) -> Result<Column> {
    if !args.columns[1..].iter().all(Column::is_constant) {
        return kernel(args);
    }
    over_entries(&args.columns[0], |first| {
        let rows = first.len();
        let rest = args.columns[1..].iter().map(|column| match column {
            Column::Constant(one, _) => Column::Constant(Arc::clone(one), rows),
            array => array.clone(),
        });
        let columns: Vec<Column> = std::iter::once(first.clone()).chain(rest).collect();
        kernel(&KernelArgs { columns: &columns, rows, ..*args })
    })
}

/// The value of an argument that planning must know; `None` for NULL and for what is no constant.
pub(crate) fn constant_text(arg: &ExprRef) -> Option<String> {
    constant(arg)?.as_str().map(str::to_owned)
}

pub(crate) fn constant_integer(arg: &ExprRef) -> Option<i64> {
    constant(arg)?.as_integer()
}

fn constant(arg: &ExprRef) -> Option<firesteel_expr::Literal> {
    if !arg.is_foldable() {
        return None;
    }
    evaluate_constant(arg, &Arc::default()).ok()
}

//! `array_join`: elements as one text. `arrays_zip`: several arrays as one of structs.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StructArray, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, StructField, internal};
use firesteel_expr::coerce::{errors, implicit_cast};
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::lists::{Lists, check_size, list_column, valid_in_all};
use super::operands::{cast, element_of};
use crate::rows::{Texts, constant_text, text_column};

pub(super) const ARRAY_JOIN: ScalarFunction = ScalarFunction {
    name: "array_join",
    signature: Signature::Custom(join_operands),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(array_join),
    doc: Doc {
        usage: "array_join(array, delimiter[, nullReplacement]) - Concatenates the elements of the given array using the \
                delimiter and an optional string to replace nulls. Without it, NULLs are left out.",
        since: "2.4.0",
        examples: &[
            ("SELECT array_join(array('hello', 'world'), ' ')", "hello world"),
            ("SELECT array_join(array('hello', null ,'world'), ' ')", "hello world"),
            ("SELECT array_join(array('hello', null ,'world'), ' ', ',')", "hello , world"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn join_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(2..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[2, 3]", args.len()));
    }
    let element = element_of(args[0].data_type());
    let is_array = matches!(args[0].data_type(), SqlType::Array { .. } | SqlType::Void);
    if !is_array || firesteel_expr::coerce::implicit_type(&element, Param::String).is_none() {
        return Err(errors::unexpected_input(name, &args, 0, "\"ARRAY<STRING>\"".to_owned()));
    }
    let mut taken = vec![cast(&args[0], SqlType::array(SqlType::STRING, true))];
    for (at, arg) in args.iter().enumerate().skip(1) {
        let text = implicit_cast(arg, Param::String);
        taken.push(text.ok_or_else(|| errors::unexpected_input(name, &args, at, "\"STRING\"".to_owned()))?);
    }
    Ok(taken)
}

fn array_join(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let elements = lists.elements().as_string_view();
    let delimiters = Texts::of(args, 1)?;
    let replacements = if args.columns.len() > 2 { Some(Texts::of(args, 2)?) } else { None };
    text_column(args, |row| {
        let delimiter = delimiters.get(row).filter(|_| lists.is_valid(row))?;
        let replacement = match &replacements {
            Some(replacements) => Some(replacements.get(row)?),
            None => None,
        };
        let text = |at: usize| if elements.is_valid(at) { Some(elements.value(at)) } else { replacement };
        Some(lists.range(row).filter_map(text).collect::<Vec<_>>().join(delimiter))
    })
}

/// Names and arrays by turns, as for `named_struct`: analysis gives the names.
pub(super) const ARRAYS_ZIP: ScalarFunction = ScalarFunction {
    name: "arrays_zip",
    signature: Signature::Custom(zip_operands),
    returns_for: Some(zip_type),
    kernel: Kernel::Batch(arrays_zip),
    doc: Doc {
        usage: "arrays_zip(a1, a2, ...) - Returns a merged array of structs in which the N-th struct contains all N-th \
                values of input arrays.",
        since: "2.4.0",
        examples: &[(
            "SELECT arrays_zip(array(1, 2, 3), array(2, 3, 4))",
            "[{\"0\":1,\"1\":2},{\"0\":2,\"1\":3},{\"0\":3,\"1\":4}]",
        )],
    },
    ..ScalarFunction::DEFAULT
};

fn zip_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let arrays: Vec<_> = args.iter().skip(1).step_by(2).cloned().collect();
    let mut taken = Vec::with_capacity(args.len());
    for (at, array) in arrays.iter().enumerate() {
        let array = implicit_cast(array, Param::AnyArray);
        let array = array.ok_or_else(|| errors::unexpected_input(name, &arrays, at, "\"ARRAY\"".to_owned()))?;
        taken.extend([args[2 * at].clone(), array]);
    }
    Ok(taken)
}

fn zip_type(args: &[ExprRef]) -> Result<SqlType> {
    let field = |pair: &[ExprRef]| {
        let name = constant_text(&pair[0]).ok_or_else(|| internal!("a field without a name"))?;
        Ok(StructField { name: Arc::from(name), data_type: element_of(pair[1].data_type()), nullable: true })
    };
    let fields: Vec<_> = args.chunks_exact(2).map(field).collect::<Result<_>>()?;
    Ok(SqlType::array(SqlType::Struct(fields.into()), false))
}

fn arrays_zip(args: &KernelArgs<'_>) -> Result<Column> {
    let columns = args.columns.iter().skip(1).step_by(2);
    let lists = columns.map(Lists::new).collect::<Result<Vec<_>>>()?;
    let valid = valid_in_all(&lists, args.rows);
    let lengths: Vec<usize> = (0..args.rows)
        .map(|row| match valid.value(row) {
            true => lists.iter().map(|list| list.range(row).len()).max().unwrap_or(0),
            false => 0,
        })
        .collect();
    let total = lengths.iter().sum();
    check_size("arrays_zip", total)?;
    // The shorter ones are filled up with NULLs.
    let column = |list: &Lists| -> Result<ArrayRef> {
        let place = |row: usize| {
            let range = list.range(row);
            (0..lengths[row]).map(move |at| (at < range.len()).then_some((range.start + at) as u32))
        };
        let places: UInt32Array = (0..args.rows).flat_map(place).collect();
        Ok(arrow::compute::take(list.elements(), &places, None)?)
    };
    let columns = lists.iter().map(column).collect::<Result<Vec<_>>>()?;
    let DataType::Struct(fields) = element_of(args.return_type).to_arrow() else {
        return Err(internal!("arrays_zip() of type {}", args.return_type));
    };
    let rows = StructArray::try_new_with_length(fields, columns, None, total)?;
    let nulls = Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0);
    list_column(args.return_type, Arc::new(rows), OffsetBuffer::from_lengths(lengths), nulls)
}

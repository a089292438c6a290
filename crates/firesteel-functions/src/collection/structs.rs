//! `named_struct`, and the field of a struct. Names are text literals: the result's type follows from them, not from the
//! arguments' types alone. (`struct(a, b)` is `named_struct` with the names that analysis gives.)

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use firesteel_common::types::StructField;
use firesteel_common::{Result, SqlType, bail, internal, names};
use firesteel_expr::coerce::errors;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::lists::{Lists, list_column};
use super::operands::element_of;
use crate::rows::constant_text;

pub(super) const NAMED_STRUCT: ScalarFunction = ScalarFunction {
    name: "named_struct",
    signature: Signature::Custom(check),
    returns_for: Some(struct_type),
    nullability: Nullability::Never,
    kernel: Kernel::Batch(named_struct),
    doc: Doc {
        usage: "named_struct(name1, val1, name2, val2, ...) - Creates a struct with the given field names and values.",
        since: "1.5.0",
        examples: &[("SELECT named_struct('a', 1, 'b', 2, 'c', 3)", "{\"a\":1,\"b\":2,\"c\":3}")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const GET_FIELD: ScalarFunction = ScalarFunction {
    name: "get_field",
    signature: Signature::OneOf(&[&[Param::AnyStruct, Param::String]]),
    returns_for: Some(|args| Ok(field_of(args)?.1)),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(get_field),
    display: |_, args| args.join("."),
    doc: Doc {
        usage: "expr.name - Returns the field of that name.",
        since: "1.0.0",
        examples: &[("SELECT named_struct('a', 1).a", "1")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const GET_ARRAY_FIELD: ScalarFunction = ScalarFunction {
    name: "get_array_field",
    signature: Signature::OneOf(&[&[Param::AnyArray, Param::String]]),
    returns_for: Some(|args| Ok(SqlType::array(array_field_of(args)?.1, true))),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    kernel: Kernel::Batch(get_array_field),
    display: |_, args| args.join("."),
    doc: Doc {
        usage: "array.name - Returns an array of the field of that name of each struct.",
        since: "1.0.0",
        examples: &[("SELECT array(named_struct('a', 1), named_struct('a', 2)).a", "[1,2]")],
    },
    ..ScalarFunction::DEFAULT
};

fn check(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.is_empty() || !args.len().is_multiple_of(2) {
        return Err(errors::wrong_num_args(name, "2n (n > 0)", args.len()));
    }
    let names = args.iter().step_by(2);
    let wrong: Vec<_> = names.filter(|name| !name.data_type().is_string() || constant_text(name).is_none()).collect();
    if !wrong.is_empty() {
        let texts: Vec<_> = wrong.iter().map(|name| format!("\"{}\"", errors::sql_text(name))).collect();
        bail!(
            DATATYPE_MISMATCH_CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING,
            sqlExpr = errors::call_text(name, &args),
            inputExprs = format!("[{}]", texts.join(", "))
        );
    }
    Ok(args)
}

/// Every field may be NULL: structs of the same fields are of one type, whatever their values.
fn struct_type(args: &[ExprRef]) -> Result<SqlType> {
    let field = |pair: &[ExprRef]| {
        let name = constant_text(&pair[0]).ok_or_else(|| internal!("a field without a name"))?;
        Ok(StructField { name: Arc::from(name), data_type: pair[1].data_type().clone(), nullable: true })
    };
    Ok(SqlType::Struct(args.chunks_exact(2).map(field).collect::<Result<Vec<_>>>()?.into()))
}

fn named_struct(args: &KernelArgs<'_>) -> Result<Column> {
    let DataType::Struct(fields) = args.return_type.to_arrow() else {
        return Err(internal!("named_struct() of type {}", args.return_type));
    };
    let values = args.columns.iter().zip(args.types).skip(1).step_by(2);
    let values = values.map(|(column, data_type)| column.flat_as(data_type)).collect::<Result<Vec<_>>>()?;
    Ok(Column::Array(Arc::new(StructArray::try_new(fields, values, None)?)))
}

/// Position and type of the field that is asked for.
fn field_of(args: &[ExprRef]) -> Result<(usize, SqlType)> {
    let (SqlType::Struct(fields), Some(name)) = (args[0].data_type(), constant_text(&args[1])) else {
        return Err(internal!("a field of {}", args[0].data_type()));
    };
    let at = position(fields, &name)?;
    Ok((at, fields[at].data_type.clone()))
}

/// Position and type of the field that is asked for of an array's structs.
fn array_field_of(args: &[ExprRef]) -> Result<(usize, SqlType)> {
    let (SqlType::Struct(fields), Some(name)) = (element_of(args[0].data_type()), constant_text(&args[1])) else {
        return Err(internal!("a field of the elements of {}", args[0].data_type()));
    };
    let at = position(&fields, &name)?;
    Ok((at, fields[at].data_type.clone()))
}

fn get_array_field(args: &KernelArgs<'_>) -> Result<Column> {
    let SqlType::Struct(fields) = element_of(&args.types[0]) else {
        return Err(internal!("a field of the elements of {}", args.types[0]));
    };
    if args.rows == 0 {
        return Ok(Column::nulls(args.return_type, 0));
    }
    let name = args.columns[1].slice(0, 1).flat()?;
    let at = position(&fields, name.as_string_view().value(0))?;
    let lists = Lists::of(args, 0)?;
    let values = field_values(lists.elements().as_struct(), at)?;
    list_column(args.return_type, values, lists.list().offsets().clone(), lists.nulls().cloned())
}

fn position(fields: &[StructField], name: &str) -> Result<usize> {
    let exact = fields.iter().position(|field| &*field.name == name);
    let found = exact.or_else(|| fields.iter().position(|field| names::same_name(&field.name, name)));
    found.ok_or_else(|| internal!("no field {name}"))
}

fn get_field(args: &KernelArgs<'_>) -> Result<Column> {
    let SqlType::Struct(fields) = &args.types[0] else { return Err(internal!("a field of {}", args.types[0])) };
    if args.rows == 0 {
        return Ok(Column::nulls(args.return_type, 0));
    }
    let name = args.columns[1].slice(0, 1).flat()?;
    let at = position(fields, name.as_string_view().value(0))?;
    let flat = args.columns[0].flat()?;
    field_values(flat.as_struct(), at).map(Column::Array)
}

/// Where the struct is NULL, so is its field.
fn field_values(rows: &StructArray, at: usize) -> Result<ArrayRef> {
    let values = rows.column(at);
    Ok(match rows.nulls() {
        Some(nulls) if !matches!(values.data_type(), DataType::Null) => {
            let nulls = NullBuffer::union(Some(nulls), values.nulls());
            arrow::array::make_array(values.to_data().into_builder().nulls(nulls).build()?)
        }
        _ => Arc::clone(values),
    })
}

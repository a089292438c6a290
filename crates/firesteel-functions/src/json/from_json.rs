//! `from_json`: text as a value of a schema. The schema comes as a NULL of its type: analysis reads its text.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringViewArray, StructArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::cast::to_string::value_text;
use firesteel_expr::coerce::{errors, implicit_cast};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::convert::{Converted, Converter, Value};
use super::options::{self, Options};
use super::value::{Json, read};
use crate::rows::Texts;

pub(super) const FROM_JSON: ScalarFunction = ScalarFunction {
    name: "from_json",
    signature: Signature::Custom(operands),
    returns: |types| Ok(types[1].clone()),
    nullability: Nullability::Always,
    // FAILFAST raises what is malformed.
    can_fail: CanFail::When(|args| args[2].as_literal().is_none_or(|options| !options.is_null())),
    kernel: Kernel::Batch(from_json),
    doc: Doc {
        usage: "from_json(jsonStr, schema[, options]) - Returns a struct value with the given `jsonStr` and `schema`.",
        since: "2.2.0",
        examples: &[
            ("SELECT from_json('{\"a\":1, \"b\":0.8}', 'a INT, b DOUBLE')", "{\"a\":1,\"b\":0.8}"),
            (
                "SELECT from_json('{\"time\":\"26/08/2015\"}', 'time Timestamp', map('timestampFormat', 'dd/MM/yyyy'))",
                "{\"time\":2015-08-26 00:00:00}",
            ),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(2..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[2, 3]", args.len()));
    }
    let schema = args[1].data_type();
    if !schema.is_nested() {
        bail!(
            DATATYPE_MISMATCH_INVALID_JSON_SCHEMA,
            sqlExpr = errors::call_text(name, &args),
            schema = schema.quoted_sql()
        );
    }
    let text = implicit_cast(&args[0], Param::String);
    let text = text.ok_or_else(|| errors::unexpected_input(name, &args, 0, "\"STRING\"".to_owned()))?;
    Ok(vec![text, args[1].clone(), options::operand(args.get(2))?])
}

/// What becomes of malformed text.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Permissive,
    FailFast,
}

fn mode_of(options: &Options) -> Result<Mode> {
    match options.get("mode").map(str::to_uppercase).as_deref() {
        None | Some("PERMISSIVE") => Ok(Mode::Permissive),
        Some("FAILFAST") => Ok(Mode::FailFast),
        Some(mode) => Err(error!(PARSE_MODE_UNSUPPORTED, funcName = "`from_json`", mode = mode.to_owned())),
    }
}

fn from_json(args: &KernelArgs<'_>) -> Result<Column> {
    let options = Options::of(&args.columns[2])?;
    let mode = mode_of(&options)?;
    let texts = Texts::of(args, 0)?;
    let lax = options.lax();
    let texts: Vec<Option<&str>> =
        (0..args.rows).map(|row| texts.get(row).filter(|text| !text.trim().is_empty())).collect();
    let trees: Vec<Option<Json<'_>>> = texts.iter().map(|text| read((*text)?, lax)).collect();
    let roots: Vec<Value<'_>> = trees.iter().map(|tree| root(tree.as_ref()?, args.return_type)).collect();
    let context = Arc::new(args.context.clone());
    let converter = Converter { options: &options, context: &context };
    let Converted { array, bad, partial } = match lone_struct(args.return_type, &roots) {
        Some(element) => lists_of_one(&converter, &roots, &element, args.return_type)?,
        None => converter.convert(&roots, args.return_type)?,
    };
    let malformed = |row: usize| texts[row].is_some() && (roots[row].is_none() || bad[row] || partial[row]);
    if mode == Mode::FailFast
        && let Some(row) = (0..args.rows).find(|row| malformed(*row))
    {
        let record = record_text(&array, row, args.return_type);
        bail!(MALFORMED_RECORD_IN_PARSING, badRecord = record, failFastMode = "FAILFAST");
    }
    Ok(Column::Array(match args.return_type {
        SqlType::Struct(_) => with_corrupt_records(array, args.return_type, &texts, &options, &malformed)?,
        _ => array,
    }))
}

/// What could be read of a record, as the error shows it.
fn record_text(array: &ArrayRef, row: usize, data_type: &SqlType) -> String {
    let text = |column: &ArrayRef, data_type: &SqlType| value_text(column, row, data_type, &Zone::UTC);
    match data_type {
        SqlType::Struct(fields) => {
            let columns = array.as_struct().columns().iter().zip(fields.iter());
            let texts: Vec<_> = columns.map(|(column, field)| text(column, &field.data_type)).collect();
            format!("[{}]", texts.join(","))
        }
        _ => text(array, data_type),
    }
}

/// Of an array where a struct is wanted, the first element.
fn root<'a>(tree: &'a Json<'a>, wanted: &SqlType) -> Option<&'a Json<'a>> {
    match (tree, wanted) {
        (Json::Array(items), SqlType::Struct(_)) => items.first(),
        _ => Some(tree),
    }
}

/// The element type when a struct stands where an array of them is wanted.
fn lone_struct(wanted: &SqlType, roots: &[Value<'_>]) -> Option<SqlType> {
    let SqlType::Array { element, .. } = wanted else { return None };
    let is_object = |root: &Value<'_>| matches!(root, Some(Json::Object(_)));
    (matches!(**element, SqlType::Struct(_)) && roots.iter().any(is_object)).then(|| element.as_ref().clone())
}

/// Objects are arrays of one.
fn lists_of_one(
    converter: &Converter<'_>,
    roots: &[Value<'_>],
    element: &SqlType,
    wanted: &SqlType,
) -> Result<Converted> {
    let is_object = |root: &Value<'_>| matches!(root, Some(Json::Object(_)));
    let objects: Vec<Value<'_>> = roots.iter().map(|root| root.filter(|_| is_object(root))).collect();
    let others: Vec<Value<'_>> = roots.iter().map(|root| root.filter(|_| !is_object(root))).collect();
    let (lone, mut lists) = (converter.convert(&objects, element)?, converter.convert(&others, wanted)?);
    let single = Column::Array(lone.array);
    let offsets = arrow::buffer::OffsetBuffer::from_repeated_length(1, roots.len());
    let single = crate::collection::lists::list_column(wanted, single.flat()?, offsets, None)?.flat()?;
    let mask: arrow::array::BooleanArray = roots.iter().map(|root| Some(is_object(root))).collect();
    lists.array = arrow::compute::kernels::zip::zip(&mask, &single, &lists.array)?;
    for row in 0..roots.len() {
        lists.bad[row] |= lone.bad[row];
        lists.partial[row] |= lone.partial[row];
    }
    Ok(lists)
}

/// Malformed text gives a struct of NULLs, with the text itself in the field that is there for it.
fn with_corrupt_records(
    array: ArrayRef,
    data_type: &SqlType,
    texts: &[Option<&str>],
    options: &Options,
    malformed: &dyn Fn(usize) -> bool,
) -> Result<ArrayRef> {
    let DataType::Struct(fields) = data_type.to_arrow() else { return Ok(array) };
    let name = options.get("columnnameofcorruptrecord").unwrap_or("_corrupt_record");
    let rows = array.as_struct();
    let mut columns = rows.columns().to_vec();
    if let Some(at) = fields.iter().position(|field| field.name() == name && *field.data_type() == DataType::Utf8View) {
        let record = |row: usize| texts[row].filter(|_| malformed(row));
        columns[at] = Arc::new((0..texts.len()).map(record).collect::<StringViewArray>());
    }
    let valid: Vec<bool> = texts.iter().map(Option::is_some).collect();
    let rows = StructArray::try_new_with_length(fields, columns, Some(NullBuffer::from(valid)), texts.len())?;
    Ok(Arc::new(rows))
}

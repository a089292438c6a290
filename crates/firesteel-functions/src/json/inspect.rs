//! `json_array_length` and `json_object_keys`: NULL for text that is something else, or malformed.

use std::sync::Arc;

use arrow::array::{Int32Array, ListBuilder, StringViewBuilder};
use arrow::datatypes::Field;
use firesteel_common::{Result, SqlType};
use firesteel_expr::coerce::errors;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};
use firesteel_expr::{CastMode, Column, Expr, ExprRef};

use super::value::{Json, Lax, read};
use crate::rows::Texts;

const OF_TEXT: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(text_operand),
    nullability: Nullability::StrictAndMore,
    ..ScalarFunction::DEFAULT
};

/// Numbers are not read as text here.
fn text_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [arg] = args.as_slice() else { return Err(errors::wrong_num_args(name, "1", args.len())) };
    match arg.data_type() {
        SqlType::Void => Ok(vec![Expr::cast(arg.clone(), SqlType::STRING, CastMode::Ansi)]),
        given if given.is_string() => Ok(args),
        _ => Err(errors::unexpected_input(name, &args, 0, "\"STRING\"".to_owned())),
    }
}

pub(super) const JSON_ARRAY_LENGTH: ScalarFunction = ScalarFunction {
    name: "json_array_length",
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        let length = |row: usize| match read(texts.get(row)?, Lax::default())? {
            Json::Array(items) => Some(items.len() as i32),
            _ => None,
        };
        Ok(Column::Array(Arc::new((0..args.rows).map(length).collect::<Int32Array>())))
    }),
    doc: Doc {
        usage: "json_array_length(jsonArray) - Returns the number of elements in the outermost JSON array.",
        since: "3.1.0",
        examples: &[("SELECT json_array_length('[1,2,3,4]')", "4"), ("SELECT json_array_length('[1,2')", "NULL")],
    },
    ..OF_TEXT
};

pub(super) const JSON_OBJECT_KEYS: ScalarFunction = ScalarFunction {
    name: "json_object_keys",
    returns: |_| Ok(SqlType::array(SqlType::STRING, true)),
    kernel: Kernel::Batch(json_object_keys),
    doc: Doc {
        usage: "json_object_keys(json_object) - Returns all the keys of the outermost JSON object as an array.",
        since: "3.1.0",
        examples: &[
            ("SELECT json_object_keys('{}')", "[]"),
            ("SELECT json_object_keys('{\"f1\":\"abc\",\"f2\":{\"f3\":\"a\", \"f4\":\"b\"}}')", "[\"f1\",\"f2\"]"),
        ],
    },
    ..OF_TEXT
};

fn json_object_keys(args: &KernelArgs<'_>) -> Result<Column> {
    let texts = Texts::of(args, 0)?;
    let field = Field::new("element", SqlType::STRING.to_arrow(), true);
    let mut lists = ListBuilder::new(StringViewBuilder::new()).with_field(Arc::new(field));
    for row in 0..args.rows {
        match texts.get(row).and_then(|text| read(text, Lax::default())) {
            Some(Json::Object(members)) => {
                members.iter().for_each(|(name, _)| lists.values().append_value(name));
                lists.append(true);
            }
            _ => lists.append(false),
        }
    }
    Ok(Column::Array(Arc::new(lists.finish())))
}

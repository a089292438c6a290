//! `schema_of_json`: the schema that one JSON text shows.

use std::sync::Arc;

use arrow::array::StringViewArray;
use firesteel_common::types::StructField;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::{common_type, errors};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::options::{self, Options};
use super::value::{Json, read};
use crate::rows::{Texts, constant_text};

pub(super) const SCHEMA_OF_JSON: ScalarFunction = ScalarFunction {
    name: "schema_of_json",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::Never,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(schema_of_json),
    doc: Doc {
        usage: "schema_of_json(json[, options]) - Returns schema in the DDL format of JSON string.",
        since: "2.4.0",
        examples: &[
            ("SELECT schema_of_json('[{\"col\":0}]')", "ARRAY<STRUCT<col: BIGINT>>"),
            (
                "SELECT schema_of_json('[{\"col\":01}]', map('allowNumericLeadingZeros', 'true'))",
                "ARRAY<STRUCT<col: BIGINT>>",
            ),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(1..=2).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[1, 2]", args.len()));
    }
    let json = &args[0];
    if !json.data_type().is_string() && *json.data_type() != SqlType::Void {
        return Err(errors::unexpected_input(name, &args, 0, "\"STRING\"".to_owned()));
    }
    if !json.is_foldable() {
        bail!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = errors::call_text(name, &args),
            inputName = "`json`",
            inputType = "\"STRING\"",
            inputExpr = format!("\"{}\"", errors::sql_text(json))
        );
    }
    if constant_text(json).is_none() {
        bail!(DATATYPE_MISMATCH_UNEXPECTED_NULL, sqlExpr = errors::call_text(name, &args), exprName = "json");
    }
    Ok(vec![json.clone(), options::operand(args.get(1))?])
}

fn schema_of_json(args: &KernelArgs<'_>) -> Result<Column> {
    let texts = Texts::of(args, 0)?;
    let options = Options::of(&args.columns[1])?;
    let schema = |row: usize| -> Result<Option<String>> {
        let Some(text) = texts.get(row) else { return Ok(None) };
        let Some(json) = read(text, options.lax()) else {
            bail!(MALFORMED_RECORD_IN_PARSING, badRecord = text.to_owned(), failFastMode = "FAILFAST");
        };
        Ok(Some(canonical(infer(&json, &options)).unwrap_or(SqlType::STRING).sql()))
    };
    let schemas = (0..args.rows).map(schema).collect::<Result<Vec<_>>>()?;
    Ok(Column::Array(Arc::new(schemas.into_iter().collect::<StringViewArray>())))
}

/// The type of one value; VOID for null.
fn infer(json: &Json<'_>, options: &Options) -> SqlType {
    match json {
        Json::Null => SqlType::Void,
        Json::Boolean(_) | Json::Number(_) if options.flag("primitivesasstring", false) => SqlType::STRING,
        Json::Boolean(_) => SqlType::Boolean,
        Json::Number(text) => infer_number(text, options),
        Json::String(text) if text.is_empty() => SqlType::Void,
        Json::String(_) => SqlType::STRING,
        Json::Array(items) => {
            let element = items.iter().fold(SqlType::Void, |known, item| merge(known, infer(item, options)));
            SqlType::array(element, true)
        }
        Json::Object(members) => {
            let mut fields: Vec<StructField> = members
                .iter()
                .map(|(name, value)| StructField {
                    name: Arc::from(name.as_ref()),
                    data_type: infer(value, options),
                    nullable: true,
                })
                .collect();
            fields.sort_by(|left, right| left.name.cmp(&right.name));
            SqlType::Struct(fields.into())
        }
    }
}

fn infer_number(text: &str, options: &Options) -> SqlType {
    if text.parse::<i64>().is_ok() {
        return SqlType::BigInt;
    }
    let digits = text.trim_start_matches('-');
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole && digits.len() <= 38 {
        return SqlType::decimal(digits.len() as u8, 0);
    }
    match digits.split_once('.') {
        Some((whole, fraction)) if options.flag("prefersdecimal", false) && !fraction.contains(['e', 'E']) => {
            let whole = whole.trim_start_matches('0').len();
            match whole + fraction.len() {
                precision @ 1..=38 => SqlType::decimal(precision as u8, fraction.len() as i8),
                _ => SqlType::Double,
            }
        }
        _ => SqlType::Double,
    }
}

/// What holds both: structs have the fields of both, what else has nothing in common is text.
fn merge(left: SqlType, right: SqlType) -> SqlType {
    match (left, right) {
        (SqlType::Struct(left), SqlType::Struct(right)) => {
            let mut fields: Vec<StructField> = left.to_vec();
            for field in right.iter() {
                match fields.iter_mut().find(|known| known.name == field.name) {
                    Some(known) => known.data_type = merge(known.data_type.clone(), field.data_type.clone()),
                    None => fields.push(field.clone()),
                }
            }
            fields.sort_by(|left, right| left.name.cmp(&right.name));
            SqlType::Struct(fields.into())
        }
        (SqlType::Array { element: left, .. }, SqlType::Array { element: right, .. }) => {
            SqlType::array(merge(left.as_ref().clone(), right.as_ref().clone()), true)
        }
        (left, right) if left.is_string() || right.is_string() => SqlType::STRING,
        (left, right) => common_type(&left, &right).unwrap_or(SqlType::STRING),
    }
}

/// Nulls become text; structs without fields, and what holds nothing else, are no part of a schema.
fn canonical(data_type: SqlType) -> Option<SqlType> {
    match data_type {
        SqlType::Void => Some(SqlType::STRING),
        SqlType::Array { element, .. } => Some(SqlType::array(canonical(element.as_ref().clone())?, true)),
        SqlType::Struct(fields) => {
            let field = |field: &StructField| {
                Some(StructField { data_type: canonical(field.data_type.clone())?, ..field.clone() })
            };
            let fields: Vec<_> = fields.iter().filter(|field| !field.name.is_empty()).filter_map(field).collect();
            (!fields.is_empty()).then(|| SqlType::Struct(fields.into()))
        }
        other => Some(other),
    }
}

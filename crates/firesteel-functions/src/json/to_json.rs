//! `to_json`: structs, arrays and maps as JSON text.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use base64::Engine;
use firesteel_common::{ColumnId, Result, SqlType, bail, internal};
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::cast::to_string::{texts, value_text};
use firesteel_expr::coerce::errors;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, ScalarFunction, Signature};
use firesteel_expr::{Batch, Column, EvalContext, Evaluator, Expr, ExprRef, Literal, registry};

use super::options::{self, Options};
use super::value::write_string;

pub(super) const TO_JSON: ScalarFunction = ScalarFunction {
    name: "to_json",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::STRING),
    nullability: firesteel_expr::function::Nullability::Custom(|args| args[0].nullable()),
    can_fail: CanFail::When(|args| args[1].as_literal().is_none_or(|options| !options.is_null())),
    kernel: Kernel::Batch(to_json),
    doc: Doc {
        usage: "to_json(expr[, options]) - Returns a JSON string with a given struct, array or map value.",
        since: "2.2.0",
        examples: &[
            ("SELECT to_json(named_struct('a', 1, 'b', 2))", "{\"a\":1,\"b\":2}"),
            ("SELECT to_json(map('a', named_struct('b', 1)))", "{\"a\":{\"b\":1}}"),
            ("SELECT to_json(array(map('a', 1)))", "[{\"a\":1}]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(1..=2).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[1, 2]", args.len()));
    }
    let options = options::operand(args.get(1))?;
    if !args[0].data_type().is_nested() {
        bail!(
            DATATYPE_MISMATCH_INVALID_JSON_SCHEMA,
            sqlExpr = errors::call_text(name, &args),
            schema = args[0].data_type().quoted_sql()
        );
    }
    Ok(vec![args[0].clone(), options])
}

fn to_json(args: &KernelArgs<'_>) -> Result<Column> {
    let options = Options::of(&args.columns[1])?;
    let writer = Writer {
        keeps_nulls: !options.flag("ignorenullfields", true),
        options: &options,
        zone: Zone::parse_or_utc(&args.context.time_zone),
        context: Arc::new(args.context.clone()),
    };
    let values = args.columns[0].flat()?;
    let write = writer.of(&values, &args.types[0])?;
    let row = |row: usize| {
        values.is_valid(row).then(|| {
            let mut out = String::new();
            write(&mut out, row);
            out
        })
    };
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<StringViewArray>())))
}

/// Appends the value at a place.
type Write = Box<dyn Fn(&mut String, usize)>;

struct Writer<'a> {
    keeps_nulls: bool,
    options: &'a Options,
    zone: Zone,
    context: Arc<EvalContext>,
}

impl Writer<'_> {
    /// Of values that are not NULL.
    fn of(&self, values: &ArrayRef, data_type: &SqlType) -> Result<Write> {
        let values = Arc::clone(values);
        Ok(match data_type {
            SqlType::Struct(fields) => {
                let columns = values.as_struct().columns().iter().zip(fields.iter());
                let mut members = Vec::with_capacity(fields.len());
                for (column, field) in columns {
                    members.push((Arc::clone(&field.name), Arc::clone(column), self.of(column, &field.data_type)?));
                }
                let keeps_nulls = self.keeps_nulls;
                Box::new(move |out, at| {
                    let shown = members.iter().filter(|(_, column, _)| keeps_nulls || !is_null(column, at));
                    let member = |out: &mut String, (name, column, write): &(Arc<str>, ArrayRef, Write)| {
                        write_string(out, name);
                        out.push(':');
                        or_null(out, column, at, write);
                    };
                    separated(out, ['{', '}'], shown, member);
                })
            }
            SqlType::Array { element, .. } => {
                let list = values.as_list::<i32>().clone();
                let write = self.of(list.values(), element)?;
                Box::new(move |out, at| {
                    let range = list.value_offsets()[at] as usize..list.value_offsets()[at + 1] as usize;
                    separated(out, ['[', ']'], range, |out, item| or_null(out, list.values(), item, &write));
                })
            }
            SqlType::Map { key, value, .. } => {
                let map = values.as_map().clone();
                let keys = self.keys(map.keys(), key)?;
                let write = self.of(map.values(), value)?;
                Box::new(move |out, at| {
                    let range = map.value_offsets()[at] as usize..map.value_offsets()[at + 1] as usize;
                    separated(out, ['{', '}'], range, |out, entry| {
                        write_string(out, &keys[entry]);
                        out.push(':');
                        or_null(out, map.values(), entry, &write);
                    });
                })
            }
            _ => self.leaf(&values, data_type)?,
        })
    }

    /// Keys as text, nested ones as the engine shows rows.
    fn keys(&self, keys: &ArrayRef, data_type: &SqlType) -> Result<Vec<String>> {
        let text = |at: usize| match data_type {
            SqlType::Struct(fields) => {
                let members = keys.as_struct().columns().iter().zip(fields.iter());
                let members = members.map(|(column, field)| value_text(column, at, &field.data_type, &self.zone));
                format!("[{}]", members.collect::<Vec<_>>().join(","))
            }
            _ => value_text(keys, at, data_type, &self.zone),
        };
        Ok((0..keys.len()).map(text).collect())
    }

    fn leaf(&self, values: &ArrayRef, data_type: &SqlType) -> Result<Write> {
        if let SqlType::Binary = data_type {
            let binaries = values.as_binary_view().clone();
            return Ok(Box::new(move |out, at| {
                let text = base64::engine::general_purpose::STANDARD.encode(binaries.value(at));
                write_string(out, &text);
            }));
        }
        if let SqlType::Variant = data_type {
            return Err(internal!("to_json of a variant"));
        }
        let texts = match self.pattern(data_type) {
            Some(pattern) => self.formatted(values, data_type, pattern)?,
            None => texts(values, data_type, &self.zone)?,
        };
        let is_finite = |at: usize| match data_type {
            SqlType::Float => values.as_primitive::<Float32Type>().value(at).is_finite(),
            SqlType::Double => values.as_primitive::<Float64Type>().value(at).is_finite(),
            _ => true,
        };
        let is_bare = data_type.is_numeric() || matches!(data_type, SqlType::Boolean | SqlType::Void);
        let bare: Vec<bool> = (0..values.len()).map(|at| is_bare && (values.is_null(at) || is_finite(at))).collect();
        Ok(Box::new(move |out, at| match bare[at] {
            true => out.push_str(texts.value(at)),
            false => write_string(out, texts.value(at)),
        }))
    }

    fn pattern(&self, data_type: &SqlType) -> Option<&str> {
        match data_type {
            SqlType::Timestamp => Some(self.options.get("timestampformat").unwrap_or("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")),
            SqlType::TimestampNtz => {
                Some(self.options.get("timestampntzformat").unwrap_or("yyyy-MM-dd'T'HH:mm:ss.SSS"))
            }
            SqlType::Date => self.options.get("dateformat"),
            _ => None,
        }
    }

    /// Dates and timestamps by a pattern.
    fn formatted(&self, values: &ArrayRef, data_type: &SqlType, pattern: &str) -> Result<StringViewArray> {
        let id = ColumnId(0);
        let args = vec![Expr::column(id, data_type.clone(), true), Expr::literal(Literal::string(pattern))];
        let mut evaluator = Evaluator::new(&[registry::call("date_format", args)?], &[id], &self.context)?;
        let columns = evaluator.evaluate(&Batch::new(vec![Column::Array(Arc::clone(values))], values.len()))?;
        Ok(columns[0].flat()?.as_string_view().clone())
    }
}

/// A column of VOID has no validity.
fn is_null(column: &ArrayRef, at: usize) -> bool {
    column.is_null(at) || column.data_type() == &DataType::Null
}

fn or_null(out: &mut String, column: &ArrayRef, at: usize, write: &Write) {
    match is_null(column, at) {
        true => out.push_str("null"),
        false => write(out, at),
    }
}

fn separated<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    out.push(open);
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

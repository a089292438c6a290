//! Type errors, worded as Spark words them. Texts name columns by id here; who knows their names may put them in.

use firesteel_common::{Error, SqlType, error, names};
use recursive::recursive;

use crate::expr::{CastMode, Expr, ExprKind, ExprRef};
use crate::function::Param;
use crate::registry;

/// An expression as SQL: `CAST(#1 AS INT)`.
#[recursive]
pub fn sql_text(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Column(id) => id.to_string(),
        ExprKind::Literal(literal) if literal.is_null() => "NULL".to_owned(),
        ExprKind::Literal(literal) => match literal.data_type() {
            SqlType::Date => format!("DATE '{literal}'"),
            SqlType::Timestamp => format!("TIMESTAMP '{literal}'"),
            SqlType::TimestampNtz => format!("TIMESTAMP_NTZ '{literal}'"),
            _ => literal.to_string(),
        },
        ExprKind::Call(function, args) => {
            let args: Vec<_> = args.iter().map(|arg| sql_text(arg)).collect();
            (function.display)(function.name, &args)
        }
        ExprKind::Cast(input, mode) => {
            let name = if *mode == CastMode::Try { "TRY_CAST" } else { "CAST" };
            format!("{name}({} AS {})", sql_text(input), expr.data_type().sql())
        }
        ExprKind::Lambda(parameters, body) => {
            let mut text = sql_text(body);
            for parameter in parameters.iter() {
                text = replace_id(&text, &parameter.id.to_string(), LAMBDA_PARAMETER);
            }
            format!("lambdafunction({text}{})", format!(", {LAMBDA_PARAMETER}").repeat(parameters.len()))
        }
    }
}

/// How the parameter of a lambda is shown, whatever its name.
const LAMBDA_PARAMETER: &str = "namedlambdavariable()";

/// Puts a text in the place of `#1`, but not of the beginning of `#12`.
fn replace_id(text: &str, id: &str, by: &str) -> String {
    let mut pieces = text.split(id);
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        out.push_str(if piece.starts_with(|next: char| next.is_ascii_digit()) { id } else { by });
        out.push_str(piece);
    }
    out
}

/// `"(a + true)"`: a call that could not be made.
pub fn call_text(name: &'static str, args: &[ExprRef]) -> String {
    let args: Vec<_> = args.iter().map(|arg| sql_text(arg)).collect();
    let text = match registry::scalar(name) {
        Some(function) => (function.display)(function.name, &args),
        None => crate::function::call_form(name, &args),
    };
    format!("\"{text}\"")
}

pub fn wrong_num_args(name: &str, expected: impl Into<String>, actual: usize) -> Error {
    error!(
        WRONG_NUM_ARGS,
        functionName = names::quote(name),
        expectedNum = expected,
        actualNum = actual.to_string(),
        docroot = "https://spark.apache.org/docs/latest"
    )
}

/// Argument `at` is of none of the required types (as [`required_type`] words them).
pub fn unexpected_input(name: &'static str, args: &[ExprRef], at: usize, required: String) -> Error {
    error!(
        DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
        sqlExpr = call_text(name, args),
        paramIndex = ordinal(at),
        requiredType = required,
        inputSql = format!("\"{}\"", sql_text(&args[at])),
        inputType = args[at].data_type().quoted_sql()
    )
}

/// The operands have no type in common.
pub fn different_operands(name: &'static str, args: &[ExprRef]) -> Error {
    error!(
        DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES,
        sqlExpr = call_text(name, args),
        left = args[0].data_type().quoted_sql(),
        right = args[1].data_type().quoted_sql()
    )
}

/// The operands have a type in common, for which the operator is not defined.
pub fn wrong_operands(name: &'static str, args: &[ExprRef], required: String, actual: &SqlType) -> Error {
    error!(
        DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE,
        sqlExpr = call_text(name, args),
        inputType = required,
        actualDataType = actual.quoted_sql()
    )
}

/// The arguments should be of one type.
pub fn different_types(name: &'static str, args: &[ExprRef], among: &[SqlType]) -> Error {
    let types: Vec<_> = among.iter().map(SqlType::quoted_sql).collect();
    let (function, types) = match name {
        "when" => ("casewhen", format!("[{}]", types.join(", "))),
        "in" | "if" => (name, format!("[{}]", types.join(", "))),
        _ => (name, format!("({})", types.join(" or "))),
    };
    error!(
        DATATYPE_MISMATCH_DATA_DIFF_TYPES,
        sqlExpr = call_text(name, args),
        functionName = names::quote(function),
        dataType = types
    )
}

pub fn not_orderable(name: &'static str, args: &[ExprRef], data_type: &SqlType) -> Error {
    error!(
        DATATYPE_MISMATCH_INVALID_ORDERING_TYPE,
        sqlExpr = call_text(name, args),
        functionName = names::quote(name),
        dataType = data_type.quoted_sql()
    )
}

/// `"INT"`, `("STRING" or "BINARY")`.
pub fn required_type(params: &[Param]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in params.iter().flat_map(|param| type_names(*param)) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [one] => format!("\"{one}\""),
        // What `sum` and `avg` take has a wording of its own.
        ["NUMERIC", "INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND"] => {
            "\"NUMERIC\" or \"ANSI INTERVAL\"".to_owned()
        }
        names => format!("({})", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" or ")),
    }
}

fn type_names(param: Param) -> &'static [&'static str] {
    match param {
        Param::Boolean => &["BOOLEAN"],
        Param::Int => &["INT"],
        Param::BigInt => &["BIGINT"],
        Param::Integral => &["INTEGRAL"],
        Param::Double => &["DOUBLE"],
        Param::Numeric => &["NUMERIC"],
        Param::Decimal => &["DECIMAL"],
        Param::String => &["STRING"],
        Param::Binary => &["BINARY"],
        Param::StringOrBinary => &["STRING", "BINARY"],
        Param::Date => &["DATE"],
        Param::Timestamp => &["TIMESTAMP"],
        Param::TimestampNtz => &["TIMESTAMP_NTZ"],
        Param::AnyTimestamp => &["(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"],
        Param::Datetime => &["DATE", "TIMESTAMP", "TIMESTAMP_NTZ"],
        Param::YearMonthInterval => &["INTERVAL YEAR TO MONTH"],
        Param::DayTimeInterval => &["INTERVAL DAY TO SECOND"],
        Param::AnyInterval => &["INTERVAL DAY TO SECOND", "INTERVAL YEAR TO MONTH", "INTERVAL"],
        Param::AnyArray => &["ARRAY"],
        Param::AnyMap => &["MAP"],
        Param::AnyStruct => &["STRUCT"],
        Param::Orderable | Param::Any | Param::Common | Param::CommonOrderable => &["ANY"],
    }
}

fn ordinal(at: usize) -> String {
    const WORDS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    WORDS.get(at).map_or_else(|| format!("{}th", at + 1), |word| (*word).to_owned())
}

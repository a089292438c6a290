//! The name of a column without an alias: the expression's text as Spark writes it.
//!
//! ```text
//! t.a → a    a + b + 1 → ((a + b) + 1)    a != 1 → (NOT (a = 1))    count(*) → count(1)
//! ```
//! Computed from what was written, not from what it means: implicit casts and rewrites do not show. The exception are sums
//! of dates, timestamps and intervals, which Spark names after the function that they stand for.

use firesteel_common::names::same_name;
use firesteel_common::types::DayTimeField;
use firesteel_common::{Span, SqlType};
use firesteel_expr::registry;
use firesteel_plan::parsed::{
    BinaryOp, CaseBranch, Expr, ExprKind, FunctionCall, Ident, IsTest, Like, LikeKind, LikeQuantifier, NullTreatment,
    UnaryOp,
};
use recursive::recursive;

use crate::lambda::PARAMETER;
use crate::literal::{self, LiteralContext};
use crate::within_group::direction;

/// What names depend on besides the expression.
pub(crate) struct Namer<'a> {
    pub(crate) literals: LiteralContext<'a>,
    /// The text of a name that stands for a column and fields of it: `a`, `a.f`.
    pub(crate) column: &'a dyn Fn(&[Ident]) -> String,
    /// The columns that `*`, or `t.*`, stands for.
    pub(crate) columns: &'a dyn Fn(&[Ident]) -> String,
    /// The type of what was written at a place, if it is a date, a timestamp or an interval.
    pub(crate) datetime: &'a dyn Fn(Span) -> Option<SqlType>,
    /// What stands behind OVER in the call written at a place, or which outer columns the subquery there uses.
    pub(crate) shown: &'a dyn Fn(Span) -> Option<String>,
    /// Parameters of lambdas lose their names when they are resolved.
    pub(crate) lambdas_resolved: bool,
}

impl Namer<'_> {
    #[recursive]
    pub(crate) fn name(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(written) => match literal::resolve(written, expr.span, self.literals) {
                Ok(value) => literal::text(&value, self.literals.eval),
                Err(_) => written.to_string(),
            },
            ExprKind::Column(parts) => (self.column)(parts),
            ExprKind::Outer(operand) => self.name(operand),
            ExprKind::Unary { op, operand } => self.unary(*op, operand),
            ExprKind::Binary { first, rest } => self.chain(first, rest),
            ExprKind::And(terms) => self.balanced(terms, "AND"),
            ExprKind::Or(terms) => self.balanced(terms, "OR"),
            ExprKind::Not(operand) => format!("(NOT {})", self.name(operand)),
            ExprKind::Is { operand, negated, test } => self.is_test(operand, *negated, *test),
            ExprKind::IsDistinctFrom { left, right, negated } => {
                not(!negated, format!("({} <=> {})", self.name(left), self.name(right)))
            }
            ExprKind::Between { operand, negated, low, high } => {
                not(*negated, format!("between({}, {}, {})", self.name(operand), self.name(low), self.name(high)))
            }
            ExprKind::InList { operand, negated, list } => {
                not(*negated, format!("({} IN ({}))", self.name(operand), self.list(list)))
            }
            ExprKind::InSubquery { operand, negated, .. } => {
                not(*negated, format!("({} IN (listquery({})))", self.name(operand), self.outer_columns(expr.span)))
            }
            ExprKind::Exists(_) => format!("exists({})", self.outer_columns(expr.span)),
            ExprKind::Subquery(_) => format!("scalarsubquery({})", self.outer_columns(expr.span)),
            ExprKind::Like(like) => self.like(like),
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            ExprKind::Cast { operand, data_type, is_try } => {
                let operand = self.name(operand);
                let cast = if *is_try { "TRY_CAST" } else { "CAST" };
                match data_type {
                    // Casts to nested types do not show.
                    SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Struct(_) => operand,
                    SqlType::Char(_) | SqlType::Varchar(_) => format!("{cast}({operand} AS STRING)"),
                    _ => format!("{cast}({operand} AS {})", data_type.sql()),
                }
            }
            ExprKind::Function(call) => match call.over.as_ref().and_then(|_| (self.shown)(expr.span)) {
                Some(over) => format!("{} OVER {over}", self.function(call)),
                None => self.function(call),
            },
            ExprKind::Subscript { operand, index } => format!("{}[{}]", self.name(operand), self.name(index)),
            ExprKind::Field { operand, name } => format!("{}.{}", self.name(operand), name.value),
            ExprKind::Row(items) => self.row(items),
            ExprKind::Collate { operand, collation } => {
                format!("collate({}, {})", self.name(operand), collation.last())
            }
            ExprKind::Star(parts) => parts.iter().map(|part| format!("{}.", part.value)).collect::<String>() + "*",
            ExprKind::Lambda { parameters, body } => self.lambda(parameters, body),
            ExprKind::VariantPath { operand, path } => format!("variant_get({}, $.{path})", self.name(operand)),
            // Refused before anybody asks for a name.
            ExprKind::Parameter(_) | ExprKind::TableArgument(_) => "?".to_owned(),
        }
    }

    fn outer_columns(&self, subquery: Span) -> String {
        (self.shown)(subquery).unwrap_or_default()
    }

    fn list(&self, items: &[Expr]) -> String {
        items.iter().map(|item| self.name(item)).collect::<Vec<_>>().join(", ")
    }

    fn unary(&self, op: UnaryOp, operand: &Expr) -> String {
        if let (UnaryOp::Minus, ExprKind::Literal(written)) = (op, &operand.kind)
            && let Some(negated) = literal::negated(written)
        {
            return self.name(&Expr::new(operand.span, ExprKind::Literal(negated)));
        }
        match op {
            UnaryOp::BitNot => format!("~{}", self.name(operand)),
            _ => format!("({op} {})", self.name(operand)),
        }
    }

    /// Each operator wraps what stands before it: opening parts outermost first, then the first operand, then the closing
    /// parts. Linear in the length of the chain.
    fn chain(&self, first: &Expr, rest: &[(BinaryOp, Expr)]) -> String {
        let mut left = first.span;
        let mut wraps = Vec::with_capacity(rest.len());
        for (op, operand) in rest {
            wraps.push(self.wrap(*op, left, operand));
            left = first.span.to(operand.span);
        }
        let mut out: String = wraps.iter().rev().map(|(open, _)| open.as_str()).collect();
        out.push_str(&self.name(first));
        out.extend(wraps.iter().map(|(_, close)| close.as_str()));
        out
    }

    /// What stands around the left operand, written at `left`.
    fn wrap(&self, op: BinaryOp, left: Span, right: &Expr) -> (String, String) {
        let operand = self.name(right);
        let types = || ((self.datetime)(left), (self.datetime)(right.span));
        let special = match op {
            BinaryOp::Add => sum(types(), &operand),
            BinaryOp::Subtract => difference(types(), &operand),
            BinaryOp::Multiply => product(types(), &operand),
            _ => None,
        };
        special.unwrap_or_else(|| match op {
            BinaryOp::Concat => ("concat(".to_owned(), format!(", {operand})")),
            BinaryOp::NotEq => ("(NOT (".to_owned(), format!(" = {operand}))")),
            BinaryOp::IntegerDivide => ("(".to_owned(), format!(" div {operand})")),
            _ => ("(".to_owned(), format!(" {op} {operand})")),
        })
    }

    /// Spark's parser folds AND and OR into balanced trees.
    fn balanced(&self, terms: &[Expr], word: &str) -> String {
        match terms {
            [] => String::new(),
            [one] => self.name(one),
            _ => {
                let (left, right) = terms.split_at(terms.len().div_ceil(2));
                format!("({} {word} {})", self.balanced(left, word), self.balanced(right, word))
            }
        }
    }

    fn is_test(&self, operand: &Expr, negated: bool, test: IsTest) -> String {
        let operand = self.name(operand);
        match test {
            IsTest::Null | IsTest::Unknown if negated => format!("({operand} IS NOT NULL)"),
            IsTest::Null | IsTest::Unknown => format!("({operand} IS NULL)"),
            IsTest::True => not(negated, format!("({operand} <=> true)")),
            IsTest::False => not(negated, format!("({operand} <=> false)")),
        }
    }

    fn like(&self, like: &Like) -> String {
        let operand = self.name(&like.operand);
        let one = |pattern: &Expr| {
            let pattern = self.name(pattern);
            let text = match like.kind {
                LikeKind::Like => match like.escape {
                    Some(escape) => format!("{operand} LIKE {pattern} ESCAPE '{escape}'"),
                    None => format!("{operand} LIKE {pattern}"),
                },
                LikeKind::Ilike => format!("ilike({operand}, {pattern})"),
                LikeKind::Rlike => format!("RLIKE({operand}, {pattern})"),
            };
            not(like.negated, text)
        };
        let patterns: Vec<_> = like.patterns.iter().map(one).collect();
        match like.quantifier {
            LikeQuantifier::One => patterns.concat(),
            LikeQuantifier::Any => joined(&patterns, "OR"),
            LikeQuantifier::All => joined(&patterns, "AND"),
        }
    }

    fn case(&self, operand: Option<&Expr>, branches: &[CaseBranch], otherwise: Option<&Expr>) -> String {
        let operand = operand.map(|operand| self.name(operand));
        let mut out = String::from("CASE");
        for branch in branches {
            let when = self.name(&branch.when);
            let when = match &operand {
                Some(operand) => format!("({operand} = {when})"),
                None => when,
            };
            out.push_str(&format!(" WHEN {when} THEN {}", self.name(&branch.then)));
        }
        if let Some(otherwise) = otherwise {
            out.push_str(&format!(" ELSE {}", self.name(otherwise)));
        }
        out + " END"
    }

    /// A row is a struct whose fields have the names of their columns, or `col1`, `col2`, ….
    fn row(&self, items: &[Expr]) -> String {
        let fields = items.iter().enumerate().map(|(at, item)| match &item.kind {
            ExprKind::Column(parts) => {
                let field = parts.last().map_or("", |part| part.value.as_str());
                format!("{field}, {}", self.name(item))
            }
            _ => format!("col{}, {}", at + 1, self.name(item)),
        });
        format!("named_struct({})", fields.collect::<Vec<_>>().join(", "))
    }

    fn lambda(&self, parameters: &[Ident], body: &Expr) -> String {
        if !self.lambdas_resolved {
            let names: Vec<_> = parameters.iter().map(|parameter| parameter.value.as_str()).collect();
            return format!("lambdafunction({}, {})", self.name(body), names.join(", "));
        }
        let is_parameter = |name: &Ident| parameters.iter().any(|parameter| same_name(&parameter.value, &name.value));
        let column = |name: &[Ident]| match name.split_first() {
            Some((first, fields)) if is_parameter(first) => {
                let fields = fields.iter().map(|field| field.value.as_str());
                std::iter::once(PARAMETER).chain(fields).collect::<Vec<_>>().join(".")
            }
            _ => (self.column)(name),
        };
        let inner = Namer { column: &column, ..*self };
        lambda_text(&inner.name(body), parameters.len())
    }

    pub(crate) fn function(&self, call: &FunctionCall) -> String {
        let written = call.name.last().to_lowercase();
        let mut arguments: Vec<_> = call
            .arguments
            .iter()
            .enumerate()
            .map(|(at, argument)| match (&argument.name, &argument.value.kind) {
                (None, ExprKind::Star(parts)) if parts.is_empty() && !call.distinct => "1".to_owned(),
                (None, ExprKind::Star(parts)) => (self.columns)(parts),
                (None, ExprKind::Lambda { .. }) => self.name(&argument.value),
                (None, _) => match lambda_parameters(&written, at) {
                    Some(parameters) => lambda_text(&self.name(&argument.value), parameters),
                    None => self.name(&argument.value),
                },
                (Some(name), _) => format!("{} AS {}", self.name(&argument.value), name.value),
            })
            .collect();
        arguments.extend(default_arguments(&written, arguments.len()).iter().map(|default| (*default).to_owned()));
        // A map is named after what Spark reads it into.
        if let ("from_json", [_, schema, ..]) = (written.as_str(), arguments.as_slice())
            && schema.trim_start().to_lowercase().starts_with("map<")
        {
            return "entries".to_owned();
        }
        shown_arguments(&written, &mut arguments);
        if let ([argument], None) = (arguments.as_slice(), registry::scalar(&written))
            && super::function::cast_function(&written).is_some()
        {
            return argument.clone();
        }
        if let (true, Some(first)) = (call.distinct, arguments.first_mut()) {
            first.insert_str(0, "DISTINCT ");
        }
        let mut out = self
            .form_by_type(&written, call, &arguments)
            .or_else(|| special_form(&written, &arguments))
            .or_else(|| window_form(&written, call.nulls, &arguments))
            .unwrap_or_else(|| format!("{}({})", display_name(&written), arguments.join(", ")));
        if let ([item], Some(function)) = (call.order_by.as_slice(), crate::inverse_distribution::of(call)) {
            // That of the mode is shown the other way round.
            let descending = item.descending != (function == "mode_within_group");
            let direction = if descending { " DESC" } else { "" };
            out.push_str(&format!(" WITHIN GROUP (ORDER BY {}{direction})", self.name(&item.expr)));
        } else if !call.order_by.is_empty() {
            let keys = call.order_by.iter().map(|item| format!("{} {}", self.name(&item.expr), direction(item)));
            out.push_str(&format!(" WITHIN GROUP (ORDER BY {})", keys.collect::<Vec<_>>().join(", ")));
        }
        if let Some(filter) = &call.filter {
            out.push_str(&format!(" FILTER (WHERE {})", self.name(filter)));
        }
        out
    }
}

impl Namer<'_> {
    /// Functions that are shown as the one that their argument's type makes of them, or with an argument of that type.
    fn form_by_type(&self, name: &str, call: &FunctionCall, arguments: &[String]) -> Option<String> {
        let datetime = |at: usize| (self.datetime)(call.arguments[at].value.span).filter(SqlType::is_datetime);
        match (name, arguments) {
            ("to_char" | "to_varchar", [value, format]) if datetime(0).is_some() => {
                Some(format!("date_format({value}, {format})"))
            }
            ("to_char" | "to_varchar", [bytes, format]) if bytes.starts_with("X'") => {
                Some(match format.to_lowercase().as_str() {
                    "utf-8" => format!("decode({bytes}, {format})"),
                    _ => format!("{}({bytes})", format.to_lowercase()),
                })
            }
            ("time_bucket", [size, time]) => {
                let word = if datetime(1)? == SqlType::TimestampNtz { "TIMESTAMP_NTZ" } else { "TIMESTAMP" };
                Some(format!("time_bucket({size}, {time}, {word} '1970-01-01 00:00:00')"))
            }
            _ => None,
        }
    }
}

type Types = (Option<SqlType>, Option<SqlType>);

fn around(open: impl Into<String>, close: impl Into<String>) -> Option<(String, String)> {
    Some((open.into(), close.into()))
}

fn is_days(data_type: &SqlType) -> bool {
    matches!(data_type, SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Day))
}

fn is_interval(data_type: &SqlType) -> bool {
    data_type.is_ansi_interval() || *data_type == SqlType::CalendarInterval
}

/// `left + right` where either is a date, a timestamp or an interval: the date or timestamp comes first.
fn sum(types: Types, right: &str) -> Option<(String, String)> {
    use SqlType::{CalendarInterval, Date, DayTimeInterval};
    match types {
        (None, None) => None,
        (Some(Date), Some(days)) if is_days(&days) => {
            around("date_add(", format!(", extractansiintervaldays({right}))"))
        }
        (Some(days), Some(Date)) if is_days(&days) => {
            around(format!("date_add({right}, extractansiintervaldays("), "))")
        }
        (Some(l), Some(r)) if is_interval(&l) && std::mem::discriminant(&l) == std::mem::discriminant(&r) => None,
        (Some(datetime), Some(interval)) if datetime.is_datetime() && is_interval(&interval) => {
            around("", format!(" + {right}"))
        }
        (Some(interval), Some(datetime)) if datetime.is_datetime() && is_interval(&interval) => {
            around(format!("{right} + "), "")
        }
        (_, Some(CalendarInterval | DayTimeInterval(..))) => around("", format!(" + {right}")),
        (Some(CalendarInterval | DayTimeInterval(..)), _) => around(format!("{right} + "), ""),
        (Some(Date), _) => around("date_add(", format!(", {right})")),
        (_, Some(Date)) => around(format!("date_add({right}, "), ")"),
        _ => None,
    }
}

fn difference(types: Types, right: &str) -> Option<(String, String)> {
    use SqlType::{CalendarInterval, Date, DayTimeInterval};
    match types {
        (None, None) => None,
        (Some(Date), Some(days)) if is_days(&days) => {
            around("date_add(", format!(", (- extractansiintervaldays({right})))"))
        }
        (Some(l), Some(r)) if is_interval(&l) && std::mem::discriminant(&l) == std::mem::discriminant(&r) => None,
        (Some(datetime), Some(interval)) if datetime.is_datetime() && is_interval(&interval) => {
            around("", format!(" - {right}"))
        }
        (_, Some(CalendarInterval | DayTimeInterval(..))) => around("", format!(" - {right}")),
        (Some(Date), None) => around("date_sub(", format!(", {right})")),
        _ => None,
    }
}

/// The interval comes first.
fn product(types: Types, right: &str) -> Option<(String, String)> {
    match types {
        (None, Some(interval)) if interval.is_ansi_interval() => around(format!("({right} * "), ")"),
        _ => None,
    }
}

fn not(negated: bool, text: String) -> String {
    if negated { format!("(NOT {text})") } else { text }
}

fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [first, rest @ ..] => rest.iter().fold(first.clone(), |out, part| format!("({out} {word} {part})")),
    }
}

/// Functions that are not shown as `name(arguments)`, or with arguments that were not written.
fn special_form(name: &str, arguments: &[String]) -> Option<String> {
    Some(match (name, arguments) {
        ("if" | "iff", [condition, yes, no]) => format!("(IF({condition}, {yes}, {no}))"),
        ("isnull", [operand]) => format!("({operand} IS NULL)"),
        ("isnotnull", [operand]) => format!("({operand} IS NOT NULL)"),
        ("like", [operand, pattern]) => format!("{operand} LIKE {pattern}"),
        ("not" | "!", [operand]) => format!("(NOT {operand})"),
        ("extract", [field, source]) => format!("extract({field} FROM {source})"),
        ("trim", [characters, text]) => format!("TRIM(BOTH {characters} FROM {text})"),
        ("ltrim", [characters, text]) => format!("TRIM(LEADING {characters} FROM {text})"),
        ("rtrim", [characters, text]) => format!("TRIM(TRAILING {characters} FROM {text})"),
        ("round" | "bround", [operand]) => format!("{name}({operand}, 0)"),
        ("positive", [operand]) => format!("(+ {operand})"),
        ("current_database", []) => "current_schema()".to_owned(),
        ("regexp_instr", [text, pattern]) => format!("regexp_instr({text}, {pattern}, 0)"),
        ("locate" | "position", [part, text]) => format!("{name}({part}, {text}, 1)"),
        ("lpad" | "rpad", [bytes, length]) if bytes.starts_with("X'") => format!("{name}({bytes}, {length}, X'00')"),
        ("lpad" | "rpad", [text, length]) => format!("{name}({text}, {length},  )"),
        ("substr" | "substring", [text, start]) => format!("{name}({text}, {start}, 2147483647)"),
        ("split", [text, pattern]) => format!("split({text}, {pattern}, -1)"),
        ("regexp_extract" | "regexp_extract_all", [text, pattern]) => format!("{name}({text}, {pattern}, 1)"),
        ("regexp_replace", [text, pattern, by]) => format!("regexp_replace({text}, {pattern}, {by}, 1)"),
        ("mask", [text, masks @ ..]) if masks.len() < 4 => {
            let defaults = ["X", "x", "n", "NULL"];
            let masks = masks.iter().map(String::as_str).chain(defaults[masks.len()..].iter().copied());
            format!("mask({text}, {})", masks.collect::<Vec<_>>().join(", "))
        }
        ("sentences", [text]) => format!("sentences({text}, , )"),
        ("sentences", [text, language]) => format!("sentences({text}, {language}, )"),
        ("overlay", [text, by, at]) => format!("overlay({text}, {by}, {at}, -1)"),
        ("percentile", [operand, percentage]) => format!("percentile({operand}, {percentage}, 1)"),
        ("percentile_approx" | "approx_percentile", [operand, percentage]) => {
            format!("{name}({operand}, {percentage}, 10000)")
        }
        ("approx_count_distinct", [operand, _]) => format!("approx_count_distinct({operand})"),
        ("convert_timezone", [to, clock]) => format!("convert_timezone(current_timezone(), {to}, {clock})"),
        ("make_dt_interval", given) if given.len() < 4 => with_zeros(name, given, 4, "0.000000"),
        ("ceil" | "ceiling" | "floor", [operand, digits]) => format!("{name}({operand}, {digits})"),
        ("raise_error", [message]) => format!("raise_error(USER_RAISED_EXCEPTION, map(errorMessage, {message}))"),
        ("make_interval" | "try_make_interval", given) if given.len() < 7 => with_zeros(name, given, 7, "0.000000"),
        ("make_ym_interval", given) if given.len() < 2 => with_zeros(name, given, 2, "0"),
        ("try_to_time", given) => format!("try_to_time(to_time({}))", given.join(", ")),
        ("months_between", [end, start]) => format!("months_between({end}, {start}, true)"),
        ("from_unixtime", [seconds]) => format!("from_unixtime({seconds}, yyyy-MM-dd HH:mm:ss)"),
        ("unix_timestamp" | "to_unix_timestamp", [time]) => format!("{name}({time}, yyyy-MM-dd HH:mm:ss)"),
        ("assert_true", [condition]) => format!("assert_true({condition}, '{condition}' is not true!)"),
        ("mode", [operand, flag]) if flag.eq_ignore_ascii_case("true") => {
            format!("mode() WITHIN GROUP (ORDER BY {operand} DESC)")
        }
        ("mode", [operand, _]) => format!("mode({operand})"),
        ("first" | "last" | "any_value" | "first_value" | "last_value", [operand, _]) => {
            format!("{name}({operand})")
        }
        _ => return None,
    })
}

/// Functions over windows: arguments that were not written, and who minds NULLs.
fn window_form(name: &str, nulls: Option<NullTreatment>, arguments: &[String]) -> Option<String> {
    let ignored = nulls == Some(NullTreatment::Ignore);
    Some(match (name, arguments) {
        ("lag" | "lead", []) => format!("{name}(NULL, 1, NULL)"),
        ("lag" | "lead", [input]) => format!("{name}({input}, 1, NULL)"),
        ("lag" | "lead", [input, offset]) => format!("{name}({input}, {offset}, NULL)"),
        ("nth_value", [input, offset]) if ignored => format!("nth_value({input}, {offset}) ignore nulls"),
        ("ntile", []) => "ntile(1)".to_owned(),
        ("rank" | "dense_rank" | "percent_rank", _) => format!("{}()", name.to_uppercase()),
        // Spark forgets the alias on its way to IGNORE NULLS.
        ("first_value", [input]) if ignored => format!("first({input})"),
        ("last_value", [input]) if ignored => format!("last({input})"),
        _ => return None,
    })
}

/// Fields that were left out are zero.
fn with_zeros(name: &str, given: &[String], count: usize, last: &str) -> String {
    let zeros = (given.len()..count).map(|at| if at + 1 == count { last } else { "0" });
    let fields: Vec<&str> = given.iter().map(String::as_str).chain(zeros).collect();
    format!("{name}({})", fields.join(", "))
}

/// Some functions are shown in capitals.
pub(crate) fn lambda_text(body: &str, parameters: usize) -> String {
    format!("lambdafunction({body}{})", format!(", {PARAMETER}").repeat(parameters))
}

/// How many parameters the lambda has that is the function's argument `at`.
fn lambda_parameters(name: &str, at: usize) -> Option<usize> {
    let rule = registry::scalar(name)?.higher_order?;
    Some(rule.lambdas.get(at.checked_sub(rule.values)?)?.usual)
}

/// Arguments that are shown although they were not written.
fn default_arguments(name: &str, written: usize) -> &'static [&'static str] {
    match (name, written) {
        ("listagg" | "string_agg", 1) => &["NULL"],
        ("aggregate" | "reduce", 3) => &["lambdafunction(namedlambdavariable(), namedlambdavariable())"],
        ("array_sort", 1) => &[NATURAL_ORDER],
        ("sort_array", 1) => &["true"],
        ("str_to_map", 1) => &[",", ":"],
        ("str_to_map", 2) => &[":"],
        _ => &[],
    }
}

/// What `array_sort` compares by without a lambda.
const NATURAL_ORDER: &str = "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, \
    (IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, \
    (IF((namedlambdavariable() < namedlambdavariable()), -1, \
    (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable())";

/// Schemas and options are not shown.
fn shown_arguments(name: &str, arguments: &mut Vec<String>) {
    if matches!(name, "from_json" | "to_json" | "schema_of_json") {
        arguments.truncate(1);
    }
}

/// Some functions are shown in capitals, or by another of their names.
fn display_name(name: &str) -> String {
    const CAPITALS: &[&str] = &[
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atan2",
        "atanh",
        "cbrt",
        "ceil",
        "cos",
        "cosh",
        "cot",
        "csc",
        "degrees",
        "dense_rank",
        "e",
        "exp",
        "expm1",
        "floor",
        "hypot",
        "log",
        "log10",
        "log1p",
        "log2",
        "percent_rank",
        "pi",
        "power",
        "radians",
        "rank",
        "regexp",
        "regexp_like",
        "rlike",
        "sec",
        "signum",
        "sin",
        "sinh",
        "sqrt",
        "tan",
        "tanh",
    ];
    match name {
        "array_agg" => "collect_list".to_owned(),
        "string_agg" => "listagg".to_owned(),
        "random" => "rand".to_owned(),
        "to_varchar" => "to_char".to_owned(),
        _ if CAPITALS.contains(&name) => name.to_uppercase(),
        _ => name.to_owned(),
    }
}

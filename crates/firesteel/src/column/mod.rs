//! An expression over the columns of a DataFrame, as it is said: a piece of a parsed tree, without types or resolved names.
//!
//! ```text
//! (col("a") + 1).alias("b")  ──▶  a + 1 AS b      (what SQL's parser makes of that text)
//! ```
//! Here: what a [`Column`] is and how text becomes one. [`value`]: what else may stand where a column is asked for;
//! `operators` and `methods`: larger columns from smaller ones; [`sort`]: columns in ORDER BY.
//!
//! Making a column never fails. What is wrong with its text is told by the method that takes the column.

pub mod methods;
mod operators;
pub mod sort;
pub mod value;

use std::fmt;
use std::sync::Arc;

use firesteel_common::{Error, Result, Span, error};
use firesteel_plan::parsed::{Expr, ExprKind, FunctionCall, Ident, SelectItem, SelectItemKind};

pub use methods::{CaseWhen, when};

use crate::frame::DataFrame;
use crate::frame::names::{plain, without_frames};

/// A column, or an expression over columns. Resolved when a DataFrame takes it.
///
/// ```
/// use firesteel::prelude::*;
///
/// let discounted = (col("price") * (lit(1) - col("discount"))).alias("paid");
/// assert_eq!(discounted.to_string(), "(price * (1 - discount)) AS paid");
/// ```
#[derive(Clone)]
pub struct Column {
    pub(crate) expr: Expr,
    /// None, one, or one per column of a generator.
    pub(crate) aliases: Vec<Ident>,
    /// Why the text of some part of it means nothing.
    pub(crate) fault: Option<Fault>,
    /// DataFrames that stand in it as subqueries.
    pub(crate) frames: Vec<DataFrame>,
}

/// A text that cannot be read, kept to be told later.
#[derive(Clone)]
pub(crate) struct Fault(Arc<dyn Fn() -> Error + Send + Sync>);

impl Fault {
    pub(crate) fn new(tell: impl Fn() -> Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(crate) fn error(&self) -> Error {
        (self.0)()
    }
}

impl Column {
    pub(crate) fn new(kind: ExprKind) -> Self {
        Self { expr: node(kind), aliases: Vec::new(), fault: None, frames: Vec::new() }
    }

    pub(crate) fn faulty(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Column::new(ExprKind::Literal(firesteel_plan::parsed::Literal::Null)) }
    }

    /// A node over operands. Their aliases go: inside of an expression a name means nothing.
    pub(crate) fn of_all(operands: Vec<Column>, build: impl FnOnce(Vec<Expr>) -> ExprKind) -> Self {
        let mut exprs = Vec::with_capacity(operands.len());
        let (mut fault, mut frames) = (None, Vec::new());
        for operand in operands {
            exprs.push(operand.expr);
            fault = fault.or(operand.fault);
            frames.extend(operand.frames);
        }
        Self { expr: node(build(exprs)), aliases: Vec::new(), fault, frames }
    }

    pub(crate) fn of_one(self, build: impl FnOnce(Box<Expr>) -> ExprKind) -> Self {
        Self { expr: node(build(Box::new(self.expr))), aliases: Vec::new(), ..self }
    }

    pub(crate) fn of_two(self, other: Column, build: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind) -> Self {
        let mut frames = self.frames;
        frames.extend(other.frames);
        let expr = node(build(Box::new(self.expr), Box::new(other.expr)));
        Self { expr, aliases: Vec::new(), fault: self.fault.or(other.fault), frames }
    }

    /// `name(arguments)`.
    pub(crate) fn call(name: &str, arguments: Vec<Column>) -> Self {
        let name = Ident::new(name, Span::default());
        Column::of_all(arguments, |arguments| ExprKind::Function(Box::new(FunctionCall::new(name.into(), arguments))))
    }

    /// As an entry of a select list.
    pub(crate) fn item(expr: Expr, aliases: &[Ident]) -> SelectItem {
        let kind = match (aliases, &expr.kind) {
            ([], ExprKind::Star(qualifier)) => {
                SelectItemKind::Wildcard { qualifier: qualifier.clone(), except: Vec::new() }
            }
            ([] | [_], _) => SelectItemKind::Expr { alias: aliases.first().cloned(), expr },
            _ => SelectItemKind::MultiAlias { expr, aliases: aliases.to_vec() },
        };
        SelectItem { span: Span::default(), kind }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_frames(&self.expr.to_string()))?;
        match self.aliases.as_slice() {
            [] => Ok(()),
            [one] => write!(f, " AS {one}"),
            many => write!(f, " AS ({})", many.iter().map(Ident::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({self})")
    }
}

/// A node that stands in no text.
pub(crate) fn node(kind: ExprKind) -> Expr {
    Expr::new(Span::default(), kind)
}

/// The column of that name: `a`, `t.a`, `a.field`, `*`, `t.*`. Names with dots or blanks stand in back-ticks.
///
/// ```
/// use firesteel::prelude::*;
///
/// assert_eq!(col("t.`unit price`").to_string(), "t.`unit price`");
/// ```
pub fn col(name: &str) -> Column {
    match name_parts(name) {
        Some(mut parts) if parts.last().is_some_and(|part| part.value == "*" && !part.quoted) => {
            parts.pop();
            Column::new(ExprKind::Star(parts))
        }
        Some(parts) => Column::new(ExprKind::Column(parts)),
        None => {
            let name = name.to_owned();
            Column::faulty(Fault::new(move || error!(INVALID_ATTRIBUTE_NAME_SYNTAX, name = name.as_str())))
        }
    }
}

/// An expression from its SQL text.
///
/// ```
/// use firesteel::prelude::*;
///
/// assert_eq!(expr("price * 2 > 10").to_string(), "((price * 2) > 10)");
/// ```
pub fn expr(text: &str) -> Column {
    let text: Arc<str> = Arc::from(text);
    match read_item(&text) {
        Ok(column) => column,
        Err(_) => Column::faulty(Fault::new(move || match read_item(&text) {
            Err(error) => error,
            Ok(_) => firesteel_common::internal!("a text that could not be read can be read"),
        })),
    }
}

/// An entry of a select list, with its alias.
fn read_item(text: &str) -> Result<Column> {
    use firesteel_plan::parsed::{QueryBodyKind, StatementKind};
    // The expression alone, unless it has an alias: the error of the shorter text points better.
    let lone = firesteel_sql::parse_expression(text);
    let item = match lone {
        Ok(expr) => return Ok(Column { expr, ..Column::new(ExprKind::Star(Vec::new())) }),
        Err(error) => {
            let statement = firesteel_sql::parse_statement(&format!("SELECT {text}"));
            let Ok(StatementKind::Query(query)) = statement.map(|statement| statement.kind) else { return Err(error) };
            let QueryBodyKind::Select(mut select) = query.body.kind else { return Err(error) };
            match (select.projection.pop(), select.projection.is_empty() && select.from.is_empty()) {
                (Some(item), true) => item,
                _ => return Err(error),
            }
        }
    };
    let (expr, aliases) = match item.kind {
        SelectItemKind::Expr { expr, alias } => (expr, alias.into_iter().collect()),
        SelectItemKind::MultiAlias { expr, aliases } => (expr, aliases),
        SelectItemKind::Wildcard { qualifier, .. } => (node(ExprKind::Star(qualifier)), Vec::new()),
    };
    Ok(Column { expr, aliases, fault: None, frames: Vec::new() })
}

/// `a.b` cut at its dots, back-ticks respected; `None` when they do not pair or a part is empty.
pub(crate) fn name_parts(name: &str) -> Option<Vec<Ident>> {
    let mut parts = Vec::new();
    let mut chars = name.chars().peekable();
    loop {
        let part = match chars.peek() {
            Some('`') => quoted_part(&mut chars)?,
            _ => {
                let mut value = String::new();
                while let Some(c) = chars.next_if(|c| *c != '.') {
                    value.push(c);
                }
                if value.is_empty() || value.contains('`') {
                    return None;
                }
                plain(value)
            }
        };
        parts.push(part);
        match chars.next() {
            None => return Some(parts),
            Some('.') => {}
            Some(_) => return None,
        }
    }
}

fn quoted_part(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Ident> {
    chars.next();
    let mut value = String::new();
    loop {
        match chars.next()? {
            '`' if chars.next_if_eq(&'`').is_some() => value.push('`'),
            '`' => return Some(Ident { value, quoted: true, span: Span::default() }),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_at_dots_outside_of_back_ticks() {
        let values =
            |name: &str| name_parts(name).map(|parts| parts.into_iter().map(|part| part.value).collect::<Vec<_>>());
        assert_eq!(values("a.`b.c`.d"), Some(vec!["a".into(), "b.c".into(), "d".into()]));
        assert_eq!(values("`a``b`"), Some(vec!["a`b".into()]));
        assert!(["", "a.", ".a", "`a", "`a`b", "a`b"].into_iter().all(|name| values(name).is_none()));
    }

    #[test]
    fn text_that_cannot_be_read_is_told_later() {
        let column = expr("a +").alias("b") + 1;
        assert_eq!(column.fault.map(|fault| fault.error().condition().name), Some("PARSE_SYNTAX_ERROR"));
        assert_eq!(expr("a + 1 AS b").to_string(), "(a + 1) AS b");
    }
}

//! Text in, facts of the tree out. Expectations follow Spark's SQL reference.

mod errors;
mod expressions;
mod large;
mod queries;
mod statements;

use firesteel_plan::parsed::{Expr, Query, QueryBodyKind, Select, StatementKind};
use firesteel_sql::{parse_expression, parse_statement};

fn expr(text: &str) -> Expr {
    parse_expression(text).unwrap_or_else(|error| panic!("{}", error.render(Some(text))))
}

fn statement(text: &str) -> StatementKind {
    parse_statement(text).unwrap_or_else(|error| panic!("{}", error.render(Some(text)))).kind
}

fn query(text: &str) -> Query {
    match statement(text) {
        StatementKind::Query(query) => *query,
        other => panic!("{text} is no query: {other:?}"),
    }
}

fn select(text: &str) -> Select {
    match query(text).body.kind {
        QueryBodyKind::Select(select) => *select,
        other => panic!("{text} is no SELECT: {other:?}"),
    }
}

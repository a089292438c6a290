//! SQL text → parsed statements.
//!
//! Text goes through two stages, each a module:
//!
//! - [`lex`]: sqlparser's tokenizer under Spark's dialect, then a pass over its tokens that knows Spark's literals. The
//!   only place that knows sqlparser.
//! - [`parse`]: Spark's grammar over those tokens, straight into [`firesteel_plan::parsed`].
//!
//! [`Bindings`] says what stands behind the markers of parameters. [`split_statements`] cuts a text into statements without parsing it, for the shell and for scripts; [`pieces()`] into
//! what an editor shows in different colours.
//!
//! Nothing here panics or overflows the stack, whatever the text: nesting is limited and runs on a growing stack, long
//! chains are flat, and a text too large to hold as tokens is refused. Errors carry the place they point to.

mod bindings;
mod error;
mod lex;
mod parse;
mod pieces;
mod split;

use firesteel_common::{Result, Span, SqlType};
use firesteel_plan::parsed::{Expr, Statement};

use lex::pass::tokenize;
use parse::{Parser, expect_something};

pub use bindings::{Bindings, Bound, Markers};
pub use pieces::{PieceKind, TextPiece, pieces};
pub use split::{End, Split, split_statements};

/// The one statement of a text; a `;` may end it.
pub fn parse_statement(text: &str) -> Result<Statement> {
    let tokens = tokenize(text)?;
    expect_something(&tokens)?;
    let mut parser = Parser::new(text, &tokens);
    let statement = parser.statement()?;
    parser.skip_semicolons();
    parser.expect_end()?;
    Ok(statement)
}

/// As [`parse_statement`], with values in the place of markers, and names that are computed.
pub fn bind_statement(text: &str, bindings: &dyn Bindings) -> Result<Bound> {
    let tokens = tokenize(text)?;
    expect_something(&tokens)?;
    let mut parser = Parser::new(text, &tokens).with_bindings(bindings);
    let statement = parser.statement()?;
    parser.skip_semicolons();
    parser.expect_end()?;
    parser.check_markers()?;
    Ok(Bound { statement, markers: parser.markers() })
}

/// All statements of a text, each with its span (which it also carries itself).
pub fn parse_statements(text: &str) -> Result<Vec<(Statement, Span)>> {
    let tokens = tokenize(text)?;
    let mut parser = Parser::new(text, &tokens);
    let mut statements = Vec::new();
    loop {
        let ended = parser.skip_semicolons();
        if parser.is_end() {
            return Ok(statements);
        }
        if !ended && !statements.is_empty() {
            parser.expect_end()?;
        }
        let statement = parser.statement()?;
        let span = statement.span;
        statements.push((statement, span));
    }
}

/// A lone expression, as a DataFrame's `expr("…")` takes it.
pub fn parse_expression(text: &str) -> Result<Expr> {
    let tokens = tokenize(text)?;
    let mut parser = Parser::new(text, &tokens);
    let expr = parser.expr()?;
    parser.expect_end()?;
    Ok(expr)
}

/// A lone type: `DECIMAL(10, 2)`, `STRUCT<a: INT>`.
pub fn parse_data_type(text: &str) -> Result<SqlType> {
    let tokens = tokenize(text)?;
    let mut parser = Parser::new(text, &tokens);
    let data_type = parser.data_type()?;
    parser.expect_end()?;
    Ok(data_type)
}

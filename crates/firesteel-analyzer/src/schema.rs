//! Schemas that a function is given as text: `from_json(text, 'a INT, b ARRAY<STRING>')`.
//!
//! The text must be known to planning. What goes on to the function is a NULL of the type that it says.

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::{Expr, ExprRef, Literal};
use firesteel_plan::parsed::{self, ExprKind, FunctionCall, QueryBodyKind, SelectItemKind};

use crate::expr::Resolver;

/// The function whose second argument is a schema.
pub(crate) const FROM_JSON: &str = "from_json";

impl Resolver<'_, '_> {
    pub(crate) fn with_schema(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<Vec<ExprRef>> {
        let mut args = self.resolve_all(call.arguments.iter().map(|argument| &argument.value))?;
        let context = &self.analyzer.context.eval;
        let text = if args[1].is_foldable() { evaluate_constant(&args[1], context).ok() } else { None };
        let Some(text) = text.as_ref().and_then(Literal::as_str) else {
            let schema = format!("\"{}\"", self.name_of(&call.arguments[1].value));
            return Err(error!(INVALID_SCHEMA_NON_STRING_LITERAL, inputSchema = schema).at(expr.span));
        };
        let schema = self.data_type(text).map_err(|error| error.moved_to(expr.span))?;
        args[1] = Expr::literal(Literal::null(schema));
        Ok(args)
    }

    /// A type, or the fields of a struct.
    fn data_type(&self, text: &str) -> Result<SqlType> {
        self.parse_type(text).or_else(|error| self.parse_type(&format!("STRUCT<{text}>")).map_err(|_| error))
    }

    /// Read as the type of a cast: there is one grammar of types.
    fn parse_type(&self, text: &str) -> Result<SqlType> {
        let query = (self.analyzer.context.parse_query)(&format!("SELECT CAST(NULL AS {text})"))?;
        let QueryBodyKind::Select(select) = &query.body.kind else { return Err(not_a_type(text)) };
        match select.projection.as_slice() {
            [item] => match &item.kind {
                SelectItemKind::Expr { expr, alias: None } => match &expr.kind {
                    ExprKind::Cast { data_type, .. } => Ok(data_type.clone()),
                    _ => Err(not_a_type(text)),
                },
                _ => Err(not_a_type(text)),
            },
            _ => Err(not_a_type(text)),
        }
    }
}

fn not_a_type(text: &str) -> firesteel_common::Error {
    error!(PARSE_SYNTAX_ERROR, error = format!("'{text}'"), hint = "")
}

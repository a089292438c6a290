//! Markers of parameters, `?` and `:name`, and what is put in their place.

use firesteel_common::{Result, Span, bail};
use firesteel_plan::parsed::{Expr, ExprKind, Literal, Parameter};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    /// The marker here and how many tokens it takes.
    fn marker(&self) -> Option<(Parameter, usize)> {
        match (self.peek(), self.peek_at(1)) {
            (Token::Symbol("?"), _) => Some((Parameter::Positional(self.markers.positional), 1)),
            (Token::Symbol(":"), Token::Word(name) | Token::Quoted(name)) => Some((Parameter::Named(name.clone()), 2)),
            _ => None,
        }
    }

    fn take_marker(&mut self, parameter: &Parameter, tokens: usize) -> Span {
        let start = self.at;
        self.at += tokens;
        match parameter {
            Parameter::Positional(_) => self.markers.positional += 1,
            Parameter::Named(_) => self.markers.named = true,
        }
        self.since(start)
    }

    /// A marker as an expression: its value, or itself where nothing is bound to it.
    pub(super) fn parameter(&mut self) -> Result<Expr> {
        let Some((parameter, tokens)) = self.marker() else { return Err(self.unexpected()) };
        let span = self.take_marker(&parameter, tokens);
        let value = match self.bindings {
            Some(bindings) => bindings.value(&parameter).map_err(|error| error.at(span))?,
            None => None,
        };
        let Some(mut value) = value else { return Ok(Expr::new(span, ExprKind::Parameter(parameter))) };
        self.values.push((span, value.to_string()));
        value.place_at(span);
        Ok(value)
    }

    /// A marker to which a text is bound may stand for a string where the grammar has no other expression.
    pub(super) fn bound_string(&mut self) -> Option<String> {
        let bindings = self.bindings?;
        let (parameter, tokens) = self.marker()?;
        let value = bindings.value(&parameter).ok().flatten()?;
        let shown = value.to_string();
        let ExprKind::Literal(Literal::String(text)) = value.kind else { return None };
        let span = self.take_marker(&parameter, tokens);
        self.values.push((span, shown));
        Some(text)
    }

    /// The text of a span with values in the place of markers: what is kept of a statement that had parameters.
    pub(super) fn text_with_values(&self, span: Span) -> String {
        let mut text = String::new();
        let mut from = span.start;
        for (marker, value) in
            self.values.iter().filter(|(marker, _)| marker.start >= span.start && marker.end <= span.end)
        {
            text.push_str(self.slice(Span { start: from, end: marker.start }));
            text.push_str(value);
            from = marker.end;
        }
        text + self.slice(Span { start: from, end: span.end })
    }

    /// Markers are all by position, or all by name.
    pub(crate) fn check_markers(&self) -> Result<()> {
        if self.markers.named && self.markers.positional > 0 {
            bail!(INVALID_QUERY_MIXED_QUERY_PARAMETERS);
        }
        Ok(())
    }
}

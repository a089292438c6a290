//! `/*+ BROADCAST(a, b), REPARTITION(3, c) */`. A hint must never break a query: one that cannot be read is none.

use firesteel_common::{Result, Span};
use firesteel_plan::parsed::{Expr, Hint};

use super::Parser;
use crate::lex::pass::tokenize;

impl Parser<'_> {
    /// Takes the hint comment here.
    pub(super) fn hint(&mut self) -> Vec<Hint> {
        let span = self.span();
        self.advance();
        let comment = self.slice(span);
        let inside = comment.get(3..comment.len().saturating_sub(2)).unwrap_or("");
        read(inside, span, self.depth).unwrap_or_default()
    }
}

fn read(text: &str, span: Span, depth: usize) -> Result<Vec<Hint>> {
    let tokens = tokenize(text)?;
    let mut parser = Parser::new(text, &tokens);
    parser.depth = depth;
    let mut hints = Vec::new();
    while !parser.is_end() {
        let name = parser.ident()?.value;
        let arguments = if parser.is_symbol("(") { parser.parenthesized(Parser::expr)? } else { Vec::new() };
        // Places inside of the comment are of no use to anybody: all point to the comment.
        let arguments = arguments.into_iter().map(|argument| Expr::new(span, argument.kind)).collect();
        hints.push(Hint { span, name, arguments });
        parser.symbol(",");
    }
    Ok(hints)
}

//! Function calls with all that may hang on them: DISTINCT, named arguments, FILTER, WITHIN GROUP, OVER.

use firesteel_common::Result;
use firesteel_plan::parsed::{
    Expr, ExprKind, Frame, FrameBound, FrameUnits, FunctionArgument, FunctionCall, Ident, Name, NamedWindow,
    NullTreatment, Query, Window, WindowSpec,
};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    /// At the opening parenthesis after a function's name.
    pub(super) fn call(&mut self, start: usize, parts: Vec<Ident>) -> Result<Expr> {
        let call = self.function_call(start, parts)?;
        Ok(Expr::new(self.since(start), ExprKind::Function(Box::new(call))))
    }

    pub(super) fn function_call(&mut self, start: usize, parts: Vec<Ident>) -> Result<FunctionCall> {
        let mut call = FunctionCall::new(Name { span: self.since(start), parts }, Vec::new());
        self.expect_symbol("(")?;
        // `distinct` alone may be an argument's name.
        if !self.is_operand_end(1) || self.is_symbol_at(1, "*") {
            call.distinct = self.word("DISTINCT");
            if !call.distinct {
                self.word("ALL");
            }
        }
        if !self.is_symbol(")") {
            call.arguments = self.comma_list(Self::argument)?;
        }
        call.nulls = self.null_treatment();
        self.expect_symbol(")")?;
        if self.is_words(&["WITHIN", "GROUP"]) {
            self.at += 2;
            self.expect_symbol("(")?;
            self.expect_word("ORDER")?;
            self.expect_word("BY")?;
            call.order_by = self.sort_items()?;
            self.expect_symbol(")")?;
        }
        if self.is_word("FILTER") && self.is_symbol_at(1, "(") {
            self.at += 2;
            self.expect_word("WHERE")?;
            call.filter = Some(self.expr()?);
            self.expect_symbol(")")?;
        }
        call.nulls = call.nulls.or(self.null_treatment());
        if self.is_word("OVER")
            && (self.is_symbol_at(1, "(") || matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_)))
        {
            self.advance();
            call.over = Some(self.window()?);
        }
        Ok(call)
    }

    fn null_treatment(&mut self) -> Option<NullTreatment> {
        if self.words(&["IGNORE", "NULLS"]) {
            Some(NullTreatment::Ignore)
        } else if self.words(&["RESPECT", "NULLS"]) {
            Some(NullTreatment::Respect)
        } else {
            None
        }
    }

    /// `value`, `name => value`, `TABLE(…)`, and `value AS name`, which gives a struct's field its name.
    fn argument(&mut self) -> Result<FunctionArgument> {
        if self.is_symbol_at(1, "=>") {
            let name = self.ident()?;
            self.advance();
            return Ok(FunctionArgument { name: Some(name), value: self.argument_value()? });
        }
        let value = self.argument_value()?;
        let name = if self.word("AS") { Some(self.ident()?) } else { None };
        Ok(FunctionArgument { name, value })
    }

    fn argument_value(&mut self) -> Result<Expr> {
        let start = self.at;
        if self.is_word("TABLE") && !self.is_operand_end(1) {
            self.advance();
            let query = self.table_argument()?;
            self.skip_table_argument_options()?;
            return Ok(Expr::new(self.since(start), ExprKind::TableArgument(Box::new(query))));
        }
        if self.is_query_start() {
            let query = self.query()?;
            return Ok(Expr::new(query.span, ExprKind::Subquery(Box::new(query))));
        }
        self.expr()
    }

    /// After TABLE: `(query)`, `(name)` or `name`.
    fn table_argument(&mut self) -> Result<Query> {
        if self.is_query_in_parentheses(self.at) {
            self.advance();
            let query = self.query()?;
            self.expect_symbol(")")?;
            return Ok(query);
        }
        let in_parentheses = self.symbol("(");
        let query = Self::table_query(self.name()?);
        if in_parentheses {
            self.expect_symbol(")")?;
        }
        Ok(query)
    }

    fn skip_table_argument_options(&self) -> Result<()> {
        if self.is_any_word(&["PARTITION", "DISTRIBUTE", "WITH"]) {
            return Err(self.unsupported("partitioned table arguments", self.at));
        }
        Ok(())
    }

    /// After OVER.
    fn window(&mut self) -> Result<Window> {
        if self.is_symbol("(") { self.window_spec().map(Window::Spec) } else { self.ident().map(Window::Named) }
    }

    /// `([base] [PARTITION BY …] [ORDER BY …] [ROWS … | RANGE …])`
    fn window_spec(&mut self) -> Result<WindowSpec> {
        let start = self.at;
        self.expect_symbol("(")?;
        let mut spec = WindowSpec {
            span: self.since(start),
            base: None,
            partition_by: Vec::new(),
            order_by: Vec::new(),
            frame: None,
        };
        let clauses = ["PARTITION", "DISTRIBUTE", "CLUSTER", "ORDER", "SORT", "ROWS", "RANGE"];
        if matches!(self.peek(), Token::Word(_) | Token::Quoted(_)) && !self.is_any_word(&clauses) {
            spec.base = Some(self.ident()?);
        }
        if self.words(&["PARTITION", "BY"]) || self.words(&["DISTRIBUTE", "BY"]) {
            spec.partition_by = self.comma_list(Self::expr)?;
        } else if self.words(&["CLUSTER", "BY"]) {
            spec.partition_by = self.comma_list(Self::expr)?;
            spec.order_by = spec.partition_by.iter().map(super::select::ascending).collect();
        }
        if self.words(&["ORDER", "BY"]) || self.words(&["SORT", "BY"]) {
            spec.order_by = self.sort_items()?;
        }
        if self.is_any_word(&["ROWS", "RANGE"]) {
            spec.frame = Some(self.frame()?);
        }
        self.expect_symbol(")")?;
        spec.span = self.since(start);
        Ok(spec)
    }

    fn frame(&mut self) -> Result<Frame> {
        let units = if self.word("ROWS") { FrameUnits::Rows } else { FrameUnits::Range };
        if units == FrameUnits::Range {
            self.expect_word("RANGE")?;
        }
        if self.word("BETWEEN") {
            let start = self.frame_bound()?;
            self.expect_word("AND")?;
            return Ok(Frame { units, start, end: self.frame_bound()? });
        }
        Ok(Frame { units, start: self.frame_bound()?, end: FrameBound::CurrentRow })
    }

    fn frame_bound(&mut self) -> Result<FrameBound> {
        if self.words(&["UNBOUNDED", "PRECEDING"]) {
            return Ok(FrameBound::UnboundedPreceding);
        }
        if self.words(&["UNBOUNDED", "FOLLOWING"]) {
            return Ok(FrameBound::UnboundedFollowing);
        }
        if self.words(&["CURRENT", "ROW"]) {
            return Ok(FrameBound::CurrentRow);
        }
        let offset = self.boxed_expr()?;
        if self.word("PRECEDING") {
            return Ok(FrameBound::Preceding(offset));
        }
        self.expect_word("FOLLOWING")?;
        Ok(FrameBound::Following(offset))
    }

    /// After WINDOW: `w AS (…), v AS w`
    pub(super) fn named_windows(&mut self) -> Result<Vec<NamedWindow>> {
        self.comma_list(|parser| {
            let name = parser.ident()?;
            parser.expect_word("AS")?;
            if parser.is_symbol("(") {
                return Ok(NamedWindow { name, spec: parser.window_spec()? });
            }
            let base = parser.ident()?;
            let span = base.span;
            let spec =
                WindowSpec { span, base: Some(base), partition_by: Vec::new(), order_by: Vec::new(), frame: None };
            Ok(NamedWindow { name, spec })
        })
    }
}

//! Session variables: DECLARE, SET VARIABLE, DROP TEMPORARY VARIABLE; and EXECUTE IMMEDIATE, which reads and writes them.

use firesteel_common::{Result, error};
use firesteel_plan::parsed::{AliasedExpr, DeclareVariable, ExecuteImmediate, Expr, Name, StatementKind};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    /// `DECLARE [OR REPLACE] [VARIABLE] a, b [type] [DEFAULT expr | = expr]`
    pub(super) fn declare(&mut self) -> Result<StatementKind> {
        let start = self.at;
        self.advance();
        let or_replace = self.words(&["OR", "REPLACE"]);
        if self.is_name_at(1) {
            let _ = self.word("VARIABLE") || self.word("VAR");
        }
        let names = self.comma_list(Self::object_name)?;
        let is_typed = !self.is_word("DEFAULT") && matches!(self.peek(), Token::Word(_));
        let data_type = if is_typed { Some(self.data_type()?) } else { None };
        let default = if self.word("DEFAULT") || self.symbol("=") {
            let expr = self.expr()?;
            let text = self.text_with_values(expr.span);
            Some((expr, text))
        } else {
            None
        };
        if data_type.is_none() && default.is_none() {
            self.expect_statement_end()?;
            return Err(error!(VARIABLE_TYPE_OR_DEFAULT_REQUIRED).at(self.since(start)));
        }
        Ok(StatementKind::DeclareVariable(Box::new(DeclareVariable { names, or_replace, data_type, default })))
    }

    fn is_name_at(&self, ahead: usize) -> bool {
        matches!(self.peek_at(ahead), Token::Word(_) | Token::Quoted(_))
    }

    fn expect_statement_end(&self) -> Result<()> {
        if self.is_symbol(";") { Ok(()) } else { self.expect_end() }
    }

    /// After SET: `VARIABLE a = 1, b = DEFAULT`, `VARIABLE (a, b) = (query)`.
    pub(super) fn set_variables(&mut self, start: usize) -> Result<StatementKind> {
        self.advance();
        if !self.is_symbol("(") {
            return self.comma_list(Self::assignment).map(StatementKind::SetVariables);
        }
        let names = self.parenthesized(Self::object_name)?;
        self.expect_symbol("=")?;
        self.expect_symbol("(")?;
        let query = self.boxed_query()?;
        self.expect_symbol(")")?;
        if names.is_empty() {
            return Err(error!(INVALID_SET_SYNTAX).at(self.since(start)));
        }
        Ok(StatementKind::SetVariablesFrom { names, query })
    }

    fn assignment(&mut self) -> Result<(Name, Option<Expr>)> {
        let name = self.object_name()?;
        self.expect_symbol("=")?;
        if self.is_word("DEFAULT") && matches!(self.peek_at(1), Token::End | Token::Symbol("," | ";")) {
            self.advance();
            return Ok((name, None));
        }
        Ok((name, Some(self.expr()?)))
    }

    /// At VARIABLE, after DROP TEMPORARY.
    pub(super) fn drop_variable(&mut self) -> Result<StatementKind> {
        self.advance();
        let if_exists = self.words(&["IF", "EXISTS"]);
        Ok(StatementKind::DropVariable { name: self.object_name()?, if_exists })
    }

    /// `EXECUTE IMMEDIATE text [INTO a, b] [USING expr [[AS] name], …]`; the list after USING may stand in parentheses.
    pub(super) fn execute_immediate(&mut self) -> Result<StatementKind> {
        self.at += 2;
        let text = self.expr()?;
        let mut execute = ExecuteImmediate {
            text,
            into: Vec::new(),
            arguments: Vec::new(),
            into_span: self.span(),
            using_span: self.span(),
        };
        if self.word("INTO") {
            let start = self.at;
            execute.into = self.comma_list(Self::object_name)?;
            execute.into_span = self.since(start);
        }
        let start = self.at;
        if self.word("USING") {
            execute.arguments = match self.is_symbol("(") && self.is_list_to_the_end() {
                true => self.parenthesized(Self::using_argument)?,
                false => self.comma_list(Self::using_argument)?,
            };
            execute.using_span = self.since(start);
        }
        Ok(StatementKind::ExecuteImmediate(Box::new(execute)))
    }

    /// Whether the parentheses here hold all that is left.
    fn is_list_to_the_end(&self) -> bool {
        let after = self.partner(self.at).map(|close| &self.tokens.tokens[close + 1]);
        matches!(after, Some(Token::End | Token::Symbol(";"))) && !self.is_query_in_parentheses(self.at)
    }

    fn using_argument(&mut self) -> Result<AliasedExpr> {
        let expr = self.expr()?;
        Ok(AliasedExpr { expr, alias: self.optional_alias()? })
    }
}

//! One SELECT: projection, clauses, grouping, sort items.

use firesteel_common::Result;
use firesteel_plan::parsed::{
    Expr, ExprKind, GroupBy, GroupingItem, GroupingSet, LateralView, Select, SelectItem, SelectItemKind, SortItem,
};

use super::Parser;
use super::query::empty_select;
use crate::lex::Token;

impl Parser<'_> {
    /// `SELECT … [FROM …]`, or `FROM … [SELECT …]`, which without SELECT means all columns.
    pub(super) fn select(&mut self) -> Result<Select> {
        let start = self.at;
        let mut select = empty_select(self.span());
        let from_first = self.is_word("FROM");
        if from_first {
            self.relations(&mut select)?;
        }
        if self.is_word("SELECT") {
            self.projection(&mut select)?;
        } else if from_first {
            let kind = SelectItemKind::Wildcard { qualifier: Vec::new(), except: Vec::new() };
            select.projection = vec![SelectItem { span: self.since(start), kind }];
        }
        if !from_first && self.is_word("FROM") {
            self.relations(&mut select)?;
        } else {
            self.lateral_views(&mut select)?;
        }
        if self.word("WHERE") {
            select.selection = Some(self.expr()?);
        }
        if self.words(&["GROUP", "BY"]) {
            select.group_by = self.group_by()?;
        }
        if self.word("HAVING") {
            select.having = Some(self.expr()?);
        }
        if self.word("QUALIFY") {
            select.qualify = Some(self.expr()?);
        }
        if self.is_word("WINDOW") && self.is_word_at(2, "AS") {
            self.advance();
            select.windows = self.named_windows()?;
        }
        select.span = self.since(start);
        Ok(select)
    }

    fn projection(&mut self, select: &mut Select) -> Result<()> {
        self.expect_word("SELECT")?;
        while matches!(self.peek(), Token::Hint) {
            select.hints.extend(self.hint());
        }
        if !self.is_operand_end(1) || self.is_symbol_at(1, "*") {
            select.distinct = self.word("DISTINCT");
            if !select.distinct {
                self.word("ALL");
            }
        }
        if self.is_word("TRANSFORM") && self.is_symbol_at(1, "(") && self.is_script_transform() {
            return Err(self.unsupported("TRANSFORM", self.at));
        }
        select.projection = self.comma_list(Self::select_item)?;
        Ok(())
    }

    /// `TRANSFORM(a) USING 'script'` as against the function `transform(a, x -> …)`.
    fn is_script_transform(&self) -> bool {
        let after = self.partner(self.at + 1).map_or(self.at, |close| close + 1);
        let words = ["USING", "ROW", "RECORDWRITER"];
        matches!(&self.tokens.tokens[after], Token::Word(word) if words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    }

    fn select_item(&mut self) -> Result<SelectItem> {
        let start = self.at;
        if self.is_word("FROM") && self.is_trailing_comma() {
            return Err(self.unexpected_with(": remove the comma before FROM"));
        }
        let expr = self.expr()?;
        let kind = match expr.kind {
            ExprKind::Star(qualifier) => {
                let except = if self.word("EXCEPT") { self.parenthesized(Self::name)? } else { Vec::new() };
                SelectItemKind::Wildcard { qualifier, except }
            }
            kind => self.aliased(Expr::new(expr.span, kind))?,
        };
        Ok(SelectItem { span: self.since(start), kind })
    }

    fn is_trailing_comma(&self) -> bool {
        self.at > 0
            && self.tokens.tokens[self.at - 1] == Token::Symbol(",")
            && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_) | Token::Symbol("("))
    }

    fn aliased(&mut self, expr: Expr) -> Result<SelectItemKind> {
        let has_as = self.word("AS");
        if has_as && self.is_symbol("(") {
            return Ok(SelectItemKind::MultiAlias { expr, aliases: self.ident_list()? });
        }
        let alias = match has_as {
            true => Some(self.alias_ident()?),
            false if self.is_implicit_alias() => Some(self.ident()?),
            false => None,
        };
        Ok(SelectItemKind::Expr { expr, alias })
    }

    fn relations(&mut self, select: &mut Select) -> Result<()> {
        self.expect_word("FROM")?;
        select.from = self.comma_list(Self::table_ref)?;
        self.lateral_views(select)
    }

    fn lateral_views(&mut self, select: &mut Select) -> Result<()> {
        while self.is_words(&["LATERAL", "VIEW"]) {
            let start = self.at;
            self.at += 2;
            let outer = self.word("OUTER");
            let name = self.name()?;
            let call = Box::new(self.function_call(start, name.parts)?);
            // The table's name may be missing; then the view is known by its columns only.
            let table =
                if self.is_word("AS") { firesteel_plan::parsed::Ident::new("", self.span()) } else { self.ident()? };
            let has_columns = self.word("AS") || self.is_implicit_alias();
            let columns = if has_columns { self.comma_list(Self::ident)? } else { Vec::new() };
            select.lateral_views.push(LateralView { span: self.since(start), outer, call, table, columns });
        }
        Ok(())
    }

    pub(super) fn sort_items(&mut self) -> Result<Vec<SortItem>> {
        self.comma_list(|parser| {
            let expr = parser.expr()?;
            let descending = parser.word("DESC");
            if !descending {
                parser.word("ASC");
            }
            let nulls_first = if parser.words(&["NULLS", "FIRST"]) {
                Some(true)
            } else if parser.words(&["NULLS", "LAST"]) {
                Some(false)
            } else {
                None
            };
            Ok(SortItem { expr, descending, nulls_first })
        })
    }

    fn group_by(&mut self) -> Result<GroupBy> {
        let start = self.at;
        let is_all =
            self.is_word("ALL") && self.is_operand_end(1) && !self.is_symbol_at(1, ",") && !self.is_symbol_at(1, ".");
        if is_all || (self.is_word("ALL") && matches!(self.peek_at(1), Token::Word(_))) {
            self.advance();
            return Ok(GroupBy::All(self.since(start)));
        }
        let items = self.comma_list(Self::grouping_item)?;
        if self.words(&["WITH", "ROLLUP"]) {
            return Ok(GroupBy::Items(vec![GroupingItem::Rollup(singletons(items))]));
        }
        if self.words(&["WITH", "CUBE"]) {
            return Ok(GroupBy::Items(vec![GroupingItem::Cube(singletons(items))]));
        }
        if self.is_words(&["GROUPING", "SETS"]) {
            let GroupingItem::GroupingSets(sets) = self.grouping_item()? else { return Ok(GroupBy::Items(items)) };
            return Ok(GroupBy::KeysAndSets { keys: singletons(items).concat(), sets });
        }
        Ok(GroupBy::Items(items))
    }

    fn grouping_item(&mut self) -> Result<GroupingItem> {
        if self.is_word("ROLLUP") && self.is_symbol_at(1, "(") {
            self.advance();
            return self.parenthesized(Self::grouping_columns).map(GroupingItem::Rollup);
        }
        if self.is_word("CUBE") && self.is_symbol_at(1, "(") {
            self.advance();
            return self.parenthesized(Self::grouping_columns).map(GroupingItem::Cube);
        }
        if self.is_words(&["GROUPING", "SETS"]) {
            self.at += 2;
            return self.parenthesized(Self::grouping_set).map(GroupingItem::GroupingSets);
        }
        self.expr().map(GroupingItem::Expr)
    }

    fn grouping_set(&mut self) -> Result<GroupingSet> {
        let is_nested = self.is_any_word(&["ROLLUP", "CUBE"]) && self.is_symbol_at(1, "(");
        if is_nested || self.is_words(&["GROUPING", "SETS"]) {
            return self.deeper(Self::grouping_item).map(GroupingSet::Nested);
        }
        self.grouping_columns().map(GroupingSet::Columns)
    }

    /// `(a, b)`, `a`, `()`
    fn grouping_columns(&mut self) -> Result<Vec<Expr>> {
        if self.is_symbol("(") && self.is_symbol_at(1, ")") {
            self.at += 2;
            return Ok(Vec::new());
        }
        let expr = self.expr()?;
        Ok(match expr.kind {
            ExprKind::Row(items) => items,
            kind => vec![Expr::new(expr.span, kind)],
        })
    }
}

/// A sort by the expression in the default direction.
pub(super) fn ascending(expr: &Expr) -> SortItem {
    SortItem { expr: expr.clone(), descending: false, nulls_first: None }
}

fn singletons(items: Vec<GroupingItem>) -> Vec<Vec<Expr>> {
    let expr = |item| match item {
        GroupingItem::Expr(expr) => Some(vec![expr]),
        _ => None,
    };
    items.into_iter().filter_map(expr).collect()
}

//! Queries: WITH, set operations by their precedence, VALUES, TABLE, and the clauses that order and cut the result.

use firesteel_common::Result;
use firesteel_plan::parsed::{
    Cte, Expr, ExprKind, GroupBy, Name, NamedWindow, Query, QueryBody, QueryBodyKind, Select, SelectItem,
    SelectItemKind, SetOp, SetOperand, TableFactor, TableFactorKind, TableRef, Values, With,
};

use super::Parser;
use crate::lex::Token;

/// How many parentheses in a row are looked through for a query.
const PARENTHESES_MAX: usize = 2 * super::DEPTH_MAX;

impl Parser<'_> {
    pub(super) fn query(&mut self) -> Result<Query> {
        self.deeper(Self::query_inner)
    }

    pub(super) fn boxed_query(&mut self) -> Result<Box<Query>> {
        self.query().map(Box::new)
    }

    fn query_inner(&mut self) -> Result<Query> {
        let start = self.at;
        let with = if self.word("WITH") { Some(self.with()?) } else { None };
        self.query_after_with(start, with)
    }

    pub(super) fn query_after_with(&mut self, start: usize, with: Option<With>) -> Result<Query> {
        let body = self.query_body()?;
        let mut query = Self::query_of(body);
        query.with = with;
        self.organize(&mut query)?;
        if self.is_symbol("|>") {
            return Err(self.unsupported("pipe operators (|>)", self.at));
        }
        query.span = self.since(start);
        Ok(query)
    }

    fn query_of(body: QueryBody) -> Query {
        Query {
            span: body.span,
            with: None,
            body,
            order_by: Vec::new(),
            sort_by: Vec::new(),
            distribute_by: Vec::new(),
            cluster_by: Vec::new(),
            limit: None,
            offset: None,
        }
    }

    /// `TABLE name` as a whole query.
    pub(super) fn table_query(name: Name) -> Query {
        Self::query_of(QueryBody { span: name.span, kind: QueryBodyKind::Table(name) })
    }

    pub(super) fn with(&mut self) -> Result<With> {
        let recursive = self.word("RECURSIVE");
        Ok(With { recursive, ctes: self.comma_list(Self::cte)? })
    }

    fn cte(&mut self) -> Result<Cte> {
        let name = self.ident()?;
        let has_columns = self.is_symbol("(") && !self.is_query_in_parentheses(self.at);
        let columns = if has_columns { self.ident_list()? } else { Vec::new() };
        let recursion_max = if self.words(&["MAX", "RECURSION", "LEVEL"]) { Some(self.expect_u64()?) } else { None };
        self.word("AS");
        self.expect_symbol("(")?;
        let query = self.boxed_query()?;
        self.expect_symbol(")")?;
        Ok(Cte { name, columns, recursion_max, query })
    }

    /// UNION and EXCEPT, from left to right.
    fn query_body(&mut self) -> Result<QueryBody> {
        self.set_operations(
            Self::intersections,
            &[("UNION", SetOp::Union), ("EXCEPT", SetOp::Except), ("MINUS", SetOp::Except)],
        )
    }

    /// INTERSECT binds tighter.
    fn intersections(&mut self) -> Result<QueryBody> {
        self.set_operations(Self::query_primary, &[("INTERSECT", SetOp::Intersect)])
    }

    fn set_operations(
        &mut self,
        operand: fn(&mut Self) -> Result<QueryBody>,
        operators: &[(&str, SetOp)],
    ) -> Result<QueryBody> {
        let start = self.at;
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some((_, op)) = operators.iter().find(|(word, _)| self.is_word(word)) {
            self.advance();
            let all = self.word("ALL");
            if !all {
                self.word("DISTINCT");
            }
            let by_name = self.words(&["BY", "NAME"]);
            rest.push(SetOperand { op: *op, all, by_name, body: operand(self)? });
        }
        if rest.is_empty() {
            return Ok(first);
        }
        let kind = QueryBodyKind::SetOperation { first: Box::new(first), rest };
        Ok(QueryBody { span: self.since(start), kind })
    }

    fn query_primary(&mut self) -> Result<QueryBody> {
        let start = self.at;
        let kind = if self.is_word("SELECT") || self.is_word("FROM") {
            QueryBodyKind::Select(Box::new(self.select()?))
        } else if self.is_symbol("(") {
            self.advance();
            let query = self.boxed_query()?;
            self.expect_symbol(")")?;
            QueryBodyKind::Query(query)
        } else if self.is_word("VALUES") {
            self.values_body()?
        } else if self.word("TABLE") {
            QueryBodyKind::Table(self.name()?)
        } else if self.is_word("MAP") || self.is_word("REDUCE") {
            return Err(self.unsupported("TRANSFORM", start));
        } else {
            return Err(self.unexpected());
        };
        Ok(QueryBody { span: self.since(start), kind })
    }

    /// `VALUES …` as a query; with an alias it is `SELECT * FROM VALUES … AS t(…)`.
    fn values_body(&mut self) -> Result<QueryBodyKind> {
        let start = self.at;
        let values = self.values()?;
        let Some(alias) = self.table_alias()? else { return Ok(QueryBodyKind::Values(values)) };
        let span = self.since(start);
        let star = SelectItem { span, kind: SelectItemKind::Wildcard { qualifier: Vec::new(), except: Vec::new() } };
        let relation = TableFactor { span, kind: TableFactorKind::Values(values), alias: Some(alias), sample: None };
        let mut select = empty_select(span);
        select.projection = vec![star];
        select.from = vec![TableRef { span, relation, joins: Vec::new() }];
        Ok(QueryBodyKind::Select(Box::new(select)))
    }

    /// `VALUES (1, 'a'), (2, 'b')` or `VALUES 1, 2`
    pub(super) fn values(&mut self) -> Result<Values> {
        let start = self.at;
        self.expect_word("VALUES")?;
        let rows = self.comma_list(|parser| {
            let expr = parser.expr()?;
            Ok(match expr.kind {
                ExprKind::Row(items) => items,
                kind => vec![Expr::new(expr.span, kind)],
            })
        })?;
        Ok(Values { span: self.since(start), rows })
    }

    /// ORDER BY and what follows it. Each clause once, in any order.
    fn organize(&mut self, query: &mut Query) -> Result<()> {
        loop {
            if query.order_by.is_empty() && self.words(&["ORDER", "BY"]) {
                query.order_by = self.sort_items()?;
            } else if query.sort_by.is_empty() && self.words(&["SORT", "BY"]) {
                query.sort_by = self.sort_items()?;
            } else if query.cluster_by.is_empty() && self.words(&["CLUSTER", "BY"]) {
                query.cluster_by = self.comma_list(Self::expr)?;
            } else if query.distribute_by.is_empty() && self.words(&["DISTRIBUTE", "BY"]) {
                query.distribute_by = self.comma_list(Self::expr)?;
            } else if self.is_word("WINDOW") && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_)) {
                let at = self.at;
                self.advance();
                let windows = self.named_windows()?;
                self.attach_windows(&mut query.body, windows, at)?;
            } else if query.limit.is_none() && self.word("LIMIT") {
                query.limit = if self.word("ALL") { None } else { Some(self.expr()?) };
            } else if query.offset.is_none() && self.word("OFFSET") {
                query.offset = Some(self.expr()?);
            } else {
                return Ok(());
            }
        }
    }

    /// A WINDOW clause after ORDER BY belongs to the SELECT before.
    fn attach_windows(&self, body: &mut QueryBody, windows: Vec<NamedWindow>, at: usize) -> Result<()> {
        match &mut body.kind {
            QueryBodyKind::Select(select) => {
                select.windows.extend(windows);
                Ok(())
            }
            _ => Err(self.unsupported("WINDOW after a set operation", at)),
        }
    }

    /// Whether a query begins here.
    pub(super) fn is_query_start(&self) -> bool {
        self.starts_query(self.at)
    }

    fn starts_query(&self, index: usize) -> bool {
        let Some(Token::Word(word)) = self.tokens.tokens.get(index) else { return false };
        let next = self.tokens.tokens.get(index + 1).unwrap_or(&Token::End);
        let is_name = matches!(next, Token::Word(_) | Token::Quoted(_));
        match word.to_ascii_uppercase().as_str() {
            // Reserved for what they do even where a column might be meant.
            "SELECT" => !matches!(next, Token::Symbol(")" | "," | "." | "=") | Token::End),
            "WITH" | "FROM" | "TABLE" => is_name,
            "VALUES" => !matches!(next, Token::Symbol(")" | "," | "." | "=" | "[") | Token::End),
            _ => false,
        }
    }

    /// Whether the parenthesis at `index` holds a query. `((SELECT 1))` does, `((SELECT 1) + 1)` does not: what follows the
    /// inner parenthesis tells.
    pub(super) fn is_query_in_parentheses(&self, index: usize) -> bool {
        let open = |at: usize| matches!(self.tokens.tokens.get(at), Some(Token::Symbol("(")));
        let mut innermost = index;
        while open(innermost + 1) && innermost - index < PARENTHESES_MAX {
            innermost += 1;
        }
        if !open(index) || !self.starts_query(innermost + 1) {
            return false;
        }
        (index + 1..=innermost).all(|at| self.partner(at).is_none_or(|close| self.continues_query(close + 1)))
    }

    /// Whether the token can follow a query in parentheses that is itself an operand of a query.
    fn continues_query(&self, index: usize) -> bool {
        match &self.tokens.tokens[index] {
            Token::Symbol(")" | "|>") => true,
            Token::Word(word) => {
                let words = [
                    "UNION",
                    "EXCEPT",
                    "INTERSECT",
                    "MINUS",
                    "ORDER",
                    "SORT",
                    "CLUSTER",
                    "DISTRIBUTE",
                    "LIMIT",
                    "OFFSET",
                ];
                words.iter().any(|known| word.eq_ignore_ascii_case(known))
            }
            _ => false,
        }
    }
}

pub(super) fn empty_select(span: firesteel_common::Span) -> Select {
    Select {
        span,
        hints: Vec::new(),
        distinct: false,
        projection: Vec::new(),
        from: Vec::new(),
        lateral_views: Vec::new(),
        selection: None,
        group_by: GroupBy::None,
        having: None,
        qualify: None,
        windows: Vec::new(),
    }
}

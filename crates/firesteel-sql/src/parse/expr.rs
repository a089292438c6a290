//! Expressions: OR, AND, NOT, then predicates, then binary operators by precedence, then what binds tightest.

use firesteel_common::{Result, Span};
use firesteel_plan::parsed::{BinaryOp, CaseBranch, Expr, ExprKind, UnaryOp};

use super::Parser;
use crate::lex::Token;

/// How tightly a binary operator binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Comparison,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Additive,
    Multiplicative,
    Unary,
}

impl Level {
    fn tighter(self) -> Level {
        match self {
            Level::Comparison => Level::BitOr,
            Level::BitOr => Level::BitXor,
            Level::BitXor => Level::BitAnd,
            Level::BitAnd => Level::Shift,
            Level::Shift => Level::Additive,
            Level::Additive => Level::Multiplicative,
            Level::Multiplicative | Level::Unary => Level::Unary,
        }
    }
}

impl Parser<'_> {
    pub(crate) fn expr(&mut self) -> Result<Expr> {
        self.deeper(Self::or)
    }

    pub(super) fn boxed_expr(&mut self) -> Result<Box<Expr>> {
        self.expr().map(Box::new)
    }

    fn or(&mut self) -> Result<Expr> {
        let first = self.and()?;
        if !self.is_word("OR") {
            return Ok(first);
        }
        let mut terms = vec![first];
        while self.word("OR") {
            terms.push(self.and()?);
        }
        Ok(Expr::new(cover(&terms), ExprKind::Or(terms)))
    }

    fn and(&mut self) -> Result<Expr> {
        let first = self.not()?;
        if !self.is_word("AND") {
            return Ok(first);
        }
        let mut terms = vec![first];
        while self.word("AND") {
            terms.push(self.not()?);
        }
        Ok(Expr::new(cover(&terms), ExprKind::And(terms)))
    }

    fn not(&mut self) -> Result<Expr> {
        let start = self.at;
        while self.word("NOT") || self.symbol("!") {
            self.check_depth(self.at - start)?;
        }
        let nots = start..self.at;
        let mut expr = self.predicate()?;
        for at in nots.rev() {
            expr = Expr::new(self.span_of(at).to(expr.span), ExprKind::Not(Box::new(expr)));
        }
        Ok(expr)
    }

    /// An expression that no predicate, NOT, AND or OR belongs to: the bounds of BETWEEN, the pattern of LIKE.
    pub(super) fn value(&mut self) -> Result<Expr> {
        self.deeper(Self::comparison)
    }

    /// The same, one level deeper already.
    pub(super) fn comparison(&mut self) -> Result<Expr> {
        self.binary(Level::Comparison)
    }

    pub(super) fn boxed_value(&mut self) -> Result<Box<Expr>> {
        self.value().map(Box::new)
    }

    /// A chain of operators that bind at least as tightly as `loosest`.
    fn binary(&mut self, loosest: Level) -> Result<Expr> {
        let mut left = self.unary()?;
        while let Some((op, level, tokens)) = self.binary_op() {
            if level < loosest {
                break;
            }
            self.at += tokens;
            let right = if level == Level::Multiplicative { self.unary()? } else { self.binary(level.tighter())? };
            left = append(left, op, right);
        }
        Ok(left)
    }

    /// The operator here and how many tokens it takes.
    fn binary_op(&self) -> Option<(BinaryOp, Level, usize)> {
        let one = |op, level| Some((op, level, 1));
        match self.peek() {
            Token::Symbol(symbol) => match *symbol {
                ">" if self.is_shift(1) && self.is_shift(2) => Some((BinaryOp::ShiftRightUnsigned, Level::Shift, 3)),
                ">" if self.is_shift(1) => Some((BinaryOp::ShiftRight, Level::Shift, 2)),
                "=" | "==" => one(BinaryOp::Eq, Level::Comparison),
                "<>" | "!=" => one(BinaryOp::NotEq, Level::Comparison),
                "<=>" => one(BinaryOp::NullSafeEq, Level::Comparison),
                "<" => one(BinaryOp::Lt, Level::Comparison),
                "<=" => one(BinaryOp::LtEq, Level::Comparison),
                ">" => one(BinaryOp::Gt, Level::Comparison),
                ">=" => one(BinaryOp::GtEq, Level::Comparison),
                "|" => one(BinaryOp::BitOr, Level::BitOr),
                "^" => one(BinaryOp::BitXor, Level::BitXor),
                "&" => one(BinaryOp::BitAnd, Level::BitAnd),
                "<<" => one(BinaryOp::ShiftLeft, Level::Shift),
                "+" => one(BinaryOp::Add, Level::Additive),
                "-" => one(BinaryOp::Subtract, Level::Additive),
                "||" => one(BinaryOp::Concat, Level::Additive),
                "*" => one(BinaryOp::Multiply, Level::Multiplicative),
                "/" => one(BinaryOp::Divide, Level::Multiplicative),
                "%" => one(BinaryOp::Modulo, Level::Multiplicative),
                _ => None,
            },
            Token::Word(word) if word.eq_ignore_ascii_case("DIV") && !self.is_operand_end(1) => {
                one(BinaryOp::IntegerDivide, Level::Multiplicative)
            }
            _ => None,
        }
    }

    /// Whether the token some places ahead is a `>` that touches the one before it.
    fn is_shift(&self, ahead: usize) -> bool {
        self.is_symbol_at(ahead, ">") && self.span_of(self.at + ahead - 1).end == self.span_of(self.at + ahead).start
    }

    /// Whether nothing that could be an operand stands some places ahead: then the keyword before is a name.
    pub(super) fn is_operand_end(&self, ahead: usize) -> bool {
        match self.peek_at(ahead) {
            Token::End => true,
            Token::Symbol(symbol) => !matches!(*symbol, "(" | "-" | "+" | "~" | "?" | ":" | "!"),
            Token::Word(_) => {
                let clauses =
                    ["FROM", "AS", "AND", "OR", "IN", "IS", "LIKE", "BETWEEN", "GROUP", "ORDER", "LIMIT", "THEN"];
                clauses.iter().any(|word| self.is_word_at(ahead, word))
            }
            _ => false,
        }
    }

    fn unary(&mut self) -> Result<Expr> {
        let op = match self.peek() {
            // Spark reads `-128Y` as one literal.
            Token::Symbol("-") if matches!(self.peek_at(1), Token::Number(_)) => return self.primary(),
            Token::Symbol("-") => UnaryOp::Minus,
            Token::Symbol("+") => UnaryOp::Plus,
            Token::Symbol("~") => UnaryOp::BitNot,
            _ => return self.primary(),
        };
        let start = self.span();
        self.advance();
        let operand = self.deeper(Self::unary)?;
        Ok(Expr::new(start.to(operand.span), ExprKind::Unary { op, operand: Box::new(operand) }))
    }

    /// What binds tightest, with what follows it directly: `[…]`, `.name`, `::type`, COLLATE, `:path`.
    fn primary(&mut self) -> Result<Expr> {
        let start = self.at;
        let mut expr = self.atom()?;
        let mut depth = self.depth;
        loop {
            let operand = Box::new(expr);
            let kind = if self.is_symbol("[") {
                self.advance();
                let index = self.boxed_expr()?;
                self.expect_symbol("]")?;
                ExprKind::Subscript { operand, index }
            } else if self.is_symbol(".") && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_)) {
                self.advance();
                ExprKind::Field { operand, name: self.ident()? }
            } else if self.is_symbol("::") || self.is_symbol("?::") {
                let is_try = self.is_symbol("?::");
                self.advance();
                ExprKind::Cast { operand, data_type: self.data_type()?, is_try }
            } else if self.is_word("COLLATE") && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_)) {
                self.advance();
                ExprKind::Collate { operand, collation: self.name()? }
            } else if self.is_symbol(":") && self.is_variant_path() {
                self.advance();
                ExprKind::VariantPath { operand, path: self.variant_path()? }
            } else {
                return Ok(*operand);
            };
            depth += 1;
            self.check_depth(depth)?;
            expr = Expr::new(self.since(start), kind);
        }
    }

    fn is_variant_path(&self) -> bool {
        matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_)) || self.is_symbol_at(1, "[")
    }

    /// `a.b[0]['c']`, as written.
    fn variant_path(&mut self) -> Result<String> {
        let start = self.at;
        if !self.is_symbol("[") {
            self.ident()?;
        }
        loop {
            if self.symbol(".") {
                self.ident()?;
            } else if self.symbol("[") {
                self.expr()?;
                self.expect_symbol("]")?;
            } else {
                return Ok(self.slice(self.since(start)).to_owned());
            }
        }
    }

    fn atom(&mut self) -> Result<Expr> {
        let start = self.at;
        match self.peek() {
            Token::Number(_) | Token::String(_) | Token::Hex(_) | Token::Symbol("-") => self.literal(),
            Token::Symbol("(") => self.parenthesis(),
            Token::Symbol("*") => {
                self.advance();
                Ok(Expr::new(self.since(start), ExprKind::Star(Vec::new())))
            }
            Token::Symbol("?") => self.parameter(),
            Token::Symbol(":") if matches!(self.peek_at(1), Token::Word(_)) => self.parameter(),
            Token::Word(_) => match self.keyword_atom()? {
                Some(expr) => Ok(expr),
                None => self.name_or_call(),
            },
            Token::Quoted(_) => self.name_or_call(),
            _ => Err(self.unexpected()),
        }
    }

    /// `a.b`, `a.*`, `f(…)`, `x -> …`
    fn name_or_call(&mut self) -> Result<Expr> {
        let start = self.at;
        if self.is_symbol_at(1, "->") {
            let parameter = self.ident()?;
            return self.lambda(start, vec![parameter]);
        }
        if let Some(name) = self.spelled_name()? {
            let is_call = self.is_symbol("(");
            return if is_call {
                self.call(start, name.parts)
            } else {
                Ok(Expr::new(name.span, ExprKind::Column(name.parts)))
            };
        }
        let mut parts = vec![self.ident()?];
        while self.is_symbol(".") {
            if self.is_symbol_at(1, "*") {
                self.at += 2;
                return Ok(Expr::new(self.since(start), ExprKind::Star(parts)));
            }
            self.advance();
            parts.push(self.ident()?);
        }
        if self.is_symbol("(") {
            self.call(start, parts)
        } else {
            Ok(Expr::new(self.since(start), ExprKind::Column(parts)))
        }
    }

    /// Before the arrow of a lambda.
    fn lambda(&mut self, start: usize, parameters: Vec<firesteel_plan::parsed::Ident>) -> Result<Expr> {
        self.expect_symbol("->")?;
        let body = self.boxed_expr()?;
        Ok(Expr::new(self.since(start), ExprKind::Lambda { parameters, body }))
    }

    /// `(query)`, `(x, y) -> …`, `(a, b)`, `(a)`
    fn parenthesis(&mut self) -> Result<Expr> {
        let start = self.at;
        if self.is_query_in_parentheses(start) {
            self.advance();
            let query = Box::new(self.query()?);
            self.expect_symbol(")")?;
            return Ok(Expr::new(self.since(start), ExprKind::Subquery(query)));
        }
        if self.partner(start).is_some_and(|end| self.is_arrow_after(end)) {
            let parameters = self.parenthesized(Self::ident)?;
            return self.lambda(start, parameters);
        }
        self.advance();
        let mut items = self.comma_list(|parser| {
            let expr = parser.expr()?;
            parser.row_alias()?;
            Ok(expr)
        })?;
        self.expect_symbol(")")?;
        match items.pop() {
            Some(only) if items.is_empty() => Ok(Expr::new(self.since(start), only.kind)),
            last => {
                items.extend(last);
                Ok(Expr::new(self.since(start), ExprKind::Row(items)))
            }
        }
    }

    /// `(1 AS a, 2 AS b)`: the names of a row's fields have no effect where Spark allows them.
    fn row_alias(&mut self) -> Result<()> {
        if self.word("AS") {
            self.ident()?;
        }
        Ok(())
    }

    fn is_arrow_after(&self, index: usize) -> bool {
        self.tokens.tokens.get(index + 1) == Some(&Token::Symbol("->"))
    }

    /// After CASE.
    pub(super) fn case(&mut self, start: usize) -> Result<Expr> {
        let operand = if self.is_word("WHEN") { None } else { Some(self.boxed_expr()?) };
        let mut branches = Vec::new();
        while self.word("WHEN") {
            let when = self.expr()?;
            self.expect_word("THEN")?;
            branches.push(CaseBranch { when, then: self.expr()? });
        }
        if branches.is_empty() {
            return Err(self.missing("WHEN"));
        }
        let otherwise = if self.word("ELSE") { Some(self.boxed_expr()?) } else { None };
        self.expect_word("END")?;
        Ok(Expr::new(self.since(start), ExprKind::Case { operand, branches, otherwise }))
    }
}

fn cover(terms: &[Expr]) -> Span {
    match terms {
        [first, .., last] => first.span.to(last.span),
        [only] => only.span,
        [] => Span::default(),
    }
}

/// Lays a left-nested chain flat.
fn append(left: Expr, op: BinaryOp, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    let kind = match left.kind {
        ExprKind::Binary { first, mut rest } => {
            rest.push((op, right));
            ExprKind::Binary { first, rest }
        }
        kind => ExprKind::Binary { first: Box::new(Expr { span: left.span, kind }), rest: vec![(op, right)] },
    };
    Expr::new(span, kind)
}

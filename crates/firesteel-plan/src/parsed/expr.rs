//! Expressions as written.

use firesteel_common::{Span, SqlType};

use super::{Ident, Name, Query, SortItem};

/// An expression and its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    Literal(Literal),
    /// `a`, `t.a`, `db.t.a`, `a.field`: which part is a table, a column or a field is the analyzer's question. So is whether
    /// `current_date`, `current_timestamp`, `current_user`, `user` and the like, written without parentheses, are columns or
    /// calls: as in Spark a column of that name wins.
    Column(Vec<Ident>),
    /// An expression over columns of the queries around only; what DataFrames have in place of SQL's correlated names.
    Outer(Box<Expr>),
    /// `*` or `t.*` where an expression may stand: `count(*)`, `struct(t.*)`.
    Star(Vec<Ident>),
    /// `?` or `:name`.
    Parameter(Parameter),
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    /// `first op₁ e₁ op₂ e₂ …`, meaning `((first op₁ e₁) op₂ e₂) …`: a left-nested chain laid flat, whatever its operators,
    /// so `1 + 1 + …` of any length is one node. `rest` is never empty. AND and OR are nodes of their own.
    Binary {
        first: Box<Expr>,
        rest: Vec<(BinaryOp, Expr)>,
    },
    /// Two or more conjuncts, in written order. A nested AND stood in parentheses.
    And(Vec<Expr>),
    /// Two or more alternatives, in written order. A nested OR stood in parentheses.
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// `operand IS [NOT] NULL | TRUE | FALSE | UNKNOWN`.
    Is {
        operand: Box<Expr>,
        negated: bool,
        test: IsTest,
    },
    /// `left IS [NOT] DISTINCT FROM right`.
    IsDistinctFrom {
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
    },
    Between {
        operand: Box<Expr>,
        negated: bool,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    InList {
        operand: Box<Expr>,
        negated: bool,
        list: Vec<Expr>,
    },
    /// A multi-column left side is a [`ExprKind::Row`].
    InSubquery {
        operand: Box<Expr>,
        negated: bool,
        query: Box<Query>,
    },
    Exists(Box<Query>),
    /// A scalar subquery.
    Subquery(Box<Query>),
    Like(Box<Like>),
    /// `CASE [operand] WHEN … THEN … ELSE … END`.
    Case {
        operand: Option<Box<Expr>>,
        branches: Vec<CaseBranch>,
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(operand AS data_type)`, `operand::data_type`, `TRY_CAST(…)`.
    Cast {
        operand: Box<Expr>,
        data_type: SqlType,
        is_try: bool,
    },
    /// Also what has a syntax of its own and means a function: `extract('YEAR', x)`, `position(part, whole)`,
    /// `substring(x, from, length)`, `trim(characters, x)` with `ltrim` and `rtrim`, `overlay(x, by, from, length)`,
    /// `timestampadd('DAY', n, x)`, `timestampdiff('DAY', x, y)`. `IDENTIFIER(…)` of anything but a lone string stays a call.
    Function(Box<FunctionCall>),
    /// `operand[index]`: an element of an array (from 0) or the value of a map's key.
    Subscript {
        operand: Box<Expr>,
        index: Box<Expr>,
    },
    /// `operand.name` where the operand is no plain name: `f(x).a`, `a[0].b`.
    Field {
        operand: Box<Expr>,
        name: Ident,
    },
    /// `x -> body`, `(x, y) -> body`.
    Lambda {
        parameters: Vec<Ident>,
        body: Box<Expr>,
    },
    Collate {
        operand: Box<Expr>,
        collation: Name,
    },
    /// `(a, b)`: two or more expressions in parentheses; a struct, or one side of a multi-column IN.
    Row(Vec<Expr>),
    /// `operand:path`: a path into a VARIANT, its text as written after the colon.
    VariantPath {
        operand: Box<Expr>,
        path: String,
    },
    /// `TABLE(t)` or `TABLE(query)` as an argument of a table function.
    TableArgument(Box<Query>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    Null,
    Boolean(bool),
    /// Digits with an optional leading `-` (Spark reads `-128Y` as one literal).
    Integer {
        text: String,
        suffix: Option<IntegerSuffix>,
    },
    /// `1.5`, `.5`, `2BD`, `1e3BD`: text without suffix.
    Decimal(String),
    /// `1e3`, `1.5D`.
    Double(String),
    /// `1.5F`.
    Float(String),
    /// Escapes resolved, adjacent pieces joined.
    String(String),
    /// `X'1F'`.
    Binary(Vec<u8>),
    /// `DATE '2020-01-01'` and the like; the analyzer reads the text (it may need the session's zone).
    Typed {
        kind: TypedLiteral,
        text: String,
    },
    Interval(IntervalLiteral),
}

/// None: INT, or BIGINT, or DECIMAL, whichever holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntegerSuffix {
    /// `Y`: TINYINT.
    TinyInt,
    /// `S`: SMALLINT.
    SmallInt,
    /// `L`: BIGINT.
    BigInt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedLiteral {
    Date,
    Time,
    /// By `spark.sql.timestampType` and the text's zone.
    Timestamp,
    TimestampLtz,
    TimestampNtz,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntervalLiteral {
    /// `INTERVAL '1 day 2 hours'`: fields in the text.
    Text(String),
    /// `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1' DAY`: never empty.
    Fields(Vec<IntervalField>),
    /// `INTERVAL '1-2' YEAR TO MONTH`.
    Range { text: String, from: IntervalUnit, to: IntervalUnit },
}

/// One `value UNIT`; the value is a number's text, signs included (`-` before the literal is part of it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntervalField {
    pub value: String,
    pub unit: IntervalUnit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntervalUnit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// The n-th `?`, from 0.
    Positional(usize),
    /// `:name`.
    Named(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    Plus,
    Minus,
    /// `~`.
    BitNot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    /// `/`, never integral.
    Divide,
    /// `DIV`, integral.
    IntegerDivide,
    /// `%` or `MOD`.
    Modulo,
    /// `||`.
    Concat,
    Eq,
    NotEq,
    /// `<=>`.
    NullSafeEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    BitAnd,
    BitOr,
    BitXor,
    /// `<<`.
    ShiftLeft,
    /// `>>`.
    ShiftRight,
    /// `>>>`.
    ShiftRightUnsigned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IsTest {
    Null,
    True,
    False,
    Unknown,
}

/// `operand [NOT] LIKE [ANY | ALL] patterns [ESCAPE c]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    pub operand: Expr,
    pub negated: bool,
    pub kind: LikeKind,
    pub quantifier: LikeQuantifier,
    /// One pattern without a quantifier, one or more with it.
    pub patterns: Vec<Expr>,
    pub escape: Option<char>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LikeKind {
    Like,
    /// Without case.
    Ilike,
    /// RLIKE or REGEXP: a regular expression.
    Rlike,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LikeQuantifier {
    One,
    /// ANY or SOME.
    Any,
    All,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseBranch {
    pub when: Expr,
    pub then: Expr,
}

/// `name([DISTINCT] args [ORDER BY …]) [WITHIN GROUP (…)] [FILTER (WHERE …)] [IGNORE NULLS] [OVER …]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// Covers the name only.
    pub name: Name,
    pub distinct: bool,
    pub arguments: Vec<FunctionArgument>,
    /// WITHIN GROUP (ORDER BY …).
    pub order_by: Vec<SortItem>,
    pub filter: Option<Expr>,
    pub nulls: Option<NullTreatment>,
    pub over: Option<Window>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionArgument {
    /// `name => value`; in `struct(value AS name)` the field's name.
    pub name: Option<Ident>,
    pub value: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullTreatment {
    Ignore,
    Respect,
}

/// What stands after OVER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// `OVER w`.
    Named(Ident),
    /// `OVER (…)`.
    Spec(WindowSpec),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowSpec {
    pub span: Span,
    /// A named window that this one refers to.
    pub base: Option<Ident>,
    pub partition_by: Vec<Expr>,
    pub order_by: Vec<SortItem>,
    pub frame: Option<Frame>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub units: FrameUnits,
    pub start: FrameBound,
    /// CURRENT ROW where only the start was said.
    pub end: FrameBound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnits {
    Rows,
    Range,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameBound {
    UnboundedPreceding,
    Preceding(Box<Expr>),
    CurrentRow,
    Following(Box<Expr>),
    UnboundedFollowing,
}

impl Expr {
    pub fn new(span: Span, kind: ExprKind) -> Self {
        Self { span, kind }
    }

    /// A call as if it had been written `name(arguments)`.
    pub fn call(span: Span, name: Ident, arguments: Vec<Expr>) -> Self {
        let call = FunctionCall::new(name.into(), arguments);
        Self { span, kind: ExprKind::Function(Box::new(call)) }
    }
}

impl FunctionCall {
    pub fn new(name: Name, arguments: Vec<Expr>) -> Self {
        let arguments = arguments.into_iter().map(|value| FunctionArgument { name: None, value }).collect();
        Self { name, distinct: false, arguments, order_by: Vec::new(), filter: None, nulls: None, over: None }
    }
}

//! Queries as written: SELECT, VALUES, set operations, what stands in FROM.

use firesteel_common::Span;

use super::{Expr, FunctionCall, Ident, Name, WindowSpec};

/// `[WITH …] body [ORDER BY …] [SORT BY | DISTRIBUTE BY | CLUSTER BY …] [LIMIT …] [OFFSET …]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub span: Span,
    pub with: Option<With>,
    pub body: QueryBody,
    /// `ORDER BY ALL` arrives as one item, the column reference `all`.
    pub order_by: Vec<SortItem>,
    pub sort_by: Vec<SortItem>,
    pub distribute_by: Vec<Expr>,
    pub cluster_by: Vec<Expr>,
    /// None also for LIMIT ALL.
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct With {
    pub recursive: bool,
    pub ctes: Vec<Cte>,
}

/// `name [(columns)] AS (query)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cte {
    pub name: Ident,
    /// Empty: the query's own names.
    pub columns: Vec<Ident>,
    /// `MAX RECURSION LEVEL n`.
    pub recursion_max: Option<u64>,
    pub query: Box<Query>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryBody {
    pub span: Span,
    pub kind: QueryBodyKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryBodyKind {
    Select(Box<Select>),
    /// A left-nested chain laid flat: `((first op₁ b₁) op₂ b₂) …`; `rest` is never empty. INTERSECT binds tighter than
    /// UNION and EXCEPT: such a part is a chain of its own inside an operand.
    SetOperation {
        first: Box<QueryBody>,
        rest: Vec<SetOperand>,
    },
    /// `VALUES (1, 'a'), (2, 'b')` as a query. Its aliases are in [`TableFactorKind::Values`] only.
    Values(Values),
    /// `TABLE t`.
    Table(Name),
    /// `(query)` with clauses of its own.
    Query(Box<Query>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetOperand {
    pub op: SetOp,
    /// ALL; without it duplicates go.
    pub all: bool,
    /// `UNION BY NAME`.
    pub by_name: bool,
    pub body: QueryBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOp {
    Union,
    /// EXCEPT or MINUS.
    Except,
    Intersect,
}

/// Rows of an inline table. `VALUES 1, 2` are rows of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    pub span: Span,
    pub rows: Vec<Vec<Expr>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    pub span: Span,
    pub hints: Vec<Hint>,
    pub distinct: bool,
    pub projection: Vec<SelectItem>,
    /// Comma-separated entries are joined crosswise; empty for a SELECT without FROM.
    pub from: Vec<TableRef>,
    pub lateral_views: Vec<LateralView>,
    pub selection: Option<Expr>,
    pub group_by: GroupBy,
    pub having: Option<Expr>,
    pub qualify: Option<Expr>,
    pub windows: Vec<NamedWindow>,
}

/// One entry of `/*+ … */`: `BROADCAST(a, b)`, `REPARTITION(3, c)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub span: Span,
    pub name: String,
    pub arguments: Vec<Expr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectItem {
    pub span: Span,
    pub kind: SelectItemKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectItemKind {
    Expr {
        expr: Expr,
        alias: Option<Ident>,
    },
    /// `posexplode(a) AS (pos, col)`.
    MultiAlias {
        expr: Expr,
        aliases: Vec<Ident>,
    },
    /// `*`, `t.* EXCEPT (a, b.c)`. The qualifier is empty for a bare `*`.
    Wildcard {
        qualifier: Vec<Ident>,
        except: Vec<Name>,
    },
}

/// `WINDOW name AS (…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedWindow {
    pub name: Ident,
    pub spec: WindowSpec,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// No GROUP BY clause.
    None,
    /// `GROUP BY ALL`.
    All(Span),
    Items(Vec<GroupingItem>),
    /// Hive's `GROUP BY a, b GROUPING SETS (…)`: the keys in their order, then the sets.
    KeysAndSets {
        keys: Vec<Expr>,
        sets: Vec<GroupingSet>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupingItem {
    Expr(Expr),
    /// `ROLLUP (a, (b, c))` or `GROUP BY a, b WITH ROLLUP`: each element is one step.
    Rollup(Vec<Vec<Expr>>),
    /// `CUBE (a, (b, c))` or `GROUP BY a, b WITH CUBE`.
    Cube(Vec<Vec<Expr>>),
    /// `GROUPING SETS (…)`, which nest.
    GroupingSets(Vec<GroupingSet>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupingSet {
    /// `(a, b)`, `a` or `()`.
    Columns(Vec<Expr>),
    /// ROLLUP, CUBE or GROUPING SETS inside GROUPING SETS.
    Nested(GroupingItem),
}

/// One entry of ORDER BY and its kin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortItem {
    pub expr: Expr,
    pub descending: bool,
    /// None: Spark's default, NULLs first when ascending and last when descending.
    pub nulls_first: Option<bool>,
}

/// One comma-separated entry of FROM: a relation and what is joined to it, left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRef {
    pub span: Span,
    pub relation: TableFactor,
    pub joins: Vec<Join>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    pub span: Span,
    pub kind: JoinKind,
    pub relation: TableFactor,
    pub condition: JoinCondition,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    Cross,
    LeftSemi,
    LeftAnti,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinCondition {
    None,
    On(Expr),
    Using(Vec<Ident>),
    Natural,
}

/// A relation in FROM with its alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFactor {
    pub span: Span,
    pub kind: TableFactorKind,
    pub alias: Option<TableAlias>,
    pub sample: Option<Sample>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableFactorKind {
    /// `db.t`, `` parquet.`/data/x` ``.
    Table {
        name: Name,
        as_of: Option<AsOf>,
    },
    Subquery {
        query: Box<Query>,
        lateral: bool,
    },
    /// `range(10)`, `LATERAL explode(a)`.
    Function {
        call: Box<FunctionCall>,
        lateral: bool,
    },
    /// `VALUES (1), (2) AS t(a)`.
    Values(Values),
    /// `(a JOIN b ON …)`.
    Nested(Box<TableRef>),
    Pivot(Box<Pivot>),
    Unpivot(Box<Unpivot>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableAlias {
    pub name: Ident,
    /// Empty: the relation's own column names.
    pub columns: Vec<Ident>,
}

/// Time travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsOf {
    Version(Expr),
    Timestamp(Expr),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub span: Span,
    pub size: SampleSize,
    /// REPEATABLE (seed).
    pub seed: Option<Expr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleSize {
    Percent(Expr),
    Rows(Expr),
    Bucket { bucket: u64, of: u64 },
}

/// `LATERAL VIEW [OUTER] f(…) table AS columns`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateralView {
    pub span: Span,
    pub outer: bool,
    pub call: Box<FunctionCall>,
    pub table: Ident,
    pub columns: Vec<Ident>,
}

/// `source PIVOT (aggregates FOR columns IN (values))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pivot {
    pub source: TableFactor,
    pub aggregates: Vec<AliasedExpr>,
    /// One, or several for `FOR (a, b)`.
    pub columns: Vec<Name>,
    /// With several columns each value is a [`super::ExprKind::Row`].
    pub values: Vec<AliasedExpr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasedExpr {
    pub expr: Expr,
    pub alias: Option<Ident>,
}

/// `source UNPIVOT [INCLUDE NULLS] (values FOR name IN (columns))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpivot {
    pub source: TableFactor,
    pub include_nulls: bool,
    /// The new value columns; one, or several for `(v1, v2) FOR …`.
    pub values: Vec<Ident>,
    /// The new column that names the old ones.
    pub name: Ident,
    pub columns: Vec<UnpivotColumns>,
}

/// One entry of UNPIVOT's IN list: as many old columns as there are value columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpivotColumns {
    pub columns: Vec<Name>,
    pub alias: Option<Ident>,
}

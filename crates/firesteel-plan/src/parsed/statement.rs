//! Statements as written.

use firesteel_common::{Span, SqlType};

use super::{AliasedExpr, Expr, Ident, Name, Query};

/// A statement and its place in the text (without the `;`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub span: Span,
    pub kind: StatementKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    Query(Box<Query>),
    Explain {
        mode: ExplainMode,
        statement: Box<Statement>,
    },
    CreateView(Box<CreateView>),
    DropView {
        name: Name,
        if_exists: bool,
    },
    DropTable {
        name: Name,
        if_exists: bool,
        purge: bool,
    },
    CreateTable(Box<CreateTable>),
    Insert(Box<Insert>),
    InsertDirectory(Box<InsertDirectory>),
    Show(Show),
    /// `DESCRIBE [TABLE] [EXTENDED | FORMATTED] name [column]`.
    DescribeTable {
        name: Name,
        extended: bool,
        column: Option<Name>,
    },
    /// `DESCRIBE [QUERY] query`.
    DescribeQuery(Box<Query>),
    /// `DESCRIBE FUNCTION [EXTENDED] name`.
    DescribeFunction {
        name: Name,
        extended: bool,
    },
    /// `DESCRIBE DATABASE [EXTENDED] name`.
    DescribeNamespace {
        name: Name,
        extended: bool,
    },
    /// `SET key = value`; the value is the rest of the line as written.
    Set {
        key: String,
        value: String,
    },
    /// `SET` (all), `SET -v` (all, with meaning), `SET key` (one).
    SetShow {
        key: Option<String>,
        verbose: bool,
    },
    /// `SET TIME ZONE …`.
    SetTimeZone(TimeZone),
    DeclareVariable(Box<DeclareVariable>),
    /// `DROP TEMPORARY VARIABLE [IF EXISTS] name`.
    DropVariable {
        name: Name,
        if_exists: bool,
    },
    /// `SET VARIABLE a = 1, b = DEFAULT`; None: the variable's default.
    SetVariables(Vec<(Name, Option<Expr>)>),
    /// `SET VARIABLE (a, b) = (query)`.
    SetVariablesFrom {
        names: Vec<Name>,
        query: Box<Query>,
    },
    ExecuteImmediate(Box<ExecuteImmediate>),
    /// `RESET`, `RESET key`.
    Reset {
        key: Option<String>,
    },
    /// `USE [NAMESPACE | DATABASE | SCHEMA] name`.
    Use(Name),
    CacheTable(Box<CacheTable>),
    UncacheTable {
        name: Name,
        if_exists: bool,
    },
    ClearCache,
    RefreshTable(Name),
    /// `ANALYZE TABLE name COMPUTE STATISTICS …`.
    AnalyzeTable {
        name: Name,
        scope: AnalyzeScope,
    },
    /// `ANALYZE TABLES [IN namespace] COMPUTE STATISTICS [NOSCAN]`.
    AnalyzeTables {
        namespace: Option<Name>,
        scan: bool,
    },
}

/// `DECLARE [OR REPLACE] [VARIABLE] a, b [type] [DEFAULT expr | = expr]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclareVariable {
    /// Never empty.
    pub names: Vec<Name>,
    pub or_replace: bool,
    /// None: that of the default, which there is then.
    pub data_type: Option<SqlType>,
    /// With its text, markers of parameters filled in.
    pub default: Option<(Expr, String)>,
}

/// `EXECUTE IMMEDIATE text [INTO variables] [USING arguments]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecuteImmediate {
    pub text: Expr,
    pub into: Vec<Name>,
    pub arguments: Vec<AliasedExpr>,
    /// The INTO clause's list, and the USING clause.
    pub into_span: Span,
    pub using_span: Span,
}

/// What ANALYZE TABLE computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnalyzeScope {
    /// The number of rows.
    Rows,
    /// What is known without reading rows: `NOSCAN`.
    NoScan,
    /// `FOR COLUMNS a, b`.
    Columns(Vec<Ident>),
    /// `FOR ALL COLUMNS`.
    AllColumns,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExplainMode {
    Simple,
    Extended,
    Formatted,
    Cost,
    Codegen,
    /// Runs the statement and shows what happened.
    Analyze,
    /// Shows each rule that changed the plan.
    Rules,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateView {
    pub name: Name,
    pub or_replace: bool,
    pub temporary: bool,
    pub global: bool,
    pub if_not_exists: bool,
    pub columns: Vec<ViewColumn>,
    pub comment: Option<String>,
    pub properties: Vec<Property>,
    pub source: ViewSource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewSource {
    /// `AS query`, with the query's own text.
    Query { query: Box<Query>, text: String },
    /// `USING csv OPTIONS (path '…')`: a view of files; `columns` are its declared ones.
    Files { columns: Vec<ColumnDefinition>, format: Name, options: Vec<Property> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn {
    pub name: Ident,
    pub comment: Option<String>,
}

/// `key = value` of OPTIONS and TBLPROPERTIES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    pub key: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTable {
    pub name: Name,
    pub or_replace: bool,
    pub external: bool,
    pub if_not_exists: bool,
    pub columns: Vec<ColumnDefinition>,
    /// `USING parquet`.
    pub using: Option<Name>,
    pub options: Vec<Property>,
    pub partitioned_by: Vec<PartitionField>,
    pub location: Option<String>,
    pub comment: Option<String>,
    pub properties: Vec<Property>,
    pub query: Option<Box<Query>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDefinition {
    pub span: Span,
    pub name: Ident,
    pub data_type: SqlType,
    pub not_null: bool,
    pub default: Option<Expr>,
    pub comment: Option<String>,
}

/// An entry of PARTITIONED BY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartitionField {
    /// A column, or a transform such as `days(ts)`.
    Expr(Expr),
    /// A column defined here, Hive's way.
    Column(ColumnDefinition),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    pub table: Name,
    pub overwrite: bool,
    /// `PARTITION (a = 1, b)`.
    pub partition: Vec<(Ident, Option<Expr>)>,
    pub if_not_exists: bool,
    /// Empty: all columns by position.
    pub columns: Vec<Ident>,
    pub by_name: bool,
    pub query: Box<Query>,
}

/// `INSERT OVERWRITE DIRECTORY 'path' USING format OPTIONS (…) query`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsertDirectory {
    /// Where it is not written here, the options have it.
    pub path: Option<String>,
    pub format: Name,
    pub options: Vec<Property>,
    pub query: Box<Query>,
}

/// `SHOW …`; `like` is the pattern with or without the word LIKE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Show {
    Tables {
        namespace: Option<Name>,
        like: Option<String>,
    },
    Views {
        namespace: Option<Name>,
        like: Option<String>,
    },
    /// Databases, schemas, namespaces.
    Namespaces {
        parent: Option<Name>,
        like: Option<String>,
    },
    Catalogs {
        like: Option<String>,
    },
    Columns {
        table: Name,
    },
    Functions {
        scope: FunctionScope,
        namespace: Option<Name>,
        like: Option<String>,
    },
    CreateTable {
        name: Name,
    },
    TableProperties {
        name: Name,
        key: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionScope {
    All,
    System,
    User,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeZone {
    Local,
    /// A region or an offset, as written.
    Name(String),
    Interval(Expr),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheTable {
    pub name: Name,
    pub lazy: bool,
    pub options: Vec<Property>,
    pub query: Option<Box<Query>>,
}

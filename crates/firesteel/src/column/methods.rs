//! What columns can be asked: comparisons, tests, text, bits, casts, parts of nested values, names, windows.

use firesteel_common::{Span, SqlType, error};
use firesteel_plan::parsed::{
    BinaryOp, CaseBranch, Expr, ExprKind, Ident, IsTest, Like, LikeKind, LikeQuantifier, Literal, UnaryOp, Window,
};

use super::value::{IntoColumn, IntoValue};
use super::{Column, Fault};
use crate::frame::DataFrame;
use crate::frame::names::{plain, quoted};
use crate::window::WindowSpec;

/// Comparisons. `NULL` compared gives NULL, except by [`Column::eq_null_safe`].
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.range(0..6)?;
/// let ids = |condition: Column| frame.filter(condition)?.collect_rows::<i64>();
/// let id = || col("id");
/// assert_eq!(ids(id().eq(2))?, [2]);
/// assert_eq!(ids(id().neq(2) & id().lt(4))?, [0, 1, 3]);
/// assert_eq!(ids(id().leq(1) | id().gt(4))?, [0, 1, 5]);
/// assert_eq!(ids(!id().geq(1))?, [0]);
/// assert_eq!(ids(id().between(2, 3))?, [2, 3]);
/// assert_eq!(ids(id().isin([1, 5]))?, [1, 5]);
/// assert_eq!(ids(id().eq_null_safe(None::<i64>))?, [] as [i64; 0]);
/// assert_eq!(ids(id().is_null() | id().is_not_null() & (id() % 2).eq(1))?, [1, 3, 5]);
/// # Ok(())
/// # }
/// ```
impl Column {
    pub fn eq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::Eq, other.into_value())
    }

    pub fn neq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::NotEq, other.into_value())
    }

    pub fn lt(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::Lt, other.into_value())
    }

    pub fn leq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::LtEq, other.into_value())
    }

    pub fn gt(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::Gt, other.into_value())
    }

    pub fn geq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::GtEq, other.into_value())
    }

    /// `<=>`: NULL equals NULL.
    pub fn eq_null_safe(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::NullSafeEq, other.into_value())
    }

    /// Both bounds included.
    pub fn between(self, low: impl IntoValue, high: impl IntoValue) -> Column {
        Column::of_all(vec![self, low.into_value(), high.into_value()], |mut operands| {
            let (high, low) = (boxed(operands.pop()), boxed(operands.pop()));
            ExprKind::Between { operand: boxed(operands.pop()), negated: false, low, high }
        })
    }

    pub fn isin<T: IntoValue>(self, values: impl IntoIterator<Item = T>) -> Column {
        let operands = std::iter::once(self).chain(values.into_iter().map(IntoValue::into_value)).collect();
        Column::of_all(operands, |mut operands| {
            let list = operands.split_off(1);
            match list.is_empty() {
                // In none of no values.
                true => ExprKind::Literal(Literal::Boolean(false)),
                false => ExprKind::InList { operand: boxed(operands.pop()), negated: false, list },
            }
        })
    }

    /// `IN (subquery)`: the DataFrame has one column.
    pub fn isin_frame(mut self, frame: &DataFrame) -> Column {
        let query = Box::new(frame.as_subquery());
        self.frames.push(frame.clone());
        self.of_one(|operand| ExprKind::InSubquery { operand, negated: false, query })
    }

    pub fn is_null(self) -> Column {
        self.is(IsTest::Null, false)
    }

    pub fn is_not_null(self) -> Column {
        self.is(IsTest::Null, true)
    }

    pub fn is_nan(self) -> Column {
        Column::call("isnan", vec![self])
    }

    pub fn is_true(self) -> Column {
        self.is(IsTest::True, false)
    }

    pub fn is_false(self) -> Column {
        self.is(IsTest::False, false)
    }

    fn is(self, test: IsTest, negated: bool) -> Column {
        self.of_one(|operand| ExprKind::Is { operand, negated, test })
    }
}

/// Text: patterns and parts.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
/// let names = |condition: Column| frame.filter(condition)?.collect_rows::<String>();
/// let name = || col("name");
/// assert_eq!(names(name().like("A%"))?, ["Anna"]);
/// assert_eq!(names(name().ilike("B__"))?, ["bob"]);
/// assert_eq!(names(name().rlike("^[a-z]+$"))?, ["bob"]);
/// assert_eq!(names(name().contains("nn"))?, ["Anna"]);
/// assert_eq!(names(name().starts_with("b") | name().ends_with("na"))?, ["Anna", "bob"]);
/// assert_eq!(frame.select(name().substr(1, 2))?.collect_rows::<String>()?, ["An", "bo"]);
/// # Ok(())
/// # }
/// ```
impl Column {
    pub fn like(self, pattern: impl IntoValue) -> Column {
        self.matches(LikeKind::Like, pattern.into_value())
    }

    /// LIKE without case.
    pub fn ilike(self, pattern: impl IntoValue) -> Column {
        self.matches(LikeKind::Ilike, pattern.into_value())
    }

    /// Whether a regular expression is found in the text.
    pub fn rlike(self, pattern: impl IntoValue) -> Column {
        self.matches(LikeKind::Rlike, pattern.into_value())
    }

    fn matches(self, kind: LikeKind, pattern: Column) -> Column {
        self.of_two(pattern, |operand, pattern| {
            let (quantifier, patterns) = (LikeQuantifier::One, vec![*pattern]);
            ExprKind::Like(Box::new(Like {
                operand: *operand,
                negated: false,
                kind,
                quantifier,
                patterns,
                escape: None,
            }))
        })
    }

    pub fn contains(self, part: impl IntoValue) -> Column {
        Column::call("contains", vec![self, part.into_value()])
    }

    pub fn starts_with(self, prefix: impl IntoValue) -> Column {
        Column::call("startswith", vec![self, prefix.into_value()])
    }

    pub fn ends_with(self, suffix: impl IntoValue) -> Column {
        Column::call("endswith", vec![self, suffix.into_value()])
    }

    /// `length` characters from the `start`th, which counts from 1.
    pub fn substr(self, start: impl IntoValue, length: impl IntoValue) -> Column {
        Column::call("substring", vec![self, start.into_value(), length.into_value()])
    }
}

/// Bits of integers.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.sql("SELECT 6 AS a, 3 AS b")?;
/// let (a, b) = (|| col("a"), || col("b"));
/// let bits = frame.select((a().bitwise_and(b()), a().bitwise_or(b()), a().bitwise_xor(b()), a().bitwise_not()))?;
/// assert_eq!(bits.collect_rows::<(i32, i32, i32, i32)>()?, [(2, 7, 5, -7)]);
/// # Ok(())
/// # }
/// ```
impl Column {
    pub fn bitwise_and(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::BitAnd, other.into_value())
    }

    pub fn bitwise_or(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::BitOr, other.into_value())
    }

    pub fn bitwise_xor(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::BitXor, other.into_value())
    }

    pub fn bitwise_not(self) -> Column {
        self.of_one(|operand| ExprKind::Unary { op: UnaryOp::BitNot, operand })
    }
}

/// What a cast goes to: a type, or its text.
pub trait IntoSqlType {
    fn into_sql_type(self) -> firesteel_common::Result<SqlType>;
}

impl IntoSqlType for SqlType {
    fn into_sql_type(self) -> firesteel_common::Result<SqlType> {
        Ok(self)
    }
}

impl IntoSqlType for &str {
    fn into_sql_type(self) -> firesteel_common::Result<SqlType> {
        firesteel_sql::parse_data_type(self)
    }
}

/// Types and names.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.sql("SELECT '12' AS a, 'x' AS b")?;
/// let frame = frame.select((col("a").cast("int"), col("b").try_cast(SqlType::Int).alias("n")))?;
/// assert_eq!(frame.dtypes(), [("a".to_owned(), "int".to_owned()), ("n".to_owned(), "int".to_owned())]);
/// assert_eq!(frame.collect_rows::<(i32, Option<i32>)>()?, [(12, None)]);
/// # Ok(())
/// # }
/// ```
impl Column {
    /// Fails for values that the type cannot hold.
    pub fn cast(self, data_type: impl IntoSqlType) -> Column {
        self.cast_to(data_type, false)
    }

    /// NULL for values that the type cannot hold.
    pub fn try_cast(self, data_type: impl IntoSqlType) -> Column {
        self.cast_to(data_type, true)
    }

    fn cast_to(self, data_type: impl IntoSqlType, is_try: bool) -> Column {
        match data_type.into_sql_type() {
            Ok(data_type) => self.of_one(|operand| ExprKind::Cast { operand, data_type, is_try }),
            Err(error) => {
                let (condition, parameters) = (error.condition(), error.parameters().to_vec());
                Column::faulty(Fault::new(move || {
                    let error = firesteel_common::Error::new(condition);
                    parameters.iter().fold(error, |error, (name, value)| error.with(name, value.as_str()))
                }))
            }
        }
    }

    /// Names the column.
    pub fn alias(mut self, name: impl Into<String>) -> Column {
        self.aliases = vec![quoted(name)];
        self
    }

    /// The same as [`Column::alias`].
    pub fn name(self, name: impl Into<String>) -> Column {
        self.alias(name)
    }

    /// Names the columns of a generator: `explode(col("map")).alias_all(["key", "value"])`.
    pub fn alias_all<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Column {
        self.aliases = names.into_iter().map(quoted).collect();
        self
    }
}

/// Parts of nested values.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.sql("SELECT array(7, 8) AS a, map('k', 5) AS m, named_struct('x', 1, 'y', 2) AS s")?;
/// let parts = frame.select((col("a").get_item(1), col("m").get_item("k"), col("s").get_field("y"), col("s.x")))?;
/// assert_eq!(parts.collect_rows::<(i32, i32, i32, i32)>()?, [(8, 5, 2, 1)]);
/// # Ok(())
/// # }
/// ```
impl Column {
    /// An array's element, from 0, or the value of a map's key.
    pub fn get_item(self, key: impl IntoValue) -> Column {
        self.of_two(key.into_value(), |operand, index| ExprKind::Subscript { operand, index })
    }

    /// A field of a struct.
    pub fn get_field(self, name: &str) -> Column {
        let name = quoted(name);
        self.of_one(|operand| match operand.kind {
            ExprKind::Column(mut parts) => {
                parts.push(name);
                ExprKind::Column(parts)
            }
            _ => ExprKind::Field { operand, name },
        })
    }

    /// The aggregate or window function over a window.
    pub fn over(self, window: &WindowSpec) -> Column {
        if !matches!(self.expr.kind, ExprKind::Function(_)) {
            let text = self.to_string();
            let tell = move || error!(UNSUPPORTED_EXPR_FOR_WINDOW, sqlExpr = format!("\"{text}\""));
            return Column::faulty(Fault::new(tell));
        }
        let (spec, fault, frames) = window.parsed();
        let mut column = self;
        if let ExprKind::Function(call) = &mut column.expr.kind {
            call.over = Some(Window::Spec(spec));
        }
        column.fault = column.fault.or(fault);
        column.frames.extend(frames);
        column
    }
}

/// `CASE WHEN …` while it is written: a column as it stands, NULL where no condition holds.
#[derive(Debug, Clone)]
pub struct CaseWhen {
    /// Condition and value, in turn.
    branches: Vec<Column>,
}

/// `CASE WHEN condition THEN value`.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let size = when(col("id").lt(1), "none").when(col("id").lt(2), "one").otherwise("many");
/// let frame = session.range(0..3)?.select((size, when(col("id").eq(1), 1)))?;
/// let rows: Vec<(String, Option<i32>)> = frame.collect_rows()?;
/// assert_eq!(rows, [("none".into(), None), ("one".into(), Some(1)), ("many".into(), None)]);
/// # Ok(())
/// # }
/// ```
pub fn when(condition: impl IntoColumn, value: impl IntoValue) -> CaseWhen {
    CaseWhen { branches: Vec::new() }.when(condition, value)
}

impl CaseWhen {
    /// Where no condition before holds.
    pub fn when(mut self, condition: impl IntoColumn, value: impl IntoValue) -> CaseWhen {
        self.branches.push(condition.into_column());
        self.branches.push(value.into_value());
        self
    }

    /// Where no condition holds.
    pub fn otherwise(self, value: impl IntoValue) -> Column {
        let mut operands = self.branches;
        operands.push(value.into_value());
        Column::of_all(operands, |mut operands| {
            let otherwise = operands.pop().map(Box::new);
            ExprKind::Case { operand: None, branches: branches(operands), otherwise }
        })
    }

    pub fn alias(self, name: impl Into<String>) -> Column {
        self.into_column().alias(name)
    }
}

impl IntoColumn for CaseWhen {
    fn into_column(self) -> Column {
        Column::of_all(self.branches, |operands| ExprKind::Case {
            operand: None,
            branches: branches(operands),
            otherwise: None,
        })
    }
}

fn branches(operands: Vec<Expr>) -> Vec<CaseBranch> {
    let mut operands = operands.into_iter();
    std::iter::from_fn(|| Some(CaseBranch { when: operands.next()?, then: operands.next()? })).collect()
}

/// Operands are as many as were given.
fn boxed(operand: Option<Expr>) -> Box<Expr> {
    Box::new(operand.unwrap_or_else(|| super::node(ExprKind::Literal(Literal::Null))))
}

impl Column {
    /// `x -> body` over columns that stand for parameters; used by functions of arrays and maps.
    pub(crate) fn lambda(parameters: &[&str], body: Column) -> Column {
        let parameters = parameters.iter().map(|name| plain(*name)).collect();
        body.of_one(|body| ExprKind::Lambda { parameters, body })
    }

    /// A plain name, for parameters of lambdas.
    pub(crate) fn plain_name(name: &str) -> Column {
        Column::new(ExprKind::Column(vec![Ident::new(name, Span::default())]))
    }
}

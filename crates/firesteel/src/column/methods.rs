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
    /// Whether they are equal.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").eq(2))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [2]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn eq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::Eq, other.into_value())
    }

    /// Whether they differ.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").neq(2))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [0, 1, 3, 4, 5]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn neq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::NotEq, other.into_value())
    }

    /// Whether it is less.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").lt(2))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [0, 1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn lt(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::Lt, other.into_value())
    }

    /// Whether it is less or equal.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").leq(2))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [0, 1, 2]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn leq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::LtEq, other.into_value())
    }

    /// Whether it is greater.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").gt(4))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [5]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn gt(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::Gt, other.into_value())
    }

    /// Whether it is greater or equal.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").geq(4))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [4, 5]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn geq(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::GtEq, other.into_value())
    }

    /// `<=>`: NULL equals NULL.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1), (NULL) AS t(a)")?.select(col("a").eq_null_safe(None::<i32>))?;
    /// assert_eq!(rows.collect_rows::<bool>()?, [false, true]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn eq_null_safe(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::NullSafeEq, other.into_value())
    }

    /// Both bounds included.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").between(2, 3))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [2, 3]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn between(self, low: impl IntoValue, high: impl IntoValue) -> Column {
        Column::of_all(vec![self, low.into_value(), high.into_value()], |mut operands| {
            let (high, low) = (boxed(operands.pop()), boxed(operands.pop()));
            ExprKind::Between { operand: boxed(operands.pop()), negated: false, low, high }
        })
    }

    /// Whether it is one of the values.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.range(0..6)?.filter(col("id").isin([1, 5, 9]))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [1, 5]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let odd = session.range_by(1..9, 2)?;
    /// let rows = session.range(0..6)?.filter(col("id").isin_frame(&odd))?;
    /// assert_eq!(rows.collect_rows::<i64>()?, [1, 3, 5]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn isin_frame(mut self, frame: &DataFrame) -> Column {
        let query = Box::new(frame.as_subquery());
        self.frames.push(frame.clone());
        self.of_one(|operand| ExprKind::InSubquery { operand, negated: false, query })
    }

    /// Its columns are those of the query around the DataFrame that takes it. Such a DataFrame means something only inside
    /// of another: as a subquery ([`DataFrame::scalar`], [`DataFrame::exists`], [`Column::isin_frame`]) or as the right side
    /// of [`DataFrame::lateral_join`]. Until then its columns are not known, and whatever asks for them fails.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let people = session.sql("SELECT * FROM VALUES (1, 'Ann'), (2, 'Bo') AS t(id, name)")?.alias("people")?;
    /// let visits = session.sql("SELECT * FROM VALUES (1, 'Ulm'), (1, 'Rom') AS t(id, city)")?;
    /// let own = visits.filter(col("id").eq(col("people.id").outer()))?;
    ///
    /// let travellers = people.filter(own.exists())?.select("name")?;
    /// assert_eq!(travellers.collect_rows::<String>()?, ["Ann"]);
    ///
    /// let number = own.select(functions::count("*"))?.scalar().alias("visits");
    /// let numbers = people.select((col("name"), number))?.order_by("name")?;
    /// assert_eq!(numbers.collect_rows::<(String, i64)>()?, [("Ann".to_owned(), 2), ("Bo".to_owned(), 0)]);
    ///
    /// assert_eq!(own.collect().unwrap_err().condition().name, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn outer(self) -> Column {
        self.of_one(ExprKind::Outer)
    }

    /// Whether it is NULL.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1), (NULL) AS t(a)")?.select(col("a").is_null())?;
    /// assert_eq!(rows.collect_rows::<bool>()?, [false, true]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_null(self) -> Column {
        self.is(IsTest::Null, false)
    }

    /// Whether it is a value.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1), (NULL) AS t(a)")?.filter(col("a").is_not_null())?;
    /// assert_eq!(rows.collect_rows::<i32>()?, [1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_not_null(self) -> Column {
        self.is(IsTest::Null, true)
    }

    /// Whether it is no number.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1.0D), (double('NaN')) AS t(a)")?.select(col("a").is_nan())?;
    /// assert_eq!(rows.collect_rows::<bool>()?, [false, true]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_nan(self) -> Column {
        Column::call("isnan", vec![self])
    }

    /// Whether it is TRUE; NULL is not.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (true), (false), (NULL) AS t(a)")?.select(col("a").is_true())?;
    /// assert_eq!(rows.collect_rows::<bool>()?, [true, false, false]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_true(self) -> Column {
        self.is(IsTest::True, false)
    }

    /// Whether it is FALSE; NULL is not.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (true), (false), (NULL) AS t(a)")?.select(col("a").is_false())?;
    /// assert_eq!(rows.collect_rows::<bool>()?, [false, true, false]);
    /// # Ok::<(), Error>(())
    /// ```
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
    /// By a pattern of SQL: `%` for any characters, `_` for one.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let names = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
    /// assert_eq!(names.filter(col("name").like("_nn%"))?.collect_rows::<String>()?, ["Anna"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn like(self, pattern: impl IntoValue) -> Column {
        self.matches(LikeKind::Like, pattern.into_value())
    }

    /// LIKE without case.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let names = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
    /// assert_eq!(names.filter(col("name").ilike("BO_"))?.collect_rows::<String>()?, ["bob"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn ilike(self, pattern: impl IntoValue) -> Column {
        self.matches(LikeKind::Ilike, pattern.into_value())
    }

    /// Whether a regular expression is found in the text.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let names = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
    /// assert_eq!(names.filter(col("name").rlike("^[a-z]+$"))?.collect_rows::<String>()?, ["bob"]);
    /// # Ok::<(), Error>(())
    /// ```
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

    /// Whether it has the part.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let names = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
    /// assert_eq!(names.filter(col("name").contains("nn"))?.collect_rows::<String>()?, ["Anna"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn contains(self, part: impl IntoValue) -> Column {
        Column::call("contains", vec![self, part.into_value()])
    }

    /// Whether it begins so.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let names = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
    /// assert_eq!(names.filter(col("name").starts_with("b"))?.collect_rows::<String>()?, ["bob"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn starts_with(self, prefix: impl IntoValue) -> Column {
        Column::call("startswith", vec![self, prefix.into_value()])
    }

    /// Whether it ends so.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let names = session.sql("SELECT * FROM VALUES ('Anna'), ('bob') AS t(name)")?;
    /// assert_eq!(names.filter(col("name").ends_with("b"))?.collect_rows::<String>()?, ["bob"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn ends_with(self, suffix: impl IntoValue) -> Column {
        Column::call("endswith", vec![self, suffix.into_value()])
    }

    /// `length` characters from the `start`th, which counts from 1.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let part = session.range(0..1)?.select(lit("firesteel").substr(5, 3))?;
    /// assert_eq!(part.collect_rows::<String>()?, ["ste"]);
    /// # Ok::<(), Error>(())
    /// ```
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
    /// Bits that both have.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.select(lit(6).bitwise_and(3))?.collect_rows::<i32>()?, [2]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn bitwise_and(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::BitAnd, other.into_value())
    }

    /// Bits that either has.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.select(lit(6).bitwise_or(3))?.collect_rows::<i32>()?, [7]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn bitwise_or(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::BitOr, other.into_value())
    }

    /// Bits that only one has.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.select(lit(6).bitwise_xor(3))?.collect_rows::<i32>()?, [5]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn bitwise_xor(self, other: impl IntoValue) -> Column {
        self.binary(BinaryOp::BitXor, other.into_value())
    }

    /// All bits turned round.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.select(lit(6).bitwise_not())?.collect_rows::<i32>()?, [-7]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(7..8)?.select(col("id").cast("string"))?;
    /// assert_eq!(frame.collect_rows::<String>()?, ["7"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cast(self, data_type: impl IntoSqlType) -> Column {
        self.cast_to(data_type, false)
    }

    /// NULL for values that the type cannot hold.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..1)?.select(lit("seven").try_cast("int"))?;
    /// assert_eq!(frame.collect_rows::<Option<i32>>()?, [None]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.select((col("id") + 1).alias("next"))?.columns(), ["next"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn alias(mut self, name: impl Into<String>) -> Column {
        self.aliases = vec![quoted(name)];
        self
    }

    /// The same as [`Column::alias`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.select((col("id") + 1).name("next"))?.columns(), ["next"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn name(self, name: impl Into<String>) -> Column {
        self.alias(name)
    }

    /// Names the columns of a generator: `explode(col("map")).alias_all(["key", "value"])`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let pairs = functions::posexplode(expr("array('a', 'b')")).alias_all(["at", "letter"]);
    /// assert_eq!(session.range(0..1)?.select(pairs)?.columns(), ["at", "letter"]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT array(10, 20) AS a, map('k', 1) AS m")?;
    /// assert_eq!(row.select((col("a").get_item(1), col("m").get_item("k")))?.collect_rows::<(i32, i32)>()?, [(20, 1)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn get_item(self, key: impl IntoValue) -> Column {
        self.of_two(key.into_value(), |operand, index| ExprKind::Subscript { operand, index })
    }

    /// A field of a struct.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT named_struct('x', 1, 'y', 2) AS point")?;
    /// assert_eq!(row.select(col("point").get_field("y"))?.collect_rows::<i32>()?, [2]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let running = functions::sum("id").over(&Window::order_by("id"));
    /// assert_eq!(session.range(1..4)?.select(running)?.collect_rows::<i64>()?, [1, 3, 6]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let size = when(col("id").gt(3), "large").when(col("id").gt(1), "middling").otherwise("small");
    /// let sizes: Vec<String> = session.range_by(0..6, 2)?.select(size)?.collect_rows()?;
    /// assert_eq!(sizes, ["small", "middling", "large"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn when(mut self, condition: impl IntoColumn, value: impl IntoValue) -> CaseWhen {
        self.branches.push(condition.into_column());
        self.branches.push(value.into_value());
        self
    }

    /// Where no condition holds.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let size = when(col("id").gt(1), "large").otherwise("small");
    /// assert_eq!(session.range(1..3)?.select(size)?.collect_rows::<String>()?, ["small", "large"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn otherwise(self, value: impl IntoValue) -> Column {
        let mut operands = self.branches;
        operands.push(value.into_value());
        Column::of_all(operands, |mut operands| {
            let otherwise = operands.pop().map(Box::new);
            ExprKind::Case { operand: None, branches: branches(operands), otherwise }
        })
    }

    /// Named; without `otherwise` what no condition holds for is NULL.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let size = when(col("id").gt(1), "large").alias("size");
    /// assert_eq!(session.range(1..3)?.select(size)?.collect_rows::<Option<String>>()?, [None, Some("large".to_owned())]);
    /// # Ok::<(), Error>(())
    /// ```
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

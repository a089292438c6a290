//! Set operations.

use firesteel_common::Result;
use firesteel_common::names::same_name;
use firesteel_plan::parsed::{QueryBodyKind, SetOp, SetOperand};

use super::{DataFrame, block, names};
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoValue};

/// By position, unless the name says otherwise. Like SQL's, except that [`DataFrame::union`] keeps duplicates.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let (low, high) = (session.range(0..3)?, session.range(2..4)?);
/// assert_eq!(low.union(&high)?.count()?, 5);
/// assert_eq!(low.intersect(&high)?.collect_rows::<i64>()?, [2]);
/// assert_eq!(low.except(&high)?.order_by("id")?.collect_rows::<i64>()?, [0, 1]);
///
/// let named = high.with_column("note", lit("x"))?;
/// assert_eq!(low.union_by_name(&named, true)?.columns(), ["id", "note"]);
/// # Ok(())
/// # }
/// ```
impl DataFrame {
    /// The rows of both.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let (left, right) = (session.range(0..3)?, session.range(2..5)?);
    /// assert_eq!(left.union(&right)?.order_by("id")?.collect_rows::<i64>()?, [0, 1, 2, 2, 3, 4]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn union(&self, other: &DataFrame) -> Result<DataFrame> {
        self.set_operation(other, SetOp::Union, true)
    }

    /// The same as [`DataFrame::union`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let (left, right) = (session.range(0..3)?, session.range(2..5)?);
    /// assert_eq!(left.union_all(&right)?.order_by("id")?.collect_rows::<i64>()?, [0, 1, 2, 2, 3, 4]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn union_all(&self, other: &DataFrame) -> Result<DataFrame> {
        self.union(other)
    }

    /// The rows of both, columns by name, in the order of this one. With `allow_missing`, columns that one side lacks are
    /// NULL there.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let left = session.sql("SELECT 1 AS a, 'x' AS b")?;
    /// let right = session.sql("SELECT 'y' AS b")?;
    /// let rows = left.union_by_name(&right, true)?.order_by("b")?;
    /// assert_eq!(rows.take(2)?[1].to_string(), "[NULL, y]");
    /// assert!(left.union_by_name(&right, false).is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn union_by_name(&self, other: &DataFrame, allow_missing: bool) -> Result<DataFrame> {
        let (left, right) = match allow_missing {
            true => (self.padded(other)?, other.padded(self)?),
            false => (self.clone(), other.clone()),
        };
        let in_order = |name: &str| right.column_named(name).map(|column| super::group::name_of(&column.name));
        let mut columns = left.columns().into_iter().map(in_order).collect::<Result<Vec<_>>>()?;
        // More than there are on the left: the analyzer says that the numbers differ.
        columns.extend(right.columns().into_iter().filter(|name| !left.has_column(name)).map(super::group::name_of));
        left.union(&right.select(columns)?)
    }

    /// Beside its own the columns that only `other` has, all NULL.
    fn padded(&self, other: &DataFrame) -> Result<DataFrame> {
        let missing: Vec<_> = other.known()?.iter().filter(|column| !self.has_column(&column.name)).collect();
        if missing.is_empty() {
            return Ok(self.clone());
        }
        let null = |name: &str| None::<i32>.into_value().alias(name);
        let columns: Vec<Column> =
            std::iter::once("*".into_column()).chain(missing.iter().map(|column| null(&column.name))).collect();
        self.select(columns)
    }

    /// The rows that both have, each once.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let (left, right) = (session.range(0..3)?, session.range(2..5)?);
    /// assert_eq!(left.intersect(&right)?.order_by("id")?.collect_rows::<i64>()?, [2]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn intersect(&self, other: &DataFrame) -> Result<DataFrame> {
        self.set_operation(other, SetOp::Intersect, false)
    }

    /// The rows that both have, as often as both have them.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let twice = session.range(0..2)?.union(&session.range(0..2)?)?;
    /// assert_eq!(twice.intersect_all(&twice)?.count()?, 4);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn intersect_all(&self, other: &DataFrame) -> Result<DataFrame> {
        self.set_operation(other, SetOp::Intersect, true)
    }

    /// The rows that the other has not, each once.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let (left, right) = (session.range(0..3)?, session.range(2..5)?);
    /// assert_eq!(left.except(&right)?.order_by("id")?.collect_rows::<i64>()?, [0, 1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn except(&self, other: &DataFrame) -> Result<DataFrame> {
        self.set_operation(other, SetOp::Except, false)
    }

    /// The rows that are left when each of the other's takes one away.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let twice = session.range(0..2)?.union(&session.range(0..2)?)?;
    /// assert_eq!(twice.except_all(&session.range(0..2)?)?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn except_all(&self, other: &DataFrame) -> Result<DataFrame> {
        self.set_operation(other, SetOp::Except, true)
    }

    /// The same as [`DataFrame::except`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let (left, right) = (session.range(0..3)?, session.range(2..5)?);
    /// assert_eq!(left.subtract(&right)?.order_by("id")?.collect_rows::<i64>()?, [0, 1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn subtract(&self, other: &DataFrame) -> Result<DataFrame> {
        self.except(other)
    }

    fn set_operation(&self, other: &DataFrame, op: SetOp, all: bool) -> Result<DataFrame> {
        let kind = QueryBodyKind::SetOperation {
            first: Box::new(self.as_body()),
            rest: vec![SetOperand { op, all, by_name: false, body: other.as_body() }],
        };
        self.with_query(block::query(kind), vec![self.clone(), other.clone()])
    }

    /// Columns of these names and types, in this order: taken by name and cast.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT 1 AS a, 2 AS b")?.to("b STRING, a BIGINT")?;
    /// assert_eq!(frame.collect_rows::<(String, i64)>()?, [("2".to_owned(), 1)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn to(&self, schema: &str) -> Result<DataFrame> {
        let fields = super::super::rows::schema::parse(schema)?;
        let column = |field: &firesteel_common::types::StructField| -> Result<Column> {
            let own = self.column_named(&field.name)?;
            let value = Column::new(firesteel_plan::parsed::ExprKind::Column(vec![names::quoted(own.name.as_str())]));
            let value = match own.data_type == field.data_type && same_name(&own.name, &field.name) {
                true => value,
                false => value.cast(field.data_type.clone()),
            };
            Ok(value.alias(field.name.as_ref()))
        };
        self.select(fields.iter().map(column).collect::<Result<Vec<_>>>()?)
    }
}

//! Columns in ORDER BY: with a direction, and where NULLs go.

use firesteel_plan::parsed::SortItem;

use super::value::{IntoColumn, list_of};
use super::{Column, col};

/// A column and the way it is sorted by.
#[derive(Debug, Clone)]
pub struct SortOrder {
    pub(crate) column: Column,
    pub(crate) descending: bool,
    /// None: first when ascending, last when descending.
    pub(crate) nulls_first: Option<bool>,
}

impl SortOrder {
    fn new(column: Column, descending: bool) -> Self {
        Self { column, descending, nulls_first: None }
    }

    /// NULLs before all values.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").desc().nulls_first())?.collect_rows::<Option<i32>>()?, [None, Some(2), Some(1)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn nulls_first(self) -> Self {
        Self { nulls_first: Some(true), ..self }
    }

    /// NULLs after all values.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").asc().nulls_last())?.collect_rows::<Option<i32>>()?, [Some(1), Some(2), None]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn nulls_last(self) -> Self {
        Self { nulls_first: Some(false), ..self }
    }

    pub(crate) fn item(&self, expr: firesteel_plan::parsed::Expr) -> SortItem {
        SortItem { expr, descending: self.descending, nulls_first: self.nulls_first }
    }
}

/// Directions of sorting.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.sql("SELECT * FROM VALUES (1), (NULL), (3) AS t(a)")?;
/// let sorted = |order: SortOrder| frame.order_by(order)?.collect_rows::<Option<i32>>();
/// assert_eq!(sorted(col("a").asc())?, [None, Some(1), Some(3)]);
/// assert_eq!(sorted(col("a").asc_nulls_last())?, [Some(1), Some(3), None]);
/// assert_eq!(sorted(col("a").desc())?, [Some(3), Some(1), None]);
/// assert_eq!(sorted(col("a").desc().nulls_first())?, [None, Some(3), Some(1)]);
/// # Ok(())
/// # }
/// ```
impl Column {
    /// Smallest first, NULLs before all.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").asc())?.collect_rows::<Option<i32>>()?, [None, Some(1), Some(2)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn asc(self) -> SortOrder {
        SortOrder::new(self, false)
    }

    /// Largest first, NULLs after all.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").desc())?.collect_rows::<Option<i32>>()?, [Some(2), Some(1), None]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn desc(self) -> SortOrder {
        SortOrder::new(self, true)
    }

    /// Ascending, NULLs first.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").asc_nulls_first())?.collect_rows::<Option<i32>>()?, [None, Some(1), Some(2)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn asc_nulls_first(self) -> SortOrder {
        self.asc().nulls_first()
    }

    /// Ascending, NULLs last.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").asc_nulls_last())?.collect_rows::<Option<i32>>()?, [Some(1), Some(2), None]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn asc_nulls_last(self) -> SortOrder {
        self.asc().nulls_last()
    }

    /// Descending, NULLs first.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").desc_nulls_first())?.collect_rows::<Option<i32>>()?, [None, Some(2), Some(1)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn desc_nulls_first(self) -> SortOrder {
        self.desc().nulls_first()
    }

    /// Descending, NULLs last.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (2), (NULL), (1) AS t(a)")?;
    /// assert_eq!(rows.order_by(col("a").desc_nulls_last())?.collect_rows::<Option<i32>>()?, [Some(2), Some(1), None]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn desc_nulls_last(self) -> SortOrder {
        self.desc().nulls_last()
    }
}

/// A [`SortOrder`], or a column or its name, ascending.
pub trait IntoSortOrder {
    fn into_sort_order(self) -> SortOrder;
}

impl IntoSortOrder for SortOrder {
    fn into_sort_order(self) -> SortOrder {
        self
    }
}

impl IntoSortOrder for Column {
    fn into_sort_order(self) -> SortOrder {
        self.asc()
    }
}

impl IntoSortOrder for &Column {
    fn into_sort_order(self) -> SortOrder {
        self.clone().asc()
    }
}

impl IntoSortOrder for &str {
    fn into_sort_order(self) -> SortOrder {
        col(self).asc()
    }
}

impl IntoSortOrder for String {
    fn into_sort_order(self) -> SortOrder {
        self.into_column().asc()
    }
}

/// Several [`SortOrder`]s: one, an array, a Vec, a slice, a tuple.
pub trait IntoSortOrders {
    fn into_sort_orders(self) -> Vec<SortOrder>;
}

list_of!(IntoSortOrders::into_sort_orders, IntoSortOrder::into_sort_order -> SortOrder;
    SortOrder, Column, &Column, &str, String);

//! Windows: `OVER (PARTITION BY … ORDER BY … ROWS BETWEEN … AND …)`.

use firesteel_common::Span;
use firesteel_plan::parsed::{self, ExprKind, Frame, FrameBound, FrameUnits, IntegerSuffix, Literal};

use crate::column::sort::{IntoSortOrders, SortOrder};
use crate::column::value::IntoColumns;
use crate::column::{Column, Fault, node};
use crate::frame::DataFrame;

/// Where windows begin.
///
/// ```
/// use firesteel::prelude::*;
///
/// let latest = Window::partition_by("city").order_by(col("day").desc()).rows_between(-2, Window::CURRENT_ROW);
/// let rank = functions::row_number().over(&latest).alias("rank");
/// # let _ = rank;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Window;

impl Window {
    /// As a bound: the partition's first row.
    pub const UNBOUNDED_PRECEDING: i64 = i64::MIN;
    /// As a bound: the partition's last row.
    pub const UNBOUNDED_FOLLOWING: i64 = i64::MAX;
    /// As a bound: the row itself (with RANGE, its peers too).
    pub const CURRENT_ROW: i64 = 0;

    /// A window over the rows that agree in the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::partition_by(col("id").gt(2)).order_by("id")).alias("sum"))?;
    /// assert_eq!(sums.order_by("sum")?.collect_rows::<i64>()?, [1, 3, 3, 7]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn partition_by(columns: impl IntoColumns) -> WindowSpec {
        WindowSpec::default().partition_by(columns)
    }

    /// A window over all rows in an order.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::order_by("id")))?;
    /// assert_eq!(sums.collect_rows::<i64>()?, [1, 3, 6, 10]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn order_by(orders: impl IntoSortOrders) -> WindowSpec {
        WindowSpec::default().order_by(orders)
    }

    /// A window of so many rows around each.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::rows_between(-1, Window::CURRENT_ROW).order_by("id")))?;
    /// assert_eq!(sums.collect_rows::<i64>()?, [1, 3, 5, 7]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rows_between(start: i64, end: i64) -> WindowSpec {
        WindowSpec::default().rows_between(start, end)
    }

    /// A window of the rows whose values are so near.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::range_between(-2, 0).order_by("id")))?;
    /// assert_eq!(sums.collect_rows::<i64>()?, [1, 3, 6, 9]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn range_between(start: i64, end: i64) -> WindowSpec {
        WindowSpec::default().range_between(start, end)
    }
}

/// A window: which rows, in which order, how far.
#[derive(Debug, Clone, Default)]
pub struct WindowSpec {
    partition_by: Vec<Column>,
    order_by: Vec<SortOrder>,
    frame: Option<(FrameUnits, i64, i64)>,
}

impl WindowSpec {
    /// Replaces the partitioning.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::order_by("id").partition_by(col("id").gt(2))).alias("sum"))?;
    /// assert_eq!(sums.order_by("sum")?.collect_rows::<i64>()?, [1, 3, 3, 7]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn partition_by(self, columns: impl IntoColumns) -> Self {
        Self { partition_by: columns.into_columns(), ..self }
    }

    /// Replaces the order.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::partition_by(()).order_by("id")))?;
    /// assert_eq!(sums.collect_rows::<i64>()?, [1, 3, 6, 10]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn order_by(self, orders: impl IntoSortOrders) -> Self {
        Self { order_by: orders.into_sort_orders(), ..self }
    }

    /// Bounds in rows: negative before, positive after the current one.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::order_by("id").rows_between(0, 1)))?;
    /// assert_eq!(sums.collect_rows::<i64>()?, [3, 5, 7, 4]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rows_between(self, start: i64, end: i64) -> Self {
        Self { frame: Some((FrameUnits::Rows, start, end)), ..self }
    }

    /// Bounds in values of the one column of ORDER BY.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sums = session.range(1..5)?.select(functions::sum("id").over(&Window::order_by("id").range_between(0, Window::UNBOUNDED_FOLLOWING)))?;
    /// assert_eq!(sums.collect_rows::<i64>()?, [10, 9, 7, 4]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn range_between(self, start: i64, end: i64) -> Self {
        Self { frame: Some((FrameUnits::Range, start, end)), ..self }
    }

    pub(crate) fn parsed(&self) -> (parsed::WindowSpec, Option<Fault>, Vec<DataFrame>) {
        let columns = self.partition_by.iter().chain(self.order_by.iter().map(|order| &order.column));
        let fault = columns.clone().find_map(|column| column.fault.clone());
        let frames = columns.flat_map(|column| column.frames.iter().cloned()).collect();
        let spec = parsed::WindowSpec {
            span: Span::default(),
            base: None,
            partition_by: self.partition_by.iter().map(|column| column.expr.clone()).collect(),
            order_by: self.order_by.iter().map(|order| order.item(order.column.expr.clone())).collect(),
            frame: self.frame.map(|(units, start, end)| Frame { units, start: bound(start), end: bound(end) }),
        };
        (spec, fault, frames)
    }
}

fn bound(offset: i64) -> FrameBound {
    match offset {
        Window::UNBOUNDED_PRECEDING => FrameBound::UnboundedPreceding,
        Window::UNBOUNDED_FOLLOWING => FrameBound::UnboundedFollowing,
        Window::CURRENT_ROW => FrameBound::CurrentRow,
        before if before < 0 => FrameBound::Preceding(count(before.unsigned_abs())),
        after => FrameBound::Following(count(after.unsigned_abs())),
    }
}

/// INT where it fits: the bounds of RANGE are compared with dates, too.
fn count(rows: u64) -> Box<parsed::Expr> {
    let suffix = i32::try_from(rows).is_err().then_some(IntegerSuffix::BigInt);
    Box::new(node(ExprKind::Literal(Literal::Integer { text: rows.to_string(), suffix })))
}

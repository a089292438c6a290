//! Methods that give another DataFrame over the rows of one.

use firesteel_common::names::same_name;
use firesteel_common::{Result, Span};
use firesteel_plan::parsed::{
    Expr, ExprKind, Hint, IntegerSuffix, Literal, QueryBodyKind, Sample, SampleSize, SelectItem, SelectItemKind,
    StatementKind,
};

use super::block::{self, Level, Open};
use super::{DataFrame, Origin, names};
use crate::column::sort::IntoSortOrders;
use crate::column::value::{IntoColumn, IntoColumns, IntoValue};
use crate::column::{Column, node};

impl DataFrame {
    /// Computes columns.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(1..3)?.select(("id", (col("id") * 2).alias("twice")))?;
    /// assert_eq!(frame.collect_rows::<(i64, i64)>()?, [(1, 2), (2, 4)]);
    /// assert_eq!(frame.select(["*"])?.columns(), ["id", "twice"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn select(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let items = columns.into_columns().into_iter().map(|column| open.attach_item(column));
        open.projection = Some(items.collect::<Result<_>>()?);
        open.level = Level::Select;
        self.with_open(open)
    }

    /// Computes columns from their SQL text.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..1)?.select_expr(["id + 1 AS next", "* EXCEPT (id)", "'x' || id"])?;
    /// assert_eq!(frame.columns(), ["next", "concat(x, id)"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn select_expr<S: AsRef<str>>(&self, texts: impl IntoIterator<Item = S>) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let mut items = Vec::new();
        for text in texts {
            for item in select_list(text.as_ref())? {
                items.push(match item.kind {
                    SelectItemKind::Expr { expr, alias } => {
                        let expr = open.attach(Column { expr, ..Column::new(ExprKind::Star(Vec::new())) })?;
                        SelectItem { kind: SelectItemKind::Expr { expr, alias }, ..item }
                    }
                    _ => item,
                });
            }
        }
        open.projection = Some(items);
        open.level = Level::Select;
        self.with_open(open)
    }

    /// Keeps the rows for which the condition is true. A text is read as SQL.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..10)?.filter(col("id").gt(5))?.where_("id % 2 = 0")?;
    /// assert_eq!(frame.collect_rows::<i64>()?, [6, 8]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(&self, condition: impl IntoCondition) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let condition = open.attach(condition.into_condition())?;
        open.filters.push(condition);
        open.level = Level::Where;
        self.with_open(open)
    }

    /// The same as [`DataFrame::filter`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..5)?.where_("id > 3")?.collect_rows::<i64>()?, [4]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn where_(&self, condition: impl IntoCondition) -> Result<DataFrame> {
        self.filter(condition)
    }

    /// Adds a column, or replaces the one of that name in its place.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..2)?.with_column("half", col("id") / 2)?.with_column("id", col("id") + 1)?;
    /// assert_eq!(frame.collect_rows::<(i64, f64)>()?, [(1, 0.0), (2, 0.5)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_column(&self, name: &str, column: impl IntoColumn) -> Result<DataFrame> {
        self.with_columns([(name, column.into_column())])
    }

    /// Adds or replaces several columns, each computed from the present ones.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(3..4)?.with_columns([("double", col("id") * 2), ("id", lit(0))])?;
    /// assert_eq!(frame.columns(), ["id", "double"]);
    /// assert_eq!(frame.collect_rows::<(i32, i64)>()?, [(0, 6)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_columns<'n>(&self, columns: impl IntoIterator<Item = (&'n str, Column)>) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let mut new = Vec::new();
        for (name, column) in columns {
            new.push((name, open.attach_item(column.alias(name))?));
        }
        let mut items = open.star(&mut |visible, item| {
            let replaced = new.iter().find(|(name, _)| same_name(name, &visible.name));
            Some(replaced.map_or(item, |(_, new)| new.clone()))
        })?;
        let is_new = |name: &str| open.visible.iter().all(|visible| !same_name(&visible.name, name));
        items.extend(new.into_iter().filter(|(name, _)| is_new(name)).map(|(_, item)| item));
        open.projection = Some(items);
        open.level = Level::Select;
        self.with_open(open)
    }

    /// Another name for a column; nothing happens when there is none of that name.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT 1 AS a, 2 AS b")?;
    /// assert_eq!(frame.with_column_renamed("a", "x")?.with_column_renamed("none", "y")?.columns(), ["x", "b"]);
    /// assert_eq!(frame.with_columns_renamed([("a", "b"), ("b", "a")])?.columns(), ["b", "a"]);
    /// assert_eq!(frame.to_df(["p", "q"])?.columns(), ["p", "q"]);
    /// assert_eq!(frame.drop(["a", "none"])?.columns(), ["b"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_column_renamed(&self, from: &str, to: &str) -> Result<DataFrame> {
        self.with_columns_renamed([(from, to)])
    }

    /// The same as [`DataFrame::with_column_renamed`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..3)?.rename("id", "n")?.columns(), ["n"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rename(&self, from: &str, to: &str) -> Result<DataFrame> {
        self.with_column_renamed(from, to)
    }

    /// Other names for several columns at once.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT 1 AS a, 2 AS b")?.with_columns_renamed([("a", "x"), ("nobody", "y")])?;
    /// assert_eq!(frame.columns(), ["x", "b"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_columns_renamed<'n>(&self, pairs: impl IntoIterator<Item = (&'n str, &'n str)>) -> Result<DataFrame> {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let mut open = self.open(Level::Where);
        let items = open.star(&mut |visible, item| {
            let renamed = pairs.iter().find(|(from, _)| same_name(from, &visible.name));
            Some(match (renamed, item.kind) {
                (Some((_, to)), SelectItemKind::Expr { expr, .. }) => Column::item(expr, &[names::quoted(*to)]),
                (_, kind) => SelectItem { kind, ..item },
            })
        })?;
        open.projection = Some(items);
        open.level = Level::Select;
        self.with_open(open)
    }

    /// Without these columns: by name, or the very column of one side after a join. Unknown names do nothing.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.sql("SELECT 1 AS a, 2 AS b, 3 AS c")?.drop(("a", "c"))?.columns(), ["b"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let mut gone = Vec::new();
        for column in columns.into_columns() {
            match open.attach(column)?.kind {
                ExprKind::Column(parts) => gone.push(parts),
                // What is no column is none of the columns.
                _ => continue,
            }
        }
        let items = open.star(&mut |visible, item| {
            let is_gone = |parts: &Vec<firesteel_plan::parsed::Ident>| match parts.as_slice() {
                [name] => same_name(&name.value, &visible.name),
                [qualifier, name] => {
                    let qualified = visible.qualifier.as_ref().is_some_and(|own| same_name(own, &qualifier.value));
                    qualified && same_name(&name.value, &visible.name)
                }
                _ => false,
            };
            (!gone.iter().any(is_gone)).then_some(item)
        })?;
        if items.len() == open.visible.len() {
            return Ok(self.clone());
        }
        open.projection = Some(items);
        open.level = Level::Select;
        self.with_open(open)
    }

    /// The same columns under new names, as many as there are.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.sql("SELECT 1, 2")?.to_df(["a", "b"])?.columns(), ["a", "b"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn to_df<S: Into<String>>(&self, columns: impl IntoIterator<Item = S>) -> Result<DataFrame> {
        let columns = columns.into_iter().map(|name| names::quoted(name)).collect::<Vec<_>>();
        let visible = |name: &firesteel_plan::parsed::Ident| block::Visible {
            qualifier: Some(self.qualifier()),
            name: name.value.clone(),
        };
        let visible = columns.iter().map(visible).collect();
        let mut open = Open::of(self.factor(&self.qualifier(), columns), visible);
        open.add_side(self.qualifier(), self);
        self.with_open(open)
    }

    /// Sorts all rows.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..4)?.order_by((col("id") % 2, col("id").desc()))?;
    /// assert_eq!(frame.collect_rows::<i64>()?, [2, 0, 3, 1]);
    /// assert_eq!(frame.offset(1)?.limit(2)?.collect_rows::<i64>()?, [0, 3]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn order_by(&self, orders: impl IntoSortOrders) -> Result<DataFrame> {
        let mut open = self.open(Level::Select);
        open.order_by =
            orders.into_sort_orders().into_iter().map(|order| open.attach_order(order)).collect::<Result<_>>()?;
        open.level = Level::Order;
        self.with_open(open)
    }

    /// The same as [`DataFrame::order_by`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..5)?.sort(col("id").desc())?.limit(2)?.collect_rows::<i64>()?, [4, 3]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sort(&self, orders: impl IntoSortOrders) -> Result<DataFrame> {
        self.order_by(orders)
    }

    /// Sorts within partitions, SQL's SORT BY.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..5)?.sort_within_partitions(col("id").desc())?.limit(2)?.collect_rows::<i64>()?, [4, 3]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sort_within_partitions(&self, orders: impl IntoSortOrders) -> Result<DataFrame> {
        let mut open = self.open(Level::Select);
        open.sort_by =
            orders.into_sort_orders().into_iter().map(|order| open.attach_order(order)).collect::<Result<_>>()?;
        open.level = Level::Order;
        self.with_open(open)
    }

    /// The first rows.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..5)?.limit(2)?.collect_rows::<i64>()?, [0, 1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn limit(&self, rows: u64) -> Result<DataFrame> {
        let mut open = self.open(Level::Order);
        if open.limit.is_some() {
            open = Open::over(self, None);
        }
        open.limit = Some(count(rows));
        open.level = Level::Limit;
        self.with_open(open)
    }

    /// Without the first rows.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..5)?.offset(3)?.collect_rows::<i64>()?, [3, 4]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn offset(&self, rows: u64) -> Result<DataFrame> {
        let mut open = self.open(Level::Order);
        if open.offset.is_some() {
            open = Open::over(self, None);
        }
        // A LIMIT may follow: it counts the rows after those left out.
        open.offset = Some(count(rows));
        open.level = Level::Order;
        self.with_open(open)
    }

    /// Each different row once.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT * FROM VALUES (1, 'a'), (1, 'a'), (2, 'a') AS t(n, s)")?;
    /// assert_eq!(frame.distinct()?.count()?, 2);
    /// assert_eq!(frame.drop_duplicates_by(["s"])?.count()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct(&self) -> Result<DataFrame> {
        let mut open = self.open(Level::Select);
        open.distinct = true;
        open.level = Level::Order;
        self.with_open(open)
    }

    /// The same as [`DataFrame::distinct`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, 'a'), (1, 'a'), (1, 'b') AS t(n, k)")?;
    /// assert_eq!(rows.drop_duplicates()?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop_duplicates(&self) -> Result<DataFrame> {
        self.distinct()
    }

    /// One row for each different combination of these columns; of the others, the values of some row.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, 'a'), (1, 'a'), (1, 'b') AS t(n, k)")?;
    /// assert_eq!(rows.drop_duplicates_by(["n"])?.count()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop_duplicates_by<'n>(&self, columns: impl IntoIterator<Item = &'n str>) -> Result<DataFrame> {
        let keys: Vec<_> = columns.into_iter().map(|name| self.column_named(name).cloned()).collect::<Result<_>>()?;
        let value = |name: &str| Column::new(ExprKind::Column(vec![names::quoted(name)]));
        let is_key = |name: &str| keys.iter().any(|key| same_name(&key.name, name));
        let items: Vec<Column> = self
            .known()?
            .iter()
            .map(|column| match is_key(&column.name) {
                true => value(&column.name).alias(column.name.as_str()),
                false => Column::call("first", vec![value(&column.name)]).alias(column.name.as_str()),
            })
            .collect();
        self.grouped_select(keys.iter().map(|key| value(&key.name)).collect(), items)
    }

    /// Names the rows: `alias.column` means a column of them.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..3)?;
    /// let pairs = frame.alias("a")?.join(&frame.alias("b")?, expr("a.id = b.id + 1"), "inner")?;
    /// assert_eq!(pairs.select(("a.id", "b.id"))?.count()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn alias(&self, name: &str) -> Result<DataFrame> {
        self.with_open(Open::over(self, Some(name)))
    }

    /// A random part of the rows; the same for the same seed.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let some = session.range(0..1000)?.sample(0.1, Some(7))?;
    /// assert!((50..150).contains(&some.count()?));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sample(&self, fraction: f64, seed: Option<i64>) -> Result<DataFrame> {
        let mut open = Open::over(self, None);
        let size = SampleSize::Percent((fraction * 100.0).into_value().expr);
        let seed = seed.map(|seed| seed.into_value().expr);
        open.relation.relation.sample = Some(Sample { span: Span::default(), size, seed });
        self.with_open(open)
    }

    /// Says how the rows should be treated where they are joined: `broadcast`, `merge`, `shuffle_hash`, ….
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let small = session.range(0..2)?.hint("broadcast")?;
    /// assert_eq!(session.range(0..9)?.join(&small, "id", "inner")?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn hint(&self, name: &str) -> Result<DataFrame> {
        let open = Open::over(self, None);
        let inputs = open.inputs();
        let mut hints = self.0.hints.clone();
        hints.push(name.to_uppercase());
        let origin = Origin { hints, name: self.0.name.clone(), ..Origin::default() };
        DataFrame::checked(&self.0.session, block::Block::Open(Box::new(open)), inputs, origin)
    }

    /// Spreads the rows over partitions: by number, and by columns if there are any.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..9)?.repartition(Some(4), "id")?.count()?, 9);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn repartition(&self, partitions: Option<u32>, columns: impl IntoColumns) -> Result<DataFrame> {
        self.partitioned("REPARTITION", partitions, columns.into_columns())
    }

    /// Spreads the rows over partitions so that each holds a range of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..9)?.repartition_by_range(None, "id")?.count()?, 9);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn repartition_by_range(&self, partitions: Option<u32>, columns: impl IntoColumns) -> Result<DataFrame> {
        self.partitioned("REPARTITION_BY_RANGE", partitions, columns.into_columns())
    }

    /// At most so many partitions.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..9)?.coalesce(1)?.count()?, 9);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn coalesce(&self, partitions: u32) -> Result<DataFrame> {
        self.partitioned("COALESCE", Some(partitions), Vec::new())
    }

    fn partitioned(&self, hint: &str, partitions: Option<u32>, columns: Vec<Column>) -> Result<DataFrame> {
        let mut open = Open::over(self, None);
        let mut arguments: Vec<Expr> = partitions.into_iter().map(|partitions| count(partitions.into())).collect();
        for column in columns {
            arguments.push(open.attach(column)?);
        }
        open.hints.push(Hint { span: Span::default(), name: hint.to_owned(), arguments });
        self.with_open(open)
    }

    /// Calls a function with this DataFrame: transformations of one's own in a chain of methods.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// fn even(frame: &DataFrame) -> Result<DataFrame> {
    ///     frame.filter((col("id") % 2).eq(0))
    /// }
    /// let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..10)?.transform(even)?.count()?, 5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn transform(&self, change: impl FnOnce(&DataFrame) -> Result<DataFrame>) -> Result<DataFrame> {
        change(self)
    }
}

/// A condition: a column, or SQL's text of one.
pub trait IntoCondition {
    fn into_condition(self) -> Column;
}

impl IntoCondition for Column {
    fn into_condition(self) -> Column {
        self
    }
}

impl IntoCondition for &Column {
    fn into_condition(self) -> Column {
        self.clone()
    }
}

impl IntoCondition for &str {
    fn into_condition(self) -> Column {
        crate::column::expr(self)
    }
}

/// A number of rows, as LIMIT takes it.
fn count(rows: u64) -> Expr {
    let suffix = i32::try_from(rows).is_err().then_some(IntegerSuffix::BigInt);
    node(ExprKind::Literal(Literal::Integer { text: rows.to_string(), suffix }))
}

/// The entries of a select list.
fn select_list(text: &str) -> Result<Vec<SelectItem>> {
    const SELECT: &str = "SELECT ";
    let statement = firesteel_sql::parse_statement(&format!("{SELECT}{text}")).map_err(names::without_places)?;
    if let StatementKind::Query(query) = statement.kind
        && let QueryBodyKind::Select(select) = query.body.kind
        && select.from.is_empty()
        && select.selection.is_none()
    {
        return Ok(select.projection);
    }
    // More than a select list: the error is that of an expression.
    firesteel_sql::parse_expression(text).map(|_| Vec::new())
}

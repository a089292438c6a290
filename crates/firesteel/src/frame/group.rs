//! Grouping: `group_by` and its kin, then what to compute for each group.

use firesteel_common::names::same_name;
use firesteel_common::{Result, error};
use firesteel_plan::parsed::{
    AliasedExpr, Expr, ExprKind, GroupBy, GroupingItem, GroupingSet, Name, Pivot, TableFactorKind,
};

use super::block::{self, Level, Open};
use super::{DataFrame, names, refs};
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoColumns, IntoValue};

/// Rows in groups; what to compute for each is said next.
#[derive(Debug, Clone)]
pub struct GroupedData {
    frame: DataFrame,
    keys: Vec<Column>,
    grouping: Grouping,
    pivot: Option<(String, Option<Vec<Column>>)>,
}

#[derive(Debug, Clone)]
enum Grouping {
    Plain,
    Rollup,
    Cube,
    Sets(Vec<Vec<Column>>),
}

impl DataFrame {
    /// Groups rows of equal values.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT * FROM VALUES ('a', 1), ('a', 2), ('b', 5) AS t(k, v)")?;
    /// let sums = frame.group_by("k").agg((functions::sum("v"), functions::max("v").alias("top")))?.order_by("k")?;
    /// assert_eq!(sums.columns(), ["k", "sum(v)", "top"]);
    /// assert_eq!(sums.collect_rows::<(String, i64, i32)>()?, [("a".into(), 3, 2), ("b".into(), 5, 5)]);
    /// assert_eq!(frame.group_by("k").count()?.columns(), ["k", "count"]);
    /// assert_eq!(frame.group_by("k").avg(["v"])?.columns(), ["k", "avg(v)"]);
    /// assert_eq!(frame.agg(functions::min("v"))?.collect_rows::<i32>()?, [1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn group_by(&self, columns: impl IntoColumns) -> GroupedData {
        self.grouped(columns.into_columns(), Grouping::Plain)
    }

    /// Groups by all columns, then by all but the last, …, then all rows together.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let sums = sales.rollup("city").agg(functions::sum("n").alias("n"))?.order_by("city")?;
    /// let rows: Vec<(Option<String>, i64)> = sums.collect_rows()?;
    /// assert_eq!(rows, [(None, 12), (Some("Bonn".to_owned()), 5), (Some("Ulm".to_owned()), 7)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rollup(&self, columns: impl IntoColumns) -> GroupedData {
        self.grouped(columns.into_columns(), Grouping::Rollup)
    }

    /// Groups by every selection of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// assert_eq!(sales.cube(("city", "what")).count()?.count()?, 3 + 2 + 2 + 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cube(&self, columns: impl IntoColumns) -> GroupedData {
        self.grouped(columns.into_columns(), Grouping::Cube)
    }

    /// Groups by each of the sets; `columns` come out, NULL where a set has them not.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let sets = vec![vec![col("city")], vec![col("what")], vec![]];
    /// assert_eq!(sales.grouping_sets(sets, ("city", "what")).count()?.count()?, 2 + 2 + 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn grouping_sets(&self, sets: Vec<Vec<Column>>, columns: impl IntoColumns) -> GroupedData {
        self.grouped(columns.into_columns(), Grouping::Sets(sets))
    }

    fn grouped(&self, keys: Vec<Column>, grouping: Grouping) -> GroupedData {
        GroupedData { frame: self.clone(), keys, grouping, pivot: None }
    }

    /// Aggregates all rows to one.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let totals = session.range(1..5)?.agg((functions::count("*"), functions::sum("id")))?;
    /// assert_eq!(totals.collect_rows::<(i64, i64)>()?, [(4, 10)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn agg(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        self.group_by(()).agg(columns)
    }

    /// `SELECT items … GROUP BY keys`.
    pub(crate) fn grouped_select(&self, keys: Vec<Column>, items: Vec<Column>) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let keys = keys.into_iter().map(|key| open.attach(key)).collect::<Result<Vec<_>>>()?;
        open.group_by = GroupBy::Items(keys.into_iter().map(GroupingItem::Expr).collect());
        let items = items.into_iter().map(|item| open.attach_item(item)).collect::<Result<_>>()?;
        open.projection = Some(items);
        open.level = Level::Select;
        self.with_open(open)
    }
}

impl GroupedData {
    /// Aggregates of each group; the grouping columns come first.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let most = sales.group_by("what").agg(functions::max("n").alias("most"))?.order_by("most")?;
    /// assert_eq!(most.collect_rows::<(String, i32)>()?, [("rum".to_owned(), 4), ("tea".to_owned(), 5)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn agg(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        let aggregates = columns.into_columns();
        match &self.pivot {
            Some((column, values)) => self.pivoted(column, values.as_deref(), aggregates),
            None => self.aggregated(aggregates),
        }
    }

    fn aggregated(&self, aggregates: Vec<Column>) -> Result<DataFrame> {
        let mut open = self.frame.open(Level::Where);
        open.group_by = self.group_by(&mut open)?;
        let items = self.keys.iter().cloned().chain(aggregates);
        open.projection = Some(items.map(|column| open.attach_item(column)).collect::<Result<_>>()?);
        open.level = Level::Select;
        self.frame.with_open(open)
    }

    fn group_by(&self, open: &mut Open) -> Result<GroupBy> {
        let mut keys = |columns: &[Column]| -> Result<Vec<Expr>> {
            columns.iter().map(|column| open.attach(column.clone())).collect()
        };
        let steps = |keys: Vec<Expr>| keys.into_iter().map(|key| vec![key]).collect();
        let item = match &self.grouping {
            Grouping::Plain if self.keys.is_empty() => return Ok(GroupBy::None),
            Grouping::Plain => {
                return Ok(GroupBy::Items(keys(&self.keys)?.into_iter().map(GroupingItem::Expr).collect()));
            }
            Grouping::Rollup => GroupingItem::Rollup(steps(keys(&self.keys)?)),
            Grouping::Cube => GroupingItem::Cube(steps(keys(&self.keys)?)),
            Grouping::Sets(sets) => {
                let sets = sets.iter().map(|set| keys(set).map(GroupingSet::Columns));
                GroupingItem::GroupingSets(sets.collect::<Result<_>>()?)
            }
        };
        Ok(GroupBy::Items(vec![item]))
    }

    /// How many rows each group has, as `count`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let counts = sales.group_by("city").count()?.order_by("city")?;
    /// assert_eq!(counts.collect_rows::<(String, i64)>()?, [("Bonn".to_owned(), 1), ("Ulm".to_owned(), 2)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn count(&self) -> Result<DataFrame> {
        self.agg(Column::call("count", vec![1.into_value()]).alias("count"))
    }

    /// Sums of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let by_city = sales.filter("city = 'Ulm'")?.group_by("city").sum("n")?;
    /// assert_eq!(by_city.collect_rows::<(String, i64)>()?, [("Ulm".to_owned(), 7)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sum(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        self.of_each("sum", columns)
    }

    /// Averages of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let by_city = sales.filter("city = 'Ulm'")?.group_by("city").avg("n")?;
    /// assert_eq!(by_city.collect_rows::<(String, f64)>()?, [("Ulm".to_owned(), 3.5)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn avg(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        self.of_each("avg", columns)
    }

    /// The same as [`GroupedData::avg`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let by_city = sales.filter("city = 'Ulm'")?.group_by("city").mean("n")?;
    /// assert_eq!(by_city.collect_rows::<(String, f64)>()?, [("Ulm".to_owned(), 3.5)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn mean(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        self.avg(columns)
    }

    /// Least values of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let by_city = sales.filter("city = 'Ulm'")?.group_by("city").min("n")?;
    /// assert_eq!(by_city.collect_rows::<(String, i32)>()?, [("Ulm".to_owned(), 3)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn min(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        self.of_each("min", columns)
    }

    /// Greatest values of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let by_city = sales.filter("city = 'Ulm'")?.group_by("city").max("n")?;
    /// assert_eq!(by_city.collect_rows::<(String, i32)>()?, [("Ulm".to_owned(), 4)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn max(&self, columns: impl IntoColumns) -> Result<DataFrame> {
        self.of_each("max", columns)
    }

    /// Of all numeric columns when none is named.
    fn of_each(&self, function: &str, columns: impl IntoColumns) -> Result<DataFrame> {
        let mut columns = columns.into_columns();
        if columns.is_empty() {
            let is_key = |name: &str| self.keys.iter().any(|key| key.to_string() == name);
            let numeric = self.frame.known()?.iter().filter(|column| column.data_type.is_numeric());
            let numeric = numeric.filter(|column| !is_key(&column.name));
            columns = numeric.map(|column| name_of(&column.name)).collect();
        }
        self.agg(columns.into_iter().map(|column| Column::call(function, vec![column])).collect::<Vec<_>>())
    }

    /// Each of the values becomes a column of aggregates over the rows that have it. Without values they are read first,
    /// in order.
    ///
    /// The next call says the aggregates: `frame.group_by("year").pivot("city", Some(vec![lit("Ulm")])).sum("km")`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let sales = session.create_dataframe([("Ulm", "tea", 3), ("Ulm", "rum", 4), ("Bonn", "tea", 5)], ["city", "what", "n"])?;
    /// let wide = sales.group_by("city").pivot("what", Some(vec![lit("tea"), lit("rum")])).sum("n")?.order_by("city")?;
    /// assert_eq!(wide.columns(), ["city", "tea", "rum"]);
    /// assert_eq!(wide.take(1)?[0].to_string(), "[Bonn, 5, NULL]");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn pivot(&self, column: &str, values: Option<Vec<Column>>) -> GroupedData {
        GroupedData { pivot: Some((column.to_owned(), values)), ..self.clone() }
    }

    /// PIVOT groups by whatever its source has beside the pivot column and what the aggregates use: the source is cut to
    /// these.
    fn pivoted(&self, pivot: &str, values: Option<&[Column]>, aggregates: Vec<Column>) -> Result<DataFrame> {
        if !matches!(self.grouping, Grouping::Plain) {
            return Err(error!(UNSUPPORTED_FEATURE, feature = "pivot after rollup, cube or grouping sets"));
        }
        let values = match values {
            Some(values) => values.to_vec(),
            None => self.pivot_values(pivot)?,
        };
        let mut needed = vec![pivot.to_owned()];
        for aggregate in &aggregates {
            refs::column_names(&mut aggregate.expr.clone(), &mut needed);
        }
        let mut items = self.keys.clone();
        let known: Vec<_> = self.keys.iter().map(Column::to_string).collect();
        for (at, name) in needed.iter().enumerate() {
            let is_new = !known.iter().chain(&needed[..at]).any(|other| same_name(other, name));
            if is_new && self.frame.has_column(name) {
                items.push(name_of(name));
            }
        }
        let source = self.frame.select(items)?;
        let mut open = Open::over(&source, None);
        let aliased = |column: Column, open: &mut Open| -> Result<AliasedExpr> {
            let alias = column.aliases.first().cloned();
            Ok(AliasedExpr { expr: open.attach(column)?, alias })
        };
        let pivot = Pivot {
            source: open.relation.relation.clone(),
            aggregates: aggregates.into_iter().map(|one| aliased(one, &mut open)).collect::<Result<_>>()?,
            columns: vec![Name::from(names::quoted(pivot))],
            values: values.into_iter().map(|value| aliased(value, &mut open)).collect::<Result<_>>()?,
        };
        let relation = block::factor(TableFactorKind::Pivot(Box::new(pivot)), &source.qualifier(), Vec::new());
        self.whole(relation, source)
    }

    /// The different values of the pivot column, in order.
    fn pivot_values(&self, pivot: &str) -> Result<Vec<Column>> {
        const VALUES_MAX: u64 = 10_000;
        let different = self.frame.select(pivot)?.distinct()?.order_by(pivot)?.limit(VALUES_MAX + 1)?;
        let values = different.literals()?;
        if values.len() as u64 > VALUES_MAX {
            let feature = format!("pivot over more than {VALUES_MAX} different values: name those that matter");
            return Err(error!(UNSUPPORTED_FEATURE, feature = feature));
        }
        Ok(values)
    }

    /// `SELECT * FROM relation`, whatever columns that gives.
    fn whole(&self, relation: firesteel_plan::parsed::TableFactor, source: DataFrame) -> Result<DataFrame> {
        source.with_query(Open::of(relation, Vec::new()).query(), vec![source.clone()])
    }
}

impl DataFrame {
    /// Turns columns into rows: for each of `values` a row with its name and its value beside the `ids`.
    ///
    /// `frame.unpivot("id", ["a", "b"], "name", "value")`
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let wide = session.create_dataframe([("Ulm", 3, 4)], ["city", "tea", "rum"])?;
    /// let long = wide.unpivot(["city"], ["tea", "rum"], "what", "n")?.order_by("n")?;
    /// assert_eq!(long.columns(), ["city", "what", "n"]);
    /// assert_eq!(long.take(1)?[0].to_string(), "[Ulm, tea, 3]");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn unpivot<'n>(
        &self,
        ids: impl IntoColumns,
        values: impl IntoIterator<Item = &'n str>,
        name_column: &str,
        value_column: &str,
    ) -> Result<DataFrame> {
        use firesteel_plan::parsed::{Unpivot, UnpivotColumns};
        let values: Vec<&str> = values.into_iter().collect();
        let mut items = ids.into_columns();
        items.extend(values.iter().map(|name| name_of(name)));
        let source = self.select(items)?;
        let column = |name: &&str| UnpivotColumns { columns: vec![Name::from(names::quoted(*name))], alias: None };
        let unpivot = Unpivot {
            source: source.factor(&source.qualifier(), Vec::new()),
            include_nulls: true,
            values: vec![names::quoted(value_column)],
            name: names::quoted(name_column),
            columns: values.iter().map(column).collect(),
        };
        let factor = block::factor(TableFactorKind::Unpivot(Box::new(unpivot)), &source.qualifier(), Vec::new());
        source.with_query(Open::of(factor, Vec::new()).query(), vec![source.clone()])
    }

    /// The same as [`DataFrame::unpivot`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let wide = session.create_dataframe([("Ulm", 3, 4)], ["city", "tea", "rum"])?;
    /// let long = wide.melt(["city"], ["tea", "rum"], "what", "n")?.order_by("n")?;
    /// assert_eq!(long.columns(), ["city", "what", "n"]);
    /// assert_eq!(long.take(1)?[0].to_string(), "[Ulm, tea, 3]");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn melt<'n>(
        &self,
        ids: impl IntoColumns,
        values: impl IntoIterator<Item = &'n str>,
        name_column: &str,
        value_column: &str,
    ) -> Result<DataFrame> {
        self.unpivot(ids, values, name_column, value_column)
    }
}

/// The column of exactly this name, dots included.
pub(crate) fn name_of(name: &str) -> Column {
    Column::new(ExprKind::Column(vec![names::quoted(name)])).into_column()
}

//! Statistics over columns: `frame.stat()`.

use std::collections::BTreeSet;

use firesteel_common::Result;

use super::DataFrame;
use super::describe::Names;
use super::group::name_of;
use crate::column::Column;
use crate::column::value::IntoValue;
use crate::column::when;

/// Correlations, cross tables, frequent values.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let rows = "SELECT * FROM VALUES (1, 2.0D, 'x'), (2, 4.0D, 'y'), (3, 6.0D, 'x') AS t(a, b, c)";
/// let frame = session.sql(rows)?;
/// let table = frame.stat().crosstab("a", "c")?.order_by("a_c")?;
/// assert_eq!(table.columns(), ["a_c", "x", "y"]);
/// assert_eq!(table.collect_rows::<(String, i64, i64)>()?[1], ("2".to_owned(), 0, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DataFrameStat {
    frame: DataFrame,
}

impl DataFrame {
    /// Methods for statistics.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let points = session.create_dataframe([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], ["x", "y"])?;
    /// assert_eq!(points.stat().cov("x", "y")?, Some(2.0));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn stat(&self) -> DataFrameStat {
        DataFrameStat { frame: self.clone() }
    }
}

impl DataFrameStat {
    fn one_number(&self, aggregate: Column) -> Result<Option<f64>> {
        let row = self.frame.agg(aggregate.cast("double"))?.first()?;
        Ok(row.map(|row| row.get_at(0)).transpose()?.flatten())
    }

    /// Pearson's correlation of two columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let points = session.create_dataframe([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], ["x", "y"])?;
    /// assert_eq!(points.stat().corr("x", "y")?, Some(1.0));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn corr(&self, left: &str, right: &str) -> Result<Option<f64>> {
        self.one_number(Column::call("corr", vec![name_of(left), name_of(right)]))
    }

    /// The sample covariance of two columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let points = session.create_dataframe([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], ["x", "y"])?;
    /// assert_eq!(points.stat().cov("x", "x")?, Some(1.0));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cov(&self, left: &str, right: &str) -> Result<Option<f64>> {
        self.one_number(Column::call("covar_samp", vec![name_of(left), name_of(right)]))
    }

    /// How often each value of one column meets each value of another: a row per value of the first, named
    /// `left_right`, a column per value of the second.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let pairs = session.create_dataframe([("a", 1), ("a", 2), ("b", 1)], ["k", "n"])?;
    /// let table = pairs.stat().crosstab("k", "n")?;
    /// assert_eq!(table.columns(), ["k_n", "1", "2"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn crosstab(&self, left: &str, right: &str) -> Result<DataFrame> {
        let text = |name: &str| name_of(name).cast("string");
        let values = self.frame.select(text(right).alias("value"))?.distinct()?;
        let values: BTreeSet<Option<String>> = values.collect_rows::<Option<String>>()?.into_iter().collect();
        let key = Column::call("coalesce", vec![text(left), "null".into_value()]).alias(format!("{left}_{right}"));
        let count = |value: &Option<String>| {
            let is_value = text(right).eq_null_safe(value.clone());
            let name = value.as_deref().unwrap_or("null");
            Column::call("count", vec![crate::column::value::IntoColumn::into_column(when(is_value, 1))]).alias(name)
        };
        self.frame.group_by(key).agg(values.iter().map(count).collect::<Vec<_>>())
    }

    /// Approximate quantiles of a column; `accuracy` bounds the error by its inverse.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let numbers = session.range(1..101)?;
    /// assert_eq!(numbers.stat().approx_quantile("id", &[0.5], 10_000)?, [50.0]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn approx_quantile(&self, column: &str, probabilities: &[f64], accuracy: i32) -> Result<Vec<f64>> {
        let wanted = probabilities.to_vec().into_value();
        let quantiles = Column::call("percentile_approx", vec![name_of(column), wanted, accuracy.into_value()]);
        let row = self.frame.agg(quantiles.cast("array<double>"))?.first()?;
        Ok(row.map(|row| row.get_at::<Option<Vec<f64>>>(0)).transpose()?.flatten().unwrap_or_default())
    }

    /// For each column the values that at least the part `support` of the rows have, as `<name>_freqItems`; exact.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let items = session.sql("SELECT * FROM VALUES (1), (1), (1), (2) AS t(a)")?.stat().freq_items(["a"], 0.5)?;
    /// assert_eq!(items.columns(), ["a_freqItems"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn freq_items(&self, columns: impl Names, support: f64) -> Result<DataFrame> {
        let columns = columns.into_names();
        let rows = self.frame.count()?;
        let mut out: Option<DataFrame> = None;
        for name in &columns {
            let counts = self.frame.group_by(name_of(name).alias("value")).count()?;
            let frequent = counts.filter(crate::column::col("count").geq(support * rows as f64))?;
            let items = Column::call("collect_list", vec![name_of("value")]).alias(format!("{name}_freqItems"));
            let items = frequent.agg(items)?;
            out = Some(match out {
                None => items,
                Some(others) => others.cross_join(&items)?,
            });
        }
        out.map_or_else(|| self.frame.select(()), Ok)
    }

    /// A random part of each group of rows: which, is said by the value of a column.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let all_odd = session.sql("SELECT id, id % 2 AS odd FROM range(10)")?.stat().sample_by("odd", [(1i64, 1.0)], 7)?;
    /// assert_eq!(all_odd.agg(functions::min("odd"))?.collect_rows::<i64>()?, [1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sample_by<V: IntoValue>(
        &self,
        column: &str,
        fractions: impl IntoIterator<Item = (V, f64)>,
        seed: i64,
    ) -> Result<DataFrame> {
        let random = || Column::call("rand", vec![seed.into_value()]);
        let chosen = |(value, fraction): (V, f64)| name_of(column).eq(value) & random().lt(fraction);
        let chosen = fractions.into_iter().map(chosen).reduce(|left, right| left | right);
        self.frame.filter(chosen.unwrap_or_else(|| false.into_value()))
    }
}

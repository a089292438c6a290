//! Statistics of columns at a glance: `describe` and `summary`.

use firesteel_common::{Result, SqlType, error};

use super::DataFrame;
use super::group::name_of;
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoValue};

impl DataFrame {
    /// Count, mean, standard deviation, minimum and maximum of these columns, or of all with numbers or text.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT * FROM VALUES (1, 'b'), (3, 'a') AS t(n, s)")?;
    /// let rows: Vec<(String, Option<String>, Option<String>)> = frame.describe(())?.collect_rows()?;
    /// let text = |text: &str| Some(text.to_owned());
    /// assert_eq!(rows[0], ("count".into(), text("2"), text("2")));
    /// assert_eq!(rows[1], ("mean".into(), text("2.0"), None));
    /// assert_eq!(rows[3], ("min".into(), text("1"), text("a")));
    /// # Ok(())
    /// # }
    /// ```
    pub fn describe(&self, columns: impl Names) -> Result<DataFrame> {
        self.statistics(columns.into_names(), &["count", "mean", "stddev", "min", "max"])
    }

    /// Any of `count`, `mean`, `stddev`, `min`, `max`, `count_distinct`, `approx_count_distinct`, and percentiles such as
    /// `25%`; without names the first five and the quartiles.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let summary = session.range(0..3)?.summary(["count", "max"])?;
    /// assert_eq!(summary.collect_rows::<(String, String)>()?, [("count".into(), "3".into()), ("max".into(), "2".into())]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn summary(&self, statistics: impl Names) -> Result<DataFrame> {
        let named = statistics.into_names();
        let all = ["count", "mean", "stddev", "min", "25%", "50%", "75%", "max"];
        let wanted: Vec<&str> =
            if named.is_empty() { all.to_vec() } else { named.iter().map(String::as_str).collect() };
        self.statistics(Vec::new(), &wanted)
    }

    /// A row per statistic, a column of text per column.
    fn statistics(&self, columns: Vec<String>, statistics: &[&str]) -> Result<DataFrame> {
        let columns: Vec<(String, SqlType)> = match columns.is_empty() {
            false => {
                let known = |name: &String| self.column_named(name).map(|c| (c.name.clone(), c.data_type.clone()));
                columns.iter().map(known).collect::<Result<_>>()?
            }
            true => {
                let shown = self.known()?.iter().filter(|c| c.data_type.is_numeric() || c.data_type.is_string());
                shown.map(|column| (column.name.clone(), column.data_type.clone())).collect()
            }
        };
        let mut aggregates = Vec::new();
        for (at, statistic) in statistics.iter().enumerate() {
            for (name, data_type) in &columns {
                let value = statistic_of(statistic, name, data_type)?;
                aggregates.push(value.cast(SqlType::STRING).alias(format!("{at} {name}")));
            }
        }
        // One pass over the data; what comes out is as small as it is known.
        let row = match aggregates.is_empty() {
            true => None,
            false => self.agg(aggregates)?.first()?,
        };
        let mut rows = Vec::with_capacity(statistics.len());
        for (at, statistic) in statistics.iter().enumerate() {
            let mut values = vec![statistic.into_value()];
            for (column, _) in columns.iter().enumerate() {
                let place = at * columns.len() + column;
                let text = row.as_ref().map(|row| row.get_at::<Option<String>>(place)).transpose()?.flatten();
                values.push(text.into_value().cast(SqlType::STRING));
            }
            rows.push(values);
        }
        let names = std::iter::once("summary".to_owned()).chain(columns.into_iter().map(|(name, _)| name));
        self.session().create_dataframe(rows, names.collect::<Vec<_>>())
    }
}

fn statistic_of(statistic: &str, name: &str, data_type: &SqlType) -> Result<Column> {
    let value = || name_of(name);
    let number = || if data_type.is_string() { value().try_cast(SqlType::Double) } else { value() };
    let numeric = |function: &str, more: Vec<Column>| {
        Column::call(function, std::iter::once(number()).chain(more).collect::<Vec<_>>())
    };
    Ok(match statistic.to_lowercase().as_str() {
        "count" | "min" | "max" | "approx_count_distinct" => Column::call(statistic, vec![value()]),
        "mean" => numeric("avg", Vec::new()),
        "stddev" => numeric("stddev", Vec::new()),
        "count_distinct" => crate::functions::count_distinct(value()).into_column(),
        other => {
            let percent = other.strip_suffix('%').and_then(|digits| digits.parse::<f64>().ok());
            match percent.filter(|percent| (0.0..=100.0).contains(percent)) {
                Some(percent) => numeric("percentile_approx", vec![(percent / 100.0).into_value()]),
                None => return Err(error!(UNSUPPORTED_FEATURE, feature = format!("the statistic {other}"))),
            }
        }
    })
}

/// Some names, or none: `()`, `["a", "b"]`, `"a"`.
pub trait Names {
    fn into_names(self) -> Vec<String>;
}

impl Names for () {
    fn into_names(self) -> Vec<String> {
        Vec::new()
    }
}

impl Names for &str {
    fn into_names(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Names for &String {
    fn into_names(self) -> Vec<String> {
        vec![self.clone()]
    }
}

impl<const N: usize> Names for [&str; N] {
    fn into_names(self) -> Vec<String> {
        self.iter().map(|name| (*name).to_owned()).collect()
    }
}

impl Names for Vec<String> {
    fn into_names(self) -> Vec<String> {
        self
    }
}

impl Names for &[&str] {
    fn into_names(self) -> Vec<String> {
        self.iter().map(|name| (*name).to_owned()).collect()
    }
}

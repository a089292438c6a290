//! Missing values: `frame.na()`.

use firesteel_common::{Result, SqlType};

use super::DataFrame;
use super::describe::Names;
use super::group::name_of;
use crate::column::value::{IntoColumn, IntoValue};
use crate::column::{Column, when};
use crate::result;

/// What to do with NULL and NaN.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.sql("SELECT * FROM VALUES (1, 'a'), (NULL, 'b'), (NULL, NULL) AS t(n, s)")?;
/// assert_eq!(frame.na().drop(())?.count()?, 1);
/// assert_eq!(frame.na().drop_all(())?.count()?, 2);
/// assert_eq!(frame.na().drop_below(1, ["n"])?.count()?, 1);
/// let filled = frame.na().fill(0, ())?.na().fill("none", ["s"])?;
/// assert_eq!(filled.collect_rows::<(i32, String)>()?[2], (0, "none".to_owned()));
/// let replaced = frame.na().replace([("a", "x"), ("b", "y")], ["s"])?;
/// assert_eq!(replaced.select("s")?.collect_rows::<Option<String>>()?[1].as_deref(), Some("y"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DataFrameNa {
    frame: DataFrame,
}

impl DataFrame {
    /// Methods for missing values.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// assert_eq!(rows.na().drop(())?.count()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn na(&self) -> DataFrameNa {
        DataFrameNa { frame: self.clone() }
    }

    /// The same as `na().fill(value, columns)`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// assert_eq!(rows.fillna(0, ["a"])?.select("a")?.collect_rows::<i32>()?, [1, 0, 3]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fillna(&self, value: impl IntoValue, columns: impl Names) -> Result<DataFrame> {
        self.na().fill(value, columns)
    }

    /// The same as `na().drop(columns)`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// assert_eq!(rows.dropna(["a"])?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn dropna(&self, columns: impl Names) -> Result<DataFrame> {
        self.na().drop(columns)
    }
}

impl DataFrameNa {
    /// The columns of these names, or all.
    fn columns(&self, names: impl Names) -> Result<Vec<result::Column>> {
        let names = names.into_names();
        match names.is_empty() {
            true => Ok(self.frame.known()?.to_vec()),
            false => names.iter().map(|name| self.frame.column_named(name).cloned()).collect(),
        }
    }

    /// Without rows that miss a value in any of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// assert_eq!(rows.na().drop(["a", "b"])?.collect_rows::<(i32, String)>()?, [(3, "c".to_owned())]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop(&self, columns: impl Names) -> Result<DataFrame> {
        let columns = self.columns(columns)?;
        let all = columns.len();
        self.keep(columns, all)
    }

    /// Without rows that miss the values of all of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// assert_eq!(rows.na().drop_all(())?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop_all(&self, columns: impl Names) -> Result<DataFrame> {
        let columns = self.columns(columns)?;
        self.keep(columns, 1)
    }

    /// Without rows that have fewer than `present` values in the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// assert_eq!(rows.na().drop_below(1, ())?.count()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop_below(&self, present: usize, columns: impl Names) -> Result<DataFrame> {
        let columns = self.columns(columns)?;
        self.keep(columns, present)
    }

    fn keep(&self, columns: Vec<result::Column>, present: usize) -> Result<DataFrame> {
        let tests: Vec<Column> = columns.iter().map(is_present).collect();
        let all = |tests: Vec<Column>| tests.into_iter().reduce(|left, right| left & right);
        let any = |tests: Vec<Column>| tests.into_iter().reduce(|left, right| left | right);
        let condition = match present {
            0 => None,
            1 => any(tests),
            _ if present == tests.len() => all(tests),
            _ => {
                let ones = tests.into_iter().map(|test| when(test, 1).otherwise(0));
                ones.reduce(|left, right| left + right).map(|sum| sum.geq(i32::try_from(present).unwrap_or(i32::MAX)))
            }
        };
        condition.map_or_else(|| Ok(self.frame.clone()), |condition| self.frame.filter(condition))
    }

    /// The value in place of missing ones, in those of the columns whose type is of the value's kind.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// let filled = rows.na().fill("none", ())?.select("b")?;
    /// assert_eq!(filled.collect_rows::<String>()?, ["none", "none", "c"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fill(&self, value: impl IntoValue, columns: impl Names) -> Result<DataFrame> {
        let value = value.into_value();
        let kind = Kind::of_value(&self.frame, &value)?;
        let columns = self.columns(columns)?;
        let filled = columns.iter().filter(|column| Kind::of(&column.data_type) == kind && kind != Kind::Other);
        let filled = filled.map(|column| {
            let own = match column.data_type {
                // NaN is missing, too.
                SqlType::Float | SqlType::Double => Column::call("nanvl", vec![name_of(&column.name), none()]),
                _ => name_of(&column.name),
            };
            let value = value.clone().cast(column.data_type.clone());
            (column.name.as_str(), Column::call("coalesce", vec![own, value]))
        });
        self.frame.with_columns(filled.collect::<Vec<_>>())
    }

    /// Values in place of others, in those of the columns whose type is of the values' kind.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, NULL), (NULL, NULL), (3, 'c') AS t(a, b)")?;
    /// let replaced = rows.na().replace([(3, 30)], ["a"])?.select("a")?;
    /// assert_eq!(replaced.collect_rows::<Option<i32>>()?, [Some(1), None, Some(30)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn replace<F: IntoValue, T: IntoValue>(
        &self,
        pairs: impl IntoIterator<Item = (F, T)>,
        columns: impl Names,
    ) -> Result<DataFrame> {
        let pairs: Vec<(Column, Column)> =
            pairs.into_iter().map(|(from, to)| (from.into_value(), to.into_value())).collect();
        let Some((first, _)) = pairs.first() else { return Ok(self.frame.clone()) };
        let kind = Kind::of_value(&self.frame, first)?;
        let columns = self.columns(columns)?;
        let mut replaced = Vec::new();
        for column in columns.iter().filter(|column| Kind::of(&column.data_type) == kind) {
            let own = || name_of(&column.name);
            let cast = |value: &Column| value.clone().cast(column.data_type.clone());
            let mut pairs = pairs.iter();
            let Some((from, to)) = pairs.next() else { continue };
            let first = when(own().eq(cast(from)), cast(to));
            let chosen = pairs.fold(first, |chosen, (from, to)| chosen.when(own().eq(cast(from)), cast(to)));
            replaced.push((column.name.as_str(), chosen.otherwise(own())));
        }
        self.frame.with_columns(replaced)
    }
}

fn none() -> Column {
    None::<f64>.into_value()
}

fn is_present(column: &result::Column) -> Column {
    let present = name_of(&column.name).is_not_null();
    match column.data_type {
        SqlType::Float | SqlType::Double => present & !name_of(&column.name).is_nan(),
        _ => present,
    }
}

/// What fits into what when values are filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Boolean,
    Other,
}

impl Kind {
    fn of(data_type: &SqlType) -> Kind {
        match data_type {
            SqlType::Boolean => Kind::Boolean,
            other if other.is_numeric() => Kind::Number,
            other if other.is_string() => Kind::Text,
            _ => Kind::Other,
        }
    }

    fn of_value(frame: &DataFrame, value: &Column) -> Result<Kind> {
        let typed = frame.select(value.into_column())?;
        Ok(typed.output().first().map_or(Kind::Other, |column| Kind::of(&column.data_type)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_types_of_a_kind_are_filled() {
        assert_eq!(Kind::of(&SqlType::decimal(5, 2)), Kind::Number);
        assert_eq!(Kind::of(&SqlType::Date), Kind::Other);
    }
}

//! Rows to columns and lists to rows.
//!
//! ```text
//! k  a  b  ──transpose("k")──▶  key  x  y          id  list    ──explode("list")──▶  id  list
//! x  1  2                       a    1  3          1   [7, 8]                        1   7
//! y  3  4                       b    2  4                                            1   8
//! ```

use firesteel_common::{Result, SqlType, error};

use super::DataFrame;
use super::group::name_of;
use crate::column::Column;
use crate::column::value::IntoValue;
use crate::functions;
use crate::window::Window;

impl DataFrame {
    /// A row for each element of an array, with the element in the array's place; rows with an empty array or none go. The
    /// same as `with_column(name, explode(name))`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let rows = session.sql("SELECT * FROM VALUES (1, array(7, 8)), (2, array()) AS t(id, list)")?.explode("list")?;
    /// assert_eq!(rows.collect_rows::<(i32, i32)>()?, [(1, 7), (1, 8)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn explode(&self, column: &str) -> Result<DataFrame> {
        self.with_column(column, functions::explode(name_of(column)))
    }

    /// Columns become rows, and the rows columns that are named after the values of `index`, in their order. Rows where it is
    /// NULL go. All other columns come to one type. The rows are computed now: there may be 500 of them.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT * FROM VALUES ('x', 1, 2), ('y', 3, 4) AS t(k, a, b)")?;
    /// let transposed = frame.transpose("k")?;
    /// assert_eq!(transposed.columns(), ["key", "x", "y"]);
    /// let rows: Vec<(String, i32, i32)> = transposed.collect_rows()?;
    /// assert_eq!(rows, [("a".into(), 1, 3), ("b".into(), 2, 4)]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn transpose(&self, index: &str) -> Result<DataFrame> {
        const ROWS_MAX: u64 = 500;
        let index = self.column_named(index)?.name.clone();
        let others = self.known()?.iter().filter(|column| column.name != index);
        let others: Vec<&str> = others.map(|column| column.name.as_str()).collect();
        let number = functions::row_number().over(&Window::order_by(name_of(&index)));
        let mut items = vec![name_of(&index).cast(SqlType::STRING).alias("index"), number.alias("number")];
        // By place, so that no name is in the way of another.
        let place = |at: usize| format!("c{at}");
        items.extend(others.iter().enumerate().map(|(at, name)| name_of(name).alias(place(at))));
        let rows =
            self.filter(name_of(&index).is_not_null())?.select(items)?.limit(ROWS_MAX + 1)?.local_checkpoint()?;
        let names: Vec<String> = rows.order_by("number")?.select("index")?.collect_rows()?;
        if names.len() as u64 > ROWS_MAX {
            return Err(error!(UNSUPPORTED_FEATURE, feature = format!("to transpose more than {ROWS_MAX} rows")));
        }
        if names.is_empty() {
            let keys = others.iter().map(|name| vec![name.into_value()]).collect::<Vec<_>>();
            return self.session().create_dataframe(keys, ["key"]);
        }
        let places: Vec<String> = (0..others.len()).map(place).collect();
        let long = rows.unpivot("number", places.iter().map(String::as_str), "place", "value")?;
        let numbers = (1..=names.len() as i32).map(IntoValue::into_value).collect();
        let wide = long.group_by("place").pivot("number", Some(numbers)).agg(functions::first("value"))?;
        let order = places.iter().zip(others).enumerate();
        let columns = order.map(|(at, (place, name))| {
            (
                vec![place.as_str().into_value(), name.into_value()],
                vec![place.as_str().into_value(), (at as i32).into_value()],
            )
        });
        let (keys, numbers): (Vec<_>, Vec<_>) = columns.unzip();
        let looked_up =
            |pairs: Vec<Vec<Column>>| functions::element_at(functions::create_map(pairs.concat()), name_of("place"));
        let mut items = vec![looked_up(keys).alias("key")];
        items.extend((1..=names.len()).map(|number| name_of(&number.to_string())));
        let ordered = wide.order_by(looked_up(numbers).asc())?.select(items)?;
        ordered.to_df(std::iter::once("key".to_owned()).chain(names))
    }
}

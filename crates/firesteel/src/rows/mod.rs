//! Rows as values of the program.
//!
//! ```text
//! RecordBatch ──▶ T: Deserialize    structs by field name, tuples by position, single values from one column
//!             ──▶ Row               any row, its values asked for one by one
//! ```
//! [`de`] reads Arrow arrays for serde; [`schema`] reads `id INT, name STRING`.

mod de;
pub(crate) mod schema;

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use firesteel_common::names::same_name;
use firesteel_common::{Result, SqlType, error};
use serde::de::DeserializeOwned;

use crate::display;

/// Deserializes every row of a batch.
pub(crate) fn deserialize<T: DeserializeOwned>(batch: &RecordBatch) -> Result<Vec<T>> {
    (0..batch.num_rows()).map(|row| de::row(batch, row)).collect()
}

/// One row of a result. Values are asked for by column.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let row = session.sql("SELECT 7 AS id, 'Ann' AS name, NULL AS note")?.first()?.expect("one row");
/// assert_eq!(row.get::<i32>("id")?, 7);
/// assert_eq!(row.get_at::<String>(1)?, "Ann");
/// assert_eq!(row.get::<Option<String>>("note")?, None);
/// assert_eq!(row.to_string(), "[7, Ann, NULL]");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Row {
    batch: RecordBatch,
    types: Arc<[SqlType]>,
    zone: Arc<str>,
    at: usize,
}

impl Row {
    /// Every row of a batch.
    pub(crate) fn all(batch: &RecordBatch, types: &Arc<[SqlType]>, zone: &Arc<str>) -> Vec<Row> {
        let row = |at| Row { batch: batch.clone(), types: Arc::clone(types), zone: Arc::clone(zone), at };
        (0..batch.num_rows()).map(row).collect()
    }

    /// How many columns there are.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT 1 AS a, 'x' AS b")?.first()?.expect("a row");
    /// assert_eq!(row.len(), 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.batch.num_columns()
    }

    /// Whether it has no column.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT 1 AS a, 'x' AS b")?.first()?.expect("a row");
    /// assert!(!row.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of the column of that name.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT 1 AS a, 'x' AS b")?.first()?.expect("a row");
    /// assert_eq!((row.get::<i32>("a")?, row.get::<String>("b")?), (1, "x".to_owned()));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let schema = self.batch.schema();
        let at = schema.fields().iter().position(|field| same_name(field.name(), name));
        let at = at.ok_or_else(|| {
            let known = schema.fields().iter().map(|field| firesteel_common::names::quote(field.name()));
            let fields = known.collect::<Vec<_>>().join(", ");
            error!(FIELD_NOT_FOUND, fieldName = firesteel_common::names::quote(name), fields = fields)
        })?;
        self.get_at(at)
    }

    /// The value of a column by place, from 0.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT 1 AS a, 'x' AS b")?.first()?.expect("a row");
    /// assert_eq!(row.get_at::<Option<i64>>(0)?, Some(1));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn get_at<T: DeserializeOwned>(&self, at: usize) -> Result<T> {
        match self.batch.columns().get(at) {
            Some(array) => de::value(array, self.at, self.batch.schema_ref().field(at).name()),
            None => {
                Err(error!(FIELD_NOT_FOUND, fieldName = at.to_string(), fields = format!("{} columns", self.len())))
            }
        }
    }

    /// All values as one: a struct, a tuple.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let row = session.sql("SELECT 1 AS a, 'x' AS b")?.first()?.expect("a row");
    /// assert_eq!(row.deserialize::<(i32, String)>()?, (1, "x".to_owned()));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T> {
        de::row(&self.batch, self.at)
    }

    fn texts(&self) -> Result<Vec<String>> {
        let text = |(array, data_type): (&arrow::array::ArrayRef, &SqlType)| {
            let texts = display::column_text(&array.slice(self.at, 1), data_type, &self.zone)?;
            Ok(texts.into_iter().next().flatten().unwrap_or_else(|| "NULL".to_owned()))
        };
        self.batch.columns().iter().zip(self.types.iter()).map(text).collect()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.texts() {
            Ok(texts) => write!(f, "[{}]", texts.join(", ")),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row{self}")
    }
}

//! DataFrames into files.

use firesteel_common::{Result, error};

use super::describe::Names;
use super::{DataFrame, names};
use crate::column::sort::{IntoSortOrders, SortOrder};
use crate::write::{SaveMode, WriteTarget};

/// Writes rows: a format, options, a mode, then the folder. All files are in place when the call returns; after an error
/// nothing has changed. [`Session::read`](crate::Session::read) shows both directions.
#[derive(Debug, Clone)]
pub struct DataFrameWriter {
    frame: DataFrame,
    target: WriteTarget,
    sort_by: Vec<SortOrder>,
    /// Why a text names no mode.
    mode_unknown: Option<String>,
}

impl DataFrame {
    /// Begins to write the rows.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-write-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// assert_eq!(session.read().parquet(&path)?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn write(&self) -> DataFrameWriter {
        let target = WriteTarget {
            format: "parquet".to_owned(),
            path: String::new(),
            mode: SaveMode::default(),
            partition_by: Vec::new(),
            options: std::iter::empty::<(String, String)>().collect(),
        };
        DataFrameWriter { frame: self.clone(), target, sort_by: Vec::new(), mode_unknown: None }
    }
}

/// A [`SaveMode`], or Spark's word for one.
pub trait IntoSaveMode {
    fn into_save_mode(self) -> Result<SaveMode, String>;
}

impl IntoSaveMode for SaveMode {
    fn into_save_mode(self) -> Result<SaveMode, String> {
        Ok(self)
    }
}

impl IntoSaveMode for &str {
    fn into_save_mode(self) -> Result<SaveMode, String> {
        SaveMode::parse(self).ok_or_else(|| self.to_owned())
    }
}

impl DataFrameWriter {
    /// `parquet` (the default), `csv`, `json`, `text`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-format-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().format("csv").mode("overwrite").save(&path)?;
    /// assert_eq!(session.read().format("csv").schema("id INT").load(&path)?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn format(mut self, format: &str) -> Self {
        self.target.format = format.to_owned();
        self
    }

    /// What happens when there is something at the path: `append`, `overwrite`, `ignore`, `error` (the default).
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-mode-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// for _ in 0..2 {
    ///     session.range(0..3)?.write().mode(SaveMode::Append).parquet(&path)?;
    /// }
    /// assert_eq!(session.read().parquet(&path)?.count()?, 6);
    /// assert!(session.range(0..3)?.write().mode("sometimes").parquet(&path).is_err());
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn mode(mut self, mode: impl IntoSaveMode) -> Self {
        match mode.into_save_mode() {
            Ok(mode) => self.target.mode = mode,
            Err(unknown) => self.mode_unknown = Some(unknown),
        }
        self
    }

    /// One of Spark's options of the format.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-option-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..1)?.write().option("header", true).mode("overwrite").csv(&path)?;
    /// assert_eq!(session.read().option("header", true).csv(&path)?.columns(), ["id"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn option(mut self, key: &str, value: impl ToString) -> Self {
        self.target.options.set(key, value.to_string());
        self
    }

    /// Several options.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-options-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// let options = [("header", "true"), ("sep", ";")];
    /// session.sql("SELECT 1 AS a, 2 AS b")?.write().options(options).mode("overwrite").csv(&path)?;
    /// assert_eq!(session.read().options(options).csv(&path)?.columns(), ["a", "b"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn options<'o>(self, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> Self {
        options.into_iter().fold(self, |writer, (key, value)| writer.option(key, value))
    }

    /// Columns whose values name folders, outermost first.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-partition-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// let rows = session.sql("SELECT id, id % 2 AS odd FROM range(4)")?;
    /// rows.write().partition_by(["odd"]).mode("overwrite").parquet(&path)?;
    /// assert_eq!(session.read().parquet(&format!("{path}/odd=1"))?.order_by("id")?.collect_rows::<i64>()?, [1, 3]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn partition_by(mut self, columns: impl Names) -> Self {
        self.target.partition_by = columns.into_names();
        self
    }

    /// In which order the rows of each file stand.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-sort-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..4)?.write().sort_by(col("id").desc()).mode("overwrite").parquet(&path)?;
    /// assert_eq!(session.read().parquet(&path)?.collect_rows::<i64>()?, [3, 2, 1, 0]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn sort_by(mut self, orders: impl IntoSortOrders) -> Self {
        self.sort_by = orders.into_sort_orders();
        self
    }

    /// Runs the query and writes its rows into the folder.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-save-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().format("json").mode("overwrite").save(&path)?;
    /// assert_eq!(session.read().json(&path)?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn save(mut self, path: &str) -> Result<()> {
        if let Some(mode) = self.mode_unknown {
            return Err(error!(INVALID_SAVE_MODE, mode = format!("\"{mode}\"")));
        }
        self.target.path = path.to_owned();
        if !self.sort_by.is_empty() {
            self.frame = self.frame.sort_within_partitions(self.sort_by)?;
        }
        let (planned, eval) = self.frame.planned(false)?;
        self.frame.session().write_planned(planned, &self.target, &eval).map_err(names::without_places)
    }

    /// Parquet files.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-parquet-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// assert_eq!(session.read().parquet(&path)?.dtypes(), [("id".to_owned(), "bigint".to_owned())]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn parquet(self, path: &str) -> Result<()> {
        self.format("parquet").save(path)
    }

    /// CSV files.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-csv-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").csv(&path)?;
    /// assert_eq!(session.read().csv(&path)?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn csv(self, path: &str) -> Result<()> {
        self.format("csv").save(path)
    }

    /// Files of JSON, an object a line.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-json-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").json(&path)?;
    /// assert_eq!(session.read().json(&path)?.columns(), ["id"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn json(self, path: &str) -> Result<()> {
        self.format("json").save(path)
    }

    /// One column of text, a line per row.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-write-text-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a line' AS line")?.write().mode("overwrite").text(&path)?;
    /// assert_eq!(session.read().text(&path)?.collect_rows::<String>()?, ["a line"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn text(self, path: &str) -> Result<()> {
        self.format("text").save(path)
    }
}

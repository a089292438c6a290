//! DataFrames into files.

use firesteel_common::{Result, error};

use super::describe::Names;
use super::{DataFrame, names};
use crate::write::{SaveMode, WriteTarget};

/// Writes rows: a format, options, a mode, then the folder. All files are in place when the call returns; after an error
/// nothing has changed. [`Session::read`](crate::Session::read) shows both directions.
#[derive(Debug, Clone)]
pub struct DataFrameWriter {
    frame: DataFrame,
    target: WriteTarget,
    /// Why a text names no mode.
    mode_unknown: Option<String>,
}

impl DataFrame {
    /// Begins to write the rows.
    pub fn write(&self) -> DataFrameWriter {
        let target = WriteTarget {
            format: "parquet".to_owned(),
            path: String::new(),
            mode: SaveMode::default(),
            partition_by: Vec::new(),
            options: std::iter::empty::<(String, String)>().collect(),
        };
        DataFrameWriter { frame: self.clone(), target, mode_unknown: None }
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
    pub fn format(mut self, format: &str) -> Self {
        self.target.format = format.to_owned();
        self
    }

    /// What happens when there is something at the path: `append`, `overwrite`, `ignore`, `error` (the default).
    pub fn mode(mut self, mode: impl IntoSaveMode) -> Self {
        match mode.into_save_mode() {
            Ok(mode) => self.target.mode = mode,
            Err(unknown) => self.mode_unknown = Some(unknown),
        }
        self
    }

    /// One of Spark's options of the format.
    pub fn option(mut self, key: &str, value: impl ToString) -> Self {
        self.target.options.set(key, value.to_string());
        self
    }

    pub fn options<'o>(self, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> Self {
        options.into_iter().fold(self, |writer, (key, value)| writer.option(key, value))
    }

    /// Columns whose values name folders, outermost first.
    pub fn partition_by(mut self, columns: impl Names) -> Self {
        self.target.partition_by = columns.into_names();
        self
    }

    /// Runs the query and writes its rows into the folder.
    pub fn save(mut self, path: &str) -> Result<()> {
        if let Some(mode) = self.mode_unknown {
            return Err(error!(INVALID_SAVE_MODE, mode = format!("\"{mode}\"")));
        }
        self.target.path = path.to_owned();
        let (planned, eval) = self.frame.planned(false)?;
        self.frame.session().write_planned(planned, &self.target, &eval).map_err(names::without_places)
    }

    pub fn parquet(self, path: &str) -> Result<()> {
        self.format("parquet").save(path)
    }

    pub fn csv(self, path: &str) -> Result<()> {
        self.format("csv").save(path)
    }

    pub fn json(self, path: &str) -> Result<()> {
        self.format("json").save(path)
    }

    /// One column of text, a line per row.
    pub fn text(self, path: &str) -> Result<()> {
        self.format("text").save(path)
    }
}

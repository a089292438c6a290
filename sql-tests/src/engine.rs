//! What the runner needs of an engine, and Firesteel's session as one.

use std::path::Path;

use arrow::array::RecordBatch;
use firesteel::{Result, Session, SessionOptions, SqlType};

/// A statement's result, whole.
pub(crate) struct Output {
    pub(crate) columns: Vec<(String, SqlType)>,
    pub(crate) batches: Vec<RecordBatch>,
}

/// One session: settings, tables and views last from statement to statement.
pub(crate) trait Engine: Send {
    fn set(&mut self, key: &str, value: &str) -> Result<()>;
    fn register_parquet(&mut self, name: &str, path: &Path) -> Result<()>;
    fn run(&mut self, sql: &str) -> Result<Output>;
    /// The value a setting has now, so that results print as the session would show them.
    fn setting(&self, key: &str) -> Option<String>;
}

/// A session of its own, as a program would open it.
pub(crate) fn open() -> Result<Box<dyn Engine>> {
    Ok(Box::new(Session::new(SessionOptions::default())?))
}

impl Engine for Session {
    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        Session::set(self, key, value)
    }

    fn register_parquet(&mut self, name: &str, path: &Path) -> Result<()> {
        Session::register_parquet(self, name, &path.to_string_lossy())
    }

    fn run(&mut self, sql: &str) -> Result<Output> {
        let result = self.execute_sql(sql)?;
        let columns = result.columns().iter().map(|column| (column.name.clone(), column.data_type.clone())).collect();
        Ok(Output { columns, batches: result.collect()? })
    }

    fn setting(&self, key: &str) -> Option<String> {
        self.settings().get_text(key).map(str::to_owned)
    }
}

//! Tables and catalogs that programs bring.

use std::sync::Arc;

use firesteel_catalog::{Catalog, Table};
use firesteel_common::names::quote;
use firesteel_common::{Result, error};
use firesteel_datasource::ExternalTable;
use firesteel_datasource::external::TableSource;

use super::guarded;
use crate::frame::DataFrame;
use crate::session::Session;

/// A function that gives a table. Arguments are constants, as text, with the names that they were given.
pub type TableFunction = dyn Fn(&[(Option<String>, String)]) -> Result<Arc<dyn TableSource>> + Send + Sync;

/// Calls a function of the program.
pub(crate) fn call(
    name: &str,
    function: &TableFunction,
    arguments: &[(Option<String>, String)],
) -> Result<Arc<dyn Table>> {
    let failed = |reason| error!(FAILED_TABLE_SOURCE, table = quote(name), reason = reason);
    let source = guarded(failed, || function(arguments))?;
    Ok(ExternalTable::new(name, source)?)
}

impl Session {
    /// Makes a function known that stands in FROM and gives a table for its (constant) arguments: `FROM name('a', n => 2)`.
    pub fn register_table_function(
        &self,
        name: &str,
        function: impl Fn(&[(Option<String>, String)]) -> Result<Arc<dyn TableSource>> + Send + Sync + 'static,
    ) -> Result<()> {
        self.names().add_function(name, Arc::new(function))
    }

    /// Makes a source a table of this session. Queries hand it the columns and the conditions that they need.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    /// use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
    /// use firesteel::extend::{BatchIterator, ScanRequest, TableSource};
    /// use firesteel::prelude::*;
    ///
    /// /// The squares of the numbers from 0 to 9.
    /// #[derive(Debug)]
    /// struct Squares;
    ///
    /// impl TableSource for Squares {
    ///     fn schema(&self) -> SchemaRef {
    ///         Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false), Field::new("square", DataType::Int64, false)]))
    ///     }
    ///
    ///     fn scan(&self, request: &ScanRequest) -> Result<Vec<BatchIterator>> {
    ///         let column = |at: &usize| -> ArrayRef {
    ///             Arc::new(Int64Array::from_iter_values((0..10).map(|n: i64| if *at == 0 { n } else { n * n })))
    ///         };
    ///         let schema = Arc::new(self.schema().project(&request.columns)?);
    ///         let batch = RecordBatch::try_new(schema, request.columns.iter().map(column).collect())?;
    ///         Ok(vec![Box::new(std::iter::once(Ok(batch)))])
    ///     }
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// session.register_source("squares", Squares)?;
    /// assert_eq!(session.sql("SELECT n FROM squares WHERE square = 49")?.collect_rows::<i64>()?, [7]);
    /// assert_eq!(session.table("squares")?.agg(functions::max("square"))?.collect_rows::<i64>()?, [81]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn register_source(&self, name: &str, source: impl TableSource + 'static) -> Result<()> {
        let table = ExternalTable::new(name, Arc::new(source))?;
        self.register_table(name, table);
        Ok(())
    }

    /// A DataFrame over a source that needs no name.
    pub fn from_source(&self, source: impl TableSource + 'static) -> Result<DataFrame> {
        self.frame_of_table(ExternalTable::new("source", Arc::new(source))?)
    }

    /// Makes the names of a catalog known under its own: `name.table`, `name.schema.table`. It is asked anew for each
    /// statement, with the parts behind its name.
    pub fn register_catalog(&self, name: &str, catalog: Arc<dyn Catalog>) {
        self.names().mount(name, catalog);
    }
}

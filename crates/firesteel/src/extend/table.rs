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
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
    /// # use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
    /// # use firesteel::extend::{BatchIterator, ScanRequest, TableSource};
    /// # use firesteel::prelude::*;
    /// # #[derive(Debug)]
    /// # struct Squares(i64);
    /// # impl TableSource for Squares {
    /// #     fn schema(&self) -> SchemaRef {
    /// #         Arc::new(Schema::new(vec![Field::new("square", DataType::Int64, false)]))
    /// #     }
    /// #     fn scan(&self, request: &ScanRequest) -> Result<Vec<BatchIterator>> {
    /// #         let squares: ArrayRef = Arc::new(Int64Array::from_iter_values((0..self.0).map(|n| n * n)));
    /// #         let columns = request.columns.iter().map(|_| Arc::clone(&squares)).collect();
    /// #         let schema = Arc::new(self.schema().project(&request.columns)?);
    /// #         let options = RecordBatchOptions::new().with_row_count(Some(squares.len()));
    /// #         Ok(vec![Box::new(std::iter::once(Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)))])
    /// #     }
    /// # }
    /// # let session = Session::builder().get_or_create()?;
    /// // `Squares` is a table source of so many squares.
    /// session.register_table_function("squares", |arguments| {
    ///     let count = arguments.first().and_then(|(_, text)| text.parse().ok()).unwrap_or(0);
    ///     Ok(Arc::new(Squares(count)))
    /// })?;
    /// assert_eq!(session.sql("SELECT max(square) FROM squares(4)")?.collect_rows::<i64>()?, [9]);
    /// # Ok::<(), Error>(())
    /// ```
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
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
    /// # use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
    /// # use firesteel::extend::{BatchIterator, ScanRequest, TableSource};
    /// # use firesteel::prelude::*;
    /// # #[derive(Debug)]
    /// # struct Squares(i64);
    /// # impl TableSource for Squares {
    /// #     fn schema(&self) -> SchemaRef {
    /// #         Arc::new(Schema::new(vec![Field::new("square", DataType::Int64, false)]))
    /// #     }
    /// #     fn scan(&self, request: &ScanRequest) -> Result<Vec<BatchIterator>> {
    /// #         let squares: ArrayRef = Arc::new(Int64Array::from_iter_values((0..self.0).map(|n| n * n)));
    /// #         let columns = request.columns.iter().map(|_| Arc::clone(&squares)).collect();
    /// #         let schema = Arc::new(self.schema().project(&request.columns)?);
    /// #         let options = RecordBatchOptions::new().with_row_count(Some(squares.len()));
    /// #         Ok(vec![Box::new(std::iter::once(Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)))])
    /// #     }
    /// # }
    /// # let session = Session::builder().get_or_create()?;
    /// // `Squares` is a table source of so many squares.
    /// assert_eq!(session.from_source(Squares(4))?.collect_rows::<i64>()?, [0, 1, 4, 9]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_source(&self, source: impl TableSource + 'static) -> Result<DataFrame> {
        self.frame_of_table(ExternalTable::new("source", Arc::new(source))?)
    }

    /// Makes the names of a catalog known under its own: `name.table`, `name.schema.table`. It is asked anew for each
    /// statement, with the parts behind its name.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use firesteel::extend::Catalog;
    /// # use firesteel::prelude::*;
    /// # use firesteel_catalog::catalog::{Entry, Listing, View};
    /// /// Every name is a view of its own text.
    /// struct Echo;
    ///
    /// impl Catalog for Echo {
    ///     fn lookup(&self, name: &[String]) -> Result<Option<Entry>> {
    ///         let text = format!("SELECT '{}' AS name", name.join("."));
    ///         Ok(Some(Entry::View(Arc::new(View { text, columns: Vec::new(), temporary: false }))))
    ///     }
    ///     fn list(&self) -> Result<Vec<Listing>> {
    ///         Ok(Vec::new())
    ///     }
    /// }
    ///
    /// # let session = Session::builder().get_or_create()?;
    /// session.register_catalog("echo", Arc::new(Echo));
    /// assert_eq!(session.sql("SELECT * FROM echo.a.b")?.collect_rows::<String>()?, ["a.b"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_catalog(&self, name: &str, catalog: Arc<dyn Catalog>) {
        self.names().mount(name, catalog);
    }
}

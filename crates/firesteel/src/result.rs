//! What a statement gives back.

use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use arrow::datatypes::{Field, Schema, SchemaRef};
use firesteel_analyzer::Analyzed;
use firesteel_common::{Result, SqlType};
use firesteel_exec::QueryContext;
use firesteel_exec::operators::collect::ResultStream;
use firesteel_expr::Batch;

/// A column of a result. Names need not be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub data_type: SqlType,
    pub nullable: bool,
}

/// The columns of an analyzed query.
pub(crate) fn columns(analyzed: &Analyzed) -> Vec<Column> {
    let column = |column: &firesteel_analyzer::OutputColumn| Column {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        nullable: column.nullable,
    };
    analyzed.columns.iter().map(column).collect()
}

/// The columns and the rows of a statement's result; rows come as they are computed. An iterator over batches that blocks:
/// dropping it early cancels the query.
pub struct QueryResult {
    columns: Vec<Column>,
    rows: Rows,
    /// The text that places in errors point into, where it is not the statement's.
    text: Option<Arc<str>>,
}

/// How far a running query's scans have come: in rows where files say beforehand how many they have, in bytes of files where
/// they do not.
#[derive(Clone)]
pub struct Progress(Arc<QueryContext>);

impl Progress {
    /// Rows that were looked at.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let mut result = session.execute_sql("SELECT * FROM range(3)")?;
    /// let progress = result.progress().expect("a query has some");
    /// while let Some(batch) = result.next() {
    ///     batch?;
    /// }
    /// assert!(progress.rows_scanned() <= progress.rows_total());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rows_scanned(&self) -> u64 {
        self.0.progress.rows.done()
    }

    /// What the scans begun so far have to look at: 0 as long as that is unknown; grows when another scan begins.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let result = session.execute_sql("SELECT * FROM range(3)")?;
    /// let progress = result.progress().expect("a query has some");
    /// result.count_rows()?;
    /// assert!(progress.rows_total() <= 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rows_total(&self) -> u64 {
        self.0.progress.rows.total()
    }

    /// Bytes of text files that were read, compressed as they are.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let file = std::env::temp_dir().join(format!("firesteel-progress-{}.csv", std::process::id()));
    /// std::fs::write(&file, "a,b\n1,2\n").expect("a file");
    /// let result = session.execute_sql(&format!("SELECT * FROM csv.`{}`", file.display()))?;
    /// let progress = result.progress().expect("a query has some");
    /// result.count_rows()?;
    /// assert_eq!((progress.bytes_read(), progress.bytes_total()), (8, 8));
    /// # std::fs::remove_file(file).expect("removed");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn bytes_read(&self) -> u64 {
        self.0.progress.bytes.done()
    }

    /// What the scans of text files begun so far have to read; grows when another one begins.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let result = session.execute_sql("SELECT * FROM range(3)")?;
    /// assert_eq!(result.progress().expect("a query has some").bytes_total(), 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn bytes_total(&self) -> u64 {
        self.0.progress.bytes.total()
    }
}

enum Rows {
    Stream(ResultStream),
    /// Known at once: what commands give.
    Known(std::vec::IntoIter<Batch>),
}

impl QueryResult {
    pub(crate) fn stream(columns: Vec<Column>, stream: ResultStream) -> Self {
        Self { columns, rows: Rows::Stream(stream), text: None }
    }

    /// No columns, no rows.
    pub(crate) fn nothing() -> Self {
        Self { columns: Vec::new(), rows: Rows::Known(Vec::new().into_iter()), text: None }
    }

    /// Rows of a command, all columns given as arrays of one length.
    pub(crate) fn known(columns: Vec<(&str, SqlType, ArrayRef)>) -> Self {
        let rows = columns.first().map_or(0, |(_, _, array)| array.len());
        let batch = Batch::new(columns.iter().map(|(_, _, array)| Arc::clone(array).into()).collect(), rows);
        let column = |(name, data_type, array): &(&str, SqlType, ArrayRef)| Column {
            name: (*name).to_owned(),
            data_type: data_type.clone(),
            nullable: array.null_count() > 0,
        };
        let rows = Rows::Known(vec![batch].into_iter());
        Self { columns: columns.iter().map(column).collect(), rows, text: None }
    }

    /// One column of text, a row each.
    pub(crate) fn text(name: &str, lines: impl IntoIterator<Item = String>) -> Self {
        let array: ArrayRef = Arc::new(StringViewArray::from_iter_values(lines));
        Self::known(vec![(name, SqlType::STRING, array)])
    }

    /// Places in errors point into this text.
    pub(crate) fn of_text(self, text: &Arc<str>) -> Self {
        Self { text: Some(Arc::clone(text)), ..self }
    }

    fn placed(&self, item: Result<Batch>) -> Result<Batch> {
        item.map_err(|error| match &self.text {
            Some(text) => error.in_text(text),
            None => error,
        })
    }

    /// The columns of the result.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let result = session.execute_sql("SELECT 1 AS a")?;
    /// assert_eq!((result.columns()[0].name.as_str(), result.columns()[0].nullable), ("a", false));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The running query, for cancelling it from elsewhere; `None` for results that are known at once.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let result = session.execute_sql("SELECT * FROM range(1000000000)")?;
    /// result.query().expect("a query runs").cancel();
    /// assert!(result.count_rows().is_err());
    /// assert!(session.execute_sql("SHOW TABLES")?.query().is_none());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn query(&self) -> Option<Arc<QueryContext>> {
        match &self.rows {
            Rows::Stream(stream) => Some(Arc::clone(stream.query())),
            Rows::Known(_) => None,
        }
    }

    /// How far the running query has come, to be looked at from elsewhere; `None` for results that are known at once.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.execute_sql("SELECT 1 AS one")?.progress().is_some());
    /// assert!(session.execute_sql("SHOW TABLES")?.progress().is_none());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn progress(&self) -> Option<Progress> {
        self.query().map(Progress)
    }

    /// The Arrow schema of [`QueryResult::collect`]: canonical types, all columns nullable as the result says.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.execute_sql("SELECT 1 AS a")?.schema().field(0).name(), "a");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn schema(&self) -> SchemaRef {
        let field = |column: &Column| Field::new(&column.name, column.data_type.to_arrow(), true);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// The next batch, for who does not block.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use std::task::{Context, Poll, Waker};
    ///
    /// let mut result = session.execute_sql("SHOW TABLES")?;
    /// let mut cx = Context::from_waker(Waker::noop());
    /// assert!(matches!(result.poll_next(&mut cx), Poll::Ready(Some(Ok(_)))));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Batch>>> {
        let next = match &mut self.rows {
            Rows::Stream(stream) => std::task::ready!(stream.poll_next(cx)),
            Rows::Known(batches) => batches.next().map(Ok),
        };
        Poll::Ready(next.map(|item| self.placed(item)))
    }

    /// All rows. Memory holds the whole result.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let batches = session.execute_sql("SELECT * FROM range(3)")?.collect()?;
    /// assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn collect(self) -> Result<Vec<RecordBatch>> {
        let schema = self.schema();
        self.map(|batch| batch?.to_record_batch(Arc::clone(&schema))).collect()
    }

    /// Runs to the end and counts.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.execute_sql("SELECT * FROM range(3)")?.count_rows()?, 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn count_rows(self) -> Result<u64> {
        let mut rows = 0;
        for batch in self {
            rows += batch?.rows() as u64;
        }
        Ok(rows)
    }
}

impl Iterator for QueryResult {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        let next = match &mut self.rows {
            Rows::Stream(stream) => stream.next(),
            Rows::Known(batches) => batches.next().map(Ok),
        };
        next.map(|item| self.placed(item))
    }
}

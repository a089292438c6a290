//! Rows as they are computed: a blocking iterator, or a `Stream` for whoever awaits.

use std::pin::Pin;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use firesteel_common::{Error, Result, SqlType};
use firesteel_expr::Batch;
use futures_core::Stream;

use super::names::without_places;
use crate::edge::Edge;
use crate::result::{Column, QueryResult};

/// A running query. As an iterator it blocks; as a `Stream` it waits on any executor. Dropping it cancels the query.
pub struct BatchStream {
    result: QueryResult,
    edge: Edge,
    /// Places in errors mean something to the user: there is a text.
    has_text: bool,
}

impl BatchStream {
    pub(crate) fn new(result: QueryResult, views: bool, has_text: bool) -> Self {
        let edge = Edge::new(result.columns(), views);
        Self { result, edge, has_text }
    }

    /// The Arrow schema of the batches.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let stream = session.range(0..3)?.stream()?;
    /// assert_eq!(stream.schema().field(0).name(), "id");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn schema(&self) -> &SchemaRef {
        self.edge.schema()
    }

    pub(crate) fn columns(&self) -> &[Column] {
        self.result.columns()
    }

    pub(crate) fn types(&self) -> Vec<SqlType> {
        self.columns().iter().map(|column| column.data_type.clone()).collect()
    }

    /// The next batch, awaited on any executor.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let mut stream = session.range(0..3)?.stream_async().await?;
    /// assert_eq!(stream.next_batch().await.expect("three rows")?.num_rows(), 3);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn next_batch(&mut self) -> Option<Result<RecordBatch>> {
        std::future::poll_fn(|cx| Stream::poll_next(Pin::new(&mut *self), cx)).await
    }

    /// Stops the query; what was fetched stays valid.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let stream = session.range(0..1_000_000_000)?.stream()?;
    /// stream.cancel();
    /// assert!(stream.map(|batch| batch.map(|batch| batch.num_rows())).sum::<Result<usize>>().is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cancel(&self) {
        if let Some(query) = self.result.query() {
            query.cancel();
        }
    }

    fn outward(&self, item: Result<Batch>) -> Result<RecordBatch> {
        item.and_then(|batch| self.edge.batch(&batch)).map_err(|error| self.error(error))
    }

    fn error(&self, error: Error) -> Error {
        if self.has_text { error } else { without_places(error) }
    }
}

impl Iterator for BatchStream {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let item = self.result.next()?;
        Some(self.outward(item))
    }
}

impl Stream for BatchStream {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<RecordBatch>>> {
        let item = std::task::ready!(self.result.poll_next(cx));
        Poll::Ready(item.map(|item| self.outward(item)))
    }
}

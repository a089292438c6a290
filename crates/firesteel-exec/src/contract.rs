//! The contract between the driver and the machines that it drives.
//!
//! ```text
//! SourceFactory ─open─▶ Source ──Batch──▶ Operator ──Batch──▶ … ──Batch──▶ Sink ◀─open─ SinkFactory ─finalize─▶ units
//!      (shared)        (per worker)      (per worker)              (per worker)      (shared)
//! ```
//! - Nothing in here ever waits. A source and a sink answer `Pending` after they registered the waker; an operator takes
//!   a batch or gives a batch.
//! - What all workers share lives in the factory (or in an `Arc` that it holds); what one worker needs is the boxed
//!   struct itself.
//! - Yielding, cancelling, counting and timing are the driver's affair ([`crate::pipeline`]), as are panics.

use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::{ArrayRef, BooleanArray};
use firesteel_common::Result;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_plan::Schema;
use firesteel_plan::physical::{Scan, Write};

use crate::metrics::OperatorMetrics;
use crate::query::QueryContext;

/// The number of a worker within its pipeline, from 0. Two pipelines that feed one sink each count for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkerId(pub u32);

/// What is called with a query's result when nothing of the query is left. Mostly on a pool thread: it must not wait.
pub type OnDone = Box<dyn FnOnce(Result<()>) + Send>;

/// Where batches come from. Workers claim morsels from a cursor that the factory shares.
pub trait SourceFactory: Send + Sync {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Source>>;

    /// More workers than this would find nothing to do.
    fn workers_max(&self) -> usize;

    /// About how many rows there are, when that is known before reading: little work starts one task only.
    fn rows_hint(&self) -> Option<u64> {
        None
    }
}

/// Opens the scans and the writes of a plan: readers and writers live in a crate that knows file formats, which this one
/// does not.
pub trait ScanOpener: Send + Sync {
    /// `schema` is the node's output: the first of the scan's columns. Bytes and what was passed over go to `metrics`.
    fn open(
        &self,
        scan: &Scan,
        schema: &Schema,
        query: &Arc<QueryContext>,
        metrics: &Arc<OperatorMetrics>,
    ) -> Result<Arc<dyn SourceFactory>>;

    /// The sink that puts rows into files; they are in place when it has finalized.
    fn open_write(
        &self,
        write: &Write,
        query: &Arc<QueryContext>,
        metrics: &Arc<OperatorMetrics>,
    ) -> Result<Arc<dyn SinkFactory>>;
}

pub trait Source: Send {
    /// The next batch, of at most `batch_rows` rows; `None` at the end. A source whose order matters numbers its morsels
    /// (`Batch::morsel`): the numbers that one worker gives never fall, a morsel belongs to one worker, and a morsel that
    /// is claimed later has a higher number.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>>;
}

pub trait OperatorFactory: Send + Sync {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Operator>>;
}

/// A machine between source and sink. Output batches carry the morsel of the input that they come from.
pub trait Operator: Send {
    /// Takes a batch, which is never empty; called only after `pull` returned `None`.
    fn push(&mut self, input: Batch) -> Result<()>;

    /// The next output; `None`: give me more. Empty batches are allowed and go no further.
    fn pull(&mut self) -> Result<Option<Batch>>;

    /// There is no more input; `pull` may yield again.
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }

    /// More input would change nothing (a LIMIT that is reached): the driver stops what comes before.
    fn is_done(&self) -> bool {
        false
    }
}

/// Where batches go. Several pipelines may feed one sink.
pub trait SinkFactory: Send + Sync {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Sink>>;

    /// Runs once, after the last worker of the last feeding pipeline; what can be done in parallel is returned as units.
    /// Pipelines that depend on this sink start when the last unit, and all that it begot, is done.
    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        Ok(Vec::new())
    }
}

pub trait Sink: Send {
    /// Back-pressure and waiting for memory live here (and in `poll_next`) only. `Ready` is good for one `push`.
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Takes a batch, which is never empty.
    fn push(&mut self, batch: Batch) -> Result<()>;

    /// No more batches from this worker: flush, merge this worker's part into what is shared.
    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>>;

    /// Nobody needs more (client gone, EXISTS answered): the driver goes on with `poll_finish`.
    fn is_done(&self) -> bool {
        false
    }

    /// This worker has begun a morsel: none of its later batches has a lower number. Only sinks that keep order care.
    fn begin_morsel(&mut self, _morsel: u64) {}
}

/// A piece of a sink's finalization, small enough for a slice (a few milliseconds). May beget more.
pub trait FinalizeUnit: Send {
    fn run(self: Box<Self>) -> Result<Vec<Box<dyn FinalizeUnit>>>;
}

/// What one side of a join (or a top-n) learned and a scan can use. Never drops a row that matters; may keep others.
pub trait RuntimeFilter: Send + Sync {
    /// Per row of the column, whether it may matter; without NULLs in the result.
    fn test(&self, column: &Column) -> Result<BooleanArray>;

    /// Whether some value within `min..=max` (one-row arrays of the canonical type) may matter: prunes row groups.
    fn may_match(&self, min: &ArrayRef, max: &ArrayRef) -> Result<bool>;
}

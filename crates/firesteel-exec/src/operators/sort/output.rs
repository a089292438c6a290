//! Rows in order, gathered from the runs piece by piece.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use firesteel_common::{Result, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use super::run::Run;
use crate::contract::{Source, SourceFactory, WorkerId};
use crate::memory::Reservation;
use crate::operators::limit::RowRange;
use crate::pages::gather;

/// A row of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(super) run: u32,
    pub(super) row: u32,
}

impl Place {
    pub(crate) fn new(run: usize, row: u32) -> Self {
        Self { run: run as u32, row }
    }
}

/// The merged order, shared by the merge, which sets it, and the source's workers.
pub(crate) struct Sorted {
    range: RowRange,
    batch_rows: usize,
    order: OnceLock<Order>,
    next: AtomicUsize,
}

struct Order {
    runs: Arc<Vec<Run>>,
    places: Vec<Vec<Place>>,
    /// What of `places` comes out at once: which of them, from where, how many.
    pieces: Vec<(usize, usize, usize)>,
    _memory: Option<Reservation>,
}

impl Sorted {
    /// `range`: which of the ordered rows come out.
    pub(crate) fn new(range: RowRange, batch_rows: usize) -> Self {
        Self { range, batch_rows, order: OnceLock::new(), next: AtomicUsize::new(0) }
    }

    pub(crate) fn set(&self, runs: Arc<Vec<Run>>, places: Vec<Vec<Place>>, memory: Option<Reservation>) {
        let mut pieces = Vec::new();
        let mut seen = 0;
        for (at, places) in places.iter().enumerate() {
            let (from, to) = self.range.within(places.len() as u64, seen);
            seen += places.len() as u64;
            let starts = (from as usize..to as usize).step_by(self.batch_rows);
            pieces.extend(starts.map(|start| (at, start, self.batch_rows.min(to as usize - start))));
        }
        // Set once, by the last unit of the merge.
        let _ = self.order.set(Order { runs, places, pieces, _memory: memory });
    }
}

pub(crate) struct SortedSource(pub(crate) Arc<Sorted>);

impl SourceFactory for SortedSource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Reader(Arc::clone(&self.0))))
    }

    fn workers_max(&self) -> usize {
        self.0.order.get().map_or(1, |order| order.pieces.len()).max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        self.0.order.get().map(|order| order.pieces.iter().map(|(_, _, rows)| *rows as u64).sum())
    }
}

struct Reader(Arc<Sorted>);

impl Source for Reader {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let at = self.0.next.fetch_add(1, Relaxed);
        let Some(order) = self.0.order.get() else {
            return Poll::Ready(Err(internal!("a sort is read before it is merged")));
        };
        let Some((places, start, rows)) = order.pieces.get(at) else { return Poll::Ready(Ok(None)) };
        let places = &order.places[*places][*start..start + rows];
        Poll::Ready(order.gather(places).map(|batch| Some(batch.with_morsel(at as u64))))
    }
}

impl Order {
    fn gather(&self, places: &[Place]) -> Result<Batch> {
        let runs: Vec<_> = self.runs.iter().map(|run| run.columns.as_slice()).collect();
        let columns = gather(&runs, places.iter().map(|place| (place.run, place.row)))?;
        Ok(Batch::new(columns.into_iter().map(Column::Array).collect(), places.len()))
    }
}

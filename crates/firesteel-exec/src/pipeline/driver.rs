//! One worker's machines of one pipeline, and the batches' way through them.
//!
//! ```text
//! place:   0          1 … n         n + 1
//!        source ──▶ operators ──▶ sink (its end)
//! ```
//! The driver stands at a place and asks it for a batch. A batch goes to the next place, where the driver follows; an
//! operator that has none sends it back one place, towards the source. So the deepest output always goes first, and no
//! batch is ever held between two steps: the driver can leave (yield, wait, be cancelled) after any of them.
//!
//! `first` is the first place that still gives: the source, and once it has ended one operator after the other, each told
//! to finish when all before it has run dry.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

use crate::contract::{Operator, Sink, Source};
use crate::metrics::{OperatorMetrics, Tally};

pub(crate) enum Step {
    /// Go on.
    More,
    /// The waker is registered.
    Pending,
    /// The sink has all of this worker.
    Done,
}

/// A machine with its account.
pub(crate) struct Counted<M: ?Sized> {
    machine: Box<M>,
    tally: Tally,
    metrics: Arc<OperatorMetrics>,
}

impl<M: ?Sized> Counted<M> {
    pub(crate) fn new(machine: Box<M>, metrics: &Arc<OperatorMetrics>) -> Self {
        Self { machine, tally: Tally::default(), metrics: Arc::clone(metrics) }
    }

    fn count_in(&mut self, rows: usize) {
        self.tally.rows_in += rows as u64;
    }

    fn count_out(&mut self, rows: usize) {
        self.tally.rows_out += rows as u64;
        self.tally.batches_out += 1;
    }

    fn report(&mut self) {
        self.metrics.add(&std::mem::take(&mut self.tally));
    }
}

pub(crate) struct Driver {
    source: Counted<dyn Source>,
    operators: Vec<Counted<dyn Operator>>,
    sink: Counted<dyn Sink>,
    place: usize,
    first: usize,
    /// The sink said that it takes a batch, and got none since.
    sink_ready: bool,
    morsel: Option<u64>,
    clock: Clock,
}

/// Time between two looks at it goes to whoever worked then: one reading per call of a machine.
struct Clock(Instant);

impl Clock {
    fn charge(&mut self, tally: &mut Tally) {
        let now = Instant::now();
        tally.time += now.duration_since(self.0);
        self.0 = now;
    }
}

impl Driver {
    pub(crate) fn new(
        source: Counted<dyn Source>,
        operators: Vec<Counted<dyn Operator>>,
        sink: Counted<dyn Sink>,
    ) -> Self {
        let clock = Clock(Instant::now());
        Self { source, operators, sink, place: 0, first: 0, sink_ready: false, morsel: None, clock }
    }

    /// A slice begins: what passed meanwhile is nobody's time.
    pub(crate) fn begin_slice(&mut self) {
        self.clock = Clock(Instant::now());
    }

    /// The end of the last step.
    pub(crate) fn now(&self) -> Instant {
        self.clock.0
    }

    /// Adds what was counted to the counters that all workers share.
    pub(crate) fn report(&mut self) {
        self.source.report();
        self.operators.iter_mut().for_each(Counted::report);
        self.sink.report();
    }

    /// Asks the machine at the current place.
    pub(crate) fn step(&mut self, cx: &mut Context<'_>) -> Result<Step> {
        let end = self.operators.len() + 1;
        if self.place < end && self.sink.machine.is_done() {
            self.place = end;
        }
        // What the last place gives goes to the sink, which must have room for it.
        if self.place + 1 == end && !self.poll_sink(cx)? {
            return Ok(Step::Pending);
        }
        match self.place {
            0 => self.step_source(cx),
            place if place < end => self.step_operator(place),
            _ => self.step_end(cx),
        }
    }

    fn step_source(&mut self, cx: &mut Context<'_>) -> Result<Step> {
        if let Some(done) = self.operators.iter().rposition(|operator| operator.machine.is_done()) {
            self.finish_before(done + 1)?;
            return Ok(Step::More);
        }
        let polled = self.source.machine.poll_next(cx);
        self.clock.charge(&mut self.source.tally);
        match polled? {
            Poll::Pending => return Ok(Step::Pending),
            Poll::Ready(None) => self.finish_before(1)?,
            Poll::Ready(Some(batch)) if batch.is_empty() => {}
            Poll::Ready(Some(batch)) => {
                self.source.count_out(batch.rows());
                if self.morsel != Some(batch.morsel) {
                    self.morsel = Some(batch.morsel);
                    self.sink.machine.begin_morsel(batch.morsel);
                }
                self.give(1, batch)?;
            }
        }
        Ok(Step::More)
    }

    fn step_operator(&mut self, place: usize) -> Result<Step> {
        let operator = &mut self.operators[place - 1];
        let pulled = operator.machine.pull();
        self.clock.charge(&mut operator.tally);
        match pulled? {
            Some(batch) if batch.is_empty() => {}
            Some(batch) => {
                operator.count_out(batch.rows());
                self.give(place + 1, batch)?;
            }
            None if place == self.first => self.finish_before(place + 1)?,
            None if operator.machine.is_done() => self.finish_before(place)?,
            None => self.place = place - 1,
        }
        Ok(Step::More)
    }

    fn step_end(&mut self, cx: &mut Context<'_>) -> Result<Step> {
        let polled = self.sink.machine.poll_finish(cx);
        self.clock.charge(&mut self.sink.tally);
        match polled {
            Poll::Pending => Ok(Step::Pending),
            Poll::Ready(result) => result.map(|()| Step::Done),
        }
    }

    /// Hands a batch to the machine at `place`.
    fn give(&mut self, place: usize, batch: Batch) -> Result<()> {
        match self.operators.get_mut(place - 1) {
            Some(operator) => {
                operator.count_in(batch.rows());
                operator.machine.push(batch)?;
                self.clock.charge(&mut operator.tally);
                self.place = place;
            }
            None => {
                self.sink_ready = false;
                self.sink.count_in(batch.rows());
                self.sink.machine.push(batch)?;
                self.clock.charge(&mut self.sink.tally);
            }
        }
        Ok(())
    }

    /// Nothing more comes from before `place`.
    fn finish_before(&mut self, place: usize) -> Result<()> {
        (self.first, self.place) = (place, place);
        if let Some(operator) = self.operators.get_mut(place - 1) {
            operator.machine.finish()?;
            self.clock.charge(&mut operator.tally);
        }
        Ok(())
    }

    fn poll_sink(&mut self, cx: &mut Context<'_>) -> Result<bool> {
        if !self.sink_ready {
            let polled = self.sink.machine.poll_ready(cx);
            self.clock.charge(&mut self.sink.tally);
            self.sink_ready = match polled {
                Poll::Pending => false,
                Poll::Ready(result) => result.map(|()| true)?,
            };
        }
        Ok(self.sink_ready)
    }
}

//! Random graphs of pipelines, run slice by slice in a random but repeatable order by one thread. Each step of a driver is
//! a slice of its own, so that every interleaving of steps can occur. What must hold whatever the order:
//! every batch arrives exactly once (times what operators multiply), a sink is finalized once and after all that feeds it,
//! nothing starts before what it waits for, and at the end, good or bad, nothing is left.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use firesteel_common::{Result, bail};
use firesteel_expr::batch::Batch;
use hashbrown::HashMap;

use super::*;
use crate::contract::*;
use crate::executor::spawn;
use crate::memory::{MemoryPool, Reservation};
use crate::pool::Pool;
use crate::testing::{Dice, OP, counted_source, done, hush_planned_panics, query, rows};

/// What is to go wrong at which event (a batch taken, a unit run), if anything.
#[derive(Default)]
struct Fault {
    events: AtomicUsize,
    at: Option<usize>,
    panics: bool,
}

impl Fault {
    fn event(&self) -> Result<()> {
        if Some(self.events.fetch_add(1, SeqCst)) != self.at {
            return Ok(());
        }
        assert!(!self.panics, "a planned panic");
        bail!(DIVIDE_BY_ZERO, config = "planned");
    }
}

/// Waits now and then, and is woken at once.
fn hiccup(dice: &Arc<Dice>, cx: &mut Context<'_>) -> bool {
    let waits = dice.roll(4) == 0;
    if waits {
        cx.waker().wake_by_ref();
    }
    waits
}

struct World {
    dice: Arc<Dice>,
    fault: Arc<Fault>,
    memory: Arc<MemoryPool>,
}

impl World {
    fn reserve(&self) -> Result<Reservation> {
        let mut reservation = self.memory.reserve("machine");
        reservation.grow(10)?;
        Ok(reservation)
    }
}

/// Gives batches named by their morsel.
struct Names {
    world: Arc<World>,
    names: std::ops::Range<u64>,
    next: Arc<AtomicUsize>,
    sinks_before: Vec<Arc<Arrivals>>,
    pipelines_before: Vec<Arc<AtomicUsize>>,
    workers: usize,
    live: Arc<AtomicUsize>,
}

/// How many workers of a pipeline live; a pipeline that never ran counts as one.
struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl SourceFactory for Names {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Source>> {
        assert!(self.sinks_before.iter().all(|sink| sink.is_final()), "started before a sink was final");
        assert!(self.pipelines_before.iter().all(|live| live.load(SeqCst) == 0), "started before a pipeline ended");
        if worker.0 > 0 {
            self.live.fetch_add(1, SeqCst);
        }
        let source = NamesLeft {
            names: self.names.clone(),
            next: Arc::clone(&self.next),
            dice: Arc::clone(&self.world.dice),
            _held: self.world.reserve()?,
            _alive: Alive(Arc::clone(&self.live)),
        };
        Ok(Box::new(source))
    }

    fn workers_max(&self) -> usize {
        self.workers
    }

    fn rows_hint(&self) -> Option<u64> {
        self.workers.is_multiple_of(2).then_some(u64::MAX)
    }
}

struct NamesLeft {
    names: std::ops::Range<u64>,
    next: Arc<AtomicUsize>,
    dice: Arc<Dice>,
    _held: Reservation,
    _alive: Alive,
}

impl Source for NamesLeft {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        if hiccup(&self.dice, cx) {
            return Poll::Pending;
        }
        let name = self.names.start + self.next.fetch_add(1, SeqCst) as u64;
        Poll::Ready(Ok(self.names.contains(&name).then(|| rows(1).with_morsel(name))))
    }
}

/// Gives each batch `times` times, at once or at the end.
#[derive(Clone)]
struct Repeat {
    times: usize,
    at_end: bool,
    fault: Arc<Fault>,
    output: Vec<Batch>,
    held: Vec<Batch>,
}

impl OperatorFactory for Repeat {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        Ok(Box::new(self.clone()))
    }
}

impl Operator for Repeat {
    fn push(&mut self, input: Batch) -> Result<()> {
        assert!(self.output.is_empty(), "pushed before it was drained");
        self.fault.event()?;
        let to = if self.at_end { &mut self.held } else { &mut self.output };
        to.extend(std::iter::repeat_n(input, self.times));
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.pop())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(self.output.is_empty(), "finished before it was drained");
        self.output = std::mem::take(&mut self.held);
        Ok(())
    }
}

/// A sink that knows what must arrive.
#[derive(Default)]
struct Arrivals {
    expected: Mutex<HashMap<u64, usize>>,
    arrived: Mutex<HashMap<u64, usize>>,
    finalized: AtomicUsize,
    units: AtomicUsize,
    complete: AtomicBool,
}

impl Arrivals {
    fn is_final(&self) -> bool {
        self.complete.load(SeqCst) && self.finalized.load(SeqCst) == 1 && self.units.load(SeqCst) == 0
    }
}

struct ArrivalsFactory {
    world: Arc<World>,
    arrivals: Arc<Arrivals>,
}

impl SinkFactory for ArrivalsFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let (dice, arrivals) = (Arc::clone(&self.world.dice), Arc::clone(&self.arrivals));
        Ok(Box::new(ArrivalsSink { dice, arrivals, mine: Vec::new(), ready: false, _held: self.world.reserve()? }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        self.world.fault.event()?;
        self.arrivals.finalized.fetch_add(1, SeqCst);
        let equal = *self.arrivals.arrived.lock().expect("alive") == *self.arrivals.expected.lock().expect("alive");
        assert!(equal, "finalized with batches missing or doubled");
        self.arrivals.complete.store(true, SeqCst);
        Ok(Unit::some(&self.world, &self.arrivals, 3))
    }
}

struct Unit {
    world: Arc<World>,
    arrivals: Arc<Arrivals>,
    depth: usize,
}

impl Unit {
    fn some(world: &Arc<World>, arrivals: &Arc<Arrivals>, depth: usize) -> Vec<Box<dyn FinalizeUnit>> {
        let count = if depth == 0 { 0 } else { world.dice.roll(3) };
        arrivals.units.fetch_add(count, SeqCst);
        let unit = |_| Unit { world: Arc::clone(world), arrivals: Arc::clone(arrivals), depth };
        (0..count).map(|at| Box::new(unit(at)) as Box<dyn FinalizeUnit>).collect()
    }
}

impl FinalizeUnit for Unit {
    fn run(self: Box<Self>) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        self.world.fault.event()?;
        let more = Unit::some(&self.world, &self.arrivals, self.depth - 1);
        self.arrivals.units.fetch_sub(1, SeqCst);
        Ok(more)
    }
}

struct ArrivalsSink {
    dice: Arc<Dice>,
    arrivals: Arc<Arrivals>,
    mine: Vec<u64>,
    ready: bool,
    _held: Reservation,
}

impl Sink for ArrivalsSink {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if hiccup(&self.dice, cx) {
            return Poll::Pending;
        }
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn push(&mut self, batch: Batch) -> Result<()> {
        assert!(std::mem::take(&mut self.ready), "pushed without being ready");
        self.mine.push(batch.morsel);
        Ok(())
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if hiccup(&self.dice, cx) {
            return Poll::Pending;
        }
        let mut arrived = self.arrivals.arrived.lock().expect("alive");
        for name in self.mine.drain(..) {
            *arrived.entry(name).or_default() += 1;
        }
        Poll::Ready(Ok(()))
    }
}

/// Up to six pipelines into up to four sinks; later ones wait for some earlier ones.
fn random_graph(world: &Arc<World>) -> (PipelineGraph, Vec<Arc<Arrivals>>) {
    let dice = &world.dice;
    let mut graph = PipelineGraph::default();
    let sinks: Vec<Arc<Arrivals>> = (0..1 + dice.roll(4)).map(|_| Arc::default()).collect();
    let mut ids = Vec::new();
    for arrivals in &sinks {
        let factory = ArrivalsFactory { world: Arc::clone(world), arrivals: Arc::clone(arrivals) };
        ids.push(graph.add_sink(OP, Arc::new(factory)));
    }
    let mut ended: Vec<(PipelineId, Arc<AtomicUsize>)> = Vec::new();
    // Sinks in their order: those of lower numbers can be final before pipelines into higher ones start.
    for (at, arrivals) in sinks.iter().enumerate() {
        for _ in 0..1 + dice.roll(2) {
            let first = 100 * ended.len() as u64;
            let mut source = Names {
                world: Arc::clone(world),
                names: first..first + dice.roll(6) as u64,
                next: Arc::default(),
                sinks_before: Vec::new(),
                pipelines_before: Vec::new(),
                workers: 1 + dice.roll(4),
                live: Arc::new(AtomicUsize::new(1)),
            };
            let mut after: Vec<Dependency> = Vec::new();
            for before in 0..at {
                if dice.roll(2) == 0 {
                    after.push(ids[before].into());
                    source.sinks_before.push(Arc::clone(&sinks[before]));
                }
            }
            for (id, live) in &ended {
                if dice.roll(4) == 0 {
                    after.push((*id).into());
                    source.pipelines_before.push(Arc::clone(live));
                }
            }
            let live = Arc::clone(&source.live);
            let names = source.names.clone();
            let mut pipeline = Pipeline::new(OP, Arc::new(source), ids[at]);
            let mut times = 1;
            for _ in 0..dice.roll(4) {
                let repeat = Repeat {
                    times: dice.roll(4),
                    at_end: dice.roll(3) == 0,
                    fault: Arc::clone(&world.fault),
                    output: Vec::new(),
                    held: Vec::new(),
                };
                times *= repeat.times;
                pipeline = pipeline.then(OP, Arc::new(repeat));
            }
            pipeline = after.into_iter().fold(pipeline, Pipeline::after);
            if times > 0 {
                arrivals.expected.lock().expect("alive").extend(names.map(|name| (name, times)));
            }
            ended.push((graph.add_pipeline(pipeline), live));
        }
    }
    (graph, sinks)
}

/// Runs one random history; how many events it had.
fn simulate(seed: u64, fault: Fault, cancel_at: Option<usize>) -> (Result<()>, usize) {
    let dice = Arc::new(Dice::new(seed));
    let memory = MemoryPool::new(1 << 20);
    let fault = Arc::new(fault);
    let world = Arc::new(World { dice: Arc::clone(&dice), fault: Arc::clone(&fault), memory: Arc::clone(&memory) });
    let (graph, sinks) = random_graph(&world);
    let pool = Pool::simulated();
    let (on_done, result) = done();
    let handle = spawn(&pool, query(&memory, 3), graph, on_done);
    let mut steps = 0;
    while pool.run_one(|ready| dice.roll(ready)) {
        steps += 1;
        if Some(steps) == cancel_at {
            handle.cancel();
        }
        assert!(steps < 100_000, "seed {seed} does not end");
    }
    let result = result.try_recv().unwrap_or_else(|_| panic!("seed {seed}: nothing to run, and not done"));
    assert_eq!(pool.live_tasks(), 0, "seed {seed}");
    assert_eq!((memory.used(), memory.reservations()), (0, 0), "seed {seed}");
    assert!(sinks.iter().all(|sink| sink.finalized.load(SeqCst) <= 1), "seed {seed}");
    if result.is_ok() {
        assert!(sinks.iter().all(|sink| sink.is_final()), "seed {seed}");
    }
    (result, fault.events.load(SeqCst))
}

#[test]
fn every_batch_arrives_exactly_once() {
    for seed in 0..3000 {
        let (result, _) = simulate(seed, Fault::default(), None);
        result.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
}

#[test]
fn a_failure_anywhere_ends_the_query_and_leaves_nothing() {
    hush_planned_panics();
    for seed in 0..1500 {
        let (_, events) = simulate(seed, Fault::default(), None);
        let at = (seed as usize * 7) % events.max(1);
        let panics = seed % 2 == 0;
        let (result, _) = simulate(seed, Fault { at: Some(at), panics, ..Fault::default() }, None);
        let expected = if panics { "TASK_PANICKED" } else { "DIVIDE_BY_ZERO" };
        let failed = result.expect_err("it was to fail");
        assert_eq!(failed.condition().name, expected, "seed {seed}: {failed}");
    }
}

#[test]
fn a_cancellation_at_any_time_leaves_nothing() {
    let mut cancelled = 0;
    for seed in 0..1500 {
        let (result, _) = simulate(seed, Fault::default(), Some(1 + seed as usize % 97));
        if let Err(error) = result {
            assert_eq!(error.condition().name, "OPERATION_CANCELED", "seed {seed}: {error}");
            cancelled += 1;
        }
    }
    assert!(cancelled > 500, "only {cancelled}");
}

#[test]
fn pipelines_that_wait_for_each_other_are_an_error() {
    let world =
        Arc::new(World { dice: Arc::new(Dice::new(0)), fault: Arc::default(), memory: MemoryPool::unlimited() });
    let mut graph = PipelineGraph::default();
    let sink = graph.add_sink(OP, Arc::new(ArrivalsFactory { world, arrivals: Arc::default() }));
    graph.add_pipeline(Pipeline::new(OP, counted_source(1, 1, 1), sink).after(sink));
    let (on_done, result) = done();
    let pool = Pool::simulated();
    spawn(&pool, query(&MemoryPool::unlimited(), 1), graph, on_done);
    assert!(result.try_recv().expect("done at once").is_err());
}

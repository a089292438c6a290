//! What a query consists of, for the executor: made by the builder, consumed by one run.

use std::sync::Arc;

use crate::contract::{OperatorFactory, SinkFactory, SourceFactory};
use crate::metrics::OperatorId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipelineId(pub(crate) usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SinkId(pub(crate) usize);

/// What must be over before a pipeline starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependency {
    /// All that feeds the sink, and its finalization: the sink's shared state can be read.
    Finalized(SinkId),
    /// All workers of a pipeline: what they marked together can be read (a probe's unmatched build rows).
    Ended(PipelineId),
}

impl From<SinkId> for Dependency {
    fn from(sink: SinkId) -> Self {
        Dependency::Finalized(sink)
    }
}

impl From<PipelineId> for Dependency {
    fn from(pipeline: PipelineId) -> Self {
        Dependency::Ended(pipeline)
    }
}

/// A shared maker of machines and the physical operator on whose account they work.
pub(crate) struct Part<F: ?Sized> {
    pub(crate) operator: OperatorId,
    pub(crate) factory: Arc<F>,
}

/// Source → operators → sink.
pub struct Pipeline {
    pub(crate) source: Part<dyn SourceFactory>,
    pub(crate) operators: Vec<Part<dyn OperatorFactory>>,
    pub(crate) sink: SinkId,
    pub(crate) after: Vec<Dependency>,
    pub(crate) workers_max: usize,
}

impl Pipeline {
    pub fn new(operator: OperatorId, source: Arc<dyn SourceFactory>, sink: SinkId) -> Self {
        let source = Part { operator, factory: source };
        Self { source, operators: Vec::new(), sink, after: Vec::new(), workers_max: usize::MAX }
    }

    /// Adds an operator behind those there are.
    pub fn then(mut self, operator: OperatorId, factory: Arc<dyn OperatorFactory>) -> Self {
        self.operators.push(Part { operator, factory });
        self
    }

    pub fn after(mut self, dependency: impl Into<Dependency>) -> Self {
        self.after.push(dependency.into());
        self
    }

    /// Fewer workers than the source would have: one where an operator needs all rows in their order.
    pub fn with_workers_max(mut self, workers: usize) -> Self {
        self.workers_max = workers;
        self
    }
}

/// The pipelines of a query. A sink is finalized after the last pipeline that feeds it.
#[derive(Default)]
pub struct PipelineGraph {
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) sinks: Vec<Part<dyn SinkFactory>>,
}

impl PipelineGraph {
    pub fn add_sink(&mut self, operator: OperatorId, factory: Arc<dyn SinkFactory>) -> SinkId {
        self.sinks.push(Part { operator, factory });
        SinkId(self.sinks.len() - 1)
    }

    pub fn add_pipeline(&mut self, pipeline: Pipeline) -> PipelineId {
        self.pipelines.push(pipeline);
        PipelineId(self.pipelines.len() - 1)
    }
}

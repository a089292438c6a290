//! Pipelines and how they run.
//!
//! ```text
//! PipelineGraph (what, from the builder) ──▶ QueryRun (counts down) ──spawns──▶ PipelineTask ──steps──▶ Driver
//!        pipelines feed sinks                      └────────────────spawns──▶ FinalizeTask
//! ```
//! - [`graph`]: pipelines, sinks, and what must be over before a pipeline starts.
//! - `driver`: one worker's machines; moves batches through them, counts and times.
//! - `task`: a driver as a task of the pool: slices, cancellation.
//! - `run`: a query's state, all of it countdowns: which pipelines may start, when a sink is finalized, when all is over.

mod driver;
pub mod graph;
pub(crate) mod run;
mod task;

#[cfg(test)]
mod simulation;

pub use graph::{Dependency, Pipeline, PipelineGraph, PipelineId, SinkId};

//! Stages, tasks and their order, as a pure state machine: no clock, no network, no threads.
//!
//! ```text
//! PhysicalPlan ──cut at exchanges and recursions──▶ [Stage]          (stages)
//! Job::handle(event, now) ──▶ [Action]                               (job)
//!     a stage gave other rows than expected ──▶ other stages for what has not begun    (rest)
//! ```
//! Whoever runs a job carries out its actions and reports events; local execution is a cluster of one.

pub mod job;
pub mod rest;
pub mod stages;

pub use job::{Action, Event, Job, TaskKey, TaskSpec};
pub use rest::{Learned, Replanned, Rest};
pub use stages::{Rounds, Stage, StageOutput, cut};

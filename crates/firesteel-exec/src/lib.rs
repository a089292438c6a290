//! Runs a physical plan on this machine, in reading order:
//!
//! ```text
//! physical plan ──builder──▶ PipelineGraph ──Executor::spawn──▶ tasks on the CPU pool ──▶ batches to the client, on_done
//! ```
//! - [`contract`]: the traits. A pipeline is source → operators → sink; none of them ever waits.
//! - [`query`]: what the machines of one query share; [`memory`] and [`metrics`] beside it.
//! - [`pipeline`]: a query's pipelines, and the driver that moves batches through one worker's machines.
//! - `steps`: how a machine that works piece by piece gives others their turn.
//! - `pool`: threads that run tasks slice by slice, round-robin by query.
//! - [`builder`]: which operator of the plan becomes which machines.
//! - [`executor`]: the door.
//! - [`operators`]: the machines themselves, one file each.
//! - [`spill`]: where they put what memory does not hold.
//! - [`hash`], `keys`, `pages`: what joins, groups and sorts hold, and how they find it again; [`runtime_filter`]: what a
//!   build tells the scans.

#[cfg(test)]
mod any_columns;
pub mod builder;
pub mod contract;
pub mod executor;
pub mod hash;
mod keys;
pub mod memory;
pub mod metrics;
pub mod operators;
mod pages;
pub mod pipeline;
mod pool;
pub mod query;
pub mod runtime_filter;
pub mod spill;
mod steps;
#[cfg(test)]
mod testing;
mod unit;

pub use contract::OnDone;
pub use executor::{ExecutionHandle, Executor};
pub use memory::{MemoryPool, Reservation};
pub use metrics::OperatorId;
pub use query::QueryContext;

//! Three trees, three types. No node of one occurs in another:
//!
//! - [`parsed`]: what was *said* — names, spans, nothing resolved.
//! - [`logical`]: what it *means* — columns are ids, every expression typed.
//! - [`physical`]: how it is *done* — plain data that travels to executors.
//!
//! Beside them: [`schema`] (the columns of a node), [`statistics`] (how much data a logical node gives, and how sure that
//! is), [`validate`] (what every plan must satisfy) and [`explain`] (plans as text).

pub mod explain;
pub mod logical;
pub mod parsed;
pub mod physical;
pub mod schema;
pub mod statistics;
pub mod validate;

pub use logical::{LogicalPlan, PlanRef};
pub use physical::{PhysicalPlan, PhysicalRef};
pub use schema::{PlanColumn, Schema};

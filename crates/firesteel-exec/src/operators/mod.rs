//! The machines, one file each.

mod batch_queue;
#[cfg(test)]
mod by_hand;
pub mod channel;
pub mod collect;
pub mod expand;
pub mod filter;
pub mod generate;
pub mod hash_aggregate;
pub mod hash_join;
pub mod join;
pub mod limit;
pub mod nested_loop_join;
pub mod project;
pub mod range;
mod reorder;
pub mod sample;
pub mod sort;
pub mod stage_buffer;
pub mod top_n;
pub mod union;
pub mod values;
pub mod window;

#[cfg(test)]
mod tests;

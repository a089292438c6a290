//! SQL in, plans out: each rule alone, and all of them with physical planning.

mod harness;
mod join_order;
mod physical;
mod rules;
mod tpch;

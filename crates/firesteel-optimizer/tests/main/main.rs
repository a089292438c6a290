//! SQL in, plans out: each rule alone, and all of them with physical planning.

mod harness;
mod physical;
mod rules;

//! Files written by the tests themselves, read back through the public interface.

mod damaged;
mod files;
mod filters;
mod harness;
mod memory;
mod rows;
mod types;

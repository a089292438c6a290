//! The library from the outside: SQL text or methods in, rows out.

mod dataframe;
mod errors;
mod examples;
mod extend;
mod files;
mod remote;

//! The library from the outside: SQL text or methods in, rows out.

mod adaptive;
mod dataframe;
mod errors;
mod examples;
mod extend;
mod files;
mod remote;

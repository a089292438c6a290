//! The library from the outside: SQL text in, rows out.

mod examples;
mod files;

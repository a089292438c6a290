//! The built binary as people use it: processes with arguments, files, pipes and a terminal.

mod bench;
mod files;
mod formats;
mod harness;
mod large;
mod process;
#[cfg(unix)]
mod screens;
#[cfg(unix)]
mod shell;
#[cfg(unix)]
mod terminal;
mod wrong_data;
mod wrong_sql;

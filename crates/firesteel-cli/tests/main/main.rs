//! The built binary as people use it: processes with arguments, files, pipes and a terminal.

mod bench;
mod formats;
mod harness;
mod large;
mod process;
#[cfg(unix)]
mod shell;
mod wrong_data;
mod wrong_sql;

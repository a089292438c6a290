//! What tables, views and functions there are: statements that people need not remember.

use super::{Call, literal, refuse};
use crate::run::{Flow, Runner};

/// Runs a statement of ours: it is not the last one that the user ran, and all of what it gives is wanted.
fn ask(runner: &mut Runner, statement: &str) -> Flow {
    let last = runner.last.take();
    let rows_max = std::mem::replace(&mut runner.display.rows_max, 0);
    let flow = runner.run_alone(statement);
    (runner.last, runner.display.rows_max) = (last, rows_max);
    flow
}

/// `SHOW … LIKE 'pattern'`
fn list(runner: &mut Runner, what: &str, pattern: &str) -> Flow {
    match pattern {
        "" => ask(runner, what),
        // psql's users say `t?`, SQL's `t%`: Spark's patterns have the star only.
        pattern => ask(runner, &format!("{what} LIKE {}", literal(&pattern.replace('%', "*")))),
    }
}

pub(super) fn tables(runner: &mut Runner, call: &Call<'_>) -> Flow {
    list(runner, "SHOW TABLES", call.argument)
}

pub(super) fn views(runner: &mut Runner, call: &Call<'_>) -> Flow {
    list(runner, "SHOW VIEWS", call.argument)
}

pub(super) fn catalogs(runner: &mut Runner, call: &Call<'_>) -> Flow {
    if call.argument.is_empty() { ask(runner, "SHOW CATALOGS") } else { refuse(call) }
}

pub(super) fn schemas(runner: &mut Runner, call: &Call<'_>) -> Flow {
    list(runner, "SHOW SCHEMAS", call.argument)
}

pub(super) fn functions(runner: &mut Runner, call: &Call<'_>) -> Flow {
    list(runner, "SHOW FUNCTIONS", call.argument)
}

/// A name, or a file in quotes.
pub(super) fn schema(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let extended = if call.name.ends_with('+') { "EXTENDED " } else { "" };
    match call.argument {
        "" => ask(runner, "SHOW TABLES"),
        path if path.starts_with(['\'', '"']) => {
            let path = path.trim_matches(['\'', '"']).replace('`', "``");
            ask(runner, &format!("DESCRIBE TABLE {extended}`{path}`"))
        }
        name => ask(runner, &format!("DESCRIBE TABLE {extended}{name}")),
    }
}

pub(super) fn manual(runner: &mut Runner, call: &Call<'_>) -> Flow {
    match call.argument {
        "" => refuse(call),
        name => ask(runner, &format!("DESCRIBE FUNCTION EXTENDED {}", name.trim_end_matches(['(', ')']))),
    }
}

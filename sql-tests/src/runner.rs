//! One `.sql` file through one session: statements in, outcomes out. Nothing that a statement does can take the runner
//! with it: panics are caught, and a statement over the time limit is left behind together with its session.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use firesteel::display;
use firesteel_common::{Error, Result};

use crate::compare::Outcome;
use crate::engine::{Engine, Output};
use crate::error::ErrorBlock;

/// Deep enough for the recursion of a hostile expression before the engine's own limit catches it.
const STACK_BYTES: usize = 64 << 20;

/// How a file's session begins.
pub(crate) struct Fixture {
    pub(crate) open: fn() -> Result<Box<dyn Engine>>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) tables: Vec<(String, PathBuf)>,
    pub(crate) time_limit: Duration,
}

impl Fixture {
    fn session(&self) -> Result<Box<dyn Engine>> {
        let mut engine = (self.open)()?;
        for (key, value) in &self.settings {
            engine.set(key, value)?;
        }
        for (name, path) in &self.tables {
            engine.register_parquet(name, path)?;
        }
        Ok(engine)
    }

    /// Runs the statements in order; one outcome each.
    pub(crate) fn run(&self, statements: &[String]) -> Result<Vec<Outcome>> {
        let mut session = Some(self.session()?);
        let mut outcomes = Vec::with_capacity(statements.len());
        for (at, statement) in statements.iter().enumerate() {
            let engine = match session.take() {
                Some(engine) => engine,
                None => self.rebuild(&statements[..at], &outcomes)?,
            };
            let (engine, outcome) = run_statement(engine, statement, self.time_limit);
            session = engine;
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// A session in the state of one that was lost: what had no result (views, settings) is run again.
    fn rebuild(&self, statements: &[String], outcomes: &[Outcome]) -> Result<Box<dyn Engine>> {
        let mut session = self.session()?;
        for (statement, outcome) in statements.iter().zip(outcomes) {
            if matches!(outcome, Outcome::Rows { rows, .. } if rows.is_empty()) {
                // It succeeded before; if it fails now, the statements that need it will say so.
                let _ = session.run(statement);
            }
        }
        Ok(session)
    }
}

/// Gives the session back unless the statement broke it.
fn run_statement(mut engine: Box<dyn Engine>, sql: &str, limit: Duration) -> (Option<Box<dyn Engine>>, Outcome) {
    let (sender, receiver) = channel();
    let text = sql.to_owned();
    let statement = move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| outcome(engine.as_mut(), &text)));
        // The receiver is gone when the time limit has passed; then nobody wants the outcome.
        let _ = match outcome {
            Ok(outcome) => sender.send((Some(engine), outcome)),
            Err(panic) => {
                let message = panic.downcast_ref::<String>().map(String::as_str);
                let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
                sender.send((None, Outcome::Broken(format!("panic: {message}"))))
            }
        };
    };
    if let Err(error) = thread::Builder::new().name("statement".to_owned()).stack_size(STACK_BYTES).spawn(statement) {
        return (None, Outcome::Broken(format!("no thread: {error}")));
    }
    receiver.recv_timeout(limit).unwrap_or_else(|timeout| match timeout {
        RecvTimeoutError::Timeout => (None, Outcome::Broken(format!("no end after {limit:?}"))),
        RecvTimeoutError::Disconnected => (None, Outcome::Broken("the statement's thread died".to_owned())),
    })
}

fn outcome(engine: &mut dyn Engine, sql: &str) -> Outcome {
    let printed = engine.run(sql).and_then(|output| print(engine, &output));
    match printed {
        Ok((schema, rows)) => Outcome::Rows { schema, rows },
        Err(error) => Outcome::Error(ErrorBlock::new(&error, sql)),
    }
}

fn print(engine: &dyn Engine, Output { columns, batches }: &Output) -> Result<(String, Vec<String>)> {
    let zone = engine.setting("spark.sql.session.timeZone").and_then(|zone| zone.parse().ok());
    let types: Vec<_> = columns.iter().map(|(_, sql_type)| sql_type.clone()).collect();
    let rows = display::rows(batches, &types, zone.unwrap_or(chrono_tz::Tz::UTC)).map_err(Error::from)?;
    Ok((display::schema(columns), display::listing(columns, rows)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use super::*;

    /// Remembers `create`, panics on `panic`, hangs on `hang`.
    struct Fake {
        created: Vec<String>,
    }

    impl Engine for Fake {
        fn set(&mut self, _key: &str, _value: &str) -> Result<()> {
            Ok(())
        }

        fn register_parquet(&mut self, _name: &str, _path: &Path) -> Result<()> {
            Ok(())
        }

        fn run(&mut self, sql: &str) -> Result<Output> {
            let started = Instant::now();
            match sql {
                "panic" => panic!("on purpose"),
                "hang" => while started.elapsed() < Duration::from_secs(5) {},
                "count" if self.created.is_empty() => return Err(Error::internal("nothing created")),
                _ if sql.starts_with("create") => self.created.push(sql.to_owned()),
                _ => {}
            }
            Ok(Output { columns: Vec::new(), batches: Vec::new() })
        }

        fn setting(&self, _key: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn a_session_comes_back_after_a_panic_and_after_the_time_limit() {
        let fixture = Fixture {
            open: || Ok(Box::new(Fake { created: Vec::new() })),
            settings: Vec::new(),
            tables: Vec::new(),
            time_limit: Duration::from_secs(1),
        };
        let statements = ["count", "create a", "panic", "count", "hang", "count"].map(str::to_owned);
        let outcomes = fixture.run(&statements).unwrap();
        let is_rows: Vec<_> = outcomes.iter().map(|outcome| matches!(outcome, Outcome::Rows { .. })).collect();
        assert_eq!(is_rows, [false, true, false, true, false, true]);
        assert_eq!(outcomes[2], Outcome::Broken("panic: on purpose".to_owned()));
    }
}

//! Runs statements and writes what they give.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use firesteel::{Error, QueryResult, Session};

use crate::output::{self, Format};

/// A session and how its results are written.
pub(crate) struct Runner {
    pub(crate) session: Session,
    pub(crate) format: Format,
    /// Whether each statement's time is told.
    pub(crate) timing: bool,
    running: Running,
}

/// How to stop what runs now.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<Option<Box<dyn Fn() + Send>>>>);

impl Running {
    /// Whether there was something to cancel.
    pub(crate) fn cancel(&self) -> bool {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(|cancel| cancel()).is_some()
    }

    fn set(&self, cancel: Option<Box<dyn Fn() + Send>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cancel;
    }
}

impl Runner {
    pub(crate) fn new(session: Session, format: Format) -> Self {
        Self { session, format, timing: false, running: Running::default() }
    }

    pub(crate) fn running(&self) -> Running {
        self.running.clone()
    }

    /// Statements of a text, up to the first that fails. Whether all succeeded.
    pub(crate) fn run_script(&mut self, text: &str) -> bool {
        let split = firesteel::sql::split_statements(text);
        if let Some(error) = split.unclosed() {
            complain(&error.render(Some(text)));
            return false;
        }
        split.statements.iter().all(|span| self.run_statement(span.slice(text)))
    }

    /// One statement, its rows to standard output, its error to standard error.
    pub(crate) fn run_statement(&mut self, text: &str) -> bool {
        let start = std::time::Instant::now();
        let outcome = self.session.sql(text).and_then(|result| {
            if let Some(query) = result.query() {
                self.running.set(Some(Box::new(move || query.cancel())));
            }
            self.write(result)
        });
        self.running.set(None);
        match outcome {
            Ok(()) => {
                if self.timing {
                    println_or_leave(&format!("Time: {:.1?}", start.elapsed()));
                }
                true
            }
            Err(error) => {
                complain(&error.render(Some(text)));
                false
            }
        }
    }

    fn write(&self, result: QueryResult) -> Result<(), Error> {
        if result.columns().is_empty() {
            return result.count_rows().map(|_| ());
        }
        let settings = self.session.settings();
        let zone = settings.get(&firesteel::SESSION_TIME_ZONE);
        let stdout = io::stdout().lock();
        let mut out = io::BufWriter::new(stdout);
        output::write(result, self.format, zone, &mut out)?;
        out.flush().or_else(ignore_closed)
    }
}

/// Writing to a pipe that nobody reads any more is no failure.
pub(crate) fn ignore_closed(error: io::Error) -> Result<(), Error> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Error::internal(format!("standard output: {error}"))),
    }
}

fn println_or_leave(text: &str) {
    // A closed pipe ends the output, not the program's meaning.
    let _ = writeln!(io::stdout(), "{text}");
}

/// To standard error, in red on a terminal.
pub(crate) fn complain(text: &str) {
    let plain = !io::stderr().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let _ = match plain {
        true => writeln!(io::stderr(), "{text}"),
        false => writeln!(io::stderr(), "\u{1b}[31m{text}\u{1b}[0m"),
    };
}

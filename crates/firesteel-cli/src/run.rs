//! Runs statements and writes what they give.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use firesteel::{Error, QueryResult, Session, Span};

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
pub(crate) struct Running(Arc<Mutex<State>>);

#[derive(Default)]
enum State {
    #[default]
    Idle,
    /// A statement is being planned, or is a command: nothing to stop yet.
    Starting,
    Query(Box<dyn Fn() + Send>),
    /// Told to stop, and not yet done with it.
    Stopping,
}

impl Running {
    /// Stops what runs, be it only about to. False when it was told so before and runs still.
    pub(crate) fn cancel(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Idle => return true,
            State::Stopping => return false,
            State::Starting => {}
            State::Query(cancel) => cancel(),
        }
        *state = State::Stopping;
        true
    }

    fn set(&self, new: State) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// From now on there is something to stop; at once, if that was wished before.
    fn started(&self, cancel: impl Fn() + Send + 'static) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Stopping => cancel(),
            _ => *state = State::Query(Box::new(cancel)),
        }
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
        split.statements.iter().all(|span| self.run_statement(text, *span))
    }

    /// The statement at a place of a text: its rows go to standard output, its error to standard error.
    fn run_statement(&mut self, text: &str, at: Span) -> bool {
        let start = std::time::Instant::now();
        self.running.set(State::Starting);
        let outcome = self.session.sql(at.slice(text)).and_then(|result| {
            if let Some(query) = result.query() {
                self.running.started(move || query.cancel());
            }
            self.write(result)
        });
        self.running.set(State::Idle);
        match outcome {
            Ok(()) => {
                if self.timing {
                    say(&format!("Time: {:.1?}", start.elapsed()));
                }
                true
            }
            Err(error) => {
                complain(&in_script(error, at).render(Some(text)));
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

/// Places count from the statement's begin; people look for them in the whole text.
fn in_script(error: Error, statement: Span) -> Error {
    match error.span() {
        Some(span) => {
            let (start, end) = (statement.start as usize, span.end as usize);
            error.moved_to(Span::new(start + span.start as usize, start + end))
        }
        None => error,
    }
}

/// Writing to a pipe that nobody reads any more is no failure.
pub(crate) fn ignore_closed(error: io::Error) -> Result<(), Error> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(firesteel::file_error("standard output", &error.to_string())),
    }
}

/// A line to standard output.
pub(crate) fn say(text: &str) {
    // A closed pipe ends the output, not the program's meaning.
    let _ = writeln!(io::stdout(), "{text}");
}

/// To standard error, in red on a terminal.
pub(crate) fn complain(text: &str) {
    let _ = match io::stderr().is_terminal() && wants_color() {
        true => writeln!(io::stderr(), "\u{1b}[31m{text}\u{1b}[0m"),
        false => writeln!(io::stderr(), "{text}"),
    };
}

/// As <https://no-color.org> asks.
pub(crate) fn wants_color() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

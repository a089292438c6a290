//! Runs statements and writes what they give.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use firesteel::{Error, Parameters, QueryResult, Session, Span};

use crate::commands::{self, Call};
use crate::complaint::{complain, complain_of};
use crate::output::target::{self, Paging, Screen, Target};
use crate::output::{self, Display, Expanded, Format, Kept, Rows, Scene, Stop};
use crate::progress::Bar;
use crate::script::{Script, Step};
use crate::terminal;

/// A session, how its results are written and where they go.
pub(crate) struct Runner {
    pub(crate) session: Session,
    pub(crate) display: Display,
    pub(crate) options: Options,
    /// Where results go instead of the screen.
    pub(crate) output: Option<Target>,
    /// Where the next result goes.
    pub(crate) once: Option<Target>,
    /// The statement that ran last, for commands that run it again.
    pub(crate) last: Option<String>,
    /// The result that was shown last, in an interactive session.
    pub(crate) kept: Option<Kept>,
    /// What the editor shall begin its next line with.
    pub(crate) prepared: Option<String>,
    /// Values for markers, from the command line.
    pub(crate) parameters: Parameters,
    running: Running,
    /// How many scripts are inside of each other.
    depth: usize,
}

/// How the shell behaves, apart from how results look.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// People are watching.
    pub(crate) interactive: bool,
    /// Nothing is said that nobody has asked for.
    pub(crate) quiet: bool,
    /// A script ends with its first failure.
    pub(crate) bail: bool,
    /// Whether each statement's time is told.
    pub(crate) timing: bool,
    pub(crate) progress: bool,
    pub(crate) paging: Paging,
    pub(crate) pager: String,
    /// Whether the line being edited is coloured.
    pub(crate) highlight: bool,
    /// Whether keys do what vi has them do, instead of Emacs.
    pub(crate) vi: bool,
    /// The folder of tables, as the command line has it.
    pub(crate) data: Option<String>,
}

/// How statements and commands have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Succeeded,
    Failed,
    /// The user wants to leave.
    Quit,
}

/// Scripts that read scripts may go so deep.
const DEPTH_MAX: usize = 50;

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

    /// Waits, unless told to stop: then it is false.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        const GLANCE: Duration = Duration::from_millis(50);
        self.set(State::Starting);
        let end = Instant::now() + time;
        let go_on = loop {
            if matches!(*self.0.lock().unwrap_or_else(PoisonError::into_inner), State::Stopping) {
                break false;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break true;
            }
            std::thread::park_timeout(left.min(GLANCE));
        };
        self.set(State::Idle);
        go_on
    }
}

impl Runner {
    pub(crate) fn new(session: Session, format: Format) -> Self {
        let options = Options {
            interactive: false,
            quiet: false,
            bail: true,
            timing: false,
            progress: false,
            paging: Paging::Off,
            pager: target::default_pager(),
            highlight: true,
            vi: false,
            data: None,
        };
        Self {
            session,
            display: Display::new(format),
            options,
            output: None,
            once: None,
            last: None,
            kept: None,
            prepared: None,
            parameters: Parameters::default(),
            running: Running::default(),
            depth: 0,
        }
    }

    pub(crate) fn running(&self) -> Running {
        self.running.clone()
    }

    /// Statements and commands of a text, up to the first that fails unless failures are to be passed over.
    pub(crate) fn run_script(&mut self, text: &str) -> Flow {
        let script = Script::of(text);
        if let Some(error) = &script.unclosed {
            complain_of(error, Some(text));
            return Flow::Failed;
        }
        if self.depth >= DEPTH_MAX {
            complain("scripts that read scripts go too deep");
            return Flow::Failed;
        }
        self.depth += 1;
        let flow = self.run_steps(text, &script.steps);
        self.depth -= 1;
        flow
    }

    fn run_steps(&mut self, text: &str, steps: &[Step]) -> Flow {
        let mut outcome = Flow::Succeeded;
        for step in steps {
            let flow = match step {
                Step::Statement(span) => self.run_statement(text, *span),
                Step::Command { line, statement } => {
                    let call = Call::new(line.slice(text), statement.map(|span| span.slice(text)));
                    commands::run(self, &call)
                }
            };
            match flow {
                Flow::Succeeded => {}
                Flow::Quit => return Flow::Quit,
                Flow::Failed if self.options.bail => return Flow::Failed,
                Flow::Failed => outcome = Flow::Failed,
            }
        }
        outcome
    }

    /// One statement that is a text of its own.
    pub(crate) fn run_alone(&mut self, text: &str) -> Flow {
        self.run_statement(text, Span::new(0, text.len()))
    }

    /// The statement at a place of a text: its rows go to standard output, its error to standard error.
    fn run_statement(&mut self, text: &str, at: Span) -> Flow {
        let start = Instant::now();
        self.running.set(State::Starting);
        self.session.executor().memory().reset_peak();
        let statement = at.slice(text);
        self.last = Some(statement.to_owned());
        let mut planned = Duration::ZERO;
        let outcome = self.session.execute_sql_with_params(statement, &self.parameters).and_then(|result| {
            planned = start.elapsed();
            if let Some(query) = result.query() {
                self.running.started(move || query.cancel());
            }
            self.write_result(result, start)
        });
        self.running.set(State::Idle);
        match outcome {
            Ok(()) => {
                if self.options.timing {
                    self.tell_times(start.elapsed(), planned);
                }
                Flow::Succeeded
            }
            Err(error) => {
                complain_of(&in_script(error, at), Some(text));
                Flow::Failed
            }
        }
    }

    fn tell_times(&self, whole: Duration, planned: Duration) {
        let execution = whole.saturating_sub(planned);
        let memory = self.session.executor().memory().peak() as f64 / f64::from(1 << 20);
        say(&format!(
            "Time: {whole:.1?} (planning {planned:.1?}, execution {execution:.1?}), peak memory {memory:.1} MiB"
        ));
    }

    fn write_result(&mut self, result: QueryResult, start: Instant) -> Result<(), Error> {
        if result.columns().is_empty() {
            result.count_rows()?;
            if self.options.interactive && !self.options.quiet {
                say("OK");
            }
            return Ok(());
        }
        let mut screen = self.screen();
        if self.options.progress && self.options.interactive {
            screen.progress = result.progress().map(Bar::start);
        }
        if !self.options.interactive {
            return self.write(Rows::of(result), screen, Some(start));
        }
        let mut kept = None;
        let written = self.write(Rows::keeping(result, &mut kept), screen, Some(start));
        self.kept = kept;
        written
    }

    /// The last result once more, as results are written now.
    pub(crate) fn write_again(&mut self, kept: Kept) -> Result<(), Error> {
        let screen = self.screen();
        self.write(Rows::of_kept(kept), screen, None)
    }

    /// To where results go. `since`: when the statement began, if its time is told.
    fn write(&mut self, rows: Rows<'_>, mut screen: Screen, since: Option<Instant>) -> Result<(), Error> {
        let once = self.once.take();
        let (written, finished) = match once {
            Some(mut target) => (self.write_to(rows, false, None, &mut target), target.finish()),
            None => match self.output.take() {
                Some(mut target) => {
                    let written = self.write_to(rows, false, None, &mut target);
                    let flushed = target.flush();
                    self.output = Some(target);
                    (written, flushed)
                }
                None => (self.write_to(rows, true, since, &mut screen), screen.finish()),
            },
        };
        match written {
            Ok(()) => finished.or_else(ignore_closed),
            Err(Stop::Io(error)) => ignore_closed(error),
            Err(Stop::Query(error)) => Err(error),
        }
    }

    fn screen(&self) -> Screen {
        Screen::new(&self.options.paging, &self.options.pager)
    }

    fn write_to(
        &self,
        rows: Rows<'_>,
        on_screen: bool,
        since: Option<Instant>,
        out: &mut dyn Write,
    ) -> Result<(), Stop> {
        let settings = self.session.settings();
        let size = if on_screen { terminal::size() } else { None };
        let scene = Scene {
            display: &self.display,
            zone: settings.get(&firesteel::SESSION_TIME_ZONE),
            width: size.map(|(columns, _)| columns),
            color: size.is_some() && terminal::wants_color(),
            unicode: terminal::speaks_unicode(),
            since: since.filter(|_| self.options.interactive && !self.options.quiet),
        };
        output::write(rows, &scene, out)
    }

    /// Runs with results as lines of names and values.
    pub(crate) fn expanded(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let before = std::mem::replace(&mut self.display.expanded, Expanded::On);
        let flow = run(self);
        self.display.expanded = before;
        flow
    }
}

/// Places count from the statement's begin; people look for them in the whole text.
fn in_script(error: Error, statement: Span) -> Error {
    match error.span() {
        Some(span) if error.text().is_none() => {
            let (start, end) = (statement.start as usize, span.end as usize);
            error.moved_to(Span::new(start + span.start as usize, start + end))
        }
        _ => error,
    }
}

/// Writing to a pipe that nobody reads any more is no failure.
fn ignore_closed(error: io::Error) -> Result<(), Error> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(firesteel::file_error("the output", &error.to_string())),
    }
}

/// A line to standard output.
pub(crate) fn say(text: &str) {
    // A closed pipe ends the output, not the program's meaning.
    let _ = writeln!(io::stdout(), "{text}");
}

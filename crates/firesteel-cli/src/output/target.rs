//! Where results go: the screen (through a pager when they are taller than it), a file, another program.

use std::fs::File;
use std::io::{self, BufWriter, Stdout, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::progress::Bar;
use crate::terminal;

/// Where results go when not to the screen.
pub(crate) enum Target {
    File(BufWriter<File>),
    Program(Program),
}

impl Target {
    /// `FILE`, or `|COMMAND` for a program that reads the results.
    pub(crate) fn open(wanted: &str) -> io::Result<Self> {
        match wanted.strip_prefix('|') {
            Some(command) => Ok(Self::Program(Program::start(command.trim())?)),
            None => Ok(Self::File(BufWriter::new(File::create(wanted)?))),
        }
    }

    /// All is written; a program that reads it comes to its end.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::File(mut file) => file.flush(),
            Self::Program(program) => program.finish(),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Program(program) => program.input.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Program(program) => program.input.flush(),
        }
    }
}

/// Another program that reads what is written.
pub(crate) struct Program {
    child: Child,
    input: BufWriter<ChildStdin>,
}

impl Program {
    fn start(command: &str) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command).stdin(Stdio::piped());
        // What `less` shall do when nobody has told it: leave when all fits, keep colours, cut lines, keep the screen.
        if std::env::var_os("LESS").is_none() {
            shell.env("LESS", "FRSX");
        }
        let mut child = shell.spawn()?;
        match child.stdin.take() {
            Some(input) => Ok(Self { child, input: BufWriter::new(input) }),
            None => Err(io::Error::other("the program has no input")),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        let flushed = self.input.flush();
        drop(self.input);
        self.child.wait()?;
        flushed
    }
}

/// Whether and how a pager shows what is taller than the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Paging {
    Off,
    /// What is taller than the screen.
    Auto,
    /// Everything.
    On,
}

/// The terminal, or whatever standard output is. What may have to go to a pager is held until that is known.
pub(crate) struct Screen {
    state: State,
    /// Vanishes before anything else is shown.
    pub(crate) progress: Option<Bar>,
}

enum State {
    Held { bytes: Vec<u8>, lines_left: usize, pager: String },
    Direct(BufWriter<Stdout>),
    Paged(Program),
}

impl Screen {
    /// No pager where standard output is no terminal.
    pub(crate) fn new(paging: &Paging, pager: &str) -> Self {
        let rows = terminal::size().map(|(_, rows)| rows);
        let state = match (paging, rows) {
            (Paging::Off, _) | (_, None) => State::Direct(BufWriter::new(io::stdout())),
            // The prompt needs a line, too.
            (Paging::Auto, Some(rows)) => {
                State::Held { bytes: Vec::new(), lines_left: rows.saturating_sub(1), pager: pager.to_owned() }
            }
            (Paging::On, Some(_)) => State::Held { bytes: Vec::new(), lines_left: 0, pager: pager.to_owned() },
        };
        Self { state, progress: None }
    }

    /// Shows what is held, waits for the pager.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if matches!(self.state, State::Held { .. }) {
            self.release(false)?;
        }
        match self.state {
            State::Direct(mut out) => out.flush(),
            State::Paged(program) => program.finish(),
            State::Held { .. } => Ok(()),
        }
    }

    /// What was held goes to the pager or straight to the terminal.
    fn release(&mut self, paged: bool) -> io::Result<()> {
        self.progress = None;
        let direct = State::Direct(BufWriter::new(io::stdout()));
        let State::Held { bytes, pager, .. } = std::mem::replace(&mut self.state, direct) else { return Ok(()) };
        if paged && let Ok(program) = Program::start(&pager) {
            self.state = State::Paged(program);
        }
        self.write_all(&bytes)
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let State::Held { bytes: held, lines_left, .. } = &mut self.state {
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
            held.extend_from_slice(bytes);
            match lines_left.checked_sub(lines) {
                Some(left) => *lines_left = left,
                None => self.release(true)?,
            }
            return Ok(bytes.len());
        }
        self.progress = None;
        match &mut self.state {
            State::Direct(out) => out.write(bytes),
            State::Paged(program) => program.input.write(bytes),
            State::Held { .. } => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::Held { .. } => Ok(()),
            State::Direct(out) => out.flush(),
            State::Paged(program) => program.input.flush(),
        }
    }
}

/// The pager that people have asked for by `$PAGER`, else `less`.
pub(crate) fn default_pager() -> String {
    let asked = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    asked.unwrap_or_else(|| "less -SRFX".to_owned())
}

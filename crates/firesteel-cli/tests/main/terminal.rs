//! A terminal for tests: the shell in a pseudo-terminal, an emulator that knows its screen and answers as a terminal does.
#![expect(clippy::disallowed_methods, reason = "a test waits for another process and has no runtime")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use vt100::{Callbacks, Parser, Screen};

use crate::harness::sample;

/// Long, for machines that do much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";
pub(crate) const CTRL_L: &str = "\u{c}";
pub(crate) const CTRL_R: &str = "\u{12}";
pub(crate) const UP: &str = "\u{1b}[A";
/// How the editor asks where the cursor is, which it does before each line.
pub(crate) const A_NEW_LINE_BEGINS: &str = "\x1b[6n";

/// A shell over the shipped sample.
pub(crate) struct Session {
    pty: Arc<Pty>,
    child: Child,
    shown: Arc<Mutex<Shown>>,
    /// What was looked at before.
    seen: usize,
}

struct Shown {
    bytes: Vec<u8>,
    terminal: Parser<Answers>,
    changed: Instant,
}

/// What the terminal is asked, answered.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut Screen, _: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        if c == 'n' && params == [[6]] {
            let (row, column) = screen.cursor_position();
            self.0.extend_from_slice(format!("\x1b[{};{}R", row + 1, column + 1).as_bytes());
        }
    }
}

/// How a shell is started.
pub(crate) struct Start<'a> {
    pub(crate) columns: u16,
    pub(crate) rows: u16,
    /// Where the shell keeps its history, and where it looks for its files.
    pub(crate) home: &'a Path,
    pub(crate) variables: &'a [(&'a str, &'a str)],
    pub(crate) arguments: &'a [&'a str],
}

impl Session {
    /// Of 80 columns, without colours, at its first prompt.
    pub(crate) fn start(home: &Path) -> Self {
        let variables = [("NO_COLOR", "1")];
        let mut session = Self::start_as(&Start { columns: 80, rows: 40, home, variables: &variables, arguments: &[] });
        session.expect("firesteel");
        session.expect("> ");
        session
    }

    pub(crate) fn start_as(start: &Start<'_>) -> Self {
        let (pty, pts) = open().expect("a terminal");
        pty.resize(Size::new(start.rows, start.columns)).expect("a size");
        let mut command =
            Command::new(env!("CARGO_BIN_EXE_firesteel")).arg("--data").arg(sample()).args(start.arguments);
        for name in ["NO_COLOR", "PAGER", "LESS", "LC_ALL", "LC_CTYPE", "XDG_CONFIG_HOME", "VISUAL", "EDITOR"] {
            command = command.env_remove(name);
        }
        command = command.env("HOME", start.home).env("XDG_STATE_HOME", start.home);
        command = command.env("TERM", "xterm").env("LANG", "C.UTF-8");
        let command = command.envs(start.variables.iter().copied());
        let child = command.spawn(pts).expect("a process");
        let terminal = Parser::new_with_callbacks(start.rows, start.columns, 0, Answers::default());
        let shown = Arc::new(Mutex::new(Shown { bytes: Vec::new(), terminal, changed: Instant::now() }));
        let pty = Arc::new(pty);
        let (reader, screen) = (Arc::clone(&pty), Arc::clone(&shown));
        std::thread::spawn(move || answer(&reader, &screen));
        Self { pty, child, shown, seen: 0 }
    }

    pub(crate) fn send(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("a terminal that listens");
    }

    /// Types a line.
    pub(crate) fn line(&self, text: &str) {
        self.send(&format!("{text}\r"));
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().expect("the screen").bytes[self.seen..]).into_owned()
    }

    /// The screen's lines.
    pub(crate) fn screen(&self) -> String {
        self.shown.lock().expect("the screen").terminal.screen().contents()
    }

    /// The colour of a text's first character, wherever on the screen it stands last.
    pub(crate) fn color_of(&self, text: &str) -> Option<vt100::Color> {
        let shown = self.shown.lock().expect("the screen");
        let screen = shown.terminal.screen();
        let (_, columns) = screen.size();
        let rows: Vec<_> = screen.rows(0, columns).collect();
        let (row, at) = rows.iter().enumerate().rev().find_map(|(row, line)| Some((row, line.find(text)?)))?;
        let column = u16::try_from(rows[row][..at].chars().count()).ok()?;
        Some(screen.cell(u16::try_from(row).ok()?, column)?.fgcolor())
    }

    /// How many lines the editor has begun to read.
    pub(crate) fn lines_begun(&self) -> usize {
        let shown = self.shown.lock().expect("the screen");
        shown.bytes.windows(A_NEW_LINE_BEGINS.len()).filter(|window| *window == A_NEW_LINE_BEGINS.as_bytes()).count()
    }

    /// How long the screen has been as it is.
    pub(crate) fn quiet(&self) -> Duration {
        self.shown.lock().expect("the screen").changed.elapsed()
    }

    /// Waits until something is so; false when it never comes.
    pub(crate) fn wait_until(&self, so: impl Fn(&Self) -> bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if so(self) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Waits until `text` is shown behind what was expected before.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let shown = self.shown.lock().expect("the screen").bytes.clone();
            if let Some(at) = find(&shown[self.seen..], text.as_bytes()) {
                self.seen += at + text.len();
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{text:?} does not come. Shown: {}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Leaves by Ctrl-D at the prompt behind what was expected last. Not earlier: while no line is edited the key is the
    /// terminal's own, and does not reach the editor.
    #[track_caller]
    pub(crate) fn leave(mut self) {
        self.expect(A_NEW_LINE_BEGINS);
        self.send(CTRL_D);
        self.ends_with(0);
    }

    #[track_caller]
    pub(crate) fn ends_with(mut self, code: i32) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                assert_eq!(status.code(), Some(code), "{}", self.text());
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the shell does not end. Shown: {}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes what is shown, and answers as a terminal does.
fn answer(mut pty: &Pty, screen: &Mutex<Shown>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = pty.read(&mut buffer) {
        let mut shown = screen.lock().expect("the screen");
        shown.bytes.extend_from_slice(&buffer[..length]);
        shown.terminal.process(&buffer[..length]);
        shown.changed = Instant::now();
        let answers = std::mem::take(&mut shown.terminal.callbacks_mut().0);
        drop(shown);
        pty.write_all(&answers).expect("a terminal that listens");
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

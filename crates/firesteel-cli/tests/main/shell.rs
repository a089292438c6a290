//! The shell in a terminal.
#![expect(clippy::disallowed_methods, reason = "a test waits for another process and has no runtime")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use tempfile::tempdir;

use crate::harness::sample;

/// Long, for machines that do much else.
const PATIENCE: Duration = Duration::from_secs(60);
const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";
const UP: &str = "\u{1b}[A";
/// How the editor asks where the cursor is, and an answer.
const WHERE_IS_THE_CURSOR: &[u8] = b"\x1b[6n";
/// The editor asks before each line.
const A_NEW_LINE_BEGINS: &str = "\x1b[6n";
const AT_THE_TOP: &[u8] = b"\x1b[1;1R";

/// A session in a terminal of 80 columns.
struct Session {
    pty: Arc<Pty>,
    child: Child,
    screen: Arc<Mutex<Vec<u8>>>,
    /// What was looked at before.
    seen: usize,
}

impl Session {
    fn start(state: &Path) -> Self {
        let (pty, pts) = open().expect("a terminal");
        pty.resize(Size::new(40, 80)).expect("a size");
        let command = Command::new(env!("CARGO_BIN_EXE_firesteel")).arg("--data").arg(sample());
        let command = command.env("XDG_STATE_HOME", state).env("TERM", "xterm").env("NO_COLOR", "1");
        let child = command.spawn(pts).expect("a process");
        let (pty, screen) = (Arc::new(pty), Arc::new(Mutex::new(Vec::new())));
        let (reader, shown) = (Arc::clone(&pty), Arc::clone(&screen));
        std::thread::spawn(move || answer(&reader, &shown));
        let mut session = Self { pty, child, screen, seen: 0 };
        session.expect("firesteel");
        session.expect("> ");
        session
    }

    fn send(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("a terminal that listens");
    }

    /// Types a line.
    fn line(&self, text: &str) {
        self.send(&format!("{text}\r"));
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().expect("the screen")[self.seen..]).into_owned()
    }

    /// Waits until `text` is shown behind what was expected before.
    #[track_caller]
    fn expect(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let shown = self.screen.lock().expect("the screen").clone();
            if let Some(at) = find(&shown[self.seen..], text.as_bytes()) {
                self.seen += at + text.len();
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{text:?} does not come. Shown: {}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn ends_with(mut self, code: i32) {
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
fn answer(mut pty: &Pty, screen: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    let mut answered = 0;
    while let Ok(length @ 1..) = pty.read(&mut buffer) {
        let mut shown = screen.lock().expect("the screen");
        shown.extend_from_slice(&buffer[..length]);
        while let Some(at) = find(&shown[answered..], WHERE_IS_THE_CURSOR) {
            answered += at + WHERE_IS_THE_CURSOR.len();
            pty.write_all(AT_THE_TOP).expect("a terminal that listens");
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[test]
fn statements_and_commands() {
    let state = tempdir().expect("a folder");
    let mut shell = Session::start(state.path());
    shell.line("select 40 + 2 as answer;");
    shell.expect("│     42 │");
    shell.expect("1 row");
    // From its first line to the `;`.
    shell.line("select 'a;b'");
    shell.line("  as text,");
    shell.line("  6 * 7 as number;");
    shell.expect("a;b");
    shell.expect("1 row");
    shell.line("select nobody;");
    shell.expect("[UNRESOLVED_COLUMN");
    shell.expect("^^^^^^");
    shell.line(".help");
    shell.expect(".timer [on|off]");
    shell.line(".tabels");
    shell.expect("unknown command .tabels: did you mean .tables?");
    shell.line(".tables");
    shell.expect("lineitem");
    shell.line(".schema nation");
    shell.expect("n_regionkey");
    shell.line(".mode csv");
    shell.line("select 1 as a, 2 as b;");
    shell.expect("a,b\r\n1,2\r\n");
    shell.line(".mode xml");
    shell.expect(".mode takes table, csv");
    shell.line(".timer on");
    shell.line("select 3;");
    shell.expect("Time: ");
    shell.line(".mode table");
    shell.line("select * from lineitem limit 1;");
    shell.expect("1 row, 16 columns (");
    shell.send(CTRL_D);
    shell.ends_with(0);
}

#[test]
fn ctrl_c_stops_the_statement_and_not_the_shell() {
    let state = tempdir().expect("a folder");
    let mut shell = Session::start(state.path());
    shell.line("select count(*) from lineitem a cross join lineitem b cross join lineitem c where a.l_tax + b.l_tax + c.l_tax > 7;");
    // Long enough for it to run, short enough for it not to end.
    std::thread::sleep(Duration::from_millis(1500));
    shell.send(CTRL_C);
    shell.expect("[OPERATION_CANCELED]");
    shell.line("select 'still' || ' here' as answer;");
    shell.expect("still here");
    // While a line is edited it drops the line.
    shell.send("select nonsense");
    shell.expect("nonsense");
    shell.send(CTRL_C);
    shell.expect(A_NEW_LINE_BEGINS);
    shell.line("select 'a new ' || 'line' as answer;");
    shell.expect("a new line");
    shell.line(".quit");
    shell.ends_with(0);
}

#[test]
fn history_outlives_the_session() {
    let state = tempdir().expect("a folder");
    let mut first = Session::start(state.path());
    first.line("select 'remember' || ' this';");
    first.expect("remember this");
    first.line("quit");
    first.ends_with(0);
    let mut second = Session::start(state.path());
    // `quit` is the last entry, the statement the one before.
    second.send(UP);
    second.send(UP);
    second.expect("'remember' || ' this'");
    second.send("\r");
    second.expect("remember this");
    second.send(CTRL_D);
    second.ends_with(0);
    assert!(state.path().join("firesteel/history").exists());
}

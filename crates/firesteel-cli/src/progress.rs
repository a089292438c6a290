//! How far a long query is: a line on standard error that vanishes before anything else is shown.
//!
//! ```text
//! ▕███████▌            ▏ 37 %  2,240,000 of 6,001,215 rows scanned, 4 s, about 7 s left
//! ```

use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use firesteel::Progress;

use crate::output::text::grouped;
use crate::terminal;

/// Before this nobody wonders.
const PATIENCE: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(100);
const BAR_WIDTH: usize = 20;
/// Before so much is done, nobody can tell when it ends.
const SHARE_TO_TELL: f64 = 0.02;

/// The line, on a thread of its own; dropped, it vanishes.
pub(crate) struct Bar {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    pub(crate) fn start(progress: Progress) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let mut most = 0.0;
            let mut wait = PATIENCE;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let width = terminal::size().map_or(80, |(columns, _)| columns);
                let text = line(progress.rows_scanned(), progress.rows_total(), start.elapsed(), &mut most, width);
                show(&text);
                wait = INTERVAL;
            }
            if wait == INTERVAL {
                show("");
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        // It waits for nothing else, so both succeed.
        let _ = self.stop.send(());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// In place of what stands on the line.
fn show(text: &str) {
    let mut err = io::stderr();
    let _ = write!(err, "\r\u{1b}[2K{text}").and_then(|()| err.flush());
}

/// What the line says. `most` is the largest share that was shown: scans that begin later do not move the bar back.
fn line(scanned: u64, total: u64, took: Duration, most: &mut f64, width: usize) -> String {
    let seconds = took.as_secs();
    let text = if total == 0 {
        format!("running, {seconds} s")
    } else if scanned >= total {
        // What is left is work on rows that are in memory: nobody knows how much.
        format!("all {} rows scanned, {seconds} s", grouped(total))
    } else {
        let share = (scanned as f64 / total as f64).clamp(0.0, 1.0).max(*most);
        *most = share;
        let rows = format!("{} of {} rows scanned", grouped(scanned), grouped(total));
        let left = (share > SHARE_TO_TELL).then(|| took.as_secs_f64() * (1.0 - share) / share);
        let left = left.map_or_else(String::new, |left| format!(", about {left:.0} s left"));
        format!("{} {:>2.0} %  {rows}, {seconds} s{left}", bar(share), (share * 100.0).floor())
    };
    // A line that wraps would not vanish.
    text.chars().take(width.saturating_sub(1)).collect()
}

fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share * (BAR_WIDTH * 8) as f64) as usize;
    let filled = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    let blanks = " ".repeat(BAR_WIDTH.saturating_sub(eighths.div_ceil(8)));
    format!("▕{filled}{blanks}▏")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(scanned: u64, total: u64, seconds: u64, most: &mut f64) -> String {
        line(scanned, total, Duration::from_secs(seconds), most, 100)
    }

    #[test]
    fn the_bar_grows_and_tells_what_is_left() {
        let mut most = 0.0;
        assert_eq!(shown(0, 0, 1, &mut most), "running, 1 s");
        let expected = "▕█████               ▏ 25 %  25,000 of 100,000 rows scanned, 2 s, about 6 s left";
        assert_eq!(shown(25_000, 100_000, 2, &mut most), expected);
        assert_eq!(shown(100_000, 100_000, 9, &mut most), "all 100,000 rows scanned, 9 s");
    }

    #[test]
    fn the_bar_never_goes_back() {
        let mut most = 0.0;
        assert!(shown(50, 100, 2, &mut most).contains(" 50 %"));
        // Another scan has begun.
        assert!(shown(60, 1000, 3, &mut most).contains(" 50 %"));
    }

    #[test]
    fn the_line_fits_the_terminal() {
        let text = line(1, 1_000_000, Duration::from_secs(1), &mut 0.0, 30);
        assert_eq!(text.chars().count(), 29);
    }
}

//! How far a long query is: a line on standard error that vanishes before anything else is shown.
//!
//! ```text
//! ▕███████▌            ▏ 37 %  2,240,000 of 6,001,215 rows scanned, 4 s, about 7 s left
//! ▕██████████          ▏ 50 %  120.0 MiB of 240.0 MiB read, 2 s, about 2 s left
//! ```

use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use firesteel::Progress;

use crate::output::text::{byte_size, grouped};
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
                let scans = Scans {
                    rows: (progress.rows_scanned(), progress.rows_total()),
                    bytes: (progress.bytes_read(), progress.bytes_total()),
                };
                let text = line(scans, start.elapsed(), &mut most, width);
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

/// Done and total, of what scans know: a query may have scans of both kinds.
#[derive(Clone, Copy, Default)]
struct Scans {
    rows: (u64, u64),
    bytes: (u64, u64),
}

impl Scans {
    fn is_done(self) -> bool {
        self.rows.0 >= self.rows.1 && self.bytes.0 >= self.bytes.1
    }

    /// That of the kind that is less far.
    fn share(self) -> f64 {
        let share = |(done, total): (u64, u64)| if total == 0 { 1.0 } else { done as f64 / total as f64 };
        share(self.rows).min(share(self.bytes)).clamp(0.0, 1.0)
    }

    /// Each kind that there is: the whole of it, or how much of the whole.
    fn text(self) -> String {
        let of = |done: String, total: String| if done == total { total } else { format!("{done} of {total}") };
        let rows = (self.rows.1 > 0).then(|| of(grouped(self.rows.0), grouped(self.rows.1)) + " rows scanned");
        let bytes = (self.bytes.1 > 0).then(|| of(byte_size(self.bytes.0), byte_size(self.bytes.1)) + " read");
        rows.into_iter().chain(bytes).collect::<Vec<_>>().join(" and ")
    }
}

/// What the line says. `most` is the largest share that was shown: scans that begin later do not move the bar back.
fn line(scans: Scans, took: Duration, most: &mut f64, width: usize) -> String {
    let seconds = took.as_secs();
    let text = if scans.rows.1 + scans.bytes.1 == 0 {
        format!("running, {seconds} s")
    } else if scans.is_done() {
        // What is left is work on rows that are in memory: nobody knows how much.
        format!("all {}, {seconds} s", scans.text())
    } else {
        let share = scans.share().max(*most);
        *most = share;
        let left = (share > SHARE_TO_TELL).then(|| took.as_secs_f64() * (1.0 - share) / share);
        let left = left.map_or_else(String::new, |left| format!(", about {left:.0} s left"));
        format!("{} {:>2.0} %  {}, {seconds} s{left}", bar(share), (share * 100.0).floor(), scans.text())
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
        let scans = Scans { rows: (scanned, total), ..Scans::default() };
        line(scans, Duration::from_secs(seconds), most, 100)
    }

    #[test]
    fn files_that_do_not_say_how_many_rows_they_have_count_bytes() {
        let shown = |scans| line(scans, Duration::from_secs(2), &mut 0.0, 100);
        let bytes = (120_000_000, 240_000_000);
        let read = shown(Scans { rows: (0, 0), bytes });
        assert!(read.contains(" 50 %  ") && read.contains("114.4 MiB of 228.9 MiB read, 2 s"), "{read}");
        let both = shown(Scans { rows: (4, 16), bytes });
        assert!(both.contains(" 25 %  4 of 16 rows scanned and 114.4 MiB of 228.9 MiB read"), "{both}");
        assert_eq!(
            shown(Scans { rows: (4, 4), bytes: (bytes.1, bytes.1) }),
            "all 4 rows scanned and 228.9 MiB read, 2 s"
        );
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
        let scans = Scans { rows: (1, 1_000_000), ..Scans::default() };
        let text = line(scans, Duration::from_secs(1), &mut 0.0, 30);
        assert_eq!(text.chars().count(), 29);
    }
}

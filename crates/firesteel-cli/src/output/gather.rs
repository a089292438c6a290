//! The rows of a result that a table shows: all of a short one, the first and the last of a long one.
//!
//! Only what is shown becomes text. A result that goes on and on is not read to its end: what is known then is that there
//! are more rows, and only the first ones are shown.

use std::collections::VecDeque;
use std::time::Duration;

use firesteel::result::Column;
use firesteel::{Batch, Result};

use super::rows::Rows;
use super::text::count;
use super::{Scene, text_rows};

pub(super) type Row = Vec<Option<String>>;

/// Rows beyond this are not counted when they are not shown either.
const ROWS_COUNTED_MAX: usize = 1_000_000;
/// Of the rows shown of a long result one in so many is from its end.
const TAIL_SHARE: usize = 5;
/// Columns that hold text for reading as it is, and what tells theirs from others of the name: EXPLAIN, DESCRIBE FUNCTION.
const PROSE: [(&str, &str); 2] = [("plan", "== "), ("function_desc", "Function: ")];

pub(super) struct Gathered {
    pub(super) columns: Vec<Column>,
    pub(super) head: Vec<Row>,
    pub(super) tail: Vec<Row>,
    /// How many there are, or were when reading was given up.
    pub(super) rows: usize,
    /// There are more, nobody knows how many.
    pub(super) more: bool,
}

impl Gathered {
    /// At most `rows_max` rows of a result, or all of them when it is 0.
    pub(super) fn of(result: Rows<'_>, zone: &str, rows_max: usize) -> Result<Self> {
        Self::counting_to(result, zone, rows_max, ROWS_COUNTED_MAX)
    }

    fn counting_to(mut result: Rows<'_>, zone: &str, rows_max: usize, counted_max: usize) -> Result<Self> {
        let columns = result.columns().to_vec();
        let limit = if rows_max == 0 { usize::MAX } else { rows_max };
        let mut shown = Shown { columns: &columns, zone, limit, head: Vec::new(), tail: VecDeque::new(), rows: 0 };
        let mut more = false;
        for batch in &mut result {
            shown.take(batch?)?;
            if shown.rows > limit.max(counted_max) {
                more = true;
                break;
            }
        }
        // Dropped, a query stops.
        drop(result);
        let Shown { head, tail, rows, .. } = shown;
        let (head, tail) = cut(head, tail.into(), rows, limit, more);
        Ok(Self { columns, head, tail, rows, more })
    }

    pub(super) fn rows_shown(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// Text that is read as it is, not in a table.
    pub(super) fn prose(&self) -> Option<String> {
        let [column] = self.columns.as_slice() else { return None };
        let first = self.head.first()?[0].as_deref()?;
        let known = PROSE.iter().any(|(name, begin)| column.name == *name && first.starts_with(begin));
        let lines = self.head.iter().map(|row| row[0].as_deref().unwrap_or_default());
        (known && self.rows == self.head.len()).then(|| lines.collect::<Vec<_>>().join("\n"))
    }

    /// How much there is, how much of it is shown, and how long it took.
    pub(super) fn footer(&self, columns_shown: usize, scene: &Scene<'_>) -> String {
        let rows_shown = self.rows_shown();
        let mut footer = match self.more {
            true => format!("more than {} ({rows_shown} shown; .maxrows 0 for all)", count(self.rows - 1, "row")),
            false if rows_shown < self.rows => format!("{} ({rows_shown} shown)", count(self.rows, "row")),
            false => count(self.rows, "row"),
        };
        // Where columns are left out, one box stands for all of them.
        if columns_shown < self.columns.len() {
            footer.push_str(&format!(", {} ({columns_shown} shown)", count(self.columns.len(), "column")));
        }
        if let Some(since) = scene.since {
            footer.push_str(&format!(" in {}", duration(since.elapsed())));
        }
        footer
    }
}

/// `12 ms`, `3.45 s`, `2 min 5 s`.
pub(crate) fn duration(took: Duration) -> String {
    match took.as_secs_f64() {
        seconds if seconds < 0.001 => format!("{} µs", took.as_micros()),
        seconds if seconds < 1.0 => format!("{} ms", took.as_millis()),
        seconds if seconds < 120.0 => format!("{seconds:.2} s"),
        _ => format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60),
    }
}

/// Rows while they are gathered: up to the limit they go to the head, behind it through the tail.
struct Shown<'a> {
    columns: &'a [Column],
    zone: &'a str,
    limit: usize,
    head: Vec<Row>,
    tail: VecDeque<Row>,
    rows: usize,
}

impl Shown<'_> {
    fn take(&mut self, batch: Batch) -> Result<()> {
        let tail_rows = tail_rows(self.limit);
        let rows = batch.rows();
        let room = self.limit.saturating_sub(self.head.len()).min(rows);
        if room > 0 {
            self.head.extend(text_rows(&batch.clone().slice(0, room), self.columns, self.zone)?);
        }
        let behind = (rows - room).min(tail_rows);
        if behind > 0 {
            self.tail.extend(text_rows(&batch.slice(rows - behind, behind), self.columns, self.zone)?);
            let surplus = self.tail.len().saturating_sub(tail_rows);
            self.tail.drain(..surplus);
        }
        self.rows += rows;
        Ok(())
    }
}

fn tail_rows(limit: usize) -> usize {
    if limit == usize::MAX { 0 } else { limit / TAIL_SHARE }
}

/// Of a result longer than the limit the head gives way to the tail; the last rows of one cut off are not its end.
fn cut(mut head: Vec<Row>, mut tail: Vec<Row>, rows: usize, limit: usize, more: bool) -> (Vec<Row>, Vec<Row>) {
    if rows <= limit {
        return (head, tail);
    }
    if more {
        tail.clear();
        return (head, tail);
    }
    let kept = limit - tail_rows(limit);
    // What the tail lacks (a result a little too long) the head's end has.
    let mut end = head.split_off(kept);
    end.append(&mut tail);
    let surplus = end.len().saturating_sub(tail_rows(limit));
    end.drain(..surplus);
    (head, end)
}

#[cfg(test)]
mod tests {
    use firesteel::{Session, SessionOptions};

    use super::*;

    fn gathered(rows: usize, limit: usize, counted_max: usize) -> Gathered {
        let session = Session::new(SessionOptions { threads: 1, ..SessionOptions::default() }).expect("a session");
        session.set("firesteel.execution.batchRows", "3").expect("a setting");
        let values: Vec<_> = (0..rows).map(|row| format!("({row})")).collect();
        let result = session.execute_sql(&format!("values {}", values.join(", "))).expect("a query");
        Gathered::counting_to(Rows::of(result), "UTC", limit, counted_max).expect("rows")
    }

    fn numbers(rows: &[Row]) -> Vec<usize> {
        rows.iter().map(|row| row[0].as_deref().and_then(|cell| cell.parse().ok()).expect("a number")).collect()
    }

    #[test]
    fn short_results_are_whole_and_long_ones_show_both_ends() {
        for (rows, head, tail) in [
            (3, vec![0, 1, 2], vec![]),
            (10, (0..10).collect(), vec![]),
            (11, (0..8).collect(), vec![9, 10]),
            (12, (0..8).collect(), vec![10, 11]),
            (40, (0..8).collect(), vec![38, 39]),
        ] {
            let gathered = gathered(rows, 10, 1000);
            assert_eq!((gathered.rows, gathered.more), (rows, false));
            assert_eq!((numbers(&gathered.head), numbers(&gathered.tail)), (head, tail), "{rows}");
        }
    }

    #[test]
    fn endless_results_are_given_up() {
        let gathered = gathered(200, 10, 100);
        assert!(gathered.more && gathered.rows > 100 && gathered.rows < 200);
        assert_eq!((numbers(&gathered.head), gathered.tail.len()), ((0..10).collect(), 0));
    }

    #[test]
    fn without_a_limit_all_rows_are_kept() {
        let gathered = gathered(200, 0, 100);
        assert_eq!((gathered.head.len(), gathered.rows, gathered.more), (200, 200, false));
    }

    #[test]
    fn durations() {
        for (nanos, shown) in [(40_000, "40 µs"), (12_000_000, "12 ms"), (3_456_000_000, "3.46 s")] {
            assert_eq!(duration(Duration::from_nanos(nanos)), shown);
        }
        assert_eq!(duration(Duration::from_secs(125)), "2 min 5 s");
    }
}

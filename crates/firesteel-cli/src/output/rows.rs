//! The rows that are written: those of a query while they come, or of a result that was kept.
//!
//! ```text
//! QueryResult ──▶ Rows ──▶ formats
//!                  │ kept while they pass, as long as they are few
//!                  ▼
//!                 Kept ──▶ Rows ──▶ formats             .last
//! ```

use firesteel::result::Column;
use firesteel::{Batch, QueryResult, Result};

/// Of results with more rows or bytes nothing is kept.
const ROWS_KEPT_MAX: usize = 100_000;
const BYTES_KEPT_MAX: usize = 64 << 20;

/// The rows of a result that has been shown, whole.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    columns: Vec<Column>,
    batches: Vec<Batch>,
}

pub(crate) struct Rows<'k> {
    columns: Vec<Column>,
    source: Source,
    keeping: Option<Keeping<'k>>,
}

enum Source {
    Query(QueryResult),
    Kept(std::vec::IntoIter<Batch>),
}

/// What has passed so far, and where it goes when the last batch has.
struct Keeping<'k> {
    batches: Vec<Batch>,
    rows: usize,
    bytes: usize,
    into: &'k mut Option<Kept>,
}

impl<'k> Rows<'k> {
    pub(crate) fn of(result: QueryResult) -> Self {
        Self { columns: result.columns().to_vec(), source: Source::Query(result), keeping: None }
    }

    /// `into` has the rows once all have passed, if they are not too many; until then nothing.
    pub(crate) fn keeping(result: QueryResult, into: &'k mut Option<Kept>) -> Self {
        *into = None;
        Self { keeping: Some(Keeping { batches: Vec::new(), rows: 0, bytes: 0, into }), ..Self::of(result) }
    }

    pub(crate) fn of_kept(kept: Kept) -> Self {
        Self { columns: kept.columns, source: Source::Kept(kept.batches.into_iter()), keeping: None }
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn keep(&mut self, next: Option<&Batch>) {
        let Some(keeping) = &mut self.keeping else { return };
        match next {
            Some(batch) => {
                keeping.rows += batch.rows();
                keeping.bytes += batch.memory_size();
                keeping.batches.push(batch.clone());
                if keeping.rows > ROWS_KEPT_MAX || keeping.bytes > BYTES_KEPT_MAX {
                    self.keeping = None;
                }
            }
            None => {
                let batches = std::mem::take(&mut keeping.batches);
                *keeping.into = Some(Kept { columns: self.columns.clone(), batches });
                self.keeping = None;
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        let next = match &mut self.source {
            Source::Query(result) => result.next(),
            Source::Kept(batches) => batches.next().map(Ok),
        };
        match &next {
            Some(Err(_)) => self.keeping = None,
            Some(Ok(batch)) => self.keep(Some(batch)),
            None => self.keep(None),
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel::{Session, SessionOptions};

    fn kept(sql: &str, taken: usize) -> Option<Kept> {
        let session = Session::new(SessionOptions { threads: 1, ..SessionOptions::default() }).expect("a session");
        session.set("firesteel.execution.batchRows", "1000").expect("a setting");
        let mut kept = None;
        let rows = Rows::keeping(session.execute_sql(sql).expect("a query"), &mut kept);
        rows.take(taken).for_each(drop);
        kept
    }

    #[test]
    fn whole_results_are_kept() {
        let kept = kept("SELECT * FROM range(2500)", usize::MAX).expect("few rows");
        let again = Rows::of_kept(kept.clone());
        assert_eq!(again.columns()[0].name, "id");
        assert_eq!(again.map(|batch| batch.expect("a batch").rows()).sum::<usize>(), 2500);
    }

    #[test]
    fn what_was_not_read_to_its_end_fails_or_is_large_is_not() {
        assert!(kept("SELECT * FROM range(2500)", 1).is_none());
        assert!(kept("SELECT * FROM range(200000)", usize::MAX).is_none());
        assert!(kept("SELECT 1 / (id - 2000) FROM range(2500)", usize::MAX).is_none());
    }
}

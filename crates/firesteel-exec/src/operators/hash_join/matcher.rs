//! One worker's look-ups.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::eval::{EvalContext, Evaluator};

use super::table::{Found, JoinTable};
use crate::operators::join::probe::{Matcher, Pairs};

pub(super) struct HashMatcher {
    table: Arc<JoinTable>,
    keys: Evaluator,
    first_only: bool,
    /// Of the current batch: rows that have partners.
    found: Vec<Found>,
    /// The next of `found`, and how many of its partners have been given.
    next: usize,
    given: u32,
}

impl HashMatcher {
    pub(super) fn new(
        table: &Arc<JoinTable>,
        keys: &[ExprRef],
        input: &[ColumnId],
        context: &Arc<EvalContext>,
        first_only: bool,
    ) -> Result<Self> {
        let keys = Evaluator::new(keys, input, context)?;
        Ok(Self { table: Arc::clone(table), keys, first_only, found: Vec::new(), next: 0, given: 0 })
    }
}

impl Matcher for HashMatcher {
    fn begin(&mut self, batch: &Batch) -> Result<()> {
        let keys = self.keys.evaluate(batch)?;
        self.found.clear();
        (self.next, self.given) = (0, 0);
        self.table.find(&keys, batch.rows(), &mut self.found)
    }

    fn next(&mut self, max: usize, settled: Option<&[bool]>, pairs: &mut Pairs) -> bool {
        let mut room = max;
        while let Some(found) = self.found.get(self.next) {
            if settled.is_some_and(|settled| settled[found.probe as usize]) {
                (self.next, self.given) = (self.next + 1, 0);
                continue;
            }
            if room == 0 {
                return true;
            }
            let partners = if self.first_only { 1 } else { found.end - found.start };
            let now = room.min((partners - self.given) as usize) as u32;
            let from = found.start + self.given;
            pairs.probe.extend(std::iter::repeat_n(found.probe, now as usize));
            self.table.extend_rows(from, from + now, &mut pairs.held);
            room -= now as usize;
            self.given += now;
            if self.given == partners {
                (self.next, self.given) = (self.next + 1, 0);
            }
        }
        false
    }
}

//! What is evaluated for each batch: keys, arguments, filters; every expression once.
//!
//! Arguments of a call with FILTER are evaluated only for the rows that pass it: it may guard them. Calls with the same
//! filter are evaluated together.

use std::sync::Arc;

use arrow::array::UInt32Array;
use firesteel_common::{ColumnId, Result};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::{EvalContext, Evaluator, Predicate};
use firesteel_expr::{AggregateCall, ExprRef};

/// Which expressions there are, and who needs which.
pub(super) struct InputPlan {
    input: Vec<ColumnId>,
    keys: usize,
    /// The calls without a filter, whose expressions begin with the keys, then those of each filter.
    shares: Vec<Share>,
    /// By call: its share, and where its arguments are among the share's expressions.
    calls: Vec<(usize, Vec<usize>)>,
}

struct Share {
    filter: Option<ExprRef>,
    exprs: Vec<ExprRef>,
}

impl InputPlan {
    pub(super) fn new(keys: Vec<ExprRef>, calls: &[AggregateCall], input: Vec<ColumnId>) -> Self {
        let key_count = keys.len();
        let mut shares = vec![Share { filter: None, exprs: keys }];
        let mut places = Vec::with_capacity(calls.len());
        for call in calls {
            let known = shares.iter().position(|share| share.filter == call.filter);
            let at = known.unwrap_or_else(|| {
                shares.push(Share { filter: call.filter.clone(), exprs: Vec::new() });
                shares.len() - 1
            });
            let exprs = &mut shares[at].exprs;
            let place = |arg: &ExprRef| {
                exprs.iter().position(|known| known == arg).unwrap_or_else(|| {
                    exprs.push(Arc::clone(arg));
                    exprs.len() - 1
                })
            };
            places.push((at, call.row_inputs().map(place).collect()));
        }
        Self { input, keys: key_count, shares, calls: places }
    }

    /// Calls with equal answers see the same rows with the same arguments.
    pub(super) fn call(&self, at: usize) -> &(usize, Vec<usize>) {
        &self.calls[at]
    }

    pub(super) fn open(&self, context: &Arc<EvalContext>) -> Result<Input> {
        let open = |share: &Share| {
            let filter =
                share.filter.as_ref().map(|filter| Predicate::new(filter, &self.input, context)).transpose()?;
            Ok((filter, Evaluator::new(&share.exprs, &self.input, context)?))
        };
        let shares = self.shares.iter().map(open).collect::<Result<_>>()?;
        Ok(Input { keys: self.keys, shares, calls: self.calls.clone() })
    }
}

/// One worker's evaluators.
pub(super) struct Input {
    keys: usize,
    shares: Vec<(Option<Predicate>, Evaluator)>,
    calls: Vec<(usize, Vec<usize>)>,
}

/// The columns of a share, and which rows of the batch they are of; `None`: all.
pub(super) struct ShareColumns {
    pub(super) rows: Option<UInt32Array>,
    pub(super) row_count: usize,
    pub(super) columns: Vec<Column>,
}

impl Input {
    /// The call's share, and where its arguments are among the share's columns.
    pub(super) fn call(&self, at: usize) -> &(usize, Vec<usize>) {
        &self.calls[at]
    }

    /// The key columns, and the columns of each share.
    pub(super) fn evaluate(&mut self, batch: Batch) -> Result<(Vec<Column>, Vec<ShareColumns>)> {
        // Positions that a filter selects shall be positions among the rows that count.
        // Dictionaries that have their numbers in common keep them so.
        let is_dictionary = |column: &Column| column.as_dictionary().is_some();
        let batch = match self.shares.len() > 1 || batch.columns.iter().any(is_dictionary) {
            true => batch.compact()?,
            false => batch,
        };
        let mut all = Vec::with_capacity(self.shares.len());
        for (filter, evaluator) in &mut self.shares {
            let Some(filter) = filter else {
                let columns = evaluator.evaluate(&batch)?;
                all.push(ShareColumns { rows: None, row_count: batch.rows(), columns });
                continue;
            };
            let passed = filter.filter(batch.clone())?;
            let rows = passed.selection().map(|selection| selection.indices().clone());
            all.push(ShareColumns { rows, row_count: passed.rows(), columns: evaluator.evaluate(&passed)? });
        }
        let keys = all[0].columns[..self.keys].to_vec();
        Ok((keys, all))
    }
}

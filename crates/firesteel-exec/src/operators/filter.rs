//! Keeps the rows for which a predicate is TRUE, mostly by setting the selection.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::eval::{EvalContext, Predicate};

use crate::contract::{Operator, OperatorFactory, WorkerId};

/// Where fewer than one row in this many is left, the rows are copied out: later work is not to drag the others along.
const SPARSE: usize = 4;

pub struct FilterFactory {
    predicate: ExprRef,
    input: Vec<ColumnId>,
    context: Arc<EvalContext>,
}

impl FilterFactory {
    pub fn new(predicate: ExprRef, input: Vec<ColumnId>, context: &Arc<EvalContext>) -> Self {
        Self { predicate, input, context: Arc::clone(context) }
    }
}

impl OperatorFactory for FilterFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        let predicate = Predicate::new(&self.predicate, &self.input, &self.context)?;
        Ok(Box::new(Filter { predicate, output: None }))
    }
}

struct Filter {
    predicate: Predicate,
    output: Option<Batch>,
}

impl Operator for Filter {
    fn push(&mut self, input: Batch) -> Result<()> {
        let batch = self.predicate.filter(input)?;
        self.output = match batch.rows() {
            0 => None,
            rows if rows * SPARSE < batch.physical_rows() => Some(batch.compact()?),
            _ => Some(batch),
        };
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.take())
    }
}

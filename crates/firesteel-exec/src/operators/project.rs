//! Computes columns. Plain columns pass through in whatever encoding they have.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::{EvalContext, Evaluator};
use firesteel_expr::function::Volatility;

use crate::contract::{Operator, OperatorFactory, WorkerId};

pub struct ProjectFactory {
    /// In the output's order.
    outputs: Vec<Output>,
    computed: Vec<ExprRef>,
    /// The input's columns that are needed at all: position and id.
    used: Vec<(usize, ColumnId)>,
    /// Nothing computed fails or depends on how often it is asked: rows that do not count may be computed as well.
    harmless: bool,
    context: Arc<EvalContext>,
}

#[derive(Clone, Copy)]
enum Output {
    /// Among the used columns.
    Used(usize),
    Computed(usize),
}

impl ProjectFactory {
    pub fn new(exprs: &[ExprRef], input: &[ColumnId], context: &Arc<EvalContext>) -> Result<Self> {
        let needed = |id: &ColumnId| exprs.iter().any(|expr| expr.columns().contains(id));
        let used: Vec<_> = input.iter().copied().enumerate().filter(|(_, id)| needed(id)).collect();
        let mut computed: Vec<ExprRef> = Vec::new();
        let mut outputs = Vec::with_capacity(exprs.len());
        for expr in exprs {
            outputs.push(match expr.as_column() {
                Some(id) => {
                    let at = used.iter().position(|(_, known)| *known == id);
                    Output::Used(at.ok_or_else(|| internal!("column {id} is not among the input's {input:?}"))?)
                }
                None => {
                    computed.push(Arc::clone(expr));
                    Output::Computed(computed.len() - 1)
                }
            });
        }
        let harmless = computed.iter().all(|expr| !expr.can_fail() && expr.volatility() != Volatility::Volatile);
        Ok(Self { outputs, computed, used, harmless, context: Arc::clone(context) })
    }
}

impl OperatorFactory for ProjectFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        let (used, ids): (Vec<_>, Vec<_>) = self.used.iter().copied().unzip();
        let evaluator = match self.computed.is_empty() {
            true => None,
            false => Some(Evaluator::new(&self.computed, &ids, &self.context)?),
        };
        Ok(Box::new(Project { outputs: self.outputs.clone(), used, harmless: self.harmless, evaluator, output: None }))
    }
}

struct Project {
    outputs: Vec<Output>,
    used: Vec<usize>,
    harmless: bool,
    /// None: columns only pass through.
    evaluator: Option<Evaluator>,
    output: Option<Batch>,
}

impl Project {
    /// Over all rows when most of them count anyway; else the rows that count are gathered once, before anything is
    /// computed.
    fn keeps_selection(&self, batch: &Batch) -> bool {
        let dense = 2 * batch.rows() > batch.physical_rows();
        self.evaluator.is_none() || (self.harmless && dense)
    }

    fn project(&mut self, batch: &Batch) -> Result<Batch> {
        let selection = batch.selection().filter(|_| self.keeps_selection(batch)).cloned();
        let (used, rows): (Vec<Column>, _) = match selection {
            Some(_) => (self.used.iter().map(|at| batch.columns[*at].clone()).collect(), batch.physical_rows()),
            None => (self.used.iter().map(|at| batch.compact_column(*at)).collect::<Result<_>>()?, batch.rows()),
        };
        // Without a selection of its own: every row of it is computed.
        let narrow = Batch::new(used, rows);
        let computed = match &mut self.evaluator {
            Some(evaluator) => evaluator.evaluate(&narrow)?,
            None => Vec::new(),
        };
        let columns = self.outputs.iter().map(|output| match output {
            Output::Used(at) => narrow.columns[*at].clone(),
            Output::Computed(at) => computed[*at].clone(),
        });
        let projected = Batch::new(columns.collect(), rows).with_morsel(batch.morsel);
        Ok(match selection {
            Some(selection) => projected.with_selection(selection),
            None => projected,
        })
    }
}

impl Operator for Project {
    fn push(&mut self, input: Batch) -> Result<()> {
        self.output = Some(self.project(&input)?);
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.take())
    }
}

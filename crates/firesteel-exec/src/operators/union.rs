//! A union is several pipelines that feed one sink. All that is left to do on the way is to put each input's columns in
//! the output's order.

use firesteel_common::{ColumnId, Result, internal};
use firesteel_expr::batch::Batch;

use crate::contract::{Operator, OperatorFactory, WorkerId};

pub struct UnionInputFactory {
    positions: Vec<usize>,
}

impl UnionInputFactory {
    /// `columns`: those of the `input` that become the output's, in its order.
    pub fn new(columns: &[ColumnId], input: &[ColumnId]) -> Result<Self> {
        let position = |id: &ColumnId| {
            let at = input.iter().position(|known| known == id);
            at.ok_or_else(|| internal!("column {id} is not among the input's {input:?}"))
        };
        Ok(Self { positions: columns.iter().map(position).collect::<Result<_>>()? })
    }
}

impl OperatorFactory for UnionInputFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        Ok(Box::new(UnionInput { positions: self.positions.clone(), output: None }))
    }
}

struct UnionInput {
    positions: Vec<usize>,
    output: Option<Batch>,
}

impl Operator for UnionInput {
    fn push(&mut self, mut input: Batch) -> Result<()> {
        input.columns = self.positions.iter().map(|at| input.columns[*at].clone()).collect();
        self.output = Some(input);
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.take())
    }
}

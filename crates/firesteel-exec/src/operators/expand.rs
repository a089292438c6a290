//! Gives each row once per grouping set, keys that the set leaves out as NULL.
//!
//! ```text
//! (a, b) under sets [a, b], [a], []  ──▶  (a, b, 0)  (a, NULL, 1)  (NULL, NULL, 3)
//! ```
//! A batch comes out once per set. Nothing is copied: the columns are shared, what is left out is a constant.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::{EvalContext, Evaluator};
use firesteel_plan::Schema;
use firesteel_plan::physical::Expand;

use crate::contract::{Operator, OperatorFactory, WorkerId};

pub struct ExpandFactory {
    passed: Vec<usize>,
    keys: Vec<ExprRef>,
    sets: Arc<[Set]>,
    with_position: bool,
    input: Vec<ColumnId>,
    context: Arc<EvalContext>,
}

struct Set {
    /// By key.
    kept: Vec<bool>,
    grouping_id: i64,
}

impl ExpandFactory {
    pub fn new(plan: &Expand, input: &Schema, context: &Arc<EvalContext>) -> Result<Self> {
        let input = input.ids();
        let position = |id: &ColumnId| {
            let at = input.iter().position(|known| known == id);
            at.ok_or_else(|| internal!("column {id} is not among the input's {input:?}"))
        };
        let set = |kept: &Vec<bool>| Set { kept: kept.clone(), grouping_id: grouping_id(kept) };
        Ok(Self {
            passed: plan.passed.iter().map(position).collect::<Result<_>>()?,
            keys: plan.keys.iter().map(|(_, key)| Arc::clone(key)).collect(),
            sets: plan.sets.iter().map(set).collect(),
            with_position: plan.with_position,
            input,
            context: Arc::clone(context),
        })
    }
}

/// A bit per key, the first key's highest, set where the key is left out.
fn grouping_id(kept: &[bool]) -> i64 {
    kept.iter().fold(0, |id, kept| id << 1 | i64::from(!kept))
}

impl OperatorFactory for ExpandFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        Ok(Box::new(Expander {
            passed: self.passed.clone(),
            evaluator: Evaluator::new(&self.keys, &self.input, &self.context)?,
            types: self.keys.iter().map(|key| key.data_type().clone()).collect(),
            sets: Arc::clone(&self.sets),
            with_position: self.with_position,
            held: None,
        }))
    }
}

struct Expander {
    passed: Vec<usize>,
    evaluator: Evaluator,
    types: Vec<SqlType>,
    sets: Arc<[Set]>,
    with_position: bool,
    held: Option<Held>,
}

/// A batch on its way out.
struct Held {
    passed: Vec<Column>,
    keys: Vec<Column>,
    rows: usize,
    morsel: u64,
    /// The next set.
    next: usize,
}

impl Operator for Expander {
    fn push(&mut self, input: Batch) -> Result<()> {
        let input = input.compact()?;
        self.held = Some(Held {
            passed: self.passed.iter().map(|at| input.columns[*at].clone()).collect(),
            keys: self.evaluator.evaluate(&input)?,
            rows: input.rows(),
            morsel: input.morsel,
            next: 0,
        });
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        let Some(held) = &mut self.held else { return Ok(None) };
        let at = held.next;
        let Some(set) = self.sets.get(at) else {
            self.held = None;
            return Ok(None);
        };
        held.next += 1;
        let mut columns = held.passed.clone();
        for ((key, kept), data_type) in held.keys.iter().zip(&set.kept).zip(&self.types) {
            columns.push(if *kept { key.clone() } else { Column::nulls(data_type, held.rows) });
        }
        columns.push(number(set.grouping_id, held.rows));
        if self.with_position {
            columns.push(number(at as i64, held.rows));
        }
        Ok(Some(Batch::new(columns, held.rows).with_morsel(held.morsel)))
    }
}

fn number(value: i64, rows: usize) -> Column {
    let one: ArrayRef = Arc::new(Int64Array::from(vec![value]));
    Column::constant(one, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::by_hand::{any_rows, batches, column, query, row_types, rows, schema, show, through};

    #[test]
    fn the_first_key_has_the_highest_bit() {
        assert_eq!(grouping_id(&[true, true]), 0);
        assert_eq!(grouping_id(&[false, true]), 2);
        assert_eq!(grouping_id(&[true, false]), 1);
        assert_eq!(grouping_id(&[]), 0);
    }

    proptest::proptest! {
        #[test]
        fn every_set_sees_every_row(input in any_rows(30)) {
            let schema = schema(0, &row_types());
            let keys = vec![(ColumnId(10), column(&schema, 0)), (ColumnId(11), column(&schema, 1))];
            let plan = Expand {
                passed: vec![ColumnId(0)],
                keys,
                sets: vec![vec![true, true], vec![false, true], vec![false, false], vec![false, false]],
                with_position: true,
            };
            let query = query(8);
            let factory = ExpandFactory::new(&plan, &schema, &query.eval).expect("expand");
            let factory: Arc<dyn OperatorFactory> = Arc::new(factory);
            let mut got = rows(&through(&factory, vec![batches(&input, 5)]), 5);
            got.sort();
            let mut wanted = Vec::new();
            for (int, text, _, _) in &input {
                let (int, text, null) = (show(*int), show(*text), "NULL".to_owned());
                let row = |a: &str, b: &str, id: i64, at: i64| {
                    vec![int.clone(), a.to_owned(), b.to_owned(), id.to_string(), at.to_string()]
                };
                wanted.push(row(&int, &text, 0, 0));
                wanted.push(row(&null, &text, 2, 1));
                wanted.push(row(&null, &null, 3, 2));
                wanted.push(row(&null, &null, 3, 3));
            }
            wanted.sort();
            proptest::prop_assert_eq!(got, wanted);
        }
    }
}

//! Some of the rows, by chance: a row counts when the hash of its number falls below the fraction.

use std::hash::{BuildHasher, RandomState};

use arrow::array::BooleanArray;
use firesteel_common::Result;
use firesteel_expr::batch::{Batch, Selection};
use firesteel_plan::physical::Sample;

use crate::contract::{Operator, OperatorFactory, WorkerId};
use crate::hash::hash_word;

pub struct SampleFactory {
    fraction: f64,
    seed: u64,
}

impl SampleFactory {
    /// Without a seed another one each time.
    pub fn new(plan: &Sample) -> Self {
        Self { fraction: plan.fraction, seed: plan.seed.unwrap_or_else(|| RandomState::new().hash_one(0)) }
    }
}

impl OperatorFactory for SampleFactory {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Operator>> {
        let next = hash_word(self.seed) ^ (u64::from(worker.0) << 48);
        Ok(Box::new(Machine { fraction: self.fraction, next, output: None }))
    }
}

struct Machine {
    fraction: f64,
    /// The number of the next row.
    next: u64,
    output: Option<Batch>,
}

impl Machine {
    fn counts(&mut self) -> bool {
        self.next = self.next.wrapping_add(1);
        // The upper 53 bits are what a double holds.
        let share = (hash_word(self.next) >> 11) as f64 / (1u64 << 53) as f64;
        share < self.fraction
    }
}

impl Operator for Machine {
    fn push(&mut self, input: Batch) -> Result<()> {
        let mask: BooleanArray = (0..input.rows()).map(|_| Some(self.counts())).collect();
        let chosen = Selection::from_mask(&mask);
        let selection = match input.selection() {
            Some(outer) => outer.narrow(&chosen),
            None => chosen,
        };
        let batch = input.with_selection(selection);
        self.output = if batch.is_empty() { None } else { Some(batch.compact()?) };
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.take())
    }
}

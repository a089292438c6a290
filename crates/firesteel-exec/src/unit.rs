//! Pieces of a finalization, made of closures.

use firesteel_common::Result;

use crate::contract::FinalizeUnit;

pub(crate) type Units = Vec<Box<dyn FinalizeUnit>>;

/// A closure as a unit.
pub(crate) fn unit(run: impl FnOnce() -> Result<Units> + Send + 'static) -> Box<dyn FinalizeUnit> {
    Box::new(Unit(run))
}

struct Unit<F>(F);

impl<F: FnOnce() -> Result<Units> + Send> FinalizeUnit for Unit<F> {
    fn run(self: Box<Self>) -> Result<Units> {
        (self.0)()
    }
}
